"""A place's desk: posters, staff, kiosks, passes, another manager, the end; and nobody else's place."""

import io
import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime

import pypdf
import pytest
from flask.testing import FlaskClient

from central.jobs import Bench
from central.phones.rooms import room_of
from central.places.places import place_of
from central.venues.closing import close_due
from central.venues.posters import poster_hangs
from credentials.pass_qr import read as read_pass
from credentials.trust import Trust
from tests.integration.central.venues.world import PLACE, Town, form_of, make_town
from tests.parts.seen import codes_on

DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    made = make_town(f"sqlite:///{folder}/central.db", folder)
    yield made
    made.centre.engine.dispose()


@pytest.fixture(scope="module")
def market(town: Town) -> tuple[str, str]:
    """(place id, the other place's id); their managers' accounts are called after them."""
    first, _ = town.open_place(name="Chợ Mẫu", phone="0912 000 001")
    second, _ = town.open_place(name="Trường Mẫu", kind="school", phone="0912 000 002")
    return first, second


def test_a_reprint_is_the_same_poster_until_it_is_rotated(town: Town, market: tuple[str, str]) -> None:
    venue, client = market[0], town.as_login(market[0])
    at = f"/venues/{venue}/posters"
    for gate in ("Cửa A", "Cửa B"):
        assert town.send(client, at, f"{at}/new", gate=gate, language="km", days="365") == 303
    assert town.send(client, at, f"{at}/new", gate="Cửa A", language="", days="365") == 409
    first, again = client.get(f"{at}.pdf").data, client.get(f"{at}.pdf").data
    assert first == again and len(pypdf.PdfReader(io.BytesIO(first)).pages) == 2
    number = town.centre.one("SELECT min(id) FROM poster")
    gate, old_s = town.centre.rows("SELECT gate, expires_s FROM poster WHERE id = ?", number)[0]
    town.at_ms += DAY_MS
    client = town.as_login(venue)
    assert town.send(client, at, f"{at}/{number}", answer="new") == 303
    assert client.get(f"{at}.pdf").data != first
    new_s = town.centre.rows("SELECT expires_s FROM poster WHERE gate = ? AND revoked_ms IS NULL", gate)[0][0]
    with town.centre.engine.connect() as connection:
        assert [poster_hangs(connection, venue, gate, one) for one in (old_s, new_s, None)] == [False, True, True]


def test_staff_are_called_by_a_task_and_let_nobody_else_in(town: Town, market: tuple[str, str]) -> None:
    venue, client = market[0], town.as_login(market[0])
    page = client.post(f"/venues/{venue}/staff/new", data={"name": "Ca sáng"}).text
    assert re.search(r'class="code">[A-Z2-9-]{19}<', page)
    member = town.as_login(f"{venue}.1")
    assert member.get(f"/venues/{venue}").status_code == 200
    assert "ki-ốt đang chạy" not in member.get(f"/venues/{venue}").text
    for path in ("posters", "staff", "kiosks", "rosters", "counts", "data", "end", "posters.pdf"):
        assert member.get(f"/venues/{venue}/{path}").status_code == 403, path
    assert client.post(f"/venues/{venue}/staff/{venue}.1", data={"answer": "end"}).status_code == 303
    assert town.centre.rows("SELECT state FROM account WHERE login = ?", f"{venue}.1") == [("closed",)]
    assert client.post(f"/venues/{venue}/staff/{market[1]}", data={"answer": "code"}).status_code == 404


def test_a_kiosk_is_invited_under_its_places_own_name(town: Town, market: tuple[str, str]) -> None:
    venue, client = market[0], town.as_login(market[0])
    answer = client.post(f"/venues/{venue}/kiosks/new", data={"gate": "Cửa A", "direction": "both"})
    settings = tomllib.loads(answer.text)
    assert settings["venue"]["id"] == venue and settings["gate"]["name"] == "Cửa A"
    assert settings["device"]["id"] == f"{venue}-1"
    assert settings["centre"]["poster"].startswith("HTTPS://GATEPOST.EXAMPLE/GPV1/"), "its screen shows the door's code"
    assert settings["centre"]["token"] not in client.get(f"/venues/{venue}/kiosks").text
    assert client.post(f"/venues/{venue}/kiosks/other-1/block", data={}).status_code in (404, 409)


