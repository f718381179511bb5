"""PURE. Whether two places may be one: named alike and near, or of one phone. A ward's officer decides, never we."""

import math
import unicodedata
from dataclasses import dataclass

_NEAR_M = 150.0
_DEGREE_M = 111_195.0  # of latitude, mean radius of the earth 6,371 km
_LIKE = 0.6


@dataclass(frozen=True, slots=True)
class Known:
    """What is compared: `tag` of the phone, b"" where none is known; coordinates in millionths of a degree."""

    name: str
    ward: str
    lat_e6: int | None = None
    lon_e6: int | None = None
    tag: bytes = b""


def why_alike(one: Known, other: Known) -> tuple[str, ...]:
    """Of "phone", "name", "near": why they may be one; nothing if they are not.

    Two stalls in one building are near and not one: nearness alone says nothing.
    """
    why = []
    if one.tag and one.tag == other.tag:
        why.append("phone")
    same_name = one.ward == other.ward and _share(one.name, other.name) >= _LIKE
    away_m = distance_m(one, other)
    if same_name and (away_m is None or away_m < 20 * _NEAR_M):
        why.append("name")
    if why and away_m is not None and away_m < _NEAR_M:
        why.append("near")
    return tuple(why)


def plain(text: str) -> str:
    """Small letters without marks: "Chợ Đông Ba" -> "cho dong ba"."""
    bare = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(c if c.isalnum() else " " for c in bare if not unicodedata.combining(c)).split())


def distance_m(one: Known, other: Known) -> float | None:
    """Metres between two points, None where one is not known. Flat earth: right to 1 % within a ward."""
    if one.lat_e6 is None or one.lon_e6 is None or other.lat_e6 is None or other.lon_e6 is None:
        return None
    north = (one.lat_e6 - other.lat_e6) / 1e6
    east = (one.lon_e6 - other.lon_e6) / 1e6 * math.cos(math.radians(one.lat_e6 / 1e6))
    return math.hypot(north, east) * _DEGREE_M


def _share(one: str, other: str) -> float:
    """Pairs of letters that both names have, as a share of all (Dice)."""
    first, second = _pairs(plain(one)), _pairs(plain(other))
    return 2 * len(first & second) / max(1, len(first) + len(second))


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)} or {text}
