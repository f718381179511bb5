"""The province's report: what kiosks sent, counted by day and ward, the same in every form."""

import csv
import io
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event

from central.people.persons import persons_of
from central.reports.counting import count_places, make_day, mark_days
from central.reports.files import file_of
from central.reports.letter import Letter
from central.reports.model import COLUMNS, Report
from central.reports.reading import read_report, trend
from central.statements import run
from central.web.app import Site, make_app
from tests.integration.central.conftest import Template
from tests.integration.central.desks.world import (
    FAR,
    MARKET,
    OTHER_WARD,
    PROVINCE,
    WARD,
    build_places,
    declaration,
    deliver,
    kiosk,
    person,
)
from tests.integration.central.reports.world import TODAY, busy_day, come, command, count
from tests.parts.centre import NOW_MS, Centre, open_migrated
from tests.parts.officers import signed_in
from wire.records import Direction

KEYS = [column.key for column in COLUMNS]
DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def busy(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """One busy day for every test that only reads."""
    of, folder = template("sqlite"), tmp_path_factory.mktemp("busy")
    (folder / "central.db").write_bytes(of.keys.with_name("central.db").read_bytes())
    made = open_migrated(f"sqlite:///{folder}/central.db", of.keys)
    busy_day(made)
    yield made
    made.engine.dispose()


def app_of(centre: Centre) -> Flask:
    return make_app(Site(centre.engine, centre.ring, ["mqtt://b"], frozenset(), lambda: NOW_MS))


def read(centre: Centre, day: int = TODAY, province: str = PROVINCE, ward: str = "") -> Report:
    with centre.engine.connect() as connection:
        return read_report(connection, day, province, ward)


def row_of(report: Report, area: str) -> dict[str, str]:
    n = [row.area for row in report.rows].index(area)
    return dict(zip(KEYS, report.cells[n], strict=True))


def test_a_day_is_counted_on_both_databases(centre: Centre) -> None:
    busy_day(centre)
    market, far = (row_of(read(centre), ward) for ward in (WARD, OTHER_WARD))
    assert {key: market[key] for key in ("places", "live", "kiosks", "ins", "asked", "share")} == {
        "places": "2",
        "live": "1",
        "kiosks": "1",
        "ins": "9",
        "asked": "<5",
        "share": "67 %",
    }
    assert {key: market[key] for key in ("due", "done", "checks_late", "reached", "minutes")} == {
        "due": "6",
        "done": "6",
        "checks_late": "2",
        "reached": "7",
        "minutes": "90",
    }
    assert (far["ins"], far["share"], far["live"], far["checks_late"]) == ("<5", "–", "1", "1")
    assert (far["due"], far["done"]) == ("–", "–"), "an older kiosk does not say what was due: that is not nothing"
    total = dict(zip(KEYS, read(centre).total, strict=True))
    assert (total["due"], total["done"]) == ("6+", "6+")
    assert (total["ins"], total["places"], total["kiosks_up"]) == ("10+", "4", "0")


def test_due_is_who_came_in_under_an_order_and_done_who_had_declared(centre: Centre) -> None:
    with centre.engine.begin() as connection:
        build_places(connection)
    device = kiosk(centre, MARKET, "t-cho")
    said = ["declaration_held"] * 7 + ["declaration_due"] * 3 + ["declaration_refused"] * 2 + ["no_declaration_due"] * 9
    for n, duty in enumerate(said):
        device.add(come(n, duty=duty), at_ms=NOW_MS - 3_600_000 + n)
    for n in (7, 8):  # asked, they have declared and come again; 8 twice
        device.add(come(n, duty="declaration_held"), at_ms=NOW_MS - 1_000 + n)
    device.add(come(8, Direction.OUT), at_ms=NOW_MS - 500)
    device.add(come(8, duty="declaration_held"), at_ms=NOW_MS - 400)
    for number in ("099000009001", "099000009002"):
        device.add(declaration(number, {}), at_ms=NOW_MS)  # at home and nobody asked
    deliver(centre, device)
    count(centre)
    row = row_of(read(centre), WARD)
    assert (row["ins"], row["due"], row["done"]) == ("24", "12", "9")
    assert centre.rows("SELECT due, done, untold FROM ward_day WHERE ins > 0") == [(12, 9, 0)]


def test_a_daily_report_of_quarantine_is_due_where_they_stay_until_they_are_released(centre: Centre) -> None:
    with centre.engine.begin() as connection:
        build_places(connection)
    device = kiosk(centre, FAR, "t-xa")
    for n in range(6):
        device.add(declaration(f"09900000300{n}", {}), at_ms=NOW_MS)
    deliver(centre, device)
    with centre.engine.begin() as connection:
        codes = [bytes(row[0]) for row in run(connection, "SELECT person FROM declared ORDER BY seq", ())]
        reported = list(persons_of(connection, [(code, 1) for code in codes], NOW_MS).values())
        silent = [person(connection, f"k-{n}") for n in range(5)]
        released, arrived = (TODAY - 9, TODAY - 1), (TODAY, TODAY + 9)
        times = [(TODAY - 3, TODAY + 4)] * 6 + [(TODAY - 3, TODAY)] * 3 + [released, arrived]
        for n, (who, (day, release)) in enumerate(zip(reported + silent, times, strict=True)):
            sql = (
                "INSERT INTO arrival (stream, seq, person, venue, ward, province, carrier, vehicle, seat, day,"
                " quarantine, stay_ward, stay_province, rule, release_day, made_ms, made_by) VALUES (1, ?, ?, ?, ?, ?,"
                " 'plane', '', '', ?, 'elective', ?, ?, 'r|1', ?, ?, 'thu')"
            )
            run(connection, sql, (n, who, FAR, OTHER_WARD, PROVINCE, day, WARD, PROVINCE, release, NOW_MS))
    count(centre)
    row = row_of(read(centre), WARD)
    assert (row["due"], row["done"]) == ("9", "6")


def test_counting_again_changes_nothing(busy: Centre) -> None:
    before = busy.rows("SELECT * FROM day_count ORDER BY day, place"), busy.rows("SELECT * FROM ward_day")
    with busy.engine.begin() as connection:
        count_places(connection, NOW_MS, at_once=True)
        make_day(connection, NOW_MS)
    assert (busy.rows("SELECT * FROM day_count ORDER BY day, place"), busy.rows("SELECT * FROM ward_day")) == before


def test_a_kiosk_that_was_away_brings_its_days_late_and_nothing_is_counted_twice(centre: Centre) -> None:
    busy_day(centre)
    late, soon = kiosk(centre, MARKET, "t-muon"), NOW_MS + 25 * 3_600_000
    for n in range(40, 46):
        late.add(come(n), at_ms=NOW_MS - 3 * DAY_MS)
    deliver(centre, late, soon)
    count(centre, soon)
    assert row_of(read(centre, TODAY - 3), WARD)["ins"] == "6"
    assert row_of(read(centre), WARD)["ins"] == "9"


def test_what_was_known_only_on_the_day_stays_as_it_was(centre: Centre) -> None:
    busy_day(centre)
    with centre.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO device_state (device, online, backlog, at_ms) VALUES ('t-cho', 1, 0, 1)"
        )
        mark_days(connection, [TODAY])
        make_day(connection, NOW_MS)
        connection.exec_driver_sql("UPDATE device_state SET online = 0")
        mark_days(connection, [TODAY])
        make_day(connection, NOW_MS + DAY_MS)
    assert row_of(read(centre), WARD)["kiosks_up"] == "1"
    with centre.engine.begin() as connection:
        mark_days(connection, [TODAY - 2])
        make_day(connection, NOW_MS)
    assert row_of(read(centre, TODAY - 2), WARD)["kiosks_up"] == "–"


