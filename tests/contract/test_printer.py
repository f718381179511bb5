"""What kiosk.ports.Printer promises, kept by files and by ESC/POS bytes."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kiosk.devices.decoder_zxing import ZxingDecoder
from kiosk.devices.printer_escpos import EscposPrinter, commands
from kiosk.devices.printer_file import EMPTY, FilePrinter
from kiosk.devices.receipt_picture import Line, draw_receipt
from kiosk.ports import Printer
from kiosk.receipt import receipt_lines
from tests.needs import need
from ui.form.desk import Outcome
from ui.words import LOCALES, read_language

PNG = draw_receipt([Line("THỬ"), Line("K7QF-2M9D-44TX", qr=True)], "vi")


@pytest.fixture(params=["file", "escpos"])
def printer(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Printer]:
    if request.param == "file":
        yield FilePrinter(tmp_path / "printer")
        return
    node = tmp_path / "lp0"
    node.touch()
    made = EscposPrinter(str(node))
    yield made
    made.close()
    assert node.read_bytes() in (b"", commands(PNG))


def test_a_receipt_is_handed_over(printer: Printer) -> None:
    assert printer.print(PNG)


def test_close_may_be_repeated_and_ends_printing(printer: Printer) -> None:
    printer.close()
    printer.close()
    assert not printer.print(PNG)


def test_a_printer_that_is_away_says_no(tmp_path: Path) -> None:
    printer = EscposPrinter(str(tmp_path / "no-such-node"))
    assert not printer.print(PNG)
    printer.close()


def test_an_empty_printer_says_no(tmp_path: Path) -> None:
    printer = FilePrinter(tmp_path)
    (tmp_path / EMPTY).touch()
    assert not printer.print(PNG)


def test_the_bytes_begin_a_picture_and_cut_the_paper() -> None:
    data = commands(PNG)
    assert b"\x1dv0" in data and b"\x1dV" in data


@pytest.mark.parametrize("language", ["vi", "en", "zh", "ko", "ja", "km", "lo", "th"])
def test_the_code_on_a_receipt_is_read_by_a_real_decoder_in_every_language(language: str) -> None:
    need(Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists(), "Debian's fonts-noto-cjk")
    outcome = Outcome("ALLOW", ("declared",), "K7QF-2M9D-44TX", "GP1:" + "A0" * 90)
    lines = receipt_lines(outcome, "Chợ Mẫu", read_language(LOCALES / language))
    with Image.open(io.BytesIO(draw_receipt(lines, language))) as picture:
        assert picture.width == 576
        found = {symbol.text for symbol in ZxingDecoder().decode(np.asarray(picture.convert("L")))}
    assert found == {outcome.code, outcome.pass_text}
