"""The reader of passports beside the camera: when it looks, whom it believes, and programs that hang, die or lie."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from PIL import Image

from credentials import mrz
from credentials.read import read
from credentials.trust import Trust
from credentials.types import Credential
from kiosk.cards import Cards
from kiosk.devices.camera_files import FilesCamera
from kiosk.devices.decoder_stream import StreamDecoder
from kiosk.devices.ocr_font import open_font
from kiosk.devices.ocr_tesseract import Tesseract, find_tesseract
from kiosk.devices.passport_reader import EVERY_MS, TOGETHER_MS, Alike, PassportReader, find_signs
from kiosk.devices.preview import small_jpeg
from kiosk.devices.zone_signs import Signs
from kiosk.live import LivePreview
from kiosk.ports import Frame
from kiosk.watch import CameraWatch
from tests.needs import need
from tests.parts.passports import OCR_B, PLAIN, Gray, Held, page, seen
from tests.parts.waits import wait_for
from tests.unit.credentials.travel_documents import passport

pytestmark = pytest.mark.timed

LINES = passport("C12345678", "NGUYEN<<VAN<THU")


class Knows:
    """An OCR that knows what stands there, counts how often it was asked, and waits to be let go."""

    knows_letters = True

    def __init__(self, lines: tuple[str, ...] = LINES) -> None:
        self.signs = tuple(line.replace("<", "") for line in lines)
        self.asked = 0
        self.go = Event()
        self.go.set()

    def lines(self, signs: Signs) -> tuple[str, ...]:
        self.asked += 1
        self.go.wait(10)
        return self.signs

    def close(self) -> None:
        self.go.set()


@pytest.fixture(scope="module")
def picture() -> Gray:
    need(OCR_B.is_file() and PLAIN.is_file(), "fonts-ocr-b, fonts-noto-core")
    rng = np.random.default_rng(1)
    return seen(page(LINES, rng), Held(), rng)


class Gate:
    """A reader, what it has seen, and frames one after another."""

    def __init__(self, picture: Gray, *ocrs: Knows | Tesseract) -> None:
        self.texts: list[str] = []
        self.wanted = True
        self.reader = PassportReader(self.texts.append, lambda: self.wanted, ocrs)
        self.picture, self.mono_ms = picture, 0

    def show(self, after_ms: int = EVERY_MS) -> None:
        self.mono_ms += after_ms
        self.reader.offer(Frame(self.picture, self.mono_ms))

    def show_until_asked(self, ocr: Knows, times: int) -> None:
        def asked() -> bool:
            self.show()
            return ocr.asked >= times

        wait_for(asked, f"asked {times} times")


@pytest.fixture
def knows() -> Knows:
    return Knows()


@pytest.fixture
def gate(picture: Gray, knows: Knows) -> Iterator[Gate]:
    gate = Gate(picture, knows)
    yield gate
    gate.reader.close()


def test_a_document_read_alike_twice_is_given_as_a_line_reader_sends_it(gate: Gate, knows: Knows) -> None:
    gate.show_until_asked(knows, 1)
    assert gate.texts == []
    gate.show_until_asked(knows, 2)
    assert wait_for(lambda: gate.texts, "the passport")[0] == "\n".join(LINES)


def test_nobody_is_looked_at_while_no_form_waits(gate: Gate, knows: Knows) -> None:
    gate.wanted = False
    for _ in range(20):
        gate.show()
    gate.wanted = True
    gate.show_until_asked(knows, 1)
    assert knows.asked == 1


def test_a_form_that_closed_meanwhile_gets_nothing(gate: Gate, knows: Knows) -> None:
    gate.show_until_asked(knows, 1)
    knows.go.clear()
    gate.show_until_asked(knows, 2)
    gate.wanted = False
    gate.reader.close()
    assert gate.texts == []


def test_the_camera_never_waits_for_the_ocr(gate: Gate, knows: Knows) -> None:
    knows.go.clear()
    gate.show_until_asked(knows, 1)
    begun = time.thread_time()
    for _ in range(100):
        gate.show()
    assert time.thread_time() - begun < 0.1
    assert knows.asked == 1


def test_pages_are_looked_for_five_times_a_second_at_most(gate: Gate, knows: Knows) -> None:
    gate.show_until_asked(knows, 1)
    for _ in range(50):
        gate.show(after_ms=0)
    assert knows.asked == 1


def test_a_closed_reader_takes_nothing_more(gate: Gate, knows: Knows) -> None:
    gate.reader.close()
    gate.reader.close()
    gate.show()
    assert knows.asked == 0


OTHER = passport("C12345678", "NGUYEN<<VAN<THI")


def code_of(lines: tuple[str, ...]) -> Credential:
    return mrz.read(lines, None)


def test_two_readings_that_differ_in_the_name_are_not_believed() -> None:
    alike = Alike()
    assert alike.add(LINES, code_of(LINES), 0) is alike.add(OTHER, code_of(OTHER), 300) is None
    assert alike.add(LINES, code_of(LINES), 600) == "\n".join(LINES)


def test_a_reading_of_long_ago_does_not_count() -> None:
    alike = Alike()
    assert alike.add(LINES, code_of(LINES), 0) is None
    assert alike.add(LINES, code_of(LINES), TOGETHER_MS + 1) is None
    alike.forget()
    assert alike.add(LINES, code_of(LINES), TOGETHER_MS + 2) is None


PROGRAMS = {
    "hangs": "import signal; signal.pause()",
    "dies": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "fails": "raise SystemExit(1)",
    "does not read": "import os; os.close(0); print('A'); raise SystemExit(1)",
    "says nothing": "import sys; sys.stdin.buffer.read()",
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_a_program_that_fails_gives_nothing_within_its_bound(picture: Gray, program: str) -> None:
    signs = find_signs(picture)
    assert signs is not None
    begun = time.monotonic()
    assert Tesseract([sys.executable, "-c", program], longest_s=1.0).lines(signs) == ()
    assert time.monotonic() - begun < 5


def test_noise_from_the_program_is_no_document(picture: Gray) -> None:
    signs = find_signs(picture)
    assert signs is not None
    noise = "import sys; sys.stdin.buffer.read(); sys.stdout.buffer.write(bytes(range(256)) * 100)"
    assert signs.put_back(Tesseract([sys.executable, "-c", noise]).lines(signs)) is None


def test_a_program_that_is_gone_is_no_fault_of_the_gate(picture: Gray, tmp_path: Path) -> None:
    signs = find_signs(picture)
    assert signs is not None
    gone = Tesseract([str(tmp_path / "tesseract")])
    assert gone.lines(signs) == ()
    assert gone.failed == 1


def test_closing_kills_a_program_that_hangs(picture: Gray) -> None:
    hanging = Tesseract([sys.executable, "-c", PROGRAMS["hangs"]], longest_s=60)
    gate = Gate(picture, hanging)
    gate.show()
    wait_for(lambda: hanging.pid, "the program")
    begun = time.monotonic()
    gate.reader.close()
    assert time.monotonic() - begun < 2
    signs = find_signs(picture)
    assert signs is not None
    assert hanging.lines(signs) == ()


def test_a_passport_before_the_camera_fills_the_form_and_is_no_visit(picture: Gray, tmp_path: Path) -> None:
    """Camera, decoder, reader, OCR and cards as the gate has them."""
    ocrs = [ocr for ocr in (open_font(OCR_B), find_tesseract()) if ocr is not None]
    need(len(ocrs) == 2, "fonts-ocr-b, tesseract-ocr")
    Image.fromarray(picture).save(tmp_path / "frame.png")
    cards, visits = Cards(lambda: time.monotonic_ns() // 1_000_000), list[str]()

    def fill(text: str) -> None:
        cards.offer(read(text, now=None, trust=Trust()))

    reader = PassportReader(fill, lambda: cards.wanted, ocrs)
    camera = FilesCamera(tmp_path, time.sleep, time.monotonic)
    preview = LivePreview(lambda frame: small_jpeg(frame.gray))
    watch = CameraWatch(camera, StreamDecoder(None), preview, visits.append, lambda _: None, reader.offer)
    watch.start()
    try:
        given = wait_for(lambda: cards.wait(5.0), "the passport")
    finally:
        watch.close()
        reader.close()
    assert given is not None
    assert given.fields["name"] == "NGUYEN VAN THU"
    assert given.normal_form == "UTO-C12345678"
    assert visits == []
