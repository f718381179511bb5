"""PURE. From the shapes of the 63 provinces to the 34 of 1 July 2025: joined, simplified, rounded.

- Every province of the package is told by its name (forms.geography); one that nobody knows is an error, none is left.
- Neighbours of the package do not quite meet: gaps narrower than GAP are closed and corners nearer than SNAP become one
  (GEOS coverage cleaning), or the joined provinces would show 178 slivers between them.
- Coordinates are WGS 84 in degrees, four decimals (11 m). The simplification keeps shared borders together: all 34 are
  made from one coverage (GEOS coverage simplification, Visvalingam-Whyatt), so that no gap opens between neighbours.
- The package has neither Hoàng Sa nor Trường Sa. They are marks of their own, which every map draws (ISLANDS).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import shapely

from forms.geography import code_named, today

TOLERANCE = 0.01  # the square root of the area that a corner may give up, in degrees: some 1 km
GAP, SNAP = 0.05, 0.02  # degrees
DECIMALS = 4

# The island districts, as the law names them: name vi, name en, the name alone, province's code, middle of their box.
_ISLANDS = (
    ("Đặc khu Hoàng Sa", "Hoàng Sa islands", "Hoàng Sa", "48", 111.9655, 16.405),
    ("Đặc khu Trường Sa", "Trường Sa islands", "Trường Sa", "56", 113.65, 9.355),
)
ISLANDS: tuple[dict[str, Any], ...] = tuple(
    dict(zip(("name", "name_en", "short", "province", "lon", "lat"), one, strict=True)) for one in _ISLANDS
)


def dissolve(features: Iterable[Mapping[str, Any]], names_63: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Province code -> GeoJSON geometry; `names_63` are (code, name) of the list that the package follows.

    Raises ValueError for a province that nobody knows, or when one of the 63 has no shape.
    """
    parts: dict[str, list[Any]] = defaultdict(list)
    missing = {code for code, _ in names_63}
    for feature in features:
        name = str(feature["properties"]["NAME_1"])
        old = code_named(name, names_63)
        code = None if old is None else today(old)
        if old is None or code is None:
            raise ValueError(f"{name}: no such province")
        missing.discard(old)
        parts[code].append(shapely.geometry.shape(feature["geometry"]))
    if missing:
        raise ValueError(f"no shape for {sorted(missing)}")
    codes = sorted(parts)
    joined = [shapely.union_all(parts[code]) for code in codes]
    whole = shapely.coverage_clean(joined, gap_width=GAP, snapping_distance=SNAP)
    simple = shapely.coverage_simplify(whole, TOLERANCE)
    return {code: shapely.geometry.mapping(_rounded(one)) for code, one in zip(codes, simple, strict=True)}


def _rounded(shape: Any) -> Any:
    return shapely.transform(shape, lambda points: points.round(DECIMALS))
