"""What kiosk.ports.Reader promises, kept by files and by a real serial line (a pseudo-terminal)."""

import os
import time
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.devices.lines import MOST_BYTES, TOGETHER_MS, Lines
from kiosk.devices.reader_files import ReaderFiles
from kiosk.devices.reader_serial import OPEN_AGAIN_MS, SerialReader, open_serial
from kiosk.ports import Reader
from tests.parts.waits import wait_for

CARD = "099099000001||Trần Văn Thử|05061999|Nam|Xã Mẫu|15032022"
Send = Callable[[str], None]
FIRST, SECOND = "P<UTOTHU<<NGUYEN<VAN".ljust(44, "<"), "X0000000<0UTO9001011M3001012<<<<<<<<<<<<<<00"


@pytest.fixture(params=["files", "serial"])
def reader(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Reader, Send]]:
    if request.param == "files":
        folder = tmp_path / "reader"
        files = ReaderFiles(folder)
        count = iter(range(100))

        def put(text: str) -> None:
            fresh = tmp_path / "fresh"
            fresh.write_text(text, "utf-8")
            fresh.rename(folder / f"{next(count):03}.txt")

        yield files, put
        return
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    serial = SerialReader(lambda: open_serial(os.ttyname(theirs), 9600), lambda: time.monotonic_ns() // 1_000_000)
    assert serial.poll() is None
    yield serial, lambda text: (os.write(ours, text.encode() + b"\r"), None)[1]
    serial.close()
    os.close(ours)
    os.close(theirs)


def _next(reader: Reader) -> str:
    found: list[str] = []

    def came() -> bool:
        text = reader.poll()
        found.extend([] if text is None else [text])
        return bool(found)

    wait_for(came, "the reader gave a text")
    return found[0]


def test_a_card_comes_through_with_every_mark(reader: tuple[Reader, Send]) -> None:
    device, send = reader
    send(CARD)
    assert _next(device) == CARD
    assert device.poll() is None


def test_codes_come_in_their_order(reader: tuple[Reader, Send]) -> None:
    device, send = reader
    for number in range(3):
        send(f"{CARD}{number}")
    assert [_next(device)[-1] for _ in range(3)] == ["0", "1", "2"]


def test_close_may_be_repeated_and_ends_reading(reader: tuple[Reader, Send]) -> None:
    device, send = reader
    send(CARD)
    assert _next(device) == CARD
    device.close()
    device.close()
    assert device.poll() is None


def test_a_scanner_that_is_unplugged_is_opened_again() -> None:
    now = [0]
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    name = [os.ttyname(theirs)]
    reader = SerialReader(lambda: open_serial(name[0], 9600), lambda: now[0])
    assert reader.poll() is None and not reader.lost
    os.close(theirs)
    os.close(ours)
    wait_for(lambda: reader.poll() is None and reader.lost, "the loss was seen")
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    name[0] = os.ttyname(theirs)
    assert reader.poll() is None and reader.lost, "it is not tried at each turn"
    now[0] = OPEN_AGAIN_MS
    assert reader.poll() is None and not reader.lost
    os.write(ours, b"abc\r\n")
    assert _next(reader) == "abc"
    reader.close()
    os.close(ours)
    os.close(theirs)


def test_the_two_lines_of_a_passport_are_one_text() -> None:
    lines = Lines()
    assert lines.feed(f"{FIRST}\r".encode(), 0) == []
    assert lines.feed(f"{SECOND}\r".encode(), 40) == [f"{FIRST}\n{SECOND}"]


def test_a_passport_line_alone_is_told_after_a_while() -> None:
    lines = Lines()
    assert lines.feed(f"{FIRST}\r".encode(), 0) == []
    assert lines.feed(b"", TOGETHER_MS) == []
    assert lines.feed(b"", TOGETHER_MS + 1) == [FIRST]


def test_a_line_without_end_is_skipped_and_the_next_one_read() -> None:
    lines = Lines()
    for _ in range(20):
        assert lines.feed(b"x" * MOST_BYTES, 0) == []
    assert lines.feed(b"xx\rgood\r", 0) == ["good"]
