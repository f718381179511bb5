"""The cards of tags: the QR on each is the pass, and nothing on it names anybody."""

import re

import numpy as np
import zxingcpp

from central.radio.tag_label import PER_SHEET, sheet_of
from central.radio.tags import IssuedTag

LATE_EVENING_UTC = 1_790_000_000 - 1_790_000_000 % 86_400 + 22 * 3600  # the next morning in Viet Nam


def tag(number: int, text: str = "GP1:6BF%RN%25") -> IssuedTag:
    return IssuedTag(bytes(16), number, "cho-thu-1", bytes(16), 10, 0, 0, LATE_EVENING_UTC, text=text)


def picture_of(svg: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The code's pixels, drawn from its path: runs of dark modules, `M x y h n m dx dy h n ...`."""
    size = int(re.findall(r'viewBox="0 0 (\d+)', svg)[0])
    pixels = np.full((size, size), 255, np.uint8)
    x = y = 0.0
    for command, values in re.findall(r"([Mmh])([-\d. ]+)", re.findall(r' d="([^"]+)"', svg)[0]):
        numbers = [float(value) for value in re.findall(r"-?\d*\.?\d+", values)]
        if command == "h":
            pixels[int(y), int(x) : int(x + numbers[0])] = 0
            x += numbers[0]
        else:
            x, y = (numbers[0], numbers[1]) if command == "M" else (x + numbers[0], y + numbers[1])
    return np.kron(pixels, np.ones((8, 8), np.uint8))


def test_each_card_shows_the_pass_of_its_own_tag() -> None:
    texts = [f"GP1:TAG NUMBER {number} $%*+-./:" for number in range(3)]
    page = sheet_of([tag(number + 1, text) for number, text in enumerate(texts)], "Chợ Thử")
    codes = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert [zxingcpp.read_barcodes(picture_of(code))[0].text for code in codes] == texts


def test_a_card_says_number_place_and_last_day_and_its_stub_the_number_again() -> None:
    page = sheet_of([tag(1)], "Chợ Thử")
    assert page.count("0001-3") == 2
    for words in ("Chạm hoặc quét", "Tap or scan", "Chợ Thử", "22/09/2026", "Giữ phần này ở nhà", "Keep this at home"):
        assert words in page


def test_nine_tags_need_a_second_sheet() -> None:
    page = sheet_of([tag(number) for number in range(1, PER_SHEET + 2)], "Chợ Thử")
    assert page.count('<div class="sheet">') == 2
    assert page.count('<div class="piece">') == PER_SHEET + 1


def test_a_venue_s_name_cannot_become_part_of_the_page() -> None:
    page = sheet_of([tag(1)], "<script>alert(1)</script>")
    assert "<script>" not in page


def test_the_page_asks_nothing_of_the_network() -> None:
    page = sheet_of([tag(1)], "Chợ Thử")
    assert not re.search(r"(src|href|url\()", page)
