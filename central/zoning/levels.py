"""The level of each area at a moment: what the map, the API and the kiosks ask for."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.zoning.rule import worse
from central.zoning.zones import in_force


class AreaLevel(NamedTuple):
    """`area` as the scope of a bulletin; times in Unix ms, [from_ms, to_ms); `zone` is its number (Z-12)."""

    area: str
    level: str
    from_ms: int
    to_ms: int
    zone: int


def levels(connection: Connection, at_ms: int) -> list[AreaLevel]:
    """Every zone in force at `at_ms`, by area. An area that is not in it has no level: it was not assessed."""
    return [AreaLevel(z.area, z.level, z.from_ms, z.to_ms, z.id) for z in in_force(connection, at_ms)]


def level_in(found: Iterable[AreaLevel], areas: Iterable[str]) -> AreaLevel | None:
    """PURE. The worst level among the areas around a place (Place.areas); None where none of them has one."""
    around, worst = frozenset(areas), None
    for one in found:
        if one.area in around and (worst is None or worse(one.level, worst.level) != worst.level):
            worst = one
    return worst
