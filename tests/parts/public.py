"""`python -m central public` beside a Site, somebody without an account at its pages, and the phone in a pocket.

    with PublicPages(site) as public:
        passer = Passer(public.address)
        phone = Pocket(public.address)
        phone.take_a_pass(); phone.visit(poster)

The phone makes its key itself and signs what it says, as docs/visitor-api.yaml has it; it knows nothing of the centre.
"""

import base64
import json
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.bench.processes import wait_until
from tests.parts.console import WAIT_S, form_of, hidden, words
from tests.parts.ports import hold_port
from tests.parts.site import UP_S, Site


class PublicPages:
    """The process; a context manager."""

    def __init__(self, site: Site, *options: str | Path) -> None:
        port = hold_port()
        self.address = f"http://127.0.0.1:{port}"
        argv = ["central", "public", *site.store, "--listen", f"127.0.0.1:{port}", *map(str, options)]
        self.process = site.child("public", argv, site.folder / "logs" / "public.log")

    def __enter__(self) -> Self:
        self.process.start()
        assert wait_until(self.process.is_ready, UP_S), self.process.log.read_text()[-3000:]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.process.stop()


class Passer:
    """Somebody without an account, at a browser without scripts."""

    def __init__(self, address: str) -> None:
        self._address = address
        self.browser = requests.Session()

    def close(self) -> None:
        """Close the connections."""
        self.browser.close()

    def get(self, path: str) -> str:
        """A page. Fails where there is none."""
        return self._text(self.browser.get(self._address + path, timeout=WAIT_S), path)

    def json(self, path: str) -> Any:
        """What a program reads there."""
        return json.loads(self.get(path))

    def status(self, path: str) -> int:
        """What is answered, without going on to where it leads."""
        return self.browser.get(self._address + path, timeout=WAIT_S, allow_redirects=False).status_code

    def send(self, page: str, action: str, **fields: str) -> tuple[str, str]:
        """Send the form of `page` that goes to `action`, with its hidden fields; (path, page) of where it leads."""
        answer = self.browser.post(
            self._address + action, data={**hidden(form_of(page, action)), **fields}, timeout=WAIT_S
        )
        return answer.url.removeprefix(self._address), self._text(answer, action)

    def _text(self, answer: requests.Response, path: str) -> str:
        assert answer.status_code == 200, f"{path}: {answer.status_code} {words(answer.text)[:600]}"
        return answer.text


class Pocket:
    """A visitor's phone: one holder key, one pass. Its clock may be bent by `ahead_ms`.

    `network`: the address that a proxy on this machine would name, so that many phones are not one.
    """

    def __init__(self, address: str, network: str = "") -> None:
        self.address, self.ahead_ms = address, 0
        self.holder = Ed25519PrivateKey.generate()
        self.pass_id, self.signed = "", ""
        self._browser = requests.Session()
        if network:
            self._browser.headers["X-Forwarded-For"] = network

    def close(self) -> None:
        """Close the connections."""
        self._browser.close()

    def take_a_pass(self, companions: int = 0) -> None:
        """A rotating pass for this phone's key."""
        made = self.good(
            "/v/api/passes", {"holder": b64(self.holder.public_key().public_bytes_raw()), "companions": companions}
        )
        self.pass_id, self.signed = made["id"], made["signed"]

    def place(self, code: str) -> Any:
        """What the poster's `code` says."""
        answer = self._browser.get(f"{self.address}/v/api/place/{code}", timeout=WAIT_S)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def visit(self, code: str, direction: str = "", at_ms: int | None = None) -> Any:
        """Check in or out by the poster's `code`; what came of it."""
        at_ms = self.now_ms() if at_ms is None else at_ms
        said = {"poster": code, "direction": direction, "at_ms": at_ms, "companions": 0}
        return self.say("/v/api/visits", {"visits": [said], "held": []})["visits"][0]

    def mine(self) -> Any:
        """What the centre holds of this pass."""
        return self.say("/v/api/mine", {})

    def say(self, path: str, body: object) -> Any:
        """A signed request that is taken."""
        return self.good(path, self.statement(path, body))

    def statement(self, path: str, body: object) -> dict[str, Any]:
        """A signed request, ready to be sent."""
        text, at_ms = json.dumps(body), self.now_ms()
        signature = self.holder.sign(f"gatepost/1 phone\n{path}\n{at_ms}\n{text}".encode())
        return {"pass": self.signed, "at_ms": at_ms, "body": text, "signature": b64(signature)}

    def good(self, path: str, sent: Any) -> Any:
        """What is answered to a request that must be taken."""
        answer = self.post(path, sent)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:600]}"
        return answer.json()

    def post(self, path: str, sent: Any) -> requests.Response:
        """Any request, good or bad."""
        return self._browser.post(self.address + path, json=sent, timeout=WAIT_S)

    def now_ms(self) -> int:
        """This phone's clock."""
        return time.time_ns() // 1_000_000 + self.ahead_ms


def b64(data: bytes) -> str:
    """As the interface writes bytes."""
    return base64.b64encode(data).decode("ascii")