def test_counts_outlive_the_visits_that_they_count(centre: Centre) -> None:
    busy_day(centre)
    with centre.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM visit")
        connection.exec_driver_sql("DELETE FROM stay")
    count(centre, NOW_MS + 21 * DAY_MS)
    assert row_of(read(centre), WARD)["ins"] == "9"


def _pdf_text(made: bytes) -> str:
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)


def test_every_form_shows_the_same_numbers(busy: Centre) -> None:
    from docx import Document

    files: dict[str, bytes] = {}
    for kind in ("pdf", "docx", "csv"):
        with busy.engine.connect() as connection:
            report, files[kind] = file_of(connection, kind, (TODAY, PROVINCE, ""), Letter(), NOW_MS)
    expected = [[row.name, *cells] for row, cells in zip(report.rows, report.cells, strict=True)]
    expected.append(["Tổng cộng", *report.total])
    lines = list(csv.reader(io.StringIO(files["csv"].decode("utf-8-sig"))))
    assert [line[1:] for line in lines[1 : len(expected) + 1]] == expected
    table = Document(io.BytesIO(files["docx"])).tables[1]
    assert [[cell.text for cell in row.cells][1:] for row in table.rows][1:] == expected
    text = " ".join(_pdf_text(files["pdf"]).split())
    for row in expected:
        assert " ".join(row) in text
    page = signed_in(app_of(busy), busy.engine, "reporter", login="t.bon-mau", now_ms=NOW_MS).get("/report?province=79")
    shown = re.findall(r'data-key="(\w+)">([^<]*)<', page.text.replace("&lt;", "‹"))
    rows = [shown[n : n + len(KEYS)] for n in range(0, len(shown), len(KEYS))]
    as_shown = [{key: text.replace("‹", "<") for key, text in row} for row in rows]
    assert as_shown == [dict(zip(KEYS, row[1:], strict=True)) for row in expected]


