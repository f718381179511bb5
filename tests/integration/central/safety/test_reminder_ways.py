"""By their own choice: the first person before the end, the second after it, and nobody who has stopped."""

import json
import re

import pytest
from flask.testing import FlaskClient

from central.access.accounts import create_account
from central.access.roles import Grant
from central.alerts.sealing import Letter, make_sender_key
from central.alerts.senders import Carriers
from central.alerts.sending import Sending
from central.jobs import Bench
from central.safety.checks import SelfCheck, hand_in
from central.safety.periods import DAY_MS, HOUR_MS, day_of, start_of
from central.safety.reminder_ways import choose
from central.safety.schemes import scheme_of
from central.statements import run
from tests.integration.central.safety.conftest import MARKET, OTHER, Town
from tests.parts.officers import session_of

SCHEME = scheme_of("market-2026")
MAIL, PHONE = "cho.mau@example.vn", {"p256dh": "BNcRdreALRFXTkOO", "auth": "tBHItJI5svbpez7K"}
BROWSER = json.dumps({"endpoint": "https://fcm.googleapis.com/fcm/send/thu", "keys": PHONE})
BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


class Postman:
    """A carrier that keeps what it is given."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def send(self, letter: Letter, number: int) -> str:
        self.letters.append(letter)
        return f"n-{number}"

    def receipts(self) -> list[tuple[str, bool]]:
        return []

    def close(self) -> None:
        pass


@pytest.fixture
def post(town: Town) -> Postman:
    """This centre sends e-mail and notices; the market checked itself at nine in the morning."""
    make_sender_key(town.centre.keys)
    town.now_ms = start_of(day_of(town.now_ms)) + 9 * HOUR_MS
    with town.centre.engine.begin() as connection:
        said = json.dumps({"channels": ["email", "push"], "base": "https://gatepost.example"})
        run(connection, "INSERT INTO meta (key, value) VALUES ('alert_channels', ?)", (said,))
        scores = {one.id: 1 for one in SCHEME.criteria}
        hand_in(connection, SelfCheck(town.number, "periodic", SCHEME, scores, "t", town.now_ms), town.now_ms)
    return Postman()


def delivered(town: Town, post: Postman) -> list[tuple[str, str]]:
    """(to, subject) of what goes out now, after each job has run."""
    town.run_jobs()
    post.letters.clear()
    bench = Bench(town.centre.engine, town.centre.ring, lambda: town.now_ms)
    Sending(Carriers({"email": post, "push": post})).run(bench)
    return [(one.to, one.subject.partition(":")[2].strip()) for one in post.letters]


def person(town: Town, login: str, role: str, address: str) -> None:
    with town.centre.engine.begin() as connection:
        create_account(connection, login, "Người THỬ", None, [Grant(role, f"venue-{MARKET}")], town.now_ms)
        choose(connection, town.centre.ring, town.number, login, "email", address, town.now_ms)


def wants(client: FlaskClient, channel: str = "email", address: str = MAIL, **more: str) -> int:
    data = {"channel": channel, "address": address, **more}
    return client.post(f"/safety/{MARKET}/remind", data=data).status_code


@BOTH
def test_the_first_person_hears_before_the_second_after_and_each_once(town: Town, post: Postman) -> None:
    person(town, "nhan-vien", "venue_staff", "hai@example.vn")
    person(town, "chu-cho", "venue_owner", "mot@example.vn")  # the manager is the first, whoever chose before
    assert delivered(town, post) == []
    town.now_ms += DAY_MS
    assert delivered(town, post) == [("mot@example.vn", "sắp hết hạn tự đánh giá")]
    assert delivered(town, post) == []
    town.now_ms += 3 * HOUR_MS
    assert delivered(town, post) == [("hai@example.vn", "đã quá hạn tự đánh giá")]
    town.now_ms += HOUR_MS
    assert delivered(town, post) == []
    for secret in (b"mot@", b"hai@"):
        assert all(secret not in bytes(row[0]) for row in town.centre.rows("SELECT sealed FROM reminder_way"))


def test_alone_the_first_person_is_told_once_more(town: Town, post: Postman) -> None:
    person(town, "chu-cho", "venue_owner", MAIL)
    town.now_ms += DAY_MS + 3 * HOUR_MS
    assert delivered(town, post) == [(MAIL, "đã quá hạn tự đánh giá")]


def test_nobody_is_told_on_a_day_on_which_the_place_is_shut(town: Town, post: Postman) -> None:
    person(town, "chu-cho", "venue_owner", MAIL)
    client = town.enter("venue_owner", f"venue-{MARKET}")
    town_days = {f"day-{n}": "1" for n in range(7) if n != (day_of(town.now_ms) + 4) % 7}
    assert client.post(f"/safety/{MARKET}/days", data=town_days).status_code == 303
    town.now_ms += DAY_MS
    assert delivered(town, post) == []
    town.now_ms += DAY_MS
    assert delivered(town, post) == [(MAIL, "sắp hết hạn tự đánh giá")]


def test_a_manager_chooses_and_stops_and_a_letter_that_waits_does_not_go(town: Town, post: Postman) -> None:
    manager = town.enter("venue_owner", f"venue-{MARKET}")
    assert wants(manager) == 303
    assert MAIL not in manager.get(f"/safety/{MARKET}").text
    assert "Nhắc bằng thư điện tử đang bật" in manager.get(f"/safety/{MARKET}").text
    assert delivered(town, post) == [(MAIL, "sẽ nhắc tự đánh giá ở đây")]
    (link,) = re.findall(r"https://gatepost.example(/check-reminder/[0-9a-f]{32})", post.letters[0].text)[:1]
    town.now_ms += DAY_MS
    town.run_jobs()
    anybody = town.app.test_client() if town.app is not None else manager
    assert "Ngừng nhắc" in anybody.get(link).text
    assert town.centre.one("SELECT count(*) FROM reminder_way") == 1  # looking at it stops nothing: mail programs do
    assert "Đã ngừng nhắc" in anybody.post(link).text
    assert "Đã ngừng nhắc" in anybody.post(f"/check-reminder/{'0' * 32}").text
    assert anybody.get("/check-reminder/x").status_code == anybody.get(f"/check-reminder/{'G' * 32}").status_code == 404
    assert delivered(town, post) == []
    assert town.centre.rows("SELECT state, why FROM message ORDER BY id")[-1] == ("failed", "gone")


def test_a_browser_is_told_and_another_choice_replaces_the_first(town: Town, post: Postman) -> None:
    manager = town.enter("venue_owner", f"venue-{MARKET}")
    assert wants(manager, "push", BROWSER) == wants(manager, "email", "a@example.vn") == wants(manager) == 303
    assert town.centre.rows("SELECT channel FROM reminder_way ORDER BY id") == [("push",), ("email",)]
    town.now_ms += DAY_MS
    found = delivered(town, post)
    assert sorted(to[:5] for to, _ in found) == [MAIL[:5], '{"end']
    assert all("/check-reminder/" not in one.text for one in post.letters if one.to != MAIL)
    assert town.app is not None
    again = session_of(town.app, town.centre.engine, f"venue-owner.venue-{MARKET}", now_ms=town.now_ms)
    assert wants(again, "push", "", go="stop") == 303
    assert town.centre.rows("SELECT channel FROM reminder_way") == [("email",)]


def test_an_address_that_cannot_be_or_is_not_ours_to_call_is_refused(town: Town, post: Postman) -> None:
    manager = town.enter("venue_owner", f"venue-{MARKET}")
    stranger = json.dumps({"endpoint": "https://evil.example/x", "keys": PHONE})
    for channel, address in (
        *(("email", one) for one in ("", "x", "a@b", "a@b.vn\nBcc: c@d.vn", "a b@c.vn", "a@" + "b" * 300 + ".vn")),
        *(("push", one) for one in ("", "{}", stranger, "[]", '{"endpoint": 1}')),
        ("sms", "0900000001"),
    ):
        assert wants(manager, channel, address) == 409, (channel, address)
    assert town.centre.one("SELECT count(*) FROM reminder_way") == 0


def test_who_runs_no_place_chooses_nothing_there(town: Town, post: Postman) -> None:
    assert wants(town.enter("venue_owner", f"venue-{OTHER}")) == 403
    assert wants(town.enter("inspector", "all")) == 403
    person(town, "chu-cho", "venue_owner", MAIL)
    with town.centre.engine.begin() as connection:
        run(connection, "DELETE FROM account_grant WHERE login = 'chu-cho'")
    town.now_ms += DAY_MS
    assert delivered(town, post) == []
    assert town.centre.one("SELECT count(*) FROM reminder_way") == 0  # who lost the place is forgotten


def test_an_account_cannot_make_the_centre_write_to_many_strangers(town: Town, post: Postman) -> None:
    manager = town.enter("venue_owner", f"venue-{MARKET}")
    assert [wants(manager, "email", f"a{n}@example.vn") for n in range(6)] == [303, 303, 303, 303, 429, 429]