def test_cards_carry_names_that_are_kept_nowhere(town: Town, market: tuple[str, str]) -> None:
    venue, client = market[0], town.as_login(market[0])
    at = f"/venues/{venue}/rosters"
    assert town.send(client, at, f"{at}/new", name="Ca sáng", kind="shift") == 303
    number = town.centre.one("SELECT max(id) FROM roster")
    sheet = "Mã;Họ và tên;Vào ca;Hết ca\nNV-01;NGUYỄN VĂN THỬ;06:00;14:00\nNV-02;TRẦN THỊ MẪU;;\n"
    first = cards(client, f"{at}/{number}/cards", sheet)
    assert "NGUYỄN VĂN THỬ" in text_of(first) and "06:00-14:00" in text_of(first)
    assert codes_on(first) == codes_on(cards(client, f"{at}/{number}/cards", sheet)), "the same sheet, the same cards"
    trust = Trust(town.centre.ring.root().keys("pass"), {}, frozenset())
    nine = datetime.fromtimestamp(town.at_ms / 1000, UTC).replace(hour=2, minute=0)  # 09:00 in Viet Nam
    midnight = nine.replace(hour=17)
    assert sorted(read_pass(code, nine, trust).reason for code in codes_on(first)) == ["ok", "ok"]
    assert sorted(read_pass(code, midnight, trust).reason for code in codes_on(first)) == ["not_now", "ok"]
    page = client.get(f"{at}/{number}").text
    assert "NV-01" in page and "NGUYỄN" not in page and "ai đang ở trong: mã có thể" in page
    dump = "\n".join(town.centre.engine.raw_connection().driver_connection.iterdump())  # type: ignore[union-attr]
    assert "VĂN THỬ" not in dump and "NV-01" in dump


def test_a_lost_card_ends_at_every_gate_and_its_label_gets_another(town: Town, market: tuple[str, str]) -> None:
    venue, client = market[0], town.as_login(market[0])
    at = f"/venues/{venue}/rosters"
    town.send(client, at, f"{at}/new", name="Xe 29", kind="bus", shows="yes")
    number = town.centre.one("SELECT max(id) FROM roster")
    first = client.post(f"{at}/{number}/cards", data={"stem": "Ghế", "count": "3", "days": "2"}).data
    old = sorted(codes_on(first))
    one = town.centre.rows("SELECT id, pass_id FROM roster_pass WHERE roster = ? AND label = 'Ghế 2'", number)[0]
    new = codes_on(client.post(f"{at}/{number}/{one[0]}", data={"answer": "lost"}).data)
    assert len(old) == 3 and len(new) == 1 and not set(new) & set(old)
    revoked = frozenset(row[0] for row in town.centre.rows("SELECT id FROM issued_pass WHERE revoked_ms IS NOT NULL"))
    assert revoked == {one[1]}
    trust = Trust(town.centre.ring.root().keys("pass"), {}, revoked)
    now = datetime.fromtimestamp(town.at_ms / 1000, UTC)
    assert sorted(read_pass(code, now, trust).status for code in old) == ["invalid", "valid", "valid"]
    assert read_pass(new[0], now, trust).status == "valid"
    assert town.centre.rows("SELECT kind, name FROM bulletin WHERE kind = 'passes'") == [("passes", "revoked")]
    assert "Ghế 2" in client.get(f"{at}/{number}").text


@pytest.mark.parametrize("bad", ["", "Tên\nX", "Mã\nA\nA", "Mã;Vào ca;Hết ca\nA;25:00;26:00", "Mã\n" + "x" * 30])
def test_a_sheet_with_a_bad_row_makes_no_pass_at_all(town: Town, market: tuple[str, str], bad: str) -> None:
    venue, client = market[0], town.as_login(market[0])
    number = town.centre.one("SELECT max(id) FROM roster")
    before = town.centre.one("SELECT count(*) FROM issued_pass")
    data = {"sheet": (io.BytesIO(bad.encode()), "a.csv"), "days": "30"}
    answer = client.post(f"/venues/{venue}/rosters/{number}/cards", data=data)
    assert answer.status_code in (404, 409)
    assert town.centre.one("SELECT count(*) FROM issued_pass") == before