def test_the_annex_is_laid_out_as_offices_do_and_every_vietnamese_letter_comes_back(busy: Centre) -> None:
    letter = Letter(number="123/SYT-NVY", position="KT. GIÁM ĐỐC", signer="NGUYỄN VĂN THỬ")
    with busy.engine.connect() as connection:
        _, made = file_of(connection, "pdf", (TODAY, PROVINCE, ""), letter, NOW_MS)
    text = " ".join(_pdf_text(made).split())
    parts = (
        *("SỞ Y TẾ", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "123/SYT-NVY"),
        *("PHỤ LỤC", "Kèm theo Công văn", "Tỷ lệ ghi nhận ra", "Phường Sài Gòn", "Cửa B mất điện mỗi chiều."),
        *("Nơi nhận:", "KT. GIÁM ĐỐC", "NGUYỄN VĂN THỬ"),
    )
    places = [text.index(part) for part in parts]
    assert "\0" not in text, "a letter that the font does not have"
    assert text.index("PHỤ LỤC") < text.index("Tổng cộng") < text.index("Nơi nhận:") and min(places) >= 0
    with busy.engine.connect() as connection:
        _, table = file_of(connection, "csv", (TODAY, PROVINCE, ""), Letter(), NOW_MS)
    assert "'=Người bán" in table.decode("utf-8-sig"), "what somebody typed became a formula"


