"""Paper that was folded, torn along the fold or bent: read where zxing-cpp and zbar are blind, and nothing invented."""

import io
import time
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from kiosk.bench.drawing import draw_code
from kiosk.devices.decoder_stream import StreamDecoder
from kiosk.devices.decoder_thorough import ThoroughDecoder
from kiosk.devices.decoder_zxing import look, read_drawn
from kiosk.devices.finders import find_corners
from kiosk.devices.unfold import unfold
from tests.bench.frames import EMPTY, TEXTS, VGA, Gray, drawn, empty
from tests.bench.paper import FOLDS, folded

PX = 4


def on_a_wall(code: Gray) -> Gray:
    scene = np.full(VGA, 120, np.uint8)
    height, width = code.shape
    top, left = (VGA[0] - height) // 2, (VGA[1] - width) // 2
    scene[top : top + height, left : left + width] = code
    return scene


def slipped(code: Gray, modules: float) -> Gray:
    """The lower half moved to the right, its paper a little darker."""
    out = code.copy()
    half = len(code) // 2
    out[half:] = np.roll(code[half:], round(modules * PX), axis=1) * 0.85
    return out


def worn(code: Gray) -> Gray:
    """Within the fold one row of modules has come off."""
    out = code.copy()
    middle = len(code) // 2
    out[middle - PX // 2 : middle + PX // 2] = 240
    return out


def leaning(code: Gray) -> Gray:
    """Both halves lean: at their far edges they stand 2.4 modules aside. Nearest pixels will do."""
    height, width = code.shape
    rows, columns = np.mgrid[0:height, 0:width]
    aside = np.abs(rows - height // 2) * 2.4 * PX / (height // 2)
    return np.where(
        columns < aside, 240, code[rows, np.clip(columns - aside.round().astype(int), 0, width - 1)]
    ).astype(np.uint8)


def in_four(code: Gray) -> Gray:
    return np.asarray(leaning(np.ascontiguousarray(leaning(code).T)).T, dtype=np.uint8)


def read(gray: Gray) -> list[str]:
    return [symbol.text for symbol in unfold(gray, codes=2, sizes=2, halves=2).symbols]


FAULTS: dict[str, Callable[[Gray], Gray]] = {
    "half a module aside": lambda code: slipped(code, 0.5),
    "a module aside": lambda code: slipped(code, 1),
    "a module and a half aside": lambda code: slipped(code, -1.5),
    "leaning": leaning,
    "leaning, worn white": lambda code: worn(leaning(code)),
    "in four": in_four,
    "in four, worn white": lambda code: np.asarray(worn(np.ascontiguousarray(worn(in_four(code)).T)).T),
}


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fold_is_read_whichever_way_the_paper_is_held(fault: str, turns: int) -> None:
    picture = on_a_wall(np.rot90(FAULTS[fault](drawn(TEXTS[0], PX)), turns))
    assert read(picture) == [TEXTS[0]]


@pytest.mark.parametrize("group", FOLDS)
def test_generated_paper_is_mostly_read_and_never_as_another_text(group: str) -> None:
    pictures = [picture for picture in folded(7, seed=3) if picture.group == group]
    answers = [(read(picture.gray), picture.text) for picture in pictures]
    assert all(texts in ([], [text]) for texts, text in answers)
    assert sum(bool(texts) for texts, _ in answers) >= len(pictures) // 2


@pytest.mark.timed
@pytest.mark.parametrize("crease", range(4, 11))
def test_the_creased_paper_of_the_bench_page_is_read_by_decode_and_by_the_gate(crease: int) -> None:
    data = draw_code(TEXTS[0], {"crease": crease, "tilt": 12, "size": 5})
    gray = np.asarray(Image.open(io.BytesIO(data)))
    assert look(gray).symbols == []
    assert [symbol.text for symbol in ThoroughDecoder(None).decode(gray)] == [TEXTS[0]]
    gate = StreamDecoder(None)
    assert any(gate.decode(gray) for _ in range(20))


def test_nothing_is_invented_where_there_is_no_code() -> None:
    rng = np.random.default_rng(1)
    pictures = [picture.gray for kind in EMPTY for picture in empty(kind, 8)]
    pictures += [rng.integers(0, 256, (200, 200)).astype(np.uint8) for _ in range(8)]
    assert [read(picture) for picture in pictures] == [[]] * len(pictures)


def test_a_code_whose_modules_are_noise_is_seen_and_not_read() -> None:
    """True finder and timing patterns around random modules: the nearest that chance comes to a code."""
    rng = np.random.default_rng(2)
    for _ in range(4):
        code = drawn(TEXTS[0], 1)
        inside = slice(4 + 9, -4 - 9)
        code[inside, inside] = rng.integers(0, 2, code[inside, inside].shape) * 255
        unfolded = unfold(on_a_wall(code.repeat(PX, axis=0).repeat(PX, axis=1)), codes=2, sizes=2, halves=2)
        assert (unfolded.symbols, unfolded.proven) == ([], True)


def test_random_modules_do_not_pass_for_text() -> None:
    rng = np.random.default_rng(3)
    for dim in (29, 41, 57):
        for _ in range(100):
            code = rng.integers(0, 2, (dim, dim)).repeat(3, axis=0).repeat(3, axis=1) * 255
            assert read_drawn(np.pad(code, 12, constant_values=255).astype(np.uint8)) == []


@pytest.mark.parametrize("shape", [(0, 0), (1, 700), (13, 13), (14, 14), (60, 17)])
def test_any_size_of_picture_is_taken(shape: tuple[int, int]) -> None:
    assert not unfold(np.zeros(shape, np.uint8), codes=4, sizes=3, halves=2).proven
    noise = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
    assert unfold(noise, codes=4, sizes=3, halves=2).symbols == []


def test_finders_are_found_at_three_pixels_a_module_turned_and_in_order() -> None:
    turned = Image.fromarray(drawn(TEXTS[0], 3)).rotate(20, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    best = find_corners(on_a_wall(np.asarray(turned)))[0]
    across, below = best.module(45)
    assert np.hypot(*across) == pytest.approx(3, abs=0.05)
    assert np.hypot(*below) == pytest.approx(3, abs=0.05)
    assert np.rad2deg(np.arctan2(-across[1], across[0])) == pytest.approx(20, abs=0.5)
    assert best.modules == pytest.approx(45, abs=3)


def test_the_worst_picture_takes_a_bounded_time() -> None:
    """Many finders and no code: 48 of them, in ranks."""
    ring = np.maximum(*np.abs(np.indices((9, 9)) - 4))
    finder = np.where((ring != 2) & (ring != 4), 0, 255).astype(np.uint8)
    ranks = np.tile(np.pad(finder, 5, constant_values=255), (6, 8)).repeat(4, axis=0).repeat(4, axis=1)
    begun = time.process_time()
    assert unfold(ranks[:480, :640], codes=4, sizes=3, halves=2).symbols == []
    assert time.process_time() - begun < 2
