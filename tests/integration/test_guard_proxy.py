"""The guards' page through the real nginx, with TLS and a unix socket: what passes, what is slowed, what is refused."""

import http.client
import json
import ssl
from collections.abc import Iterator
from typing import Any

import pytest

from tests.needs import need
from tests.parts.guards import NAME, NGINX, GuardSite
from tests.parts.guards_phone import GuardsPhone


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuardSite]:
    need(NGINX.exists(), "nginx")
    site = GuardSite(tmp_path_factory.mktemp("proxy"))  # a socket's path has room for 107 characters
    yield site
    site.close()


@pytest.fixture
def phone(site: GuardSite) -> Iterator[GuardsPhone]:
    phone = GuardsPhone(site)
    yield phone
    phone.close()


def told(answer: http.client.HTTPResponse) -> Any:
    return json.loads(answer.read())


def test_a_guard_comes_in_over_tls_and_acts(site: GuardSite, phone: GuardsPhone) -> None:
    assert phone.ask("GET", "/poll").status == 401
    assert phone.enter().status == 200
    assert told(phone.ask("GET", "/poll"))["now"]["occupancy"] == 214
    assert told(phone.ask("POST", "/help", {"on": True}))["ok"]
    assert site.desk.acts == [("help", NAME, True)]


def test_a_phone_that_does_not_know_the_certificate_gets_nothing(site: GuardSite) -> None:
    stranger = http.client.HTTPSConnection("127.0.0.1", site.port, timeout=5, context=ssl.create_default_context())
    with pytest.raises(ssl.SSLCertVerificationError):
        stranger.request("GET", "/")
    stranger.close()


def test_whoever_forgets_the_s_of_https_is_sent_to_it_and_told_nothing_else(site: GuardSite) -> None:
    plain = http.client.HTTPConnection("127.0.0.1", site.port, timeout=5)
    plain.request("GET", "/")
    answer = plain.getresponse()
    assert (answer.status, answer.headers["Location"]) == (307, f"{site.url}/")
    assert "Set-Cookie" not in answer.headers
    plain.close()


def test_whoever_tries_pins_quickly_is_slowed_with_a_sentence(phone: GuardsPhone) -> None:
    answers = [phone.enter("000111") for _ in range(12)]
    assert answers[0].status == 401
    slowed = [answer for answer in answers if answer.status == 429]
    assert slowed
    body = told(slowed[-1])
    assert body["problem"] in ("slow", "wait")
    assert int(slowed[-1].headers["Retry-After"]) > 0
    by_proxy = next(one for one in (told(phone.enter("000111")) for _ in range(8)) if "vi" in one)
    assert by_proxy["problem"] == "slow"
    assert by_proxy["vi"].endswith("rồi thử lại.")


def test_a_page_that_asks_without_end_is_slowed_with_a_sentence(phone: GuardsPhone) -> None:
    phone.enter()
    statuses = phone.ask_on_and_on("/poll", 600)  # as fast as this machine can: 60 at once and 20 a second pass
    assert statuses[0] == 200
    assert statuses[-1] == 429


def test_a_kiosk_that_is_away_is_told_in_words(site: GuardSite, phone: GuardsPhone) -> None:
    site.stop_kiosk()
    answer = phone.ask("GET", "/")
    assert answer.status == 503
    assert told(answer)["problem"] == "lost"


def test_nothing_is_written_of_who_asked(site: GuardSite, phone: GuardsPhone) -> None:
    phone.enter()
    for _ in range(30):
        phone.enter("000111")
    written = b"".join(
        path.read_bytes() for path in site.folder.rglob("*") if path.is_file() and path.suffix != ".conf"
    )
    assert NAME.encode() not in written
    assert b"/login" not in written


def test_what_is_too_large_never_reaches_the_kiosk(phone: GuardsPhone) -> None:
    assert phone.ask("POST", "/login", {"name": "x" * 20_000}).status == 413
