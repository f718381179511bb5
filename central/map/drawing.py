"""PURE. What stands on the drawn map: a ring with a number for many places, a mark for a single one.

A ring's arcs say how many are in each state; the mark at its edge is that of the most serious state in it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from central.map.model import STATES, Facility, Shown
from central.map.outline import Box, Land, at

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


def of_provinces(lands: Iterable[Land], counts: Mapping[str, Sequence[int]], names: Mapping[str, str]) -> list[Mark]:
    """A ring for each province that has places."""
    return [
        _ring(land.x, land.y, counts[land.code], land.code, names.get(land.code, land.code))
        for land in lands
        if sum(counts.get(land.code, ()))
    ]


def of_places(held: Iterable[tuple[Facility, Shown]], box: Box) -> list[Mark]:
    """The places that have a point: those in one cell of the grid become a ring."""
    cell = max(box.width, box.height) / _GRID
    cells: dict[tuple[int, int], list[tuple[float, float, Facility, int]]] = defaultdict(list)
    for place, shown in held:
        if place.lat is not None and place.lon is not None:
            x, y = at(place.lon, place.lat)
            cells[int(x // cell), int(y // cell)].append((x, y, place, shown.state))
    return [_of_cell(members) for members in cells.values()]


def _of_cell(members: Sequence[tuple[float, float, Facility, int]]) -> Mark:
    x, y = (sum(member[axis] for member in members) / len(members) for axis in (0, 1))
    counts = [0] * len(STATES)
    for _, _, _, state in members:
        counts[state] += 1
    if len(members) == 1:
        place = members[0][2]
        return Mark(x, y, 1, worst(counts), (), place.id, place.name)
    return _ring(x, y, counts, "", "")


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
