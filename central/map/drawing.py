"""PURE. What stands on the drawn map: a ring with a number for many places, a mark for a single one.

A ring's arcs say how many are in each state; the mark at its edge is that of the most serious state in it.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from central.map.model import STATES, Facility, Shown
from central.map.outline import Box, Land, at

NEAREST = 44.0  # units of the picture between two rings of the country
_ROUNDS = 12
_GRID = 14  # cells along the longer side of the picture
_SERIOUS = (2, 1, 3, 0)  # unsafe, at risk, not assessed, safe


class Arc(NamedTuple):
    """A part of a ring, in hundredths of its way round."""

    state: str
    length: float
    begin: float


class Mark(NamedTuple):
    """`many` places at one point of the picture; `key` is the id of a single one, or the code of a whole province."""

    x: float
    y: float
    many: int
    state: str
    arcs: Sequence[Arc]
    key: str
    name: str


class _Point(NamedTuple):
    x: float
    y: float
    place: Facility
    state: int


def of_provinces(lands: Iterable[Land], counts: Mapping[str, Sequence[int]], names: Mapping[str, str]) -> list[Mark]:
    """A ring for each province that has places."""
    there = [land for land in lands if sum(counts.get(land.code, ()))]
    points = apart([(land.x, land.y) for land in there], NEAREST)
    return [
        _ring(x, y, counts[land.code], land.code, names.get(land.code, land.code))
        for land, (x, y) in zip(there, points, strict=True)
    ]


def apart(points: Sequence[tuple[float, float]], least: float) -> list[tuple[float, float]]:
    """The points, moved a little until no two are nearer than `least`, as far as a few rounds can do it."""
    moved = [list(point) for point in points]
    for _ in range(_ROUNDS):
        for order, one in enumerate(moved):
            for other in moved[:order]:
                dx, dy = one[0] - other[0], one[1] - other[1]
                far = math.hypot(dx, dy)
                if far < least:
                    dx, dy = (dx / far, dy / far) if far else (0.0, 1.0)
                    step = (least - far) / 2
                    one[0], one[1] = one[0] + dx * step, one[1] + dy * step
                    other[0], other[1] = other[0] - dx * step, other[1] - dy * step
    return [(x, y) for x, y in moved]


def of_places(held: Iterable[tuple[Facility, Shown]], box: Box) -> list[Mark]:
    """The places that have a point: those in one cell of the grid become a ring."""
    cell = max(box.width, box.height) / _GRID
    cells: dict[tuple[int, int], list[_Point]] = defaultdict(list)
    for place, shown in held:
        if place.lat is not None and place.lon is not None:
            x, y = at(place.lon, place.lat)
            cells[int(x // cell), int(y // cell)].append(_Point(x, y, place, shown.state))
    return [_of_heap(heap) for heap in _heaps(list(cells.values()), cell * 0.85)]


def _heaps(cells: list[list[_Point]], near: float) -> list[list[_Point]]:
    """Two cells on either side of a line of the grid may lie close together: the larger one takes the smaller."""
    kept = list[tuple[float, float, list[_Point]]]()
    for members in sorted(cells, key=len, reverse=True):
        x, y = _middle(members)
        host = next((heap for ox, oy, heap in kept if math.hypot(ox - x, oy - y) < near), None)
        if host is None:
            kept.append((x, y, list(members)))
        else:
            host += members
    return [heap for _, _, heap in kept]


def _of_heap(members: Sequence[_Point]) -> Mark:
    x, y = _middle(members)
    counts = [0] * len(STATES)
    for one in members:
        counts[one.state] += 1
    if len(members) == 1:
        place = members[0].place
        return Mark(x, y, 1, worst(counts), (), place.id, place.name)
    return _ring(x, y, counts, "", "")


def _middle(members: Sequence[_Point]) -> tuple[float, float]:
    return sum(one.x for one in members) / len(members), sum(one.y for one in members) / len(members)


def worst(counts: Sequence[int]) -> str:
    """The most serious state that any place is in."""
    return STATES[next((number for number in _SERIOUS if counts[number]), 3)]


def _ring(x: float, y: float, counts: Sequence[int], key: str, name: str) -> Mark:
    whole, begin, arcs = sum(counts), 0.0, []
    for state, count in zip(STATES, counts, strict=True):
        if count:
            arcs.append(Arc(state, round(100 * count / whole, 2), round(begin, 2)))
            begin += 100 * count / whole
    return Mark(x, y, whole, worst(counts), arcs, key, name)
