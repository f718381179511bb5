"""A dozen invented places of the demo's map, from the north to the south: brought in as a ward's list would be.

They come after everything is up, so that an open map shows them arrive.
"""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import NamedTuple

Centre = Callable[..., str | None]


class Sample(NamedTuple):
    """One place. `lat`, `lon` in degrees (a town's middle, nobody's door); `met` of its scheme, None: not assessed."""

    id: str
    name: str
    kind: str
    ward: str
    province: str
    address: str
    lat: float | None
    lon: float | None
    capacity: int
    open: str
    met: str | None = None


_ALL, _FEW, _NONE = "all", "few", "none"  # how many of its scheme's criteria are met
PLACES = (
    Sample("cho-mau", "Chợ Mẫu", "market", "26740", "79", "Số 1 đường Mẫu", 10.776, 106.701, 400, "05:00-19:00", _ALL),
    Sample("cho-mau-bac", "Chợ Mẫu Bắc", "market", "00070", "01", "Số 2 phố Mẫu", 21.029, 105.852, 300, "05:00-18:00"),
    Sample("truong-mau-1", "Trường Mẫu Số 1", "school", "11311", "31", "Số 3 phố Mẫu", 20.859, 106.683, 900, "", _ALL),
    Sample(
        "sieu-thi-mau", "Siêu thị Mẫu", "supermarket", "02647", "15", "Số 4 phố Mẫu", 22.486, 103.971, 250, "", _FEW
    ),
    Sample("quan-mau", "Quán ăn Mẫu", "restaurant", "19789", "46", "Số 5 đường Mẫu", 16.464, 107.59, 60, "", _ALL),
    Sample("nha-may-mau", "Nhà máy Mẫu", "factory", "20242", "48", "Số 6 đường Mẫu", 16.06, 108.223, 1200, "", _NONE),
    Sample("nha-tro-mau", "Nhà trọ Mẫu", "lodging", "22366", "56", "Số 7 đường Mẫu", 12.245, 109.195, 40, ""),
    Sample("van-phong-mau", "Văn phòng Mẫu", "office", "24133", "66", "Số 8 đường Mẫu", 12.68, 108.043, 80, "", _FEW),
    Sample("truong-mau-2", "Trường Mẫu Số 2", "school", "24781", "68", "Số 9 đường Mẫu", 11.94, 108.438, 700, ""),
    Sample("cho-mau-dong", "Chợ Mẫu Đông", "market", "29869", "82", "Số 10 đường Mẫu", 10.457, 105.633, 350, "", _NONE),
    Sample("benh-vien-mau", "Bệnh viện Mẫu", "hospital", "31135", "92", "Số 11 đường Mẫu", 10.034, 105.788, 500, ""),
    Sample("cho-noi-mau", "Chợ nổi Mẫu", "market", "31186", "92", "Bến Mẫu", None, None, 200, "04:00-10:00", _ALL),
)
"""Two have no point on the map or no state: they stand in lists, and look like what they are."""


class SamplePlaces:
    """`centre` runs a command of the demo's centre and gives None, or what went wrong."""

    def __init__(self, centre: Centre, folder: Path) -> None:
        self._centre, self._folder = centre, folder
        self._done = folder / "done"

    def arrive(self) -> None:
        """Bring them in once, on a thread of its own."""
        if not self._done.exists():
            Thread(target=self._arrive, name="places", daemon=True).start()

    def _arrive(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        problems = [self._centre("place", "import", self._write_list())]
        problems += [self._check(place) for place in PLACES if place.met is not None]
        said = [problem for problem in problems if problem is not None]
        (self._folder / "problems.txt" if said else self._done).write_text("\n".join(said), "utf-8")

    def _write_list(self) -> Path:
        path = self._folder / "places.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            rows = csv.writer(out)
            rows.writerow(Sample._fields[:-1])
            rows.writerows(place[:-1] for place in PLACES)
        return path

    def _check(self, place: Sample) -> str | None:
        """As its manager's self-check on paper."""
        scheme, count = _SCHEMES[place.kind]
        met = {_ALL: count, _FEW: count * 2 // 3, _NONE: count // 4}[place.met or _NONE]
        path = self._folder / f"{place.id}.json"
        path.write_text(json.dumps({str(number): int(number <= met) for number in range(1, count + 1)}), "utf-8")
        return self._centre("self-check", place.id, scheme, path)


_SCHEMES = {
    "market": ("market-2026", 14),
    "school": ("schools-moet-2020", 15),
    "supermarket": ("supermarket-2026", 14),
    "restaurant": ("restaurant-2026", 14),
    "factory": ("factory-2026", 14),
    "office": ("office-2026", 14),
}
