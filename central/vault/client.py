"""The opener as the web process sees it: each call is one connection to its socket, and nothing is remembered."""

import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from central.vault.framing import MOST_ANSWER, holders_path, receive, send
from central.vault.port import Alike, Asking, Correction, OpenedRecord, RecordId, Status
from wire.refusal import Refused

WAIT_S = 30.0  # 500 records on a busy box; longer, and the officer is better told
_STATUS_WAIT_S = 2.0  # the health page asks for it and has more to show


class State(NamedTuple):
    """Which case keys the opener holds (kids of 8 bytes), and how many cards it has of how many that it needs."""

    kids: tuple[bytes, ...]
    shares: int
    wanted: int


class OpenerClient:
    """Implements central.vault.port.Vault over the unix socket at `path`. Used by several threads."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def open(self, asking: Asking, records: Sequence[RecordId], only: Sequence[str] = ()) -> list[OpenedRecord]:
        """As the port says."""
        rows = self._ask("open", *_who(asking), [list(record) for record in records], list(only))
        return [_opened(row) for row in rows]

    def pseudonym(self, asking: Asking, kind: int, number: str) -> bytes:
        """As the port says."""
        return bytes(self._ask("pseudonym", *_who(asking), kind, number))

    def passes_of(self, asking: Asking, persons: Sequence[int]) -> dict[int, list[bytes]]:
        """As the port says."""
        return dict(self._ask("passes_of", *_who(asking), list(persons)))

    def alike(self, asking: Asking, persons: Sequence[int]) -> list[Alike]:
        """As the port says."""
        rows = self._ask("alike", *_who(asking), list(persons))
        return [Alike(one, other, tuple(same)) for one, other, same in rows]

    def status(self) -> Status:
        """As the port says."""
        kids, *rest = _ask_at(self.path, ("status",), _STATUS_WAIT_S)
        return Status(tuple(map(bytes, kids)), *rest)

    def _ask(self, *request: Any) -> Any:
        return _ask_at(self.path, request)


class HoldersClient:
    """The opener as those see it who bring cards: its second socket."""

    def __init__(self, path: Path) -> None:
        self.path = holders_path(path)

    def state(self) -> State:
        """Which keys it holds."""
        return self._ask("state")

    def share(self, words: str) -> State:
        """Hand in one card. Raises Refused: bad_share, foreign_share, too_fast."""
        return self._ask("share", words)

    def lock(self) -> State:
        """Have it forget every key that came from cards, and the cards themselves."""
        return self._ask("lock")

    def forget(self, kids: Sequence[bytes]) -> State:
        """Have it forget these keys."""
        return self._ask("forget", list(kids))

    def _ask(self, *request: Any) -> State:
        kids, shares, wanted = _ask_at(self.path, request)
        return State(tuple(kids), shares, wanted)


def _ask_at(path: Path, request: Sequence[Any], wait_s: float = WAIT_S) -> Any:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(wait_s)
            connection.connect(str(path))
            send(connection, list(request))
            answer = receive(connection, MOST_ANSWER)
    except OSError as error:
        raise Refused("opener_away", type(error).__name__) from None
    match answer:
        case [True, value]:
            return value
        case [False, str(reason), str(detail)]:
            raise Refused(reason, detail)
    raise Refused("opener_away", "no answer")


def _opened(row: Sequence[Any]) -> OpenedRecord:
    corrections = tuple(Correction(*one) for one in row[5])
    return OpenedRecord(RecordId(row[0], row[1]), row[2], row[3], row[4], corrections)


def _who(asking: Asking) -> tuple[str, str, str]:
    return asking.session, str(asking.purpose), asking.about
