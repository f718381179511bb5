"""PURE. From the shapes of the 63 provinces to the 34 of 1 July 2025: joined, simplified, rounded.

- Every province of the package is told by its name (forms.geography); one that nobody knows is an error, none is left.
- Coordinates are WGS 84 in degrees, four decimals (11 m). The simplification keeps shared borders together: all 34 are
  made from one coverage (GEOS coverage simplification, Visvalingam-Whyatt), so that no gap opens between neighbours.
- The package has neither Hoàng Sa nor Trường Sa. They are marks of their own, which every map draws (ISLANDS).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import shapely

from forms.geography import code_named, today

TOLERANCE = 0.02  # the square root of the area that a corner may give up, in degrees: some 2 km
DECIMALS = 4

# The island districts, as the law names them: name vi, name en, province's code, middle of their box (lon, lat).
ISLANDS: tuple[dict[str, Any], ...] = (
    {"name": "Đặc khu Hoàng Sa", "name_en": "Hoàng Sa islands", "province": "48", "lon": 111.9655, "lat": 16.405},
    {"name": "Đặc khu Trường Sa", "name_en": "Trường Sa islands", "province": "56", "lon": 113.65, "lat": 9.355},
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
    simple = shapely.coverage_simplify(joined, TOLERANCE)
    return {code: shapely.geometry.mapping(_rounded(one)) for code, one in zip(codes, simple, strict=True)}


def _rounded(shape: Any) -> Any:
    return shapely.transform(shape, lambda points: points.round(DECIMALS))
