"""PURE. The words of tracing: stay, index, reason, contact. Times in Unix ms; a stay is [start, end]."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

# Stays by length: whoever looks for those that reach into a window looks back no further than the class is long, so
# that one patient of five weeks does not make every question at the hospital look through five weeks.
SIZES_MS = (HOUR_MS, 4 * HOUR_MS, 12 * HOUR_MS, 48 * HOUR_MS, 10 * DAY_MS, 62 * DAY_MS)


class Stay(NamedTuple):
    """Somebody at a place (place.number). `assumed`: a check-in or check-out is missing, a named rule stands in."""

    place: int
    person: int
    start_ms: int
    end_ms: int
    assumed: bool = False


def size_of(length_ms: int) -> int:
    """The class of a stay; raises ValueError for one longer than any."""
    for size, most_ms in enumerate(SIZES_MS):
        if length_ms <= most_ms:
            return size
    raise ValueError("a stay longer than 62 days")


class Index(NamedTuple):
    """A person and the time in which they may have passed the infection on."""

    person: int
    from_ms: int
    to_ms: int


class Reason(NamedTuple):
    """Why somebody is a contact: together with `other` at `place` (place.number) in [start, end].

    `assumed`: a check-out was missing and the rule's longest stay stands in for it. Through `encounter` and
    `candidate` (Bluetooth, under an order) and `seat` (a vehicle) the same is said by other means.
    """

    kind: Literal["visit", "encounter", "candidate", "seat"]
    place: int
    other: int
    start_ms: int
    end_ms: int
    assumed: bool = False


class Contact(NamedTuple):
    """Somebody at `hop` 1, 2 or 3 from an index, who stands at the smallest hop only.

    `overlap_ms` is the longest single overlap of their reasons. A person concludes F1, F2, F3; this is a candidate.
    """

    person: int
    hop: int
    overlap_ms: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class ContactRule:
    """A named rule. `max_stay_ms` bounds a stay without a check-out; `hops` is 1, 2 or 3.

    `in_order`: whoever was exposed passes on only from then on, so that a chain runs forward in time.
    """

    name: str = "stay-15min-12h"
    min_overlap_ms: int = 15 * MINUTE_MS
    max_stay_ms: int = 12 * HOUR_MS
    hops: int = 1
    in_order: bool = False
