"""PURE. A confirmed case's own contact history, checked and joined with what the gateways heard.

- The history is what one phone heard: encounters of its owner with each contact identifier, minute by minute. A contact
  identifier rotates each 15 minutes, so one person may be several of them; no key, no link.
- A contact that was stored again within DOUBLE_MS is one report (the app's own rule; files joined by hand break it).
- Where the case told its keys (InfoF), every row must name an identifier that this phone made for that time. Rows that
  do not are counted and left out: a file that was put together from two phones, or invented, must not make contacts.
- The gateways are asked for the phone's own identifiers and for its contacts', CLOCK_MS on either side of an encounter.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from ble_scanner.encounters import Encounter, encounters
from ble_scanner.published.bluezone import InfoF
from ble_scanner.published.trace import TraceRow
from ble_scanner.rolling_id import BLUEZONE_SLOTS, bluezone_ids
from ble_scanner.sighting_lines import Heard, windows_of
from wire.sightings import DAY_MS, SYSTEMS, SightingWindow

DOUBLE_MS = 5_000
# How far the phone's clock may be from ours, and the owner's identifier from its slot: as in ble_scanner.matching.
CLOCK_MS = 2 * 3_600_000
MOST_DAYS = 366  # that own identifiers are derived for: the apps kept 180 days
_BLUEZONE = SYSTEMS["bluezone"]

Verdict = Literal["own", "own_at_another_time", "not_own"]


@dataclass(slots=True)
class Checked:
    """What became of the rows of a history."""

    rows: int = 0
    without_contact: int = 0
    doubles: int = 0
    own_at_another_time: int = 0
    not_own: int = 0


class Place(NamedTuple):
    """A gateway heard the case (`own`) or the contact around an encounter: minutes, first and last (Unix ms), dBm."""

    gateway: str
    who: Literal["own", "contact"]
    minutes: int
    first_ms: int
    last_ms: int
    strongest: int


@dataclass(frozen=True, slots=True, repr=False)
class Met:
    """The case's phone and one contact identifier; `own` are the case's identifiers meanwhile, in order of time."""

    encounter: Encounter
    own: tuple[bytes, ...]
    heard_at: tuple[Place, ...]


class OwnIds:
    """Which identifiers the phone of an InfoF made on some UTC days (Unix s // 86400)."""

    def __init__(self, info: InfoF, days: Iterable[int]) -> None:
        self._slots: dict[bytes, list[int]] = defaultdict(list)  # identifier -> when its slot began, Unix ms
        slot_ms = self._slot_ms = DAY_MS // BLUEZONE_SLOTS
        for day in days:
            if (key := info.key_of(day)) is not None:
                for slot, identifier in enumerate(bluezone_ids(key)):
                    self._slots[identifier].append(day * DAY_MS + slot * slot_ms)

    def verdict(self, row: TraceRow) -> Verdict:
        """Whether the row's own identifier is one that this phone sent at that time, give or take CLOCK_MS."""
        slots = self._slots.get(row.own)
        if not slots:
            return "not_own"
        near = any(-CLOCK_MS <= row.at_ms - began <= self._slot_ms + CLOCK_MS for began in slots)
        return "own" if near else "own_at_another_time"


def own_ids_of(info: InfoF, rows: Iterable[TraceRow]) -> OwnIds:
    """The identifiers of the days that most rows name, and of the days beside them.

    By rows and not from first to last: one row with a wild date must not turn the others into strangers.
    """
    days = Counter(row.at_ms // DAY_MS for row in rows).most_common(MOST_DAYS)
    return OwnIds(info, sorted({day + beside for day, _ in days for beside in (-1, 0, 1)}))


def checked(rows: Iterable[TraceRow], own: OwnIds | None, tally: Checked) -> list[TraceRow]:
    """The rows that count, by time."""
    last: dict[bytes, int] = {}
    kept: list[TraceRow] = []
    for row in sorted(rows, key=lambda row: row.at_ms):
        tally.rows += 1
        verdict: Verdict = "own" if own is None else own.verdict(row)
        if verdict == "not_own":
            tally.not_own += 1
        elif verdict == "own_at_another_time":
            tally.own_at_another_time += 1
        elif not row.contact:
            tally.without_contact += 1
        elif row.at_ms - last.get(row.contact, -DOUBLE_MS) < DOUBLE_MS:
            tally.doubles += 1
        else:
            last[row.contact] = row.at_ms
            kept.append(row)
    return kept


def met(rows: Sequence[TraceRow], gateways: Mapping[str, Sequence[SightingWindow]]) -> list[Met]:
    """The encounters of the case with each contact, by start. `gateways`: what each heard (only `asked` is used)."""
    heard = [Heard(_BLUEZONE, row.contact, row.at_ms, row.rssi) for row in rows]
    own: defaultdict[bytes, list[TraceRow]] = defaultdict(list)
    for row in rows:
        own[row.contact].append(row)
    by_id: defaultdict[bytes, list[tuple[str, SightingWindow]]] = defaultdict(list)
    for gateway, windows in gateways.items():
        for window in windows:
            by_id[window.identifier].append((gateway, window))
    found = []
    for one in encounters(window for _, window in windows_of(heard)):
        meanwhile = [row for row in own[one.identifier] if one.start_ms <= row.at_ms < one.end_ms]
        names = tuple(dict.fromkeys(row.own for row in meanwhile))
        places = [*_places(one, names, "own", by_id), *_places(one, (one.identifier,), "contact", by_id)]
        found.append(Met(one, names, tuple(places)))
    return found


def asked(rows: Iterable[TraceRow]) -> set[bytes]:
    """Whom the gateways are to be asked for: the identifiers of the case and of its contacts."""
    return {identifier for row in rows for identifier in (row.own, row.contact)}


def _places(
    one: Encounter,
    names: Iterable[bytes],
    who: Literal["own", "contact"],
    by_id: Mapping[bytes, Sequence[tuple[str, SightingWindow]]],
) -> Iterator[Place]:
    of: defaultdict[str, list[SightingWindow]] = defaultdict(list)
    for identifier in names:
        for gateway, window in by_id.get(identifier, ()):
            if one.start_ms - CLOCK_MS <= window.at_ms <= one.end_ms + CLOCK_MS:
                of[gateway].append(window)
    for gateway, windows in sorted(of.items()):
        minutes = {window.at_ms for window in windows}
        strongest = max(window.strongest for window in windows)
        yield Place(gateway, who, len(minutes), min(minutes), max(minutes), strongest)
