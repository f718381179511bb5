"""PURE. From minutes in which an identifier was heard to encounters: who was here, from when to when, how strongly.

- An encounter counts windows (distinct minutes), never packets: the stack below drops repetitions as it likes.
- It speaks of co-presence and duration. No metres, and no verdict: signal strength only ranks.
- A silence of more than GAP_MS ends it. A shorter one does not: phones pause for 15 s of 30, bodies stand in the way.
- Rotation: an identifier that vanishes while another appears is not linked. Only a published key says that two
  identifiers are one phone; `link` joins what such a key names, and nothing else.
- Windows may come in any order, and a minute in several parts; parts of a minute count once, the strongest wins.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from ble_scanner.levels import ASSUMED_POWER, BUCKETS, bucket_of
from wire.sightings import WINDOW_MS, SightingWindow

# Exposure Notification scans each 5 minutes at most and counts a gap of so much as presence; a fixed scanner that hears
# nothing for longer has no ground to call it one stay.
GAP_MS = 5 * 60_000
# So many reports make a stay certain: one may be an echo of a passing bus, and one sender at 15 s in 30 s gives more
# than this in its first minute.
ENOUGH_REPORTS = 10

Identity = tuple[int, bytes]  # (system, identifier)


@dataclass(frozen=True, slots=True, repr=False)
class Encounter:
    """One stay of one device within hearing of one gateway.

    start_ms    the beginning of the first minute, `end_ms` the end of the last: Unix ms
    windows     in how many distinct minutes it was heard, at least 1
    buckets     of these, how many in each attenuation bucket (ble_scanner.levels), strongest bucket first; their sum is
                `windows`
    strongest   dBm
    confidence  0..100: how well "it was here throughout" is founded. The share of the minutes from start to end in
                which it was heard, lessened in proportion where fewer than ENOUGH_REPORTS reports stand behind it.
                It does not say that two people met, nor how near.
    of          the windows that it was made of, in order of time
    """

    system: int
    identifier: bytes
    start_ms: int
    end_ms: int
    windows: int
    buckets: tuple[int, ...]
    strongest: int
    gateway: str
    confidence: int
    of: tuple[SightingWindow, ...]


def encounters(
    windows: Iterable[SightingWindow], gateway: str = "", powers: Mapping[Identity, int] | None = None
) -> list[Encounter]:
    """The encounters of one gateway, by start; each identifier stands for itself.

    `powers`: the transmit power in dBm of the identifiers where it is known.
    """
    by_identity: defaultdict[Hashable, list[SightingWindow]] = defaultdict(list)
    for window in windows:
        by_identity[window[:2]].append(window)
    return _all_of(by_identity.values(), gateway, powers or {})


def link(
    found: Iterable[Encounter], same: Mapping[Identity, Hashable], powers: Mapping[Identity, int] | None = None
) -> list[Encounter]:
    """Encounters with those of one phone joined, by start. `same` names the key behind an identifier, where known.

    A joined encounter bears the identifier that was heard first. Encounters of different gateways are never joined.
    `powers` as in `encounters`.
    """
    left: list[Encounter] = []
    of_key: defaultdict[tuple[str, Hashable], list[SightingWindow]] = defaultdict(list)
    for one in found:
        key = same.get((one.system, one.identifier))
        if key is None:
            left.append(one)
        else:
            of_key[one.gateway, key].extend(one.of)
    for (gateway, _), windows in of_key.items():
        left += _all_of([windows], gateway, powers or {})
    return sorted(left, key=attrgetter("start_ms", "system", "identifier"))


def _all_of(groups: Iterable[list[SightingWindow]], gateway: str, powers: Mapping[Identity, int]) -> list[Encounter]:
    found = [_encounter(stay, gateway, powers) for group in groups for stay in _stays(group)]
    return sorted(found, key=attrgetter("start_ms", "system", "identifier"))


def _stays(windows: list[SightingWindow]) -> Iterator[Sequence[SightingWindow]]:
    windows.sort(key=attrgetter("at_ms"))
    first = 0
    for at in range(1, len(windows)):
        if windows[at].at_ms - windows[at - 1].at_ms - WINDOW_MS > GAP_MS:
            yield windows[first:at]
            first = at
    yield windows[first:]


def _encounter(stay: Sequence[SightingWindow], gateway: str, powers: Mapping[Identity, int]) -> Encounter:
    levels: dict[int, int] = {}
    buckets = [0] * BUCKETS
    for window in stay:
        level = bucket_of(window.strongest, powers.get(window[:2], ASSUMED_POWER))
        levels[window.at_ms] = min(level, levels.get(window.at_ms, level))
    for level in levels.values():
        buckets[level] += 1
    start_ms, end_ms = stay[0].at_ms, stay[-1].at_ms + WINDOW_MS
    coverage = len(levels) * WINDOW_MS / (end_ms - start_ms)
    founded = min(1.0, sum(window.heard for window in stay) / ENOUGH_REPORTS)
    return Encounter(
        system=stay[0].system,
        identifier=stay[0].identifier,
        start_ms=start_ms,
        end_ms=end_ms,
        windows=len(levels),
        buckets=tuple(buckets),
        strongest=max(window.strongest for window in stay),
        gateway=gateway,
        confidence=round(100 * coverage * founded),
        of=tuple(stay),
    )
