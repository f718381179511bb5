"""The opener's socket: frames in, answers out, one thread a connection, of which there are few.

Whoever may connect is whoever may open the socket's file; that alone opens nothing (central.vault.room).
"""

import os
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from central.access.roles import Purpose
from central.log import log
from central.vault.framing import MOST_REQUEST, receive, send
from central.vault.locked import Locked
from central.vault.port import Asking, RecordId, Vault
from wire import cbor
from wire.refusal import Refused

CONNECTIONS = 16  # at once: two for each thread of web; the next one waits in the socket's queue
IDLE_S = 30.0
_POLL_S = 0.5

Answer = Callable[[list[Any]], Any]


class Server:
    """Serves `answers` on a unix socket at `path`; with `group` to that group, too."""

    def __init__(self, path: Path, answers: Mapping[str, Answer], *, group: int = -1) -> None:
        self._answers = answers
        self._free = threading.BoundedSemaphore(CONNECTIONS)
        self._path = path
        with suppress(FileNotFoundError):
            path.unlink()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind(str(path))
        os.chown(path, -1, group)
        path.chmod(0o600 if group == -1 else 0o660)
        self._socket.listen(CONNECTIONS)
        self._socket.settimeout(_POLL_S)

    def serve(self, stop: threading.Event) -> None:
        """Until `stop`; the socket's file is removed at the end."""
        try:
            while not stop.is_set():
                with suppress(TimeoutError):
                    self._take_next(stop)
        finally:
            self._socket.close()
            self._path.unlink(missing_ok=True)

    def _take_next(self, stop: threading.Event) -> None:
        connection, _ = self._socket.accept()
        while not self._free.acquire(timeout=_POLL_S):
            if stop.is_set():
                connection.close()
                return
        threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        try:
            with connection:
                connection.settimeout(IDLE_S)
                while (request := receive(connection, MOST_REQUEST)) is not None:
                    send(connection, self._answer(request))
        except (OSError, Refused):
            pass  # whoever asked is gone, or speaks something else: there is nobody to tell
        finally:
            self._free.release()

    def _answer(self, request: Any) -> list[Any]:
        try:
            match request:
                case [str(what), *parts] if what in self._answers:
                    return [True, self._answers[what](parts)]
            raise Refused("malformed", "no such request")
        except Refused as refusal:
            return [False, refusal.reason, refusal.detail]
        except Exception as error:  # a defect here must not take the opener down, nor tell anything
            log("opener_defect", error=type(error).__name__)
            return [False, "cannot_open", ""]


def answers_of_vault(vault: Vault) -> Mapping[str, Answer]:
    """What web may ask."""
    return {
        "open": lambda parts: _opened(vault, parts),
        "pseudonym": lambda parts: vault.pseudonym(_asking(parts, 5), *_typed(parts[3:], int, str)),
        "passes_of": lambda parts: [
            list(item) for item in vault.passes_of(_asking(parts, 4), _numbers(parts[3])).items()
        ],
        "alike": lambda parts: [
            [a.one, a.other, list(a.same)] for a in vault.alike(_asking(parts, 4), _numbers(parts[3]))
        ],
        "status": lambda _: _status(vault),
    }


def answers_to_holders(locked: Locked) -> Mapping[str, Answer]:
    """What those may ask who bring cards, or keep the keys."""
    return {
        "state": lambda _: locked.state(),
        "share": lambda parts: locked.take_card(*_typed(parts, str)),
        "lock": lambda _: locked.lock(),
        "forget": lambda parts: locked.forget([bytes(kid) for kid in parts[0]]),
    }


def _status(vault: Vault) -> list[Any]:
    kids, *rest = vault.status()
    return [list(kids), *rest]


def _opened(vault: Vault, parts: list[Any]) -> list[Any]:
    asking = _asking(parts, 5)
    records = [RecordId(*_numbers(pair)) for pair in parts[3] if len(pair) == 2]
    found = vault.open(asking, records, _typed(parts[4], *[str] * len(parts[4])))
    return [
        [*one.record, one.kind, dict(one.fields), {k: list(v) for k, v in one.answers.items()}, list(one.corrections)]
        for one in found
    ]


def _asking(parts: list[Any], count: int) -> Asking:
    if len(parts) != count or any(type(part) is not str or len(part) > 128 for part in parts[:3]):
        raise Refused("malformed", "session, purpose, about")
    if parts[1] not in set(Purpose):
        raise Refused("not_allowed", "purpose")
    return Asking(parts[0], Purpose(parts[1]), parts[2])


def _numbers(items: Any) -> list[int]:
    if type(items) is not list or (items and not cbor.whole(*items)):
        raise Refused("malformed", "whole numbers")
    return list(items)


def _typed(parts: list[Any], *kinds: type) -> list[Any]:
    if [type(part) for part in parts] != list(kinds):
        raise Refused("malformed", "parts")
    return parts
