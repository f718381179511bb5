"""PURE. One day of the cases that were heard: who is told of it at the gate, and what goes to the centre.

- A day is one of Viet Nam, since midnight UTC is 07:00 there, in the middle of the morning market.
- The identifiers of a case are one person, because its keys say so. Where a list names no case, each key is one.
- A tag is told when it was heard together with a case in enough minutes of the day, wherever in the day they lie.
- What is sent is cut by the stays of the case. A stay is sent once, when it has been over for SETTLED_MS, with those
  who were heard in at least MIN_TOGETHER of its minutes: at most MOST_CANDIDATES, the longest. In one minute somebody
  walks past.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ble_scanner.contacts import Candidate, candidates
from ble_scanner.encounters import GAP_MS, Encounter, encounters, link
from ble_scanner.matching import Hit
from wire import records
from wire.case_keys import CaseKey
from wire.sighting_blocks import Minute
from wire.sightings import SYSTEM_NAMES, SYSTEMS, WINDOW_MS, SightingWindow

SETTLED_MS = (
    GAP_MS + 5 * WINDOW_MS
)  # the radio hands minutes over once they are past; a little patience for a busy disk
MIN_TOGETHER = 2
MOST_CANDIDATES = 200
_TAG = SYSTEMS["tag"]

Sendable = records.Encounter | records.ContactCandidate


@dataclass(slots=True, repr=False)
class Person:
    """A case as it was heard on one day; `windows` without doubles."""

    case: str
    windows: dict[SightingWindow, None] = field(default_factory=dict)

    def minutes(self) -> list[int]:
        """When it was heard: `at_ms`, each once, in order."""
        return sorted({window.at_ms for window in self.windows})

    def stays(self) -> list[Encounter]:
        """From when to when it was here."""
        found = encounters(self.windows)
        return link(found, {(one.system, one.identifier): self.case for one in found})


class Near:
    """What was heard in the minutes that matter, packed as it was kept."""

    def __init__(self, minutes: Iterable[Minute], wanted: frozenset[int]) -> None:
        self._at: dict[int, list[Minute]] = {}
        for minute in minutes:
            if minute.at_ms in wanted:
                self._at.setdefault(minute.at_ms, []).append(minute)

    def windows(self, at: Iterable[int], system: int | None = None) -> Iterator[SightingWindow]:
        """Everybody in these minutes, or all of one system."""
        for at_ms in at:
            for minute in self._at.get(at_ms, ()):
                if system is None or minute.system == system:
                    yield from minute.windows()


def persons_of(keys: Sequence[CaseKey], hits: Iterable[Hit]) -> list[Person]:
    """Who was heard."""
    found: dict[str | int, Person] = {}
    for number, window in hits:
        case = keys[number].case
        found.setdefault(case or number, Person(case)).windows[window] = None
    return list(found.values())


def told(person: Person, near: Near, minutes: int) -> list[Candidate]:
    """The tags (`b` is the pass id) that were heard together with a person in at least so many minutes."""
    tags = near.windows(person.minutes(), _TAG)
    return candidates(person.windows, tags, name=person.case, minutes=minutes)


def settled(stays: Iterable[Encounter], now_ms: int | None) -> tuple[list[Encounter], bool]:
    """(those that are over, whether that is all of them). Without a time nothing is over."""
    held = list(stays)
    over = [] if now_ms is None else [stay for stay in held if stay.end_ms + SETTLED_MS <= now_ms]
    return over, len(over) == len(held)


def sendable(person: Person, stay: Encounter, near: Near) -> Iterator[Sendable]:
    """What the centre learns of a stay. All of it lies under the seal of its records."""
    yield records.Encounter(
        system=SYSTEM_NAMES[stay.system],
        identifier=stay.identifier,
        start_ms=stay.start_ms,
        end_ms=stay.end_ms,
        windows=stay.windows,
        buckets=stay.buckets,
        case=person.case,
        confidence=stay.confidence,
    )
    at = sorted({window.at_ms for window in stay.of})
    others = (window for window in near.windows(at) if (window.system, window.identifier) not in _own(person))
    for one in candidates(stay.of, others, name=person.case, minutes=MIN_TOGETHER)[:MOST_CANDIDATES]:
        yield records.ContactCandidate(
            case=person.case,
            case_system=SYSTEM_NAMES[one.a_system],
            case_identifier=one.a,
            system=SYSTEM_NAMES[one.b_system],
            identifier=one.b,
            start_ms=one.start_ms,
            end_ms=one.end_ms,
            windows=one.windows,
            bucket=one.bucket,
        )


def identity_of(one: Sendable) -> tuple[bytes, ...]:
    """What makes it another thing than the rest: the kind, whom it names, and when it began."""
    named = [one.system.encode(), one.identifier, one.start_ms.to_bytes(8, "big")]
    if isinstance(one, records.ContactCandidate):
        named += [one.case_system.encode(), one.case_identifier]
    return bytes((one.KIND,)), one.case.encode(), *named


def _own(person: Person) -> Mapping[tuple[int, bytes], None]:
    return {(window.system, window.identifier): None for window in person.windows}
