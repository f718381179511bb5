"""The guards' page through the real nginx, with TLS and a unix socket: what passes, what is slowed, what is refused."""

import http.client
import json
import re
import ssl
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.screens import ALLOW, ASK, held
from tests.needs import need
from tests.parts.guards import NAME, NGINX, PIN, GuardSite
from ui.guard.app import COOKIE


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuardSite]:
    need(NGINX.exists(), "nginx")
    site = GuardSite(tmp_path_factory.mktemp("proxy"))  # a socket's path has room for 107 characters
    yield site
    site.close()


class Phone:
    """A phone that trusts the kiosk's own authority and nobody else."""

    def __init__(self, site: GuardSite) -> None:
        self._site, self._cookie = site, ""
        self._context = ssl.create_default_context(cafile=str(site.tls.authority))
        self.open: list[http.client.HTTPSConnection] = []

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPSConnection("127.0.0.1", self._site.port, timeout=5, context=self._context)
        self.open.append(connection)
        data = None if body is None else json.dumps(body)
        own = {"Content-Type": "application/json", "Origin": self._site.url} | headers
        if self._cookie:
            own["Cookie"] = self._cookie
        connection.request(method, path, data, own)
        return connection.getresponse()

    def enter(self, pin: str = PIN) -> http.client.HTTPResponse:
        answer = self.ask("POST", "/login", {"name": NAME, "pin": pin, "language": "vi"})
        found = re.match(f"({COOKIE}=[^;]+)", answer.headers.get("Set-Cookie", ""))
        self._cookie = found[1] if found else self._cookie
        return answer


@pytest.fixture
def phone(site: GuardSite) -> Iterator[Phone]:
    phone = Phone(site)
    yield phone
    for connection in phone.open:
        connection.close()


def told(answer: http.client.HTTPResponse) -> Any:
    return json.loads(answer.read())


def test_a_guard_comes_in_over_tls_and_acts(site: GuardSite, phone: Phone) -> None:
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


def test_events_are_passed_on_as_they_come(site: GuardSite, phone: Phone) -> None:
    phone.enter()
    stream = phone.ask("GET", "/events")
    assert stream.headers["Content-Type"].startswith("text/event-stream")
    took = []
    for view in (held(ASK), held(ALLOW)) * 5:
        number = site.feed.publish(view)
        published = time.monotonic()
        while stream.readline() != b"id: %d\n" % number:
            assert time.monotonic() - published < 2
        took.append((time.monotonic() - published) * 1000)
    took.sort()
    print(f"through the proxy: median {took[5]:.1f} ms, worst {took[-1]:.1f} ms")
    assert took[-1] < 200


def test_whoever_tries_pins_quickly_is_slowed_with_a_sentence(phone: Phone) -> None:
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


def test_a_page_that_asks_without_end_is_slowed_with_a_sentence(phone: Phone) -> None:
    phone.enter()
    statuses = [phone.ask("GET", "/poll").status for _ in range(150)]
    assert statuses[0] == 200
    assert 429 in statuses


def test_a_kiosk_that_is_away_is_told_in_words(site: GuardSite, phone: Phone) -> None:
    site.stop_kiosk()
    answer = phone.ask("GET", "/")
    assert answer.status == 503
    assert told(answer)["problem"] == "lost"


def test_nothing_is_written_of_who_asked(site: GuardSite, phone: Phone) -> None:
    phone.enter()
    for _ in range(30):
        phone.enter("000111")
    written = b"".join(
        path.read_bytes() for path in site.folder.rglob("*") if path.is_file() and path.suffix != ".conf"
    )
    assert NAME.encode() not in written
    assert b"/login" not in written


def test_what_is_too_large_never_reaches_the_kiosk(phone: Phone) -> None:
    assert phone.ask("POST", "/login", {"name": "x" * 20_000}).status == 413