def test_a_manager_reaches_no_other_place(town: Town, market: tuple[str, str]) -> None:
    client, other = town.as_login(market[0]), market[1]
    for path in (
        "",
        "/posters",
        "/posters.pdf",
        "/staff",
        "/kiosks",
        "/rosters",
        "/counts",
        "/counts.json",
        "/data",
        "/end",
    ):
        assert client.get(f"/venues/{other}{path}").status_code == 403, path
        assert client.get(f"/venues/v-nowhere{path}").status_code == 403, path
    for path in ("posters/new", "staff/new", "kiosks/new", "rosters/new", "give", "close", "data", "posters/1", "full"):
        once = "a" * 22
        answer = client.post(f"/venues/{other}/{path}", data={"once": once, **PLACE, "gate": "A", "days": "365"})
        assert answer.status_code == 403, path
    assert client.get("/venues/waiting").status_code == 403
    assert client.get("/venues/lists").status_code == 403


def test_a_place_changes_its_hours_at_once_and_its_name_with_the_ward(town: Town, market: tuple[str, str]) -> None:
    venue, client = market[0], town.as_login(market[0])
    data = {**PLACE, "name": "Chợ Mẫu Mới", "opens": "04:30"}
    assert client.post(f"/venues/{venue}/data", data=data).status_code == 303
    assert town.centre.rows("SELECT name, opens_min FROM place WHERE id = ?", venue) == [("Chợ Mẫu", 270)]
    number = town.centre.one("SELECT max(id) FROM place_change")
    assert town.send(town.ward(), "/venues/waiting", f"/venues/changes/{number}", answer="yes") == 303
    assert town.centre.rows("SELECT name FROM place WHERE id = ?", venue) == [("Chợ Mẫu Mới",)]


def test_two_accounts_hand_a_place_over_and_the_ward_is_told(town: Town, market: tuple[str, str]) -> None:
    giver, taker = town.as_login(market[0]), town.as_login(market[1])
    page = giver.post(f"/venues/{market[0]}/give").text
    code = page.partition('apart code">')[2][:19]
    once = taker.get("/venues/take").text.partition('name="once" value="')[2][:22]
    assert taker.post("/venues/take", data={"once": once, "code": "AAAA-BBBB-CCCC-DDDD"}).status_code == 409
    once = giver.get("/venues/take").text.partition('name="once" value="')[2][:22]
    assert giver.post("/venues/take", data={"once": once, "code": code}).status_code == 409, "not to oneself"
    once = taker.get("/venues/take").text.partition('name="once" value="')[2][:22]
    assert taker.post("/venues/take", data={"once": once, "code": code}).status_code == 303
    assert town.as_login(market[1]).get(f"/venues/{market[0]}/posters").status_code == 200
    assert town.as_login(market[0]).get(f"/venues/{market[0]}/posters").status_code == 403
    assert f"{market[0]} → {market[1]}" in town.ward().get("/venues/waiting").text


def test_a_ward_opens_no_other_wards_place_with_a_new_first_code(town: Town, market: tuple[str, str]) -> None:
    ward, (first, second) = town.ward(), market
    assert ward.post(f"/venues/{first}/first-code").status_code == 409, "its account gave the place away"
    assert ward.post(f"/venues/{second}/first-code").status_code == 200
    with town.centre.engine.begin() as connection:
        grant = "INSERT INTO account_grant (login, role, area, reason) VALUES (?, 'head', 'all', 'test')"
        connection.exec_driver_sql(grant, (second,))
    assert ward.post(f"/venues/{second}/first-code").status_code == 409
    with town.centre.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM account_grant WHERE role = 'head'")


