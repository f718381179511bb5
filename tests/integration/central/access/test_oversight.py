"""Those who check: the log by officer, case, day and person; who is told; what is public."""

import csv
import io

import pytest

from central.access import counts, heads, looks
from central.access.audit import Look, note
from central.access.roles import Officer, Purpose
from central.access.verifying import verify
from tests.integration.central.access.conftest import Console
from tests.parts.centre import NOW_MS, Centre
from tests.parts.officers import signed_in
from wire.refusal import Refused

DAY_MS = 86_400_000
HEAD = Officer("truong", "Trưởng THỬ")


def look(centre: Centre, about: str, *persons: int, at_ms: int = NOW_MS, purpose: Purpose = Purpose.TRACING) -> int:
    with centre.engine.begin() as connection:
        return note(connection, Look("ca.truc", "named", purpose, about, "case_officer", persons=persons), at_ms)


def due(centre: Centre, now_ms: int) -> dict[int, tuple[int, ...]]:
    with centre.engine.connect() as connection:
        return {one.person: one.numbers for one in looks.due_notices(connection, now_ms)}


def test_everybody_who_was_looked_at_is_told_once_and_in_time(centre: Centre) -> None:
    first, second = look(centre, "BN-1", 1, 2), look(centre, "BN-1", 1, at_ms=NOW_MS + DAY_MS)
    look(centre, "R-1", 3, purpose=Purpose.DATA_SUBJECT)
    assert due(centre, NOW_MS + 14 * DAY_MS - 1) == {}
    assert due(centre, NOW_MS + 14 * DAY_MS) == {1: (first, second), 2: (first,)}
    with centre.engine.begin() as connection:
        assert looks.waiting(connection, NOW_MS + 14 * DAY_MS) == (3, 2)
        looks.mark_told(connection, (first, second), 1, NOW_MS)
        assert [one.number for one in looks.looks_at(connection, 1)] == [second, first]
        assert looks.looks_at(connection, 99) == []
    assert due(centre, NOW_MS + 20 * DAY_MS) == {2: (first,)}
    assert 3 in due(centre, NOW_MS + 30 * DAY_MS)


def test_being_told_is_put_off_with_a_reason_and_an_end_alone(centre: Centre) -> None:
    number, later = look(centre, "BN-2", 5), NOW_MS + 14 * DAY_MS
    with centre.engine.begin() as connection:
        for about, reason, days in (("BN-9", "lý do đủ dài", 1), ("BN-2", "ngắn", 1), ("BN-2", "lý do đủ dài", 61)):
            with pytest.raises(Refused):
                looks.put_off(connection, HEAD, "head", about, reason, days, NOW_MS)
        looks.put_off(connection, HEAD, "head", "BN-2", "Đang tìm nguồn lây trong nhà máy", 20, NOW_MS)
    assert due(centre, later) == {}
    assert due(centre, NOW_MS + 20 * DAY_MS) == {5: (number,)}
    with centre.engine.begin() as connection:
        looks.end_pause(connection, HEAD, "head", looks.pauses(connection, NOW_MS)[0].id, NOW_MS + DAY_MS)
        assert verify(connection, [], now_ms=NOW_MS).faults == ()
    assert due(centre, later) == {5: (number,)}


def test_months_that_are_over_are_counted_by_role_and_purpose(centre: Centre) -> None:
    months = [NOW_MS - 70 * DAY_MS, NOW_MS - 40 * DAY_MS, NOW_MS]  # July, August and September 2026
    for n in range(7):
        look(centre, "BN-3", *range(n + 1), at_ms=months[0])
    look(centre, "BN-3", 1, at_ms=months[2], purpose=Purpose.CARE)
    with centre.engine.begin() as connection:
        assert [counts.count_month(connection, NOW_MS) for _ in range(3)] == [True, True, False]
        assert counts.counts(connection) == [
            counts.Count("2026-08", "", "", 0, 0),
            counts.Count("2026-07", "case_officer", "tracing", 7, 28),
        ]


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (1, "<5"), (4, "<5"), (5, "5"), (12_345, "12345")])
def test_small_counts_are_not_published(number: int, text: str) -> None:
    assert counts.shown(number) == text


def test_a_month_ends_at_midnight_in_viet_nam() -> None:
    first, following = counts.bounds_of("2026-12")
    assert counts.month_of(first) == "2026-12" and counts.month_of(first - 1) == "2026-11"
    assert counts.month_of(following) == "2027-01"
    assert (first // 3_600_000) % 24 == 17  # UTC


def test_the_log_is_found_by_officer_case_day_and_person(console: Console) -> None:
    client = signed_in(console.app, console.centre.engine, "auditor", login="giam.sat", now_ms=NOW_MS)
    with console.centre.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO person (id, made_ms) VALUES (7, 1), (8, 1)")
    wanted = look(console.centre, "BN-77", 7, at_ms=NOW_MS - 3 * DAY_MS)
    other = look(console.centre, "BN-78", 8, at_ms=NOW_MS - 2 * DAY_MS)
    for query in ("about=BN-77", "person=7", "day=2026-09-18", "actor=ca.truc&person=7"):
        rows = _rows(client.get(f"/audit.csv?{query}").data)
        assert wanted in rows and other not in rows, query
        page = client.get(f"/audit?{query}")
        assert page.status_code == 200 and "Chuỗi nguyên vẹn" in page.text
    # Reading the log is a look as well, and whoever was asked for is told of it.
    with console.centre.engine.connect() as connection:
        assert {one.action for one in looks.looks_at(connection, 7)} >= {"named", "read_audit", "exported_audit"}


def test_no_cell_of_the_csv_begins_a_formula(console: Console) -> None:
    client = signed_in(console.app, console.centre.engine, "auditor", login="giam.sat.2", now_ms=NOW_MS)
    look(console.centre, "=HYPERLINK(1)")
    assert "'=HYPERLINK(1)" in client.get("/audit.csv?about=%3DHYPERLINK(1)").text


def test_a_broken_chain_is_said_on_the_page(console: Console) -> None:
    client = signed_in(console.app, console.centre.engine, "auditor", login="giam.sat.3", now_ms=NOW_MS)
    number = look(console.centre, "BN-79", 7)
    with console.centre.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit SET about = 'BN-80' WHERE number = ?", (number,))
    assert f"đứt ở dòng {number}" in client.get("/audit").text
    with console.centre.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit SET about = 'BN-79' WHERE number = ?", (number,))


def test_heads_and_counts_are_public_and_name_nobody(console: Console) -> None:
    with console.centre.engine.begin() as connection:
        heads.publish_head(connection, console.centre.ring, NOW_MS)
    look(console.centre, "BN-81", 7)
    with console.centre.engine.begin() as connection:
        heads.publish_head(connection, console.centre.ring, NOW_MS + DAY_MS)
    stranger = console.app.test_client()
    published = heads.read_document(stranger.get("/transparency/log.json").get_json())
    assert len(published) >= 2
    assert heads.check_heads(published, [console.centre.ring.signing("log").public]) == ""
    assert stranger.get("/transparency/counts.json").get_json()["least"] == 5
    page = stranger.get("/transparency?lang=en").text
    assert "Police investigation is none of them" in page
    assert "ca.truc" not in page and "BN-" not in page


def _rows(data: bytes) -> set[int]:
    text = data.decode("utf-8-sig")
    return {int(row["number"]) for row in csv.DictReader(io.StringIO(text))}
