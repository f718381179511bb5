"""The near end of the hand in the guest: commands run there, files put there."""

import base64
import json
import socket
import time
from pathlib import Path
from typing import Any, NamedTuple

POLL_S = 1.0
HAND = Path(__file__).with_name("hand.py")


class Done(NamedTuple):
    """How a command in the guest ended."""

    status: int
    out: str
    err: str


class GripLost(ConnectionError):
    """The hand in the guest does not answer: the guest hangs, is off, or never came so far."""


class Grip:
    """`path` is the unix socket of the virtio port. The hand's text waits there until the guest opens its end."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(POLL_S)
        self._socket.connect(str(path))
        self._socket.sendall(base64.b64encode(HAND.read_bytes()) + b"\n")
        self._rest = b""
        self._ready = False

    def wait(self, limit_s: float) -> None:
        """Until the guest has started the hand. Raises GripLost."""
        if not self._ready and not self._line(limit_s).get("ready"):
            raise GripLost("the hand said something else than that it is ready")
        self._ready = True

    def run(self, *words: str, limit_s: float = 60.0) -> Done:
        """Run a command as root in the guest. Raises GripLost."""
        said = self._ask({"run": list(words), "limit_s": limit_s}, limit_s + 30)
        out, err = said["out"], said["err"]
        if said.get("b64"):
            out, err = (base64.b64decode(part).decode(errors="replace") for part in (out, err))
        return Done(said["rc"], out, err)

    def shell(self, script: str, limit_s: float = 60.0) -> Done:
        """The same, through sh."""
        return self.run("sh", "-c", script, limit_s=limit_s)

    def put(self, path: str, data: bytes) -> None:
        """Write a file in the guest (not on the card's verified root, which takes no writes)."""
        self._ask({"put": path, "bytes": base64.b64encode(data).decode()}, 60)

    def close(self) -> None:
        """Let go."""
        self._socket.close()

    def _ask(self, what: dict[str, Any], limit_s: float) -> dict[str, Any]:
        try:
            self._socket.sendall(json.dumps(what).encode() + b"\n")
        except OSError as error:
            raise GripLost(str(error)) from error
        return self._line(limit_s)

    def _line(self, limit_s: float) -> dict[str, Any]:
        until = time.monotonic() + limit_s
        while b"\n" not in self._rest:
            if time.monotonic() > until:
                raise GripLost(f"no answer from the guest within {limit_s:.0f} s")
            try:
                data = self._socket.recv(65536)
            except TimeoutError:
                continue
            except OSError as error:
                raise GripLost(str(error)) from error
            if not data:
                raise GripLost("the guest has gone")
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\n")
        said: dict[str, Any] = json.loads(line)
        return said