def test_the_manager_chooses_what_is_done_when_the_place_is_full(town: Town) -> None:
    venue, client = town.open_place(name="Quán Nhỏ", phone="0912 000 004")
    at = f"/venues/{venue}"

    def said() -> tuple[str, str, int]:
        page = form_of(client.get(f"{at}/data").text, f"{at}/full")
        checked = re.findall(r'value="(\w+)" required checked', page)
        with town.centre.engine.connect() as connection:
            place = place_of(connection, venue)
            room = room_of(connection, place, town.at_ms)
        assert room is not None and len(checked) == 1
        return checked[0], room.rule, town.centre.rows("SELECT count(*) FROM full_rule")[0][0]

    assert said() == ("warn", "warn", 0), "nobody has chosen yet"
    for rule in ("ask", "warn", "ask"):
        assert town.send(client, f"{at}/data", f"{at}/full", rule=rule) == 303
        assert said() == (rule, rule, 1)
    assert town.send(client, f"{at}/data", f"{at}/full", rule="throw out") in (400, 409)
    assert said() == ("ask", "ask", 1), "a rule that nobody knows changes nothing"
    assert client.post(f"{at}/data", data={**PLACE, "capacity": "many"}).status_code == 400
    assert said()[0] == "ask"


def test_a_closed_place_takes_everything_with_it(town: Town) -> None:
    venue, client = town.open_place(name="Quán Sắp Nghỉ", phone="0912 000 003")
    at = f"/venues/{venue}/posters"
    town.send(client, at, f"{at}/new", gate="", language="", days="180")
    rosters = f"/venues/{venue}/rosters"
    town.send(client, rosters, f"{rosters}/new", name="Ca", kind="shift")
    number = town.centre.one("SELECT max(id) FROM roster")
    client.post(f"{rosters}/{number}/cards", data={"stem": "N", "count": "2", "days": "30"})
    client.post(f"/venues/{venue}/kiosks/new", data={"gate": "A", "direction": "in"})
    day = datetime.fromtimestamp((town.at_ms + 2 * DAY_MS) / 1000, UTC).date().isoformat()
    assert town.send(client, f"/venues/{venue}/end", f"/venues/{venue}/close", day=day) == 303
    bench = Bench(town.centre.engine, town.centre.ring, lambda: town.at_ms)
    close_due(bench)
    assert town.centre.rows("SELECT closed_ms FROM place WHERE id = ?", venue) == [(None,)]
    town.at_ms += 3 * DAY_MS
    close_due(bench)
    closed, listed = town.centre.rows("SELECT closed_ms, listed_ms FROM place WHERE id = ?", venue)[0]
    assert closed == town.at_ms and listed is None
    assert town.centre.rows(
        "SELECT count(*) FROM poster o JOIN place p ON p.number = o.place WHERE p.id = ? AND o.revoked_ms IS NULL",
        venue,
    ) == [(0,)]
    assert town.centre.rows("SELECT count(*) FROM roster_pass WHERE roster = ? AND revoked_ms IS NULL", number) == [
        (0,)
    ]
    assert town.centre.rows("SELECT expires_ms <= ? FROM enrolment_token WHERE venue = ?", town.at_ms, venue) == [(1,)]
    assert town.centre.rows(
        "SELECT length(phone) FROM registration r JOIN place p ON p.number = r.place WHERE p.id = ?", venue
    ) == [(0,)]
    client = town.as_login(venue)
    assert client.get(f"/venues/{venue}").status_code == 200
    assert client.post(f"/venues/{venue}/staff/new", data={"name": "Ai đó"}).status_code == 409


def cards(client: FlaskClient, at: str, sheet: str) -> bytes:
    """The PDF that comes for a sheet."""
    answer = client.post(at, data={"sheet": (io.BytesIO(sheet.encode("utf-8-sig")), "ca.csv"), "days": "90"})
    assert answer.status_code == 200 and answer.data.startswith(b"%PDF"), answer.text[:600]
    return bytes(answer.data)


def text_of(pdf: bytes) -> str:
    """What stands on it."""
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
