"""A list of places from an office: row by row, idempotent, quick; on both databases and from the command line."""

import io
import json
import time
from collections.abc import Iterator

import pytest
from openpyxl import Workbook

from central.__main__ import main
from central.venues import importing
from central.venues.sheets import read_sheet
from tests.integration.central.venues.world import Town, hidden, make_town
from tests.parts.centre import NOW_MS, Centre

HEAD = "Mã,Tên,Loại hình,Tỉnh,Phường xã,Địa chỉ,Sức chứa,Vĩ độ,Kinh độ,Mở cửa,Đóng cửa"
GOOD = "T-1,Trường Mẫu Một,Trường học,Hồ Chí Minh,26740,1 đường Giả,500,10.77,106.69,06:30,17:00"
NAMED = "T-2,Trường Mẫu Hai,Trường,79,26740,,300,,,,"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    made = make_town(f"sqlite:///{folder}/central.db", folder)
    yield made
    made.centre.engine.dispose()


def rows_of(*lines: str) -> list[importing.Row]:
    return importing.read_rows(read_sheet("\n".join((HEAD, *lines)).encode(), importing.HEADINGS), "province-79")


def test_the_same_list_again_changes_nothing_and_a_changed_row_changes_its_place(centre: Centre) -> None:
    def take(*lines: str) -> dict[str, int]:
        with centre.engine.begin() as connection:
            return importing.summary(importing.import_rows(connection, "province-79", rows_of(*lines), NOW_MS))

    assert take(GOOD, NAMED) == {"new": 2, "changed": 0, "same": 0, "bad": 0}
    assert take(GOOD, NAMED) == {"new": 0, "changed": 0, "same": 2, "bad": 0}
    assert take(GOOD.replace("500", "650")) == {"new": 0, "changed": 1, "same": 0, "bad": 0}
    kept = centre.rows("SELECT name, capacity, opens_min, lat_e6 FROM place ORDER BY name")
    assert kept == [("Trường Mẫu Hai", 300, None, None), ("Trường Mẫu Một", 650, 390, 10_770_000)]
    assert centre.one("SELECT count(*) FROM facility_now") == 2


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (",X1,Trường,79,26740,Ấp,5,,,,", "own_id"),
        ("1,X,Trường,79,26740,Ấp,5,,,,", "bad_name"),
        ("1,Tên,Rạp xiếc,79,26740,Ấp,5,,,,", "bad_kind"),
        ("1,Tên,Trường,79,00004,Ấp,5,,,,", "ward_unknown"),
        ("1,Tên,Trường,01,00004,Ấp,5,,,,", "elsewhere"),
        ("1,Tên,Trường,79,26740,Ấp,không,,,,", "bad_capacity"),
        ("1,Tên,Trường,79,26740,Ấp,5,10.7,,,", "bad_point"),
        ("1,Tên,Trường,79,26740,Ấp,5,,,7h,,", "bad_hours"),
    ],
)
def test_a_row_that_cannot_be_right_says_why_and_holds_up_no_other(line: str, why: str) -> None:
    bad, good = rows_of(line, NAMED)
    assert (bad.why, bad.said, bad.line) == (why, None, 2) and good.said is not None


def test_a_list_is_looked_at_before_it_is_on_the_map(town: Town) -> None:
    book = Workbook()
    for line in (HEAD, GOOD, NAMED, GOOD, "=1+1,Tên,Trường,79,26740,Ấp,5,,,,"):
        book.active.append(line.split(","))
    out = io.BytesIO()
    book.save(out)
    office = town.officer("ward_office", "province-79")
    data = {"office": "province-79", "sheet": (io.BytesIO(out.getvalue()), "truong.xlsx")}
    page = office.post("/venues/lists/look?lang=en", data=data).text
    assert "Its number stands there twice" in page and "Put 2 places on the map" in page
    assert town.centre.rows("SELECT 1 FROM place") == []
    number = town.centre.one("SELECT max(id) FROM place_list")
    data = {"once": hidden(page, "once")}
    assert [office.post(f"/venues/lists/{number}", data=data).status_code for _ in range(2)] == [303, 303]
    assert town.centre.one("SELECT count(*) FROM place") == 2
    other = town.officer("ward_office", "ward-00004")
    assert other.post(f"/venues/lists/{number}", data={"once": "b" * 22}).status_code == 404
    data = {"office": "province-79", "sheet": (io.BytesIO(b"Ma\n1"), "a.csv")}
    assert other.post("/venues/lists/look", data=data).status_code == 409, "not in another office's name"


def test_five_thousand_places_are_in_within_ten_seconds(town: Town) -> None:
    lines = [
        f"S-{n},Trường số {n},Trường học,79,26740,Ấp {n},{n % 900 + 20},10.{n:05d},106.{n:05d},," for n in range(5000)
    ]
    began = time.process_time()
    rows = rows_of(*lines)
    with town.centre.engine.begin() as connection:
        assert importing.summary(importing.weigh(connection, "province-79", rows))["new"] == 5000
        assert importing.summary(importing.import_rows(connection, "province-79", rows, NOW_MS))["new"] == 5000
    assert time.process_time() - began < 10


def test_the_commands_import_and_print(
    town: Town, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path_factory.mktemp("out")
    sheet, out = folder / "list.csv", folder / "posters.pdf"
    sheet.write_text(f"{HEAD}\n{GOOD.replace('T-1', 'C-1')}\n", "utf-8")
    store = ["--database", town.centre.url, "--keys", str(town.centre.keys)]
    more = ["--office", "province-79", *store]
    assert main(["place", "import", str(sheet), "--dry-run", *more]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {
        "new": 1,
        "changed": 0,
        "same": 0,
        "bad": 0,
        "dry_run": True,
    }
    assert main(["place", "import", str(sheet), *more]) == 0
    venue = json.loads(capsys.readouterr().out.splitlines()[0])["place"]
    doors = ["--gate", "Cổng A", "--gate", "Cổng B", "--host", "gatepost.example", "--out", str(out)]
    assert main(["place", "poster", venue, *doors, *store]) == 0
    assert json.loads(capsys.readouterr().out)["doors"] == ["Cổng A", "Cổng B"]
    assert out.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xff\xff\xff", "sheet_unreadable"),
        (b"PK\x03\x04" + b"\0" * 60, "sheet_unreadable"),
        (b"a" * ((1 << 20) + 1), "sheet_too_large"),
        (b"x,y\n1,2", "sheet_headings"),
        (b"", "sheet_headings"),
        (b"Ma\n" + b"1\n" * 5001, "sheet_too_large"),
    ],
)
def test_a_hostile_sheet_is_refused_in_words(data: bytes, reason: str) -> None:
    from wire.refusal import Refused

    with pytest.raises(Refused) as refusal:
        read_sheet(data, importing.HEADINGS)
    assert refusal.value.reason == reason


def test_a_zip_that_unfolds_to_a_mountain_is_refused() -> None:
    import zipfile

    from wire.refusal import Refused

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr("xl/worksheets/sheet1.xml", b"\0" * (41 << 20))
    with pytest.raises(Refused) as refusal:
        read_sheet(out.getvalue(), importing.HEADINGS)
    assert refusal.value.reason == "sheet_too_large"
