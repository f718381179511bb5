"""The line list leaves without names, without formulas, and in forms that others read."""

import csv
import io
from zipfile import ZipFile

from central.places.places import Place
from central.tracing.exporting import COLUMNS, as_csv, as_xlsx, bundle, row_of, safe
from central.tracing.lists import Line
from central.tracing.model import Reason

HOUR = 3_600_000
PLACES = {7: Place(7, "v-cho", "=HYPERLINK(0)", "market", "W1", "P1")}
LINE = Line(
    "BN-2026-000001", 12, 1, "F1", "listed", HOUR, "W1", "P1", None, "", (Reason("visit", 7, 3, 0, HOUR, True),)
)


def test_a_cell_that_a_spreadsheet_would_calculate_is_plain_text() -> None:
    assert [safe(cell) for cell in ("=1+1", "+1", "-1", "@x", "\tx", "An", 5)] == [
        "'=1+1",
        "'+1",
        "'-1",
        "'@x",
        "'\tx",
        "An",
        5,
    ]
    assert safe("a\x00b") == "ab"


def test_csv_has_a_row_for_each_contact_and_opens_in_excel() -> None:
    made = as_csv([row_of(LINE, PLACES)])
    assert made.startswith(b"\xef\xbb\xbf")
    header, row = csv.reader(io.StringIO(made.decode("utf-8-sig")))
    told = dict(zip(header, row, strict=True))
    assert tuple(header) == COLUMNS
    assert told["places"] == "'=HYPERLINK(0)"
    assert told["first_exposure"] == "1970-01-01T07:00:00+07:00"
    assert (told["longest_minutes"], told["only_assumed"], told["reached"]) == ("60", "yes", "")


def test_xlsx_holds_no_formula() -> None:
    with ZipFile(io.BytesIO(as_xlsx([row_of(LINE, PLACES)]))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "BN-2026-000001" in sheet


def test_fhir_names_nobody_and_leaves_every_exposure_preliminary() -> None:
    made = bundle([LINE], PLACES, 0)
    kinds = [entry["resource"]["resourceType"] for entry in made["entry"]]
    assert (made["type"], kinds) == ("collection", ["Patient", "Condition", "Patient", "Observation"])
    assert all("name" not in entry["resource"] for entry in made["entry"])
    observation = made["entry"][3]["resource"]
    assert observation["status"] == "preliminary"
    known = {f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in made["entry"]}
    assert {observation["subject"]["reference"], observation["focus"][0]["reference"]} <= known
    assert all(sum(key.startswith("value") for key in part) == 1 for part in observation["component"])
