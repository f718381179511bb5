"""PURE. The smallest area that covers a risk: venues before wards before provinces.

- A risk point is a case's stay at a venue in which it could pass the infection on. Where no stay is known, it lies in
  the ward in which the case lives, or in the province.
- Areas form a tree. A point is covered by the area it lies in and by every area around that one. Every point must be
  covered. What an area costs is the number of visits of the last days there: it adds up over places, while the
  same person may be at several.
- The cheapest cover is found exactly, from the venues upwards: an area is taken itself where one of its points lies in
  no smaller one, where more venues have points than the rule lets pass as single ones, or where it costs less than the
  best covers of its parts together. The smaller areas win a tie.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Point(NamedTuple):
    """`venue` is a place's id; "" where the stay is not known, and `ward` too where only the province is."""

    case: str
    at_ms: int
    province: str
    ward: str = ""
    venue: str = ""
    contacts: int = 0

    @property
    def areas(self) -> tuple[str, ...]:
        """From the smallest to the largest area around it."""
        named = (("venue", self.venue), ("ward", self.ward), ("province", self.province))
        return tuple(f"{kind}-{value}" for kind, value in named if value)


class Cover(NamedTuple):
    """What a choice of areas reaches: cases and contacts inside and outside, people and venues affected."""

    areas: tuple[str, ...]
    cases: int
    contacts: int
    open_cases: int  # with a point that no area covers
    open_contacts: int
    people: int
    venues: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The smallest cover, and what other sizes would do."""

    best: Cover
    venues_only: Cover
    wards: Cover
    provinces: Cover


Affected = Callable[[Sequence[str]], tuple[int, int]]  # areas -> (people, venues) in them, each counted once


def smallest(points: Sequence[Point], visits: Mapping[str, int], affected: Affected, spread: int) -> Plan:
    """`visits` is the cost of each area, `affected` says whom a choice of them touches; `spread` is spread_venues."""
    parts: dict[str, set[str]] = defaultdict(set)
    own: set[str] = set()
    for point in points:
        own.add(point.areas[0])
        for inner, outer in zip(point.areas, point.areas[1:], strict=False):
            parts[outer].add(inner)
    tops = {point.areas[-1] for point in points}
    chosen = [area for top in sorted(tops) for area in _best(top, parts, own, visits, spread)[1]]

    def cover(areas: Iterable[str]) -> Cover:
        return _cover(points, tuple(sorted(set(areas))), affected)

    return Plan(
        cover(chosen),
        cover(a for p in points for a in p.areas if a.startswith("venue-")),
        cover(a for p in points for a in p.areas if a.startswith("ward-")),
        cover(tops),
    )


def _best(
    area: str, parts: Mapping[str, set[str]], own: set[str], visits: Mapping[str, int], spread: int
) -> tuple[int, list[str]]:
    """(visits affected, areas) of the cheapest cover of what lies in `area`."""
    itself = visits.get(area, 0), [area]
    inner = sorted(parts.get(area, ()))
    if not inner or area in own:
        return itself
    if area.startswith("ward-") and len(inner) > spread:
        return itself
    below = [_best(part, parts, own, visits, spread) for part in inner]
    together = sum(cost for cost, _ in below), [one for _, areas in below for one in areas]
    return itself if itself[0] < together[0] else together


def _cover(points: Sequence[Point], areas: tuple[str, ...], affected: Affected) -> Cover:
    taken = set(areas)
    outside = [point for point in points if not taken & set(point.areas)]
    inside = [point for point in points if taken & set(point.areas)]
    left = {point.case for point in outside}
    return Cover(
        areas,
        len({point.case for point in inside} - left),
        sum(point.contacts for point in inside),
        len(left),
        sum(point.contacts for point in outside),
        *affected(areas),
    )
