"""A short-message centre on loopback that speaks SMPP 3.4: bind_transceiver, submit_sm, deliver_sm, enquire_link.

It was written from the specification (sections 4 and 5) and shares no code with the client library. It can throttle,
refuse a number, hang up in the middle of a message, and send delivery receipts in both forms that centres use.
"""

import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType

_BIND, _SUBMIT, _DELIVER, _UNBIND, _ENQUIRE = 0x09, 0x04, 0x05, 0x06, 0x15
_ANSWER = 0x80000000
OK, THROTTLED, BAD_TO, BAD_PASSWORD = 0x00, 0x58, 0x0B, 0x0E
_UDHI = 0x40


@dataclass
class Submitted:
    """One submit_sm: `body` without its head; `part` is (reference, parts, number) of a long message."""

    source: str
    to: str
    coding: int
    body: bytes
    part: tuple[int, int, int]
    receipt: bool
    name: str

    @property
    def text(self) -> str:
        """What a telephone shows of this part; of the 7-bit alphabet only what ASCII shares with it."""
        return self.body.decode("utf-16-be" if self.coding == 8 else "ascii")


@dataclass
class Smsc:
    """`with Smsc() as smsc:` listens on smsc.port. Answers of the next submit_sm stand in `answers` (default OK)."""

    password: str = "mat-khau"
    answers: list[int] = field(default_factory=list)
    hang_up_after: int | None = None  # how many more submit_sm are answered before the line drops
    receipts: str = "tlv"  # "tlv", "text", "none"
    state: str = "DELIVRD"
    taken: list[Submitted] = field(default_factory=list)
    binds: int = 0
    _lines: list[socket.socket] = field(default_factory=list)

    def __enter__(self) -> "Smsc":
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)  # wakes whoever waits in accept
        self._listener.close()
        for line in self._lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()
        self._thread.join(5)

    def texts(self) -> list[tuple[str, str]]:
        """(to, whole text) of every message, its parts joined in order."""
        whole: dict[tuple[str, int], list[Submitted]] = {}
        for one in self.taken:
            whole.setdefault((one.to, one.part[0]), []).append(one)
        return [
            (to, "".join(p.text for p in sorted(parts, key=lambda p: p.part[2]))) for (to, _), parts in whole.items()
        ]

    def _listen(self) -> None:
        workers = []
        with suppress(OSError):
            while True:
                line, _ = self._listener.accept()
                self._lines.append(line)
                workers.append(threading.Thread(target=self._serve, args=(line,), daemon=True))
                workers[-1].start()
        for worker in workers:
            worker.join(5)

    def _serve(self, line: socket.socket) -> None:
        with suppress(OSError, EOFError):
            while True:
                length, command, _, number = struct.unpack(">IIII", _exactly(line, 16))
                body = _exactly(line, length - 16)
                if not self._answer(line, command, number, body):
                    break
        line.close()

    def _answer(self, line: socket.socket, command: int, number: int, body: bytes) -> bool:
        if command == _BIND:
            self.binds += 1
            _system, rest = _text(body)
            password, _ = _text(rest)
            status = OK if password == self.password else BAD_PASSWORD
            _send(line, command | _ANSWER, status, number, b"smsc\0" if status == OK else b"")
        elif command == _SUBMIT:
            return self._submit(line, number, body)
        elif command in (_ENQUIRE, _UNBIND):
            _send(line, command | _ANSWER, OK, number, b"")
            return command == _ENQUIRE
        return True

    def _submit(self, line: socket.socket, number: int, body: bytes) -> bool:
        if self.hang_up_after is not None:
            if self.hang_up_after == 0:
                self.hang_up_after = None
                line.shutdown(socket.SHUT_RDWR)
                return False
            self.hang_up_after -= 1
        status = self.answers.pop(0) if self.answers else OK
        if status != OK:
            _send(line, _SUBMIT | _ANSWER, status, number, b"")
            return True
        one = _read_submit(body, f"m{len(self.taken) + 1:04d}")
        self.taken.append(one)
        _send(line, _SUBMIT | _ANSWER, OK, number, one.name.encode() + b"\0")
        if one.receipt and self.receipts != "none":
            _send(line, _DELIVER, OK, 0x70000000 + len(self.taken), _receipt(one, self.receipts, self.state))
        return True


def _read_submit(body: bytes, name: str) -> Submitted:
    _service, rest = _text(body)
    source, rest = _text(rest[2:])
    to, rest = _text(rest[2:])
    esm, rest = rest[0], rest[3:]
    _schedule, rest = _text(rest)
    _validity, rest = _text(rest)
    receipt, coding, length, rest = rest[0], rest[2], rest[4], rest[5:]
    text = rest[:length]
    part = (0, 1, 1)
    if esm & _UDHI:
        head, text = text[: text[0] + 1], text[text[0] + 1 :]
        part = (head[3], head[4], head[5])
    return Submitted(source, to, coding, text, part, bool(receipt & 1), name)


def _receipt(one: Submitted, form: str, state: str) -> bytes:
    """deliver_sm with esm_class 4: by optional parameters (0x001E, 0x0427), or by text (appendix B)."""
    head = (
        b"\0"
        + b"\1\1"
        + one.to.encode()
        + b"\0"
        + b"\5\0"
        + one.source.encode()
        + b"\0"
        + b"\4\0\0"
        + b"\0\0"
        + b"\0\0\0\0"
    )
    if form == "tlv":
        number = {"DELIVRD": 2, "EXPIRED": 3, "UNDELIV": 5}[state]
        name = one.name.encode() + b"\0"
        return head + b"\0" + struct.pack(">HH", 0x001E, len(name)) + name + struct.pack(">HHB", 0x0427, 1, number)
    dates = "submit date:2611232200 done date:2611232200"
    text = f"id:{one.name} sub:001 dlvrd:001 {dates} stat:{state} err:000 text:".encode()
    return head + bytes([len(text)]) + text


def _send(line: socket.socket, command: int, status: int, number: int, body: bytes) -> None:
    line.sendall(struct.pack(">IIII", 16 + len(body), command, status, number) + body)


def _text(body: bytes) -> tuple[str, bytes]:
    head, _, rest = body.partition(b"\0")
    return head.decode("ascii"), rest


def _exactly(line: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        more = line.recv(count - len(found))
        if not more:
            raise EOFError
        found += more
    return found
