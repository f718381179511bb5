"""The door of the officers' pages: who comes in, how surely, and what is said to those who do not."""

import re

import pytest
from flask.testing import FlaskClient

from central.access import accounts, factors
from central.access.purses import PAIR
from central.access.roles import Grant
from central.web.app import make_app
from central.web.entering import COOKIE
from tests.integration.central.access.conftest import Console
from tests.parts.centre import NOW_MS
from tests.parts.officers import PHRASE, Phone, new_account, session_of, set_up, sign_in, signed_in


@pytest.fixture(scope="module")
def phone(console: Console) -> Phone:
    """An officer who has set up account, pass phrase and phone."""
    code = new_account(console.centre.engine, "case_officer", login="ca.truc", now_ms=NOW_MS - 600_000)
    console.clock.ms = NOW_MS - 600_000
    made = set_up(console.app.test_client(), "ca.truc", code, console.clock.ms)
    console.clock.ms = NOW_MS
    return made


@pytest.fixture
def client(console: Console) -> FlaskClient:
    """A browser that nobody has used; half a minute after the last one."""
    console.clock.ms += 30_000
    return console.app.test_client()


def test_pass_phrase_and_code_lead_to_where_the_officer_wanted_to_go(
    console: Console, client: FlaskClient, phone: Phone
) -> None:
    wanted = client.get("/cases?state=open").headers["Location"]
    assert wanted == "/sign-in?to=/cases%3Fstate%3Dopen"
    assert 'value="/cases?state=open"' in client.get(wanted).text
    assert sign_in(client, phone, console.clock.ms, "/cases?state=open") == "/cases?state=open"
    assert client.get("/cases").status_code == 200
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site) == (True, "Strict")


def test_the_pass_phrase_alone_opens_no_session_where_a_second_factor_is(client: FlaskClient, phone: Phone) -> None:
    answer = client.post("/sign-in", data={"login": phone.login, "phrase": PHRASE})
    assert answer.headers["Location"] == "/sign-in/second"
    assert client.get_cookie(COOKIE) is None
    assert client.get("/me").status_code == 303


@pytest.mark.parametrize("login", ["ca.truc", "khong-co-ai", "", "NGUYỄN VĂN THỬ", "'; --"])
def test_what_is_wrong_is_said_alike_for_who_exists_and_who_does_not(
    client: FlaskClient, phone: Phone, login: str
) -> None:
    answer = client.post("/sign-in", data={"login": login, "phrase": "không phải mật khẩu"}, headers=_from(login))
    assert answer.status_code == 401
    assert _plain(answer.text) == _plain(client.post("/sign-in", data={"login": "x", "phrase": "y"}).text)
    assert client.get_cookie(COOKIE) is None


def test_after_many_wrong_tries_the_page_says_how_long_to_wait(console: Console, phone: Phone) -> None:
    for login in ("ca.truc.2", "ai.do"):
        client = console.app.test_client()
        for _ in range(PAIR.most):
            assert client.post("/welcome", data={"login": login, "code": "AAAA"}).status_code == 401
        answer = client.post("/sign-in", data={"login": login, "phrase": "không phải mật khẩu"})
        assert answer.status_code == 429
        assert "60" in answer.text


def test_codes_cannot_be_guessed_through(console: Console, client: FlaskClient, phone: Phone) -> None:
    client.post("/sign-in", data={"login": phone.login, "phrase": PHRASE})
    wrong = f"{(int(phone.code(console.clock.ms)) + 1) % 1_000_000:06d}"
    statuses = [client.post("/sign-in/second", data={"code": wrong}).status_code for _ in range(PAIR.most + 1)]
    assert set(statuses) == {401}
    assert client.post("/sign-in/second", data={"code": phone.code(console.clock.ms)}).status_code == 401
    console.clock.ms += PAIR.refill_ms
    assert client.post("/sign-in/second", data={"code": phone.code(console.clock.ms)}).status_code == 303
    console.clock.ms += 10 * PAIR.refill_ms


def test_a_recovery_code_stands_for_a_lost_phone(client: FlaskClient, phone: Phone) -> None:
    client.post("/sign-in", data={"login": phone.login, "phrase": PHRASE})
    assert client.post("/sign-in/second", data={"code": phone.recovery[0]}).status_code == 303
    assert client.get("/me").status_code == 200


def test_the_second_step_is_over_after_five_minutes(console: Console, client: FlaskClient, phone: Phone) -> None:
    client.post("/sign-in", data={"login": phone.login, "phrase": PHRASE})
    console.clock.ms += 5 * 60_000
    answer = client.post("/sign-in/second", data={"code": phone.code(console.clock.ms)})
    assert answer.status_code == 409
    assert client.get_cookie(COOKIE) is None


def test_a_first_code_counts_once(console: Console, client: FlaskClient) -> None:
    code = new_account(console.centre.engine, "station", login="moi", now_ms=console.clock.ms)
    set_up(client, "moi", code, console.clock.ms)
    assert client.get("/me").status_code == 200
    other = console.app.test_client()
    assert other.post("/welcome", data={"login": "moi", "code": code}).status_code == 401