def test_the_command_counts_and_writes(busy: Centre, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--database", busy.url, "--keys", str(busy.keys), "--province", PROVINCE)
    day = ("--day", "2026-09-21")
    done = command(capsys, "report", *options, *day, "--out", str(tmp_path / "b.csv"))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rows"] == 2
    assert b"TT," in (tmp_path / "b.csv").read_bytes()
    assert command(capsys, "report", *options, "--out", str(tmp_path / "b.txt")).returncode == 2


@pytest.mark.parametrize(
    "asked",
    [
        ("--day", "2190-11-21"),
        ("--province", "99"),
        ("--province", PROVINCE, "--ward", "00001"),
        ("--ward", WARD),
        ("--day", "2026-31-21"),
    ],
)
def test_a_slip_of_a_digit_makes_no_empty_annex(
    busy: Centre, tmp_path: Path, capsys: pytest.CaptureFixture[str], asked: tuple[str, ...]
) -> None:
    made = tmp_path / "b.csv"
    try:
        done = command(capsys, "report", "--database", busy.url, "--keys", str(busy.keys), *asked, "--out", str(made))
        status, said = done.returncode, done.stderr
    except SystemExit as ended:  # argparse
        status, said = int(ended.code or 0), capsys.readouterr().err
    assert status == 2 and not made.exists()
    assert re.search(r"xin xem lại|cần có|ngày viết", said) and re.search(r"look at it again|needs|is written", said)


def test_an_officer_sees_their_own_area_alone(busy: Centre) -> None:
    app = app_of(busy)
    here = signed_in(app, busy.engine, "case_officer", f"province-{PROVINCE}", login="t.o-day", now_ms=NOW_MS)
    assert "Phường Sài Gòn" in here.get("/report").text
    assert here.get("/report?province=01").status_code == 403
    assert here.get("/report/file/csv?province=01").status_code == 403
    ward = signed_in(app, busy.engine, "case_officer", f"ward-{WARD}", login="t.mot-phuong", now_ms=NOW_MS)
    assert ward.get("/report").status_code == 200
    assert ward.get(f"/report?province={PROVINCE}").status_code == 403
    assert ward.get(f"/report?province={PROVINCE}&ward={OTHER_WARD}").status_code == 403
    assert here.get("/report/file/csv").status_code == 200
    assert busy.one("SELECT count(*) FROM audit WHERE action = 'report_exported' AND about = 'province-79'") == 1


def test_a_place_raises_a_difficulty_and_reads_the_answer(busy: Centre) -> None:
    app = app_of(busy)
    owner = signed_in(app, busy.engine, "venue_owner", f"venue-{FAR}", login="t.chu", now_ms=NOW_MS)
    other = signed_in(app, busy.engine, "venue_owner", f"venue-{MARKET}", login="t.chu-khac", now_ms=NOW_MS)
    reader = signed_in(app, busy.engine, "reporter", f"province-{PROVINCE}", login="t.bao-cao", now_ms=NOW_MS)
    form = {"venue": FAR, "topic": "kiosk", "words": "Máy khó đọc mã khi nắng."}
    assert other.post("/difficulties/mine", data=form).status_code == 403
    assert owner.post("/difficulties/mine", data=form).status_code == 303
    number = busy.one("SELECT max(id) FROM difficulty")
    assert "khi nắng" in reader.get("/difficulties").text and "khi nắng" not in other.get("/difficulties/mine").text
    answer = {"words": "Xin che nắng cho ống kính."}
    assert reader.post(f"/difficulties/{number}/answer", data=answer).status_code == 303
    assert "che nắng" in owner.get("/difficulties/mine").text
    assert reader.post(f"/difficulties/{number}/answer", data=answer).status_code == 409
    for words in ("Ông THỬ số 0900 000 123 hay gây gổ.", "Gửi a@thu.example nhé", "x"):
        assert owner.post("/difficulties/mine", data=form | {"words": words}).status_code == 409
    assert "khi nắng" not in repr(busy.rows("SELECT about, detail FROM audit"))


def test_the_page_reads_counted_days_alone_with_twenty_thousand_places(centre: Centre, database: str) -> None:
    with centre.engine.begin() as connection:
        rows = [(f"v-{n}", f"Nơi {n}", f"{26000 + n // 7}", f"{1 + n // 7 % 34:02d}", NOW_MS) for n in range(20_000)]
        mark = "?" if database == "sqlite" else "%s"
        sql = "INSERT INTO place (id, name, kind, ward, province, made_ms) VALUES (X, X, 'market', X, X, X)"
        connection.exec_driver_sql(sql.replace("X", mark), rows)
        connection.exec_driver_sql(
            "INSERT INTO day_count (day, place, ins, outs, asked, stays, ended)"
            f" SELECT {TODAY}, number, 30, 25, 1, 28, 20 FROM place"
        )
        mark_days(connection, [TODAY])
        make_day(connection, NOW_MS)
        for ago in range(1, 14):
            connection.exec_driver_sql(
                "INSERT INTO ward_day (day, province, ward, places, live, ins, outs, asked, stays, ended, due, done,"
                " triaged, closed, checks, feedback, alerts, reached, minutes)"
                f" SELECT day - {ago}, province, ward, places, live, ins, outs, asked, stays, ended, due, done,"
                f" triaged, closed, checks, feedback, alerts, reached, minutes FROM ward_day WHERE day = {TODAY}"
            )
    client = signed_in(app_of(centre), centre.engine, "reporter", now_ms=NOW_MS)
    client.get("/report")
    took, asked = [], list[str]()
    event.listen(centre.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    for path in ("/report", "/report?province=05") * 5:
        began = time.perf_counter()
        assert client.get(path).status_code == 200
        took.append(time.perf_counter() - began)
    print(f"{database}: {sorted(took)[-1] * 1000:.0f} ms at the most, {sorted(took)[5] * 1000:.0f} ms at the median")
    assert len(asked) <= 10 * 20, "as many statements a page, however many places there are"
    assert [sql for sql in asked if re.search(r"FROM (visit|stay|day_count)\b", sql)] == [], "only counted days"
    with centre.engine.connect() as connection:
        assert trend(connection, TODAY, "", "")[-1] == (TODAY, 600_000)
