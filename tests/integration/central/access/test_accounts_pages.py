"""The administrator's pages: accounts, grants by one and by two, areas, and emergencies."""

import re

from central.access import accounts
from central.access.glasses import GLASS_MS
from central.access.roles import Grant
from tests.integration.central.access.conftest import Console
from tests.parts.centre import NOW_MS
from tests.parts.officers import session_of, set_up, signed_in

CODE = re.compile(r"[A-Z2-9]{4}(-[A-Z2-9]{4}){3}")


def grants(console: Console, login: str) -> set[Grant]:
    with console.centre.engine.connect() as connection:
        return set(accounts.grants_of(connection, login, console.clock.ms))


def test_two_administrators_make_a_head(console: Console) -> None:
    app, engine = console.app, console.centre.engine
    one = signed_in(app, engine, "administrator", login="qt.1", now_ms=NOW_MS)
    two = signed_in(app, engine, "administrator", login="qt.2", now_ms=NOW_MS)
    made = one.post("/accounts/new", data={"login": "truong", "name": "Trưởng THỬ", "role": "head", "area": "all"})
    assert made.status_code == 303 and not CODE.search(made.text)
    assert console.centre.one("SELECT count(*) FROM invitation WHERE login = 'truong'") == 0, "nobody gets in before"
    assert grants(console, "truong") == set()
    number = console.centre.one("SELECT id FROM proposal WHERE login = 'truong'")
    assert one.post(f"/accounts/proposals/{number}", data={"answer": "sign"}).status_code == 409
    answer = two.post(f"/accounts/proposals/{number}", data={"answer": "sign"})
    code = CODE.search(answer.text)
    assert answer.status_code == 200 and code is not None, "the second administrator gives it to the officer"
    assert grants(console, "truong") == {Grant("head", "all")}
    set_up(app.test_client(), "truong", code.group(), NOW_MS)
    one.post("/accounts/truong/grant", data={"role": "administrator", "area": "province-79"})
    number = console.centre.one("SELECT id FROM proposal WHERE login = 'truong' AND state = 'open'")
    answer = two.post(f"/accounts/proposals/{number}", data={"answer": "sign"})
    assert answer.headers["Location"] == "/accounts", "two had answered for this account: its officer stays in"
    assert "Đã ký." in two.get("/accounts").text
    assert "Đã ký." not in two.get("/accounts").text


def test_an_account_that_one_administrator_could_be_in_becomes_no_head(console: Console) -> None:
    """One makes a health station's account, sets it up alone, and has it made a head: they would be that head."""
    app, engine = console.app, console.centre.engine
    one = signed_in(app, engine, "administrator", login="qt.5", now_ms=NOW_MS)
    two = signed_in(app, engine, "administrator", login="qt.6", now_ms=NOW_MS)
    made = one.post("/accounts/new", data={"login": "vo", "name": "Vỏ THỬ", "role": "station", "area": "all"})
    code, mine = CODE.search(made.text), app.test_client()
    assert code is not None
    set_up(mine, "vo", code.group(), NOW_MS)
    assert mine.get("/me").status_code == 200
    assert one.post("/accounts/vo/grant", data={"role": "head", "area": "all"}).status_code == 303
    number = console.centre.one("SELECT id FROM proposal WHERE login = 'vo'")
    answer = two.post(f"/accounts/proposals/{number}", data={"answer": "sign"})
    assert answer.status_code == 200 and CODE.search(answer.text)
    assert mine.get("/me").status_code == 303, "whoever was in is out"
    assert console.centre.one("SELECT count(*) FROM one_time WHERE login = 'vo'") == 0


def test_nobody_grants_resets_or_closes_themselves(console: Console) -> None:
    client = signed_in(console.app, console.centre.engine, "administrator", login="qt.3", now_ms=NOW_MS)
    data = {"role": "case_officer", "area": "all"}
    for what in ("grant", "reset", "close"):
        answer = client.post(f"/accounts/qt.3/{what}", data=data)
        assert answer.status_code == 409, what
        assert "Không ai đổi quyền của chính mình" in answer.text
    assert grants(console, "qt.3") == {Grant("administrator", "all")}


