"""The country as SVG: the shapes that bin/build-web has put together, and the two island districts at their place.

The picture is flat: x = degrees east of WEST times cos 16°, y = degrees south of NORTH, times SCALE. It reaches far
enough for Hoàng Sa and Trường Sa (their boxes: 111.19-112.74 E, 15.69-17.12 N and 109.47-117.83 E, 7.18-11.53 N).
"""

import json
import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from central.map.shaping.dissolving import ISLANDS
from central.web import built

WEST, EAST, NORTH, SOUTH = 101.6, 118.4, 23.7, 6.4
SCALE = 40.0
SHRINK = math.cos(math.radians(16))
WIDTH, HEIGHT = (EAST - WEST) * SHRINK * SCALE, (NORTH - SOUTH) * SCALE
_PIXEL = 0.6
_ROOM = 0.06  # of a province's size, left free around it


class Box(NamedTuple):
    """Of a picture, in its units."""

    x: float
    y: float
    width: float
    height: float

    @property
    def view(self) -> str:
        """The attribute viewBox."""
        return " ".join(f"{part:.1f}" for part in self)


class Land(NamedTuple):
    """A province: its outline as a path, the middle of its largest part, and its box."""

    code: str
    path: str
    x: float
    y: float
    box: Box


class Islands(NamedTuple):
    """An island district: where its mark stands, and what it is called."""

    name: str
    short: str
    province: str
    x: float
    y: float


COUNTRY = Box(0, 0, WIDTH, HEIGHT)


def at(lon: float, lat: float) -> tuple[float, float]:
    """A point of the picture."""
    return (lon - WEST) * SHRINK * SCALE, (NORTH - lat) * SCALE


def islands(language: str) -> list[Islands]:
    """Both of them, on every map."""
    key = "name" if language == "vi" else "name_en"
    return [Islands(one[key], one["short"], one["province"], *at(one["lon"], one["lat"])) for one in ISLANDS]


def lands() -> Sequence[Land]:
    """The 34 provinces; none where nobody has run bin/build-web."""
    if not (built.FOLDER / "provinces.json").is_file():
        return ()
    data, digest = built.read("provinces.json")
    return _lands(digest, data)


def box_of(province: str) -> Box:
    """What to show of a province, a little more than its outline; the country for a code that is none."""
    return next((_with_room(land.box) for land in lands() if land.code == province), COUNTRY)


@lru_cache(maxsize=2)
def _lands(_: str, data: bytes) -> tuple[Land, ...]:
    shapes = [one for one in json.loads(data)["features"] if one["geometry"]["type"] != "Point"]
    return tuple(_land(one["id"], one["geometry"]) for one in shapes)


def _land(code: str, geometry: dict[str, object]) -> Land:
    parts: object = geometry["coordinates"]
    assert isinstance(parts, list)
    polygons = [parts] if geometry["type"] == "Polygon" else parts
    rings = [[at(*point) for point in ring] for polygon in polygons for ring in polygon]
    xs, ys = [x for ring in rings for x, _ in ring], [y for ring in rings for _, y in ring]
    box = Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
    return Land(code, "".join(_path(ring) for ring in rings), *_middle(max(rings, key=_area)), box)


def _path(ring: Sequence[tuple[float, float]]) -> str:
    """In whole tenths and steps from point to point, steps under a pixel left out: a third of plain coordinates."""
    tenths = [(round(10 * x), round(10 * y)) for x, y in _thinned(ring)]
    steps = [f"{_tenth(bx - ax)} {_tenth(by - ay)}" for (ax, ay), (bx, by) in pairwise(tenths)]
    return f"M{_tenth(tenths[0][0])} {_tenth(tenths[0][1])}l{' '.join(steps[:-1])}z"


def _thinned(ring: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    kept = [ring[0]]
    for point in ring[1:-1]:
        if max(abs(point[0] - kept[-1][0]), abs(point[1] - kept[-1][1])) >= _PIXEL:
            kept.append(point)
    return [*kept, ring[-1]]


def _tenth(value: int) -> str:
    return f"{value / 10:g}"


def _area(ring: Sequence[tuple[float, float]]) -> float:
    return abs(sum(cross for cross, _, _ in _crosses(ring))) / 2


def _middle(ring: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The centre of area of a ring (the surveyor's formula)."""
    whole = sum(cross for cross, _, _ in _crosses(ring)) * 3
    x = sum(cross * x for cross, x, _ in _crosses(ring)) / whole
    return x, sum(cross * y for cross, _, y in _crosses(ring)) / whole


def _crosses(ring: Sequence[tuple[float, float]]) -> Iterable[tuple[float, float, float]]:
    for (ax, ay), (bx, by) in pairwise(ring):
        yield ax * by - bx * ay, ax + bx, ay + by


def _with_room(box: Box) -> Box:
    room = _ROOM * max(box.width, box.height)
    return Box(box.x - room, box.y - room, box.width + 2 * room, box.height + 2 * room)
