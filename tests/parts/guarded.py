"""The guard's page of a whole kiosk of real processes, and a phone that listens to it.

Account, certificate and nginx come from the product's own commands. Each event is noted with the machine's monotonic
time, by which the lamps' process writes down its changes too.
"""

import http.client
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any, Self

from kiosk.bench.processes import free_port
from kiosk.guard_tls import files_in
from tests.parts.guards import NGINX
from tests.parts.site import Gate
from tests.parts.waits import wait_for
from ui.guard.app import COOKIE

NAME, PIN = "Lan Thử", "240617"


@dataclass
class Address:
    """Where a kiosk's guard page will be; its socket's path must stay under 108 characters."""

    folder: Path
    port: int = field(default_factory=lambda: free_port(0))

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def toml(self) -> str:
        """The lines of kiosk.toml."""
        return f'[guard]\nsocket = "{self.folder / "guard.sock"}"\nurl = "{self.url}"\n'


class Guarded:
    """A running gate's guard page behind nginx, with one account."""

    def __init__(self, gate: Gate, address: Address) -> None:
        self.gate, self.address = gate, address
        self._command("certificate")
        conf = self._command("proxy").split()[-1]
        user = ["-g", "user root;"] if os.geteuid() == 0 else []  # the unit starts it as the socket's owner
        self._proxy = subprocess.Popen(
            [NGINX, "-e", "stderr", "-c", conf, *user], stderr=subprocess.DEVNULL, start_new_session=True
        )
        wait_for(self._answers, "the proxy")
        self._context = ssl.create_default_context(cafile=str(files_in(gate.data).authority))
        self._cookie = ""
        self._enter(re.search(r"PIN.*: (\d+)", self._command("add", NAME)))

    def _command(self, *arguments: str) -> str:
        gate = self.gate
        common = ["--settings", str(gate.settings), "--bench", "--runtime", str(gate.runtime)]
        argv = [sys.executable, "-m", "kiosk", "guard", *arguments, *common]
        done = subprocess.run(argv, capture_output=True, text=True, env={**os.environ, "PYTHONUTF8": "1"}, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.address.port)) == 0

    def _enter(self, one_time: re.Match[str] | None) -> None:
        assert one_time is not None
        for path, body in (
            ("/login", {"name": NAME, "pin": one_time[1], "language": "vi"}),
            ("/pin", {"pin": PIN}),
        ):
            with closing(self.connect()) as connection:
                answer = self.ask(connection, "POST", path, body)
                found = re.match(f"({COOKIE}=[^;]+)", answer.headers.get("Set-Cookie", ""))
                assert found is not None, (answer.status, answer.read())
                self._cookie = found[1]

    def connect(self) -> http.client.HTTPSConnection:
        """A phone's connection, for its owner to close."""
        return http.client.HTTPSConnection("127.0.0.1", self.address.port, timeout=10, context=self._context)

    def ask(
        self, connection: http.client.HTTPSConnection, method: str, path: str, body: object = None
    ) -> http.client.HTTPResponse:
        """As a guard's phone asks."""
        headers = {"Content-Type": "application/json", "Origin": self.address.url, "Cookie": self._cookie}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        return connection.getresponse()

    def close(self) -> None:
        """The proxy ends."""
        self._proxy.terminate()
        self._proxy.wait(10)


class Listener:
    """A phone on the guard's page: (monotonic seconds, view) of every view, as they come."""

    def __init__(self, guarded: Guarded) -> None:
        self._connection = guarded.connect()
        self._answer = guarded.ask(self._connection, "GET", "/events")
        assert self._answer.status == 200
        self.views: list[tuple[float, dict[str, Any]]] = []
        self._ended = False
        self._thread = Thread(target=self._listen, name="phone", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        wait_for(lambda: self.views, "the first view")
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        self._thread.join(5)  # a beat comes each half second
        self._answer.close()
        self._connection.close()

    def _listen(self) -> None:
        name = ""
        while not self._ended and (line := self._answer.readline()):
            now_s = time.monotonic()
            key, _, value = line.decode().rstrip("\n").partition(": ")
            if key == "event":
                name = value
            elif key == "data" and name == "view":
                self.views.append((now_s, json.loads(value)))

    def greens(self) -> list[float]:
        """When each ALLOW came."""
        return [at for at, view in self.views if view["page"] == "result" and view["signal"] == "ALLOW"]


@contextmanager
def guarded(gate: Gate, address: Address) -> Iterator[Guarded]:
    """The guard's page of `gate`, whose kiosk.toml has the address's lines."""
    page = Guarded(gate, address)
    try:
        yield page
    finally:
        page.close()


def behind_the_lamp_ms(gate: Gate, phone: Listener) -> list[float]:
    """By how many ms each green came to the phone after the lamps' process had lit it; below 0: before."""
    lit = [line["mono_ms"] for line in gate.lights() if line["lamps"] == "green" and line["ref"]]
    return [at * 1000 - lamp for at, lamp in zip(phone.greens(), lit, strict=True)]
