"""A guard's phone as far as HTTP goes: asks the page behind the real proxy, and keeps its cookie."""

import http.client
import json
import re
import ssl

from tests.parts.guards import NAME, PIN, GuardSite
from ui.guard.app import COOKIE


class GuardsPhone:
    """Trusts the kiosk's own authority and nobody else; `close` ends every connection that it opened."""

    def __init__(self, site: GuardSite) -> None:
        self._site, self._cookie = site, ""
        self._context = ssl.create_default_context(cafile=str(site.tls.authority))
        self._open: list[http.client.HTTPSConnection] = []

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPSConnection("127.0.0.1", self._site.port, timeout=5, context=self._context)
        self._open.append(connection)
        data = None if body is None else json.dumps(body)
        own = {"Content-Type": "application/json", "Origin": self._site.url} | headers
        if self._cookie:
            own["Cookie"] = self._cookie
        connection.request(method, path, data, own)
        return connection.getresponse()

    def ask_on_and_on(self, path: str, most: int) -> list[int]:
        """The statuses up to the first that is not 200. On one connection: handshakes would slow the asking down."""
        answer = self.ask("GET", path)
        answer.read()
        statuses, connection = [answer.status], self._open[-1]
        while statuses[-1] == 200 and len(statuses) < most:
            connection.request("GET", path, headers={"Cookie": self._cookie})
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)
        return statuses

    def enter(self, pin: str = PIN) -> http.client.HTTPResponse:
        answer = self.ask("POST", "/login", {"name": NAME, "pin": pin, "language": "vi"})
        found = re.match(f"({COOKIE}=[^;]+)", answer.headers.get("Set-Cookie", ""))
        self._cookie = found[1] if found else self._cookie
        return answer

    def close(self) -> None:
        for connection in self._open:
            connection.close()
