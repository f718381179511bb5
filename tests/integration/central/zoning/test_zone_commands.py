"""`python -m central zone`: people of an area from a file, proposals and the list."""

import json
from pathlib import Path

import pytest

from central.zoning.counting import areas_of
from central.zoning.residents import put_residents
from tests.integration.central.desks.world import WARD
from tests.parts.centre import NOW_MS, Centre, run_central
from wire.refusal import Refused


def test_people_of_an_area_come_from_a_file(province: Centre, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(f"\ufeffarea,people,source\nward-{WARD},12000,thử\n", encoding="utf-8")
    options = ["--database", province.url, "--keys", str(province.keys)]
    said = run_central("zone", "people", str(file), *options)
    assert json.loads(said.stdout) == {"areas": 1}, said.stderr
    with province.engine.connect() as connection:
        assert areas_of(connection, [f"ward-{WARD}"], NOW_MS)[f"ward-{WARD}"].residents == 12_000


@pytest.mark.parametrize("row", [("ward-1", 5, ""), ("venue-x", 5, ""), (f"ward-{WARD}", 0, "")])
def test_an_area_that_is_none_is_refused(province: Centre, row: tuple[str, int, str]) -> None:
    with pytest.raises(Refused, match="bad_area"), province.engine.begin() as connection:
        put_residents(connection, [row])