def test_setting_up_says_what_is_wrong_and_keeps_the_first_code(console: Console, client: FlaskClient) -> None:
    code = new_account(console.centre.engine, "station", login="moi.2", now_ms=console.clock.ms)
    client.post("/welcome", data={"login": "moi.2", "code": code})
    for phrase, again, otp in ((PHRASE, "khác hẳn mật khẩu", "1"), ("ngắn", "ngắn", "1"), (PHRASE, PHRASE, "000000")):
        answer = client.post("/welcome/set-up", data={"phrase": phrase, "again": again, "code": otp})
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
    with console.centre.engine.begin() as connection:
        assert factors.is_invited(connection, "moi.2", code, console.clock.ms)
        assert accounts.phrase_of(connection, "moi.2") is None


@pytest.mark.parametrize("to", ["//evil.example", "/\\evil.example", "https://evil.example", "x:y", "/a\r\nX: y"])
def test_the_door_leads_to_this_house_alone(console: Console, client: FlaskClient, phone: Phone, to: str) -> None:
    assert sign_in(client, phone, console.clock.ms, to) == "/"


def test_a_session_that_the_browser_brought_along_is_not_taken_over(
    console: Console, client: FlaskClient, phone: Phone
) -> None:
    client.set_cookie(COOKIE, "chosen-by-somebody-else")
    sign_in(client, phone, console.clock.ms)
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    assert cookie.value != "chosen-by-somebody-else"


def test_signing_out_ends_the_session_at_the_centre_too(console: Console) -> None:
    client = signed_in(console.app, console.centre.engine, "auditor", login="ra.ve", now_ms=console.clock.ms)
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").headers["Location"] == "/sign-in"
    client.set_cookie(COOKIE, cookie.value)
    assert client.get("/me").status_code == 303


def test_a_session_in_use_lives_on_and_is_written_once_a_minute(console: Console) -> None:
    client = signed_in(console.app, console.centre.engine, "auditor", login="dang.dung", now_ms=console.clock.ms)
    began, seen = console.clock.ms, []
    for _ in range(40):
        console.clock.ms += 59_000
        assert client.get("/me").status_code == 200
        seen.append(console.centre.one("SELECT seen_ms FROM session WHERE login = 'dang.dung'"))
    assert len(set(seen)) == 21  # the first, and each second page
    assert console.clock.ms - began > accounts.IDLE_MS


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}]
)
def test_a_form_on_a_page_elsewhere_changes_nothing(console: Console, headers: dict[str, str]) -> None:
    client = session_of(console.app, console.centre.engine, "ca.truc", now_ms=console.clock.ms)
    assert client.post("/sign-out", headers=headers).status_code == 403
    assert client.get("/me").status_code == 200
    assert (
        client.post("/sign-out", headers={"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}).status_code
        == 303
    )


def test_the_first_page_is_the_officers_own(console: Console) -> None:
    app, engine, now_ms = console.app, console.centre.engine, console.clock.ms
    assert (
        signed_in(app, engine, "case_officer", login="trang.dau", now_ms=now_ms).get("/").headers["Location"]
        == "/tonight"
    )
    assert signed_in(app, engine, "venue_owner", login="chu.cho", now_ms=now_ms).get("/").status_code == 302
    keeper = signed_in(app, engine, "administrator", login="giu.may", now_ms=now_ms)
    assert [keeper.get(path).status_code for path in ("/", "/health")] == [200, 200]
    assert signed_in(app, engine, "auditor", login="khong.may", now_ms=now_ms).get("/health").status_code == 403
    assert app.test_client().get("/").status_code == 401


@pytest.mark.parametrize("path", ["/khong-co", "/accounts/khong-co", "/audit?before=x&person=-1&day=2026-13-01"])
def test_no_address_answers_with_a_traceback(console: Console, path: str) -> None:
    login = f"thu.{abs(hash(path)) % 1000}"
    grants = [Grant("administrator", "all"), Grant("auditor", "all")]
    with console.centre.engine.begin() as connection:
        accounts.create_account(connection, login, "Cán bộ THỬ", None, grants, NOW_MS)
    answer = session_of(console.app, console.centre.engine, login, now_ms=console.clock.ms).get(path)
    assert answer.status_code in (200, 404)
    assert "Traceback" not in answer.text
    assert "<main" in answer.text


def test_scripts_come_from_here_alone_and_none_stands_in_a_page(console: Console) -> None:
    answer = console.app.test_client().get("/sign-in")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy
    assert not re.search(r"style=|\son\w+=|<script>", answer.text)


def test_no_login_stands_in_the_log_for_a_wrong_try(console: Console) -> None:
    console.app.test_client().post("/sign-in", data={"login": "mat khau go nham", "phrase": "x"})
    assert console.centre.one("SELECT count(*) FROM audit WHERE actor LIKE '%nham%' OR detail LIKE '%nham%'") == 0


def _from(login: str) -> dict[str, str]:
    return {"User-Agent": f"t-{len(login)}"}


def _plain(page: str) -> str:
    return re.sub(r'value="[^"]*"', "", page)


def test_what_fails_is_said_in_words_and_logged_without_its_values(
    console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> str:
        raise ValueError("NGUYỄN VĂN THỬ 0912345678")

    app = make_app(console.site)
    app.add_url_rule("/fails", "t_fails", fail)
    operator = {"Authorization": f"Bearer {console.centre.ring.operator_token()}"}
    answer = app.test_client().get("/fails?lang=en", headers=operator)
    assert answer.status_code == 500
    assert "Something went wrong at the centre" in answer.text
    said = capsys.readouterr().err
    assert "page_failed" in said and "ValueError" in said
    assert "THỬ" not in answer.text + said and "0912" not in answer.text + said
