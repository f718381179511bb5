"""PURE. Who was heard together with a case: contact candidates, for a person of the health authority to judge.

- A candidate is co-presence: both were heard by the same gateway in the same minutes. It is no distance and no verdict.
- Minutes are counted once, however many parts a window came in and however many gateways of the building heard both.
- The identifiers of the case are one person, because its key says so; those of everybody else stand for themselves.
- Memory grows with those who were near the case, not with everybody who was heard, and ends at MOST_OTHERS: then those
  with the fewest minutes are let go. `others` is read once, in any order.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ble_scanner.levels import bucket_of
from wire.sightings import WINDOW_MS, SightingWindow

# Those who come near one case at one gateway in 14 days, with a new identifier each 15 minutes: 2,000 phones at a time
# through a whole market day make 64,000. About 40 MB.
MOST_OTHERS = 100_000

Identity = tuple[int, bytes]  # (system, identifier)


@dataclass(frozen=True, slots=True, repr=False)
class Candidate:
    """The case and one other identifier.

    a, b      the case's identifier in their first minute together, and the other's
    start_ms  the beginning of that minute, `end_ms` the end of the last: Unix ms
    windows   how many distinct minutes both were heard in
    bucket    the attenuation bucket 0..7 (ble_scanner.levels, power unknown) of the weaker of the two, each at its
              strongest within those minutes: neither was heard worse than this
    gateways  where, sorted
    minutes   the minutes as bits: bit n is the minute that begins n * 60 s after `start_ms`
    """

    case: str
    a_system: int
    a: bytes
    b_system: int
    b: bytes
    start_ms: int
    end_ms: int
    windows: int
    bucket: int
    gateways: tuple[str, ...]
    minutes: int


class _Together:
    """The minutes in which one other was heard with the case: `bits` from minute number `first` on."""

    __slots__ = ("bits", "first", "strongest")

    def __init__(self, minute: int, strongest: int) -> None:
        self.first, self.bits, self.strongest = minute, 1, strongest

    def add(self, minute: int, strongest: int) -> None:
        offset = minute - self.first
        if offset < 0:
            self.first, self.bits, offset = minute, self.bits << -offset, 0
        self.bits |= 1 << offset
        if strongest > self.strongest:
            self.strongest = strongest

    def minutes(self) -> Iterator[int]:
        bits, minute = self.bits, self.first
        while bits:
            skip = (bits & -bits).bit_length()
            minute, bits = minute + skip, bits >> skip
            yield minute - 1


def candidates(
    case: Iterable[SightingWindow],
    others: Iterable[SightingWindow],
    *,
    name: str = "",
    gateway: str = "",
    minutes: int = 1,
    most_others: int = MOST_OTHERS,
) -> list[Candidate]:
    """Those heard with one case at one gateway in at least `minutes` minutes: the longest first, then by start.

    `case`: the windows of all identifiers of the case; `others`: of everybody, the case included. `name` is the case's.
    """
    own: set[Identity] = set()
    heard: dict[int, SightingWindow] = {}  # minute -> the case at its strongest then
    for window in case:
        own.add(window[:2])
        minute = window.at_ms // WINDOW_MS
        if minute not in heard or window.strongest > heard[minute].strongest:
            heard[minute] = window
    near = _near(others, heard, own, most_others)
    found = [
        _candidate(identity, together, heard, name, gateway)
        for identity, together in near.items()
        if together.bits.bit_count() >= minutes
    ]
    return sorted(found, key=_longest_first)


def over_building(of_gateways: Iterable[Iterable[Candidate]], *, minutes: int = 1) -> list[Candidate]:
    """The candidates of several gateways of one building as one list, in the order of `candidates`.

    The same case and the same other become one; only their distinct minutes count, whichever gateway heard them.
    """
    merged: dict[tuple[str, int, bytes], Candidate] = {}
    for found in of_gateways:
        for one in found:
            key = (one.case, one.b_system, one.b)
            merged[key] = _joined(merged[key], one) if key in merged else one
    return sorted((one for one in merged.values() if one.windows >= minutes), key=_longest_first)


def _near(
    others: Iterable[SightingWindow], heard: dict[int, SightingWindow], own: set[Identity], most: int
) -> dict[Identity, _Together]:
    near: dict[Identity, _Together] = {}
    for system, identifier, at_ms, strongest, _, _ in others:
        minute = at_ms // WINDOW_MS
        if minute not in heard:
            continue
        identity = (system, identifier)
        if (together := near.get(identity)) is not None:
            together.add(minute, strongest)
        elif identity not in own:
            if len(near) >= most:
                near = _longest(near, most)
            near[identity] = _Together(minute, strongest)
    return near


def _longest(near: dict[Identity, _Together], most: int) -> dict[Identity, _Together]:
    """The half with more minutes, so that letting go is rare."""
    ranked = sorted(near.items(), key=lambda item: item[1].bits.bit_count(), reverse=True)
    return dict(ranked[: most // 2])


def _candidate(
    identity: Identity, together: _Together, heard: dict[int, SightingWindow], name: str, gateway: str
) -> Candidate:
    first = heard[together.first]
    case_strongest = max(heard[minute].strongest for minute in together.minutes())
    return Candidate(
        case=name,
        a_system=first.system,
        a=first.identifier,
        b_system=identity[0],
        b=identity[1],
        start_ms=together.first * WINDOW_MS,
        end_ms=(together.first + together.bits.bit_length()) * WINDOW_MS,
        windows=together.bits.bit_count(),
        bucket=bucket_of(min(case_strongest, together.strongest)),
        gateways=(gateway,),
        minutes=together.bits,
    )


def _joined(one: Candidate, two: Candidate) -> Candidate:
    early, late = (one, two) if one.start_ms <= two.start_ms else (two, one)
    bits = early.minutes | late.minutes << (late.start_ms - early.start_ms) // WINDOW_MS
    return Candidate(
        case=early.case,
        a_system=early.a_system,
        a=early.a,
        b_system=early.b_system,
        b=early.b,
        start_ms=early.start_ms,
        end_ms=max(one.end_ms, two.end_ms),
        windows=bits.bit_count(),
        bucket=min(one.bucket, two.bucket),
        gateways=tuple(sorted({*one.gateways, *two.gateways})),
        minutes=bits,
    )


def _longest_first(one: Candidate) -> tuple[int, int, int, bytes]:
    return -one.windows, one.start_ms, one.b_system, one.b
