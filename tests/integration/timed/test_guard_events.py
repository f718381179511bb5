"""What happens at the gate is on the guards' page at once, through the real proxy."""

import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.browser.screens import ALLOW, ASK, held
from tests.needs import need
from tests.parts.guards import NGINX, GuardSite
from tests.parts.guards_phone import GuardsPhone

EVENTS = 40


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuardSite]:
    need(NGINX.exists(), "nginx")
    site = GuardSite(tmp_path_factory.mktemp("proxy"))  # a socket's path has room for 107 characters
    yield site
    site.close()


def test_events_are_passed_on_as_they_come(site: GuardSite) -> None:
    with closing(GuardsPhone(site)) as phone:
        phone.enter()
        stream = phone.ask("GET", "/events")
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        took = []
        for view in (held(ASK), held(ALLOW)) * (EVENTS // 2):
            number = site.feed.publish(view)
            published = time.monotonic()
            while stream.readline() != b"id: %d\n" % number:
                assert time.monotonic() - published < 2
            took.append((time.monotonic() - published) * 1000)
        took.sort()
        print(f"through the proxy: median {took[EVENTS // 2]:.1f} ms, worst {took[-1]:.1f} ms")
        assert took[-1] < 200, took
