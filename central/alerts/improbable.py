"""PURE. Visits that the holder of a code can hardly have made: a copied card, a lent pass, a wrong clock.

- two_places: at another place sooner than the road takes. How far two wards are apart nobody has told this centre, so
  named minutes stand in: the same ward, another ward, another province (limits.toml).
- closed: at a place that had closed, or had not opened yet, by more than the named minutes.
- far_device: in a province where the code was in none of its last visits, hours after the last of them.

A flag is for a person to look at. It says nothing of anybody's health and alerts nobody.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from central.alerts.limits import HOUR_MS, Limits
from central.places.places import Place

_VIET_NAM_MIN = 7 * 60
_DAY_MIN = 1440
_USUAL = 5  # visits that say where a code usually is
_FAR_MS = 3 * HOUR_MS


class Seen(NamedTuple):
    """A code at a place (place.number); `code` is its pseudonym."""

    code: bytes
    at_ms: int
    place: int


class Flag(NamedTuple):
    """`kind` as above; `other` is the place before, where there was one; `gap_ms` between the two."""

    kind: str
    code: bytes
    place: int
    at_ms: int
    other: int | None = None
    gap_ms: int = 0


def flags_in(seen: Iterable[Seen], places: Mapping[int, Place], limits: Limits) -> list[Flag]:
    """Every flag of these visits, in order of code and time."""
    by_code: dict[bytes, list[Seen]] = {}
    for one in sorted(seen):
        by_code.setdefault(one.code, []).append(one)
    found = []
    for visits in by_code.values():
        for number, one in enumerate(visits):
            place = places.get(one.place)
            if place is None:
                continue
            if is_closed(place, one.at_ms, limits.late_min):
                found.append(Flag("closed", one.code, one.place, one.at_ms))
            if number:
                found += _moved(visits[:number], one, places, limits)
    return found


def is_closed(place: Place, at_ms: int, late_min: int) -> bool:
    """Whether the place is shut at that moment by more than `late_min` minutes. A night market may close next day."""
    if place.opens_min is None or place.closes_min is None or place.opens_min == place.closes_min:
        return False
    minute = (at_ms // 60_000 + _VIET_NAM_MIN) % _DAY_MIN
    opens, length = place.opens_min, (place.closes_min - place.opens_min) % _DAY_MIN or _DAY_MIN
    if length + 2 * late_min >= _DAY_MIN:
        return False
    return (minute - opens + late_min) % _DAY_MIN > length + 2 * late_min


def shortest_ms(one: Place, other: Place, limits: Limits) -> int:
    """How long the way between two places takes at least."""
    if one.number == other.number:
        return 0
    if one.province and other.province and one.province != other.province:
        return limits.other_province_ms
    if one.ward and other.ward and one.ward != other.ward:
        return limits.other_ward_ms
    return limits.same_ward_ms


def _moved(before: Sequence[Seen], one: Seen, places: Mapping[int, Place], limits: Limits) -> list[Flag]:
    last = before[-1]
    here, there = places[one.place], places.get(last.place)
    gap = one.at_ms - last.at_ms
    if there is None or here.number == there.number:
        return []
    if gap < shortest_ms(there, here, limits):
        return [Flag("two_places", one.code, one.place, one.at_ms, last.place, gap)]
    usual = {places[v.place].province for v in before[-_USUAL:] if v.place in places}
    if len(before) >= _USUAL and here.province and "" not in usual and here.province not in usual and gap < _FAR_MS:
        return [Flag("far_device", one.code, one.place, one.at_ms, None, gap)]
    return []
