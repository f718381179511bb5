"""Posters as a telephone reads them: drawn from the PDF, seen from 1 to 3 m, tilted and blurred, by both decoders."""

import math

import pytest
import zxingcpp
from pyzbar.pyzbar import ZBarSymbol
from pyzbar.pyzbar import decode as zbar

from central.venues.cards_pdf import A_PAGE, CODE_MM, cards_pdf
from central.venues.drawing import MM, fitted, ready_fonts
from central.venues.poster_pdf import CODE_MM as POSTER_CODE_MM
from central.venues.poster_pdf import Sheet, posters_pdf
from central.venues.poster_words import OUT, SCAN, TICK, TITLE
from central.venues.posters import LANGUAGES, signed_name
from central.venues.rosters import Card
from credentials.pass_qr import Pass, encode_pass
from credentials.venue_qr import Venue, encode_venue
from tests.parts.poster_camera import Picture, seen
from tests.parts.seen import codes_on, pages_of
from wire.crypto import SigningKey

KEY = SigningKey(b"\x01" * 32)
HOST = "gatepost.soyte.example.vn"
ENDS_S = 1_900_000_000
LONG = "Trường Tiểu học và Trung học cơ sở Nguyễn Thị Minh Khai Mẫu Thử"


def sheet(name: str, gate: str = "Cổng chính", language: str = "") -> Sheet:
    text = encode_venue(Venue("v-26740-7k3m", signed_name(name), gate, ENDS_S), KEY, HOST)
    return Sheet(name, gate, text, HOST, ENDS_S, language)


@pytest.fixture(scope="module")
def page() -> Picture:
    """A poster with the longest code of any name that a form takes easily, drawn at 300 dots an inch."""
    return pages_of(posters_pdf([sheet(LONG, language="km")]), 300)[0]


@pytest.mark.parametrize("metres", [1.0, 2.0, 3.0])
@pytest.mark.parametrize("tilt", [0.0, 20.0])
def test_both_decoders_read_a_poster_from_one_to_three_metres(page: Picture, metres: float, tilt: float) -> None:
    picture = seen(page, metres, tilt_degrees=tilt)
    wanted = sheet(LONG).text
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [wanted]
    assert [code.data.decode() for code in zbar(picture, symbols=[ZBarSymbol.QRCODE])] == [wanted]


def test_the_code_is_larger_than_fifteen_centimetres_with_four_modules_around_it(page: Picture) -> None:
    corners = zxingcpp.read_barcodes(page)[0].position
    side_mm = (
        math.dist((corners.top_left.x, corners.top_left.y), (corners.top_right.x, corners.top_right.y)) / 300 * 25.4
    )
    assert side_mm == pytest.approx(POSTER_CODE_MM, abs=2.0) and POSTER_CODE_MM >= 150
    left, top = corners.top_left.x, corners.top_left.y
    quiet = int(4 * (side_mm / 53) / 25.4 * 300)
    assert page[top - quiet : top - 3, left : corners.top_right.x].min() == 255
    assert page[top : corners.bottom_left.y, left - quiet : left - 3].min() == 255


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_poster_speaks_each_language_and_is_the_same_each_time(language: str) -> None:
    made = posters_pdf([sheet("Chợ Mẫu", language=language)])
    assert made == posters_pdf([sheet("Chợ Mẫu", language=language)])
    assert codes_on(made) == [sheet("Chợ Mẫu").text]


@pytest.mark.parametrize("words", [TITLE, SCAN, TICK, OUT])
def test_every_language_has_every_word(words: dict[str, str]) -> None:
    assert set(words) == {"vi", "en", *LANGUAGES[1:]} and all(words.values())


def test_cards_are_eight_a_page_and_each_code_is_five_centimetres() -> None:
    cards = [
        Card(f"NV-{n}", "NGUYỄN THỊ KIỂM TRA", "06:00-14:00", encode_pass(Pass(bytes([n]) * 16, ENDS_S), KEY), ENDS_S)
        for n in range(A_PAGE + 1)
    ]
    pdf = cards_pdf("Chợ Mẫu", "Ca sáng", cards)
    assert len(pages_of(pdf, 72)) == 2 and CODE_MM >= 50
    assert sorted(codes_on(pdf)) == sorted(card.text for card in cards)


@pytest.mark.parametrize("name", ["Chợ", LONG, "W" * 80, "Một tên rất dài " * 5, "KHÔNGCÓDẤUCÁCH" * 5])
def test_a_name_of_any_length_stays_on_the_paper(name: str) -> None:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    ready_fonts()
    size, lines = fitted(name, "Sign-B", 34, 22, 186 * MM)
    assert len(lines) <= 2 and all(stringWidth(one, "Sign-B", size) <= 186 * MM for one in lines)
