"""The officers' live map on real sockets: so many streams and no more, and whoever finds none free asks instead.

That a page follows by a stream where one is free is held in test_map.
"""

import http.client
import json
from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import cycle
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from central.access.roles import Grant
from central.map.live_views import LOOK_S, STREAMS
from central.safety.states import Cause, State, put_state
from central.web.entering import COOKIE
from central.web.serve import THREADS
from tests.browser.officers_page import Office, running_office
from tests.integration.central.map.world import add_place
from tests.parts.centre import NOW_MS
from tests.parts.waits import wait_for

EVENTS = "/map/live/events"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Two places, each in another ward."""
    with running_office(tmp_path_factory.mktemp("live")) as made:
        with made.centre.engine.begin() as connection:
            add_place(connection, 1, "v-day", "Chợ Ở Đây", "48", ward="20194", point=(16.0, 108.1))
            add_place(connection, 2, "v-kia", "Chợ Ở Kia", "48", ward="20197", point=(16.1, 108.2))
        yield made


@pytest.fixture(scope="module")
def secret(office: Office) -> str:
    """The session of the first place's ward."""
    return office.officer("ward.thu", "Cán bộ THỬ", Grant("ward_office", "ward-20194"))


class Stream:
    """An officer's stream on a socket; `status` of its answer."""

    def __init__(self, office: Office, secret: str) -> None:
        port = urlsplit(office.url).port
        self._connection = http.client.HTTPConnection("localhost", port, timeout=10)
        self._connection.request("GET", EVENTS, headers={"Accept": "text/event-stream", "Cookie": f"{COOKIE}={secret}"})
        self._answer = self._connection.getresponse()
        self.status, self.retry = self._answer.status, self._answer.headers["Retry-After"]

    def next(self) -> str:
        """The id of the place in the next event."""
        while not (line := self._answer.readline()).startswith(b"data: "):
            assert line, "the stream has ended"
        return str(json.loads(line.removeprefix(b"data: "))["id"])

    def close(self) -> None:
        """Hang up, in the middle of whatever it was."""
        self._answer.close()
        self._connection.close()


def change(office: Office, number: int, state: State) -> None:
    with office.centre.engine.begin() as connection:
        put_state(connection, number, state, Cause.INSPECTION, NOW_MS)


def test_streams_have_an_end_and_leave_threads_for_everybody_else(
    office: Office, secret: str, browser: Browser
) -> None:
    assert THREADS - STREAMS >= 8
    with ExitStack() as held:
        streams = [held.enter_context(closing(Stream(office, secret))) for _ in range(STREAMS)]
        assert {one.status for one in streams} == {200}
        with closing(Stream(office, secret)) as late:
            assert (late.status, late.retry) == (503, "60")
        page = office.page(browser, secret)
        page.goto(f"{office.url}/map/live")
        expect(page.locator("#how")).to_have_text("Cập nhật mỗi 2 giây")
        change(office, 2, State.UNSAFE)
        change(office, 1, State.UNSAFE)
        assert {one.next() for one in streams} == {"v-day"}, "another ward's places stand in no stream of this one"
        expect(page.locator("#changes li.new b")).to_have_text(["Chợ Ở Đây"], timeout=4_000)
        page.goto("about:blank")
        page.context.close()
        streams[0].close()
        states = cycle((State.SAFE, State.AT_RISK))
        wait_for(lambda: freed(office, secret, next(states)), "the place of a stream that hung up", every=LOOK_S)


def freed(office: Office, secret: str, state: State) -> bool:
    """Whether a new stream finds room, after something was written to those that hung up."""
    change(office, 1, state)
    with closing(Stream(office, secret)) as tried:
        return tried.status == 200
