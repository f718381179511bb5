"""Pages of passports, drawn on pixels: found, cut into signs and read, and never a document that nobody holds."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from credentials import mrz
from kiosk.devices.ocr_font import FontOcr, open_font
from kiosk.devices.ocr_tesseract import Tesseract, find_tesseract
from kiosk.devices.passport_reader import find_signs, in_doubt, read_signs
from kiosk.devices.zone_lines import find_zone
from kiosk.devices.zone_signs import Signs
from tests.bench.frames import blurred_room
from tests.needs import need
from tests.parts.passports import HD, OCR_B, PLAIN, VGA, Gray, Held, held_somehow, page, seen
from tests.unit.credentials.travel_documents import card, citizen_card, passport, small_card

ALL_SIZES = {"TD3": passport(), "TD2": small_card(), "TD1": card(), "citizen card": citizen_card()}
NAMES = ("NGUYEN<<VAN<THU", "OKONKWO<<WEI<MAU", "KHAN<<FATIMA", "ERIKSSON<<QUOC<JOHN", "MULLER<<KENJI<HA")


@pytest.fixture(scope="module")
def font() -> FontOcr:
    found = open_font(OCR_B)
    need(found is not None, "fonts-ocr-b")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def tesseract() -> Tesseract:
    found = find_tesseract()
    need(found is not None, "tesseract-ocr")
    assert found is not None
    return found


def drawn(lines: tuple[str, ...], seed: int = 1, held: Held | None = None, size: tuple[int, int] = VGA) -> Gray:
    need(OCR_B.is_file() and PLAIN.is_file(), "fonts-ocr-b, fonts-noto-core")
    rng = np.random.default_rng(seed)
    return seen(page(lines, rng), held or held_somehow(rng, lines, size), rng, size)


def signs_in(gray: Gray) -> Signs:
    signs = find_signs(gray)
    assert signs is not None
    return signs


def somebody(seed: int) -> tuple[str, ...]:
    rng = np.random.default_rng(seed)
    number = ("C", "T", "PA", "UB")[seed % 4] + "".join(rng.choice(list("0123456789"), 7))
    born = f"{rng.integers(40, 99)}{rng.integers(1, 13):02}{rng.integers(1, 29):02}"
    make = card if seed % 3 == 0 else passport
    return make(number, NAMES[seed % 5], born, "MF"[seed % 2])


@pytest.mark.parametrize("size", [VGA, HD], ids=["640x480", "1280x720"])
@pytest.mark.parametrize("lines", ALL_SIZES.values(), ids=ALL_SIZES)
def test_every_sign_has_its_cell_and_every_filler_is_known(lines: tuple[str, ...], size: tuple[int, int]) -> None:
    signs = signs_in(drawn(lines, size=size))
    assert signs.length == len(lines[0])
    assert signs.fillers.tolist() == [sign == "<" for line in lines for sign in line]


@pytest.mark.parametrize("turned", [-10, -5, 5, 10])
def test_a_page_that_is_turned_is_found(turned: float) -> None:
    assert len(find_zone(drawn(passport(), held=Held(0.85, turned)))) == 2


def test_a_page_upside_down_reads_the_same(font: FontOcr) -> None:
    gray = drawn(passport())
    assert read_signs(signs_in(gray[::-1, ::-1]), [font]) == read_signs(signs_in(gray), [font])


def test_a_page_without_a_zone_gives_nothing() -> None:
    assert [find_signs(drawn((), seed)) for seed in range(5)] == [None] * 5


@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (3, 700), (700, 3), (40, 40), (480, 640), (1600, 1200)])
@pytest.mark.parametrize("light", [0, 128, 255])
def test_a_picture_of_nothing_gives_nothing(shape: tuple[int, int], light: int) -> None:
    assert find_signs(np.full(shape, light, np.uint8)) is None


def test_rooms_noise_and_stripes_give_nothing() -> None:
    rng = np.random.default_rng(3)
    noise = rng.integers(0, 256, VGA, np.uint8)
    stripes = np.full(VGA, 220, np.uint8)
    stripes[350:362, 60:580] = stripes[385:397, 60:580] = 20
    rooms = [np.clip(blurred_room(rng, VGA), 0, 255).astype(np.uint8) for _ in range(10)]
    assert [find_signs(gray) for gray in (noise, stripes, *rooms)] == [None] * 12


def tally(pictures: Sequence[tuple[Gray, tuple[str, ...]]], *ocrs: FontOcr | Tesseract) -> Counter[str]:
    told: Counter[str] = Counter()
    for gray, lines in pictures:
        signs = find_signs(gray)
        read = None if signs is None else read_signs(signs, ocrs)
        told["unread" if read is None else "right" if read[1] == mrz.read(lines, None) else "invented"] += 1
    return told


def test_the_typeface_reads_nearly_every_picture_and_invents_nothing(font: FontOcr) -> None:
    pictures = [(drawn(somebody(seed), seed, size=(VGA, HD)[seed % 2]), somebody(seed)) for seed in range(30)]
    told = tally(pictures, font)
    assert told["invented"] == 0
    assert told["right"] >= 27


def test_tesseract_reads_most_pictures_and_invents_nothing(tesseract: Tesseract) -> None:
    pictures = [(drawn(somebody(seed), seed, size=(VGA, HD)[seed % 2]), somebody(seed)) for seed in range(12)]
    told = tally(pictures, tesseract)
    assert told["invented"] == 0
    assert told["right"] >= 6


def test_another_typeface_is_left_unread_by_the_font(font: FontOcr) -> None:
    rng = np.random.default_rng(8)
    pictures = [(seen(page(passport(), rng, PLAIN), Held(), rng), passport()) for _ in range(5)]
    assert tally(pictures, font) == {"unread": 5}


WRONG = [("number", 9), ("birth", 19), ("expiry", 27), ("all", 43)]


@pytest.mark.parametrize("place", [place for _, place in WRONG], ids=[name for name, _ in WRONG])
def test_one_wrong_check_digit_gives_nothing(font: FontOcr, tesseract: Tesseract, place: int) -> None:
    upper, lower = passport("C12345678")
    wrong = f"{lower[:place]}{(int(lower[place]) + 1) % 10}{lower[place + 1 :]}"
    signs = signs_in(drawn((upper, wrong), held=Held()))
    assert signs.put_back(font.lines(signs)) == (upper, wrong)
    assert read_signs(signs, [font, tesseract]) is None


def test_what_was_read_goes_back_only_when_every_cell_has_its_sign() -> None:
    lines = passport(names="KIM<<QUOC")
    signs = signs_in(drawn(lines))
    read = [line.replace("<", "") for line in lines]
    assert signs.put_back(read) == signs.put_back([" ".join(line) for line in read]) == lines
    for wrong in ([], read[:1], [*read, "A"], [read[0] + "K", read[1]], [read[0][1:], read[1]]):
        assert signs.put_back(wrong) is None


@pytest.mark.parametrize(("number", "doubt"), [("C12345678", False), ("ZO1234567", True), ("612345678", True)])
def test_numbers_whose_misreading_no_check_digit_sees_are_in_doubt(number: str, doubt: bool) -> None:
    assert in_doubt(number) is doubt
    if number.startswith("6"):
        assert mrz.check_digit(number) == mrz.check_digit("G" + number[1:])


def test_a_file_that_is_no_font_reads_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "broken.otf"
    broken.write_bytes(b"no font")
    assert open_font(broken) is open_font(tmp_path / "missing.otf") is None
