"""The SD card of the emulated machine: a network block device (NBD) whose write cache can be lost.

- A write that the guest has not flushed may be lost at a power cut, and the last of them may be torn at a 512 byte
  sector; each lost write is chosen by the caller's random numbers. What was flushed (or written with FUA) stays.
- The old bytes under each unflushed write are kept. A cut puts them back, newest first, and then lays the survivors
  down again in their order: reads in between need no second map.
- Bytes, writes and flushes are counted here, outside the guest: no program in it can forget to count.
NBD, fixed newstyle, simple replies: https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md
"""

import os
import socket
import struct
import threading
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import NamedTuple

_MAGIC, _OPTION, _OPTION_REPLY = 0x4E42444D41474943, 0x49484156454F5054, 0x3E889045565A9
_REQUEST, _REPLY = 0x25609513, 0x67446698
_OPT_ABORT, _OPT_INFO, _OPT_GO = 2, 6, 7
_REP_ACK, _REP_INFO, _REP_UNSUPPORTED = 1, 3, (1 << 31) + 1
_READ, _WRITE, _CLOSE, _FLUSH, _TRIM = 0, 1, 2, 3, 4
_FUA = 1
_FLAGS = 1 | 4 | 8 | 32  # has flags, takes flush, FUA and trim
_EINVAL = 22
SECTOR = 512
# A card's own cache is small; what is older than this much newer writing has reached the flash.
CACHE_BYTES = 32 << 20
LONGEST = 32 << 20


class _Write(NamedTuple):
    offset: int
    old: bytes
    new: bytes


@dataclass(slots=True)
class Counted:
    """What the guest has asked of the card since it was put in."""

    written: int = 0
    writes: int = 0
    flushes: int = 0


class Card:
    """`image` is opened for writing and served on the unix socket `path` until `close`; one guest at a time."""

    def __init__(self, image: Path, path: Path) -> None:
        self._fd = os.open(image, os.O_RDWR)
        self._size = os.fstat(self._fd).st_size
        self._lock = threading.Lock()
        self._unflushed: list[_Write] = []
        self._held = 0
        self._powered = True
        self.counted = Counted()
        path.unlink(missing_ok=True)
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(path))
        self._server.listen(1)
        self._client: socket.socket | None = None
        self._thread = threading.Thread(target=self._serve, name="card", daemon=True)
        self._thread.start()

    def power_on(self) -> None:
        """The card takes writes again."""
        with self._lock:
            self._powered = True

    def cut(self, random: Random) -> int:
        """Lose power: no later write lands, unflushed ones are kept or lost at random. How many were lost or torn."""
        with self._lock:
            self._powered = False
            pending, self._unflushed, self._held = self._unflushed, [], 0
            for write in reversed(pending):
                os.pwrite(self._fd, write.old, write.offset)
            lost = 0
            for place, write in enumerate(pending):
                if random.random() < 0.5:
                    lost += 1
                    if place == len(pending) - 1:
                        whole = random.randrange(len(write.new) // SECTOR + 1) * SECTOR
                        os.pwrite(self._fd, write.new[:whole], write.offset)
                else:
                    os.pwrite(self._fd, write.new, write.offset)
            return lost

    def close(self) -> None:
        """Take the card out: the server ends, the file is closed."""
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        client = self._client
        if client is not None:
            _hang_up(client)
        self._thread.join(timeout=5)
        os.close(self._fd)

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            self._client = client
            with client:
                try:
                    if self._greet(client):
                        while self._answer(client):
                            pass
                except (OSError, EOFError, struct.error):
                    continue  # the machine was switched off in the middle of a word

    def _greet(self, client: socket.socket) -> bool:
        client.sendall(struct.pack(">QQH", _MAGIC, _OPTION, 1))
        _exactly(client, 4)
        while True:
            _, option, length = struct.unpack(">QII", _exactly(client, 16))
            _exactly(client, length)
            if option in (_OPT_INFO, _OPT_GO):
                info = struct.pack(">HQH", 0, self._size, _FLAGS)
                client.sendall(struct.pack(">QIII", _OPTION_REPLY, option, _REP_INFO, len(info)) + info)
                client.sendall(struct.pack(">QIII", _OPTION_REPLY, option, _REP_ACK, 0))
                if option == _OPT_GO:
                    return True
            elif option == _OPT_ABORT:
                client.sendall(struct.pack(">QIII", _OPTION_REPLY, option, _REP_ACK, 0))
                return False
            else:
                client.sendall(struct.pack(">QIII", _OPTION_REPLY, option, _REP_UNSUPPORTED, 0))

    def _answer(self, client: socket.socket) -> bool:
        _, flags, kind, handle, offset, length = struct.unpack(">IHHQQI", _exactly(client, 28))
        if kind == _CLOSE:
            return False
        data, error = b"", 0
        if kind == _READ:
            data = os.pread(self._fd, length, offset)
        elif kind == _WRITE and length <= LONGEST:
            self._write(offset, _exactly(client, length), bool(flags & _FUA))
        elif kind == _FLUSH:
            self._flush()
        elif kind != _TRIM:  # trimming is advice: the bytes may stay
            error = _EINVAL
        client.sendall(struct.pack(">IIQ", _REPLY, error, handle) + data)
        return True

    def _write(self, offset: int, data: bytes, durable: bool) -> None:
        with self._lock:
            if not self._powered:
                raise EOFError
            self.counted.written += len(data)
            self.counted.writes += 1
            old = b"" if durable else os.pread(self._fd, len(data), offset)
            os.pwrite(self._fd, data, offset)
            if durable:
                # A later cut must not put back bytes from before this write.
                self._unflushed = [write for write in self._unflushed if not _overlap(write, offset, len(data))]
                self._held = sum(len(write.new) for write in self._unflushed)
                return
            self._unflushed.append(_Write(offset, old, data))
            self._held += len(data)
            while self._held > CACHE_BYTES:
                self._held -= len(self._unflushed.pop(0).new)

    def _flush(self) -> None:
        with self._lock:
            self.counted.flushes += 1
            self._unflushed, self._held = [], 0


def _overlap(write: _Write, offset: int, length: int) -> bool:
    return write.offset < offset + length and offset < write.offset + len(write.new)


def _exactly(client: socket.socket, count: int) -> bytes:
    parts, left = [], count
    while left:
        part = client.recv(left)
        if not part:
            raise EOFError
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _hang_up(client: socket.socket) -> None:
    try:
        client.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the guest has hung up already
