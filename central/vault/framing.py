"""What goes over the opener's two sockets: one request, one answer, as often as the caller likes.

- A frame is its length (4 bytes, big endian) and canonical CBOR.
- A request is [what, part, ...]; the answer is [true, value] or [false, reason, detail].
- At PATH, where web knocks:

    open       session, purpose, about, [[stream, seq], ...], [name, ...] (none: every field and answer)
               -> [[stream, seq, kind, fields, answers], ...]
    pseudonym  session, purpose, about, kind, number    -> 16 bytes
    passes_of  session, purpose, about, [person, ...]   -> [[person, [pass id, ...]], ...]
    alike      session, purpose, about, [person, ...]   -> [[one, other, [field, ...]], ...]

- At PATH.keys, always 0600, for those who bring cards; each answers [[kid held, ...], cards in, cards needed]:

    state      share (the words of a card)      lock      forget ([kid, ...])
"""

import socket
from pathlib import Path
from typing import Any

from wire import cbor
from wire.refusal import Refused

MOST_REQUEST = 128 * 1024
MOST_ANSWER = 16 << 20  # 500 records of 16 KiB in each part at the very most
_HEAD = 4


def holders_path(path: Path) -> Path:
    """The second socket, beside the first."""
    return path.with_name(path.name + ".keys")


def send(connection: socket.socket, value: Any) -> None:
    """Write one frame. Raises OSError."""
    body = cbor.dumps(value)
    connection.sendall(len(body).to_bytes(_HEAD, "big") + body)


def receive(connection: socket.socket, most: int) -> Any:
    """Read one frame; None where the other side has ended. Raises OSError; Refused: too_large, malformed."""
    head = _exactly(connection, _HEAD)
    if head is None:
        return None
    size = int.from_bytes(head, "big")
    if size > most:
        raise Refused("too_large", f"{size} bytes, {most} allowed")
    body = _exactly(connection, size)
    return None if body is None else cbor.loads(body, most)


def _exactly(connection: socket.socket, size: int) -> bytes | None:
    found = bytearray()
    while len(found) < size:
        part = connection.recv(min(size - len(found), 1 << 16))
        if not part:
            return None
        found += part
    return bytes(found)
