"""A citizen at /say, without a browser: the work for a ticket, and the form filled in."""

import hashlib
import re
from dataclasses import dataclass
from itertools import count
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse


def solve(ticket: str) -> str:
    """The number that the page's script finds: SHA-256(ticket ":" n) begins with 16 zero bits."""
    begun = hashlib.sha256(f"{ticket}:".encode())
    for n in count():
        one = begun.copy()
        one.update(b"%d" % n)
        if one.digest()[:2] == b"\0\0":
            return str(n)
    raise AssertionError("count() has no end")


def ticket_of(page: str) -> str:
    """The hidden ticket of a form."""
    found = re.search(r'name="ticket" value="([^"]+)"', page)
    assert found is not None, page[:500]
    return found.group(1)


def code_of(page: str) -> str:
    """The code on the page that says "received"."""
    found = re.search(r'<b class="code">([0-9A-Z-]{14})</b>', page)
    assert found is not None, page[:1000]
    return found.group(1)


@dataclass(slots=True)
class Citizen:
    """Sends words from one address."""

    app: Flask
    address: str = "192.0.2.1"

    def post(self, path: str, **data: Any) -> TestResponse:
        """A form."""
        return self.app.test_client().post(path, data=data, environ_base={"REMOTE_ADDR": self.address})

    def ticket(self, venue: str) -> str:
        """Of a fresh form."""
        return ticket_of(self.app.test_client().get(f"/say/{venue}").text)

    def try_say(self, venue: str, words: str, **more: Any) -> TestResponse:
        """Send a word; the answer."""
        ticket = more.pop("ticket", None) or self.ticket(venue)
        work = more.pop("work", None)
        said = {"topic": "crowding", "words": words, "work": solve(ticket) if work is None else work, **more}
        return self.post(f"/say/{venue}", ticket=ticket, **said)

    def say(self, venue: str, words: str, **more: Any) -> str:
        """Send a word; its code."""
        answer = self.try_say(venue, words, **more)
        assert answer.status_code == 200, answer.text
        return code_of(answer.text)

    def status(self, code: str) -> str:
        """The page behind a code."""
        return self.post("/say/status", code=code).text
