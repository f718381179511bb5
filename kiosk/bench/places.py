"""A dozen invented places of the demo's map, from the north to the south: brought in as an office's list would be.

They come after everything is up, so that an open map shows them arrive.
"""

import json
from collections.abc import Callable
from pathlib import Path
from threading import Thread

Centre = Callable[..., str]
Problem = type[Exception]

# A point is the middle of a town, nobody's door; one place has none, and three were never assessed.
LIST = """\
code,name,kind,ward,province,address,lat,lon,capacity,opens,closes
mau-1,Chợ Mẫu Bắc,market,00070,01,Số 1 phố Mẫu,21.029,105.852,300,05:00,18:00
mau-2,Trường Mẫu Số 1,school,11311,31,Số 2 phố Mẫu,20.859,106.683,900,,
mau-3,Siêu thị Mẫu,supermarket,02647,15,Số 3 phố Mẫu,22.486,103.971,250,07:00,22:00
mau-4,Quán ăn Mẫu,restaurant,19789,46,Số 4 đường Mẫu,16.464,107.590,60,,
mau-5,Nhà máy Mẫu,factory,20242,48,Số 5 đường Mẫu,16.060,108.223,1200,,
mau-6,Nhà trọ Mẫu,lodging,22366,56,Số 6 đường Mẫu,12.245,109.195,40,,
mau-7,Văn phòng Mẫu,office,24133,66,Số 7 đường Mẫu,12.680,108.043,80,07:30,17:00
mau-8,Trường Mẫu Số 2,school,24781,68,Số 8 đường Mẫu,11.940,108.438,700,,
mau-9,Chợ Mẫu Đông,market,29869,82,Số 9 đường Mẫu,10.457,105.633,350,04:00,17:00
mau-10,Bệnh viện Mẫu,hospital,31135,92,Số 10 đường Mẫu,10.034,105.788,500,,
mau-11,Chợ nổi Mẫu,market,31186,92,Bến Mẫu,,,200,04:00,10:00
"""
_OWN = 14
# own id -> (scheme of its kind, how many criteria it has, the first so many are met)
_CHECKS = {
    "mau-1": ("market-2026", _OWN, _OWN),
    "mau-2": ("schools-hanoi-2021", 16, 16),
    "mau-3": ("supermarket-2026", _OWN, 9),
    "mau-4": ("restaurant-2026", _OWN, _OWN),
    "mau-5": ("factory-2026", _OWN, 3),
    "mau-7": ("office-2026", _OWN, 10),
    "mau-9": ("market-2026", _OWN, 2),
    "mau-11": ("market-2026", _OWN, _OWN),
}


class SamplePlaces:
    """`centre` runs a command of the demo's centre and gives what it prints, or raises `failed`; `own`: the market."""

    def __init__(self, centre: Centre, failed: Problem, own: str, folder: Path) -> None:
        self._centre, self._failed, self._own, self._folder = centre, failed, own, folder
        self._done = folder / "done"

    def arrive(self) -> None:
        """Bring them in once, on a thread of its own."""
        if not self._done.exists():
            Thread(target=self._arrive, name="places", daemon=True).start()

    def _arrive(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        listed = self._folder / "places.csv"
        listed.write_text(LIST, "utf-8")
        try:
            self._centre("self-check", self._own, "market-2026", self._answers("own", _OWN, _OWN))
            rows = [json.loads(line) for line in self._centre("place", "import", listed).splitlines()]
            made = {row["own_id"]: row["place"] for row in rows if "own_id" in row}
            for own_id, place in made.items():
                if own_id in _CHECKS:
                    self._check(own_id, place)
            self._centre("place", "poster", self._own, "--out", self._folder / "poster.pdf")
        except (self._failed, KeyError, ValueError) as problem:  # the demo goes on without them
            (self._folder / "problem.txt").write_text(str(problem), "utf-8")
        else:
            self._done.touch()

    def _check(self, own_id: str, place: str) -> None:
        """A self-check that its manager handed in on paper."""
        scheme, count, met = _CHECKS[own_id]
        self._centre("self-check", place, scheme, self._answers(own_id, count, met))

    def _answers(self, name: str, count: int, met: int) -> Path:
        path = self._folder / f"{name}.json"
        path.write_text(json.dumps({str(number): int(number <= met) for number in range(1, count + 1)}), "utf-8")
        return path
