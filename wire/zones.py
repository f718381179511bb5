"""PURE. The levels of areas as the centre tells them: a bulletin of kind "texts", name "zones", one for each province.

    body = {"zones": {area: [level, from ms, to ms, zone number]}}

- An area is named as a bulletin's scope is: "province-79", "ward-26740", "venue-cho-thu". Times Unix ms, [from, to).
- A level is green, yellow, orange or red. An area that is not named has none: nobody has assessed it, and that is not
  green. A zone whose time is over, or not yet come, has none; with the clock unset nothing has a level.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from wire.refusal import Refused

KIND, NAME = "texts", "zones"
LEVELS = ("green", "yellow", "orange", "red")  # the worst last
MOST_ZONES = 20_000  # of one bulletin; 1 MiB holds no more
_TIME_END = 1 << 53


class Zone(NamedTuple):
    """The level of one area for a time, and the number of the decision (Z-12)."""

    area: str
    level: str
    from_ms: int
    to_ms: int
    number: int

    def runs(self, now_ms: int | None) -> bool:
        """Whether it is in force; never while the time is not known (None)."""
        return now_ms is not None and self.from_ms <= now_ms < self.to_ms


def zones_body(zones: Iterable[Zone]) -> dict[str, Any]:
    """What is signed."""
    return {"zones": {zone.area: [zone.level, zone.from_ms, zone.to_ms, zone.number] for zone in zones}}


def read_zones(body: Any, expires_ms: int = _TIME_END) -> tuple[Zone, ...]:
    """The zones of a bulletin, none of which outlives it (`expires_ms`). Raises Refused("bad_zones")."""
    match body:
        case {"zones": dict(listed)} if len(listed) <= MOST_ZONES:
            return tuple(_zone(area, said, expires_ms) for area, said in listed.items())
    raise Refused("bad_zones", "a map of areas expected")


def worst(zones: Iterable[Zone], areas: frozenset[str], now_ms: int | None) -> Zone | None:
    """The zone with the worst level that is in force around a place (its scopes); None without one."""
    found = [zone for zone in zones if zone.area in areas and zone.runs(now_ms)]
    return max(found, key=lambda zone: (LEVELS.index(zone.level), zone.to_ms), default=None)


def codes_by_level(zones: Iterable[Zone], now_ms: int | None) -> Mapping[str, tuple[str, ...]]:
    """Level -> codes of the provinces and wards that have it now, for comparing with where somebody comes from."""
    found: dict[str, list[str]] = {level: [] for level in LEVELS}
    for zone in zones:
        kind, _, code = zone.area.partition("-")
        if kind in ("province", "ward") and zone.runs(now_ms):
            found[zone.level].append(code)
    return {level: tuple(codes) for level, codes in found.items()}


def _zone(area: Any, said: Any, expires_ms: int) -> Zone:
    match said:
        case [str(level), int(start), int(end), int(number)] if (
            type(area) is str
            and 0 < len(area) <= 72
            and level in LEVELS
            and not any(type(value) is bool for value in said)
            and 0 <= start < end < _TIME_END
            and number >= 0
        ):
            return Zone(area, level, start, min(end, expires_ms), number)
    raise Refused("bad_zones", str(area)[:40])
