"""python -m central.map.shaping NODE_MODULES OUT: writes OUT/provinces.json, a GeoJSON FeatureCollection.

The shapes come from an npm package under Apache-2.0; they are put together when the pages are built, never committed.
"""

import json
import sys
from pathlib import Path

from central.map.shaping.dissolving import ISLANDS, dissolve

_SHAPES = "@superset-ui/legacy-plugin-chart-country-map/esm/countries/vietnam.geojson"
_LISTS = Path(__file__).parents[3] / "forms" / "lists"


def main(modules: Path, out: Path) -> None:
    """Write the file."""
    names_63, names = _names("provinces-63.json"), _names("provinces.json")
    shapes = dissolve(json.loads((modules / _SHAPES).read_text("utf-8"))["features"], names_63)
    features = [
        {"type": "Feature", "id": code, "properties": {"code": code, "name": name}, "geometry": shapes[code]}
        for code, name in names
    ]
    islands = [
        {
            "type": "Feature",
            "id": f"{one['province']}-{number}",
            "properties": {
                "name": one["name"],
                "name_en": one["name_en"],
                "short": one["short"],
                "province": one["province"],
            },
            "geometry": {"type": "Point", "coordinates": [one["lon"], one["lat"]]},
        }
        for number, one in enumerate(ISLANDS, 1)
    ]
    whole = {"type": "FeatureCollection", "features": features + islands}
    (out / "provinces.json").write_text(json.dumps(whole, ensure_ascii=False, separators=(",", ":")), "utf-8")


def _names(file: str) -> list[tuple[str, str]]:
    return [(code, name) for code, name in json.loads((_LISTS / file).read_text("utf-8"))["options"]]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
