"""The emulated machine's card: what was flushed survives a power cut, the rest may be lost, nothing else changes."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from image_build.emulate.card import CACHE_BYTES, SECTOR, Card

SIZE = 16 * SECTOR


class Guest:
    """The few words of NBD that an emulator speaks."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(10)
        self._socket.connect(str(path))
        assert self._take(18)[:8] == b"NBDMAGIC"
        self._socket.sendall(struct.pack(">I", 1) + struct.pack(">QII", 0x49484156454F5054, 8, 0))
        assert self._take(20)[12:16] == struct.pack(">I", (1 << 31) + 1)  # structured replies: not here
        self._socket.sendall(struct.pack(">QII", 0x49484156454F5054, 7, 6) + bytes(6))
        self.size = int(struct.unpack(">Q", self._take(32)[22:30])[0])
        self._take(20)

    def _take(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            part = self._socket.recv(count - len(found))
            if not part:
                raise ConnectionError("the card hung up")
            found += part
        return found

    def _ask(self, kind: int, offset: int = 0, length: int = 0, data: bytes = b"", flags: int = 0) -> bytes:
        self._socket.sendall(struct.pack(">IHHQQI", 0x25609513, flags, kind, 7, offset, length) + data)
        assert self._take(16) == struct.pack(">IIQ", 0x67446698, 0, 7)
        return self._take(length) if kind == 0 else b""

    def read(self, offset: int, length: int) -> bytes:
        return self._ask(0, offset, length)

    def write(self, offset: int, data: bytes, *, durable: bool = False) -> None:
        self._ask(1, offset, len(data), data, int(durable))

    def flush(self) -> None:
        self._ask(3)

    def close(self) -> None:
        self._socket.close()


@contextmanager
def put_in() -> Iterator[tuple[Card, Guest, Path]]:
    with TemporaryDirectory() as folder:
        image = Path(folder) / "card.img"
        image.write_bytes(bytes(SIZE))
        card = Card(image, Path(folder) / "s")
        guest = Guest(Path(folder) / "s")
        try:
            yield card, guest, image
        finally:
            guest.close()
            card.close()


def test_a_guest_reads_what_it_wrote_and_every_byte_is_counted() -> None:
    with put_in() as (card, guest, _):
        guest.write(SECTOR, b"a" * SECTOR)
        assert guest.size == SIZE
        assert guest.read(0, 2 * SECTOR) == bytes(SECTOR) + b"a" * SECTOR
        guest.flush()
        assert (card.counted.written, card.counted.writes, card.counted.flushes) == (SECTOR, 1, 1)


def test_a_write_after_the_cut_never_lands() -> None:
    with put_in() as (card, guest, image):
        card.cut(Random(1))
        with pytest.raises(ConnectionError, match="hung up"):
            guest.write(0, b"x" * SECTOR)
        assert image.read_bytes() == bytes(SIZE)


WRITES = st.lists(
    st.tuples(st.integers(0, 12), st.integers(1, 3), st.sampled_from(["plain", "durable", "flush"])), max_size=12
)


@settings(max_examples=60, deadline=None)
@given(WRITES, st.integers(0, 1000))
def test_a_sector_holds_its_last_durable_bytes_or_later_ones(writes: list[tuple[int, int, str]], seed: int) -> None:
    allowed: list[set[bytes]] = [{bytes(SECTOR)} for _ in range(SIZE // SECTOR)]
    with put_in() as (card, guest, image):
        for place, (sector, count, how) in enumerate(writes, 1):
            fill = bytes([place]) * SECTOR
            guest.write(sector * SECTOR, fill * count, durable=how == "durable")
            for touched in range(sector, sector + count):
                allowed[touched] = {fill} if how == "durable" else allowed[touched] | {fill}
            if how == "flush":
                guest.flush()
                now = image.read_bytes()
                allowed = [{now[at : at + SECTOR]} for at in range(0, SIZE, SECTOR)]
        card.cut(Random(seed))
        after = image.read_bytes()
    assert all(after[at * SECTOR : (at + 1) * SECTOR] in allowed[at] for at in range(SIZE // SECTOR))


def test_the_cache_of_a_card_is_bounded() -> None:
    assert CACHE_BYTES <= 64 << 20