def test_an_administrator_of_a_province_acts_in_it_alone(console: Console) -> None:
    app, engine = console.app, console.centre.engine
    client = signed_in(app, engine, "administrator", "province-79", login="qt.79", now_ms=NOW_MS)
    with engine.begin() as connection:
        accounts.create_account(connection, "tram", "Trạm THỬ", None, [], NOW_MS)
        accounts.create_account(connection, "tram.80", "Trạm THỬ", None, [Grant("station", "province-80")], NOW_MS)
        sql = "INSERT INTO station (id, name, ward, province, phone) VALUES ('s', 'Trạm', '26740', '79', '')"
        connection.exec_driver_sql(sql)
    assert client.post("/accounts/tram/grant", data={"role": "station", "area": "ward-26740"}).status_code == 303
    assert client.post("/accounts/tram/grant", data={"role": "station", "area": "province-79"}).status_code == 303
    for area in ("all", "province-80", "ward-1"):
        assert client.post("/accounts/tram/grant", data={"role": "station", "area": area}).status_code == 403, area
    assert client.post("/accounts/tram.80/close").status_code == 403
    assert client.post("/accounts/tram/revoke", data={"role": "station", "area": "ward-26740"}).status_code == 303
    assert grants(console, "tram") == {Grant("station", "province-79")}


def test_a_form_with_nonsense_is_answered_in_words(console: Console) -> None:
    client = signed_in(console.app, console.centre.engine, "administrator", login="qt.4", now_ms=NOW_MS)
    for data in (
        {"login": "Có Dấu", "name": "x", "role": "station", "area": "all"},
        {"login": "ok", "name": "", "role": "station", "area": "all"},
        {"login": "ok", "name": "x", "role": "king", "area": "all"},
        {"login": "ok", "name": "x", "role": "station", "area": "mars"},
        {"login": "qt.4", "name": "x", "role": "station", "area": "all"},
    ):
        answer = client.post("/accounts/new", data=data)
        assert answer.status_code in (404, 409)
        assert 'role="alert"' in answer.text and "refused" not in answer.text
    assert console.centre.one("SELECT count(*) FROM account WHERE login = 'ok'") == 0


def test_a_broken_glass_is_seen_at_once_ends_by_itself_and_is_reviewed_by_another(console: Console) -> None:
    app, engine = console.app, console.centre.engine
    officer = signed_in(app, engine, "case_officer", "province-79", login="truc.dem", now_ms=NOW_MS)
    auditor = signed_in(app, engine, "auditor", login="giam.sat", now_ms=NOW_MS)
    reason = "Không gọi được lãnh đạo"
    assert officer.post("/glass/take", data={"role": "head province-79", "reason": "vội"}).status_code == 409
    assert officer.post("/glass/take", data={"role": "head all", "reason": reason}).status_code == 409
    assert officer.post("/glass/take", data={"role": "administrator province-79", "reason": reason}).status_code == 409
    taken = officer.post("/glass/take", data={"role": "head province-79", "reason": reason})
    assert taken.status_code == 303, taken.text
    assert Grant("head", "province-79") in grants(console, "truc.dem")
    assert "truc.dem" in auditor.get("/audit").text
    assert "Mở khẩn cấp" in auditor.get("/me").text and reason in auditor.get("/glass").text
    number = console.centre.one("SELECT max(id) FROM glass")
    assert auditor.post(f"/glass/{number}/review", data={"verdict": "right"}).status_code == 409  # it still runs
    console.clock.ms += GLASS_MS
    assert Grant("head", "province-79") not in grants(console, "truc.dem")
    auditor = session_of(app, engine, "giam.sat", now_ms=console.clock.ms)
    officer = session_of(app, engine, "truc.dem", now_ms=console.clock.ms)
    assert "chờ xem lại" in auditor.get("/me").text
    assert officer.post(f"/glass/{number}/review", data={"verdict": "right"}).status_code == 403
    assert auditor.post(f"/glass/{number}/review", data={"verdict": "mistaken"}).status_code == 303
    assert "chờ xem lại" not in auditor.get("/me").text
    console.clock.ms = NOW_MS


def test_a_glass_needs_a_second_factor_and_can_be_given_back(console: Console) -> None:
    app, engine = console.app, console.centre.engine
    client = signed_in(app, engine, "station", "ward-26740", login="tram.dem", now_ms=NOW_MS)
    weak = session_of(app, engine, "tram.dem", now_ms=NOW_MS, strong=False)
    data = {"role": "station any", "area": "ward-26741", "reason": "Phường bên không có người trực"}
    assert weak.post("/glass/take", data=data).status_code == 403
    assert client.post("/glass/take", data=data).status_code == 303
    assert Grant("station", "ward-26741") in grants(console, "tram.dem")
    number = console.centre.one("SELECT max(id) FROM glass")
    assert client.post(f"/glass/{number}/end").status_code == 303
    assert grants(console, "tram.dem") == {Grant("station", "ward-26740")}
    assert client.post(f"/glass/{number}/end").status_code == 404
