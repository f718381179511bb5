"""Behind a proxy each network has its own purse; what somebody from afar says of addresses is not believed."""

import threading

import requests

from central.phones.limits import PASSES, networks_of
from central.web.serve import serve
from tests.parts.centre import Centre
from tests.parts.phone_pages import Clock, public_app
from tests.parts.waits import wait_for


def test_the_served_pages_tell_the_networks_behind_the_proxy_apart(made: Centre) -> None:
    stop, ports = threading.Event(), list[int]()
    app = public_app(made, Clock())
    thread = threading.Thread(target=serve, args=(app, "127.0.0.1", 0, stop, ports.append))
    thread.start()
    try:
        wait_for(lambda: ports, "the pages listen")
        with requests.Session() as client:

            def ask(network: str) -> int:
                """One more new pass, badly asked for: it costs a coin as a good one does."""
                told = {"X-Forwarded-For": network}
                url = f"http://127.0.0.1:{ports[0]}/v/api/passes"
                return client.post(url, json={}, headers=told, timeout=10).status_code

            assert [ask("198.51.100.1") for _ in range(PASSES.most)].count(429) == 0
            assert ask("198.51.100.1") == 429
            assert ask("10.0.0.9, 198.51.100.1") == 429, "what stands before the proxy's own word counts for nothing"
            assert ask("198.51.100.2") == 400, "the neighbour has coins of their own"
    finally:
        stop.set()
        thread.join(10)


def test_only_a_proxy_on_this_machine_is_believed() -> None:
    assert networks_of("203.0.113.5", "198.51.100.1") == ("203.0.113.5",)
    assert networks_of("127.0.0.1", "198.51.100.1") == ("198.51.100.1",)
