"""The gate's decoder over a live picture: what a visitor with a poor code gets, and what a child's death costs."""

import ctypes.util
import os
import signal
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image, ImageFilter

from kiosk.devices.decoder_stream import Scene, StreamDecoder
from kiosk.devices.decoder_zbar import ZbarDecoder
from kiosk.devices.decoder_zxing import look
from tests.bench.frames import TEXTS, VGA, Gray, drawn, empty
from tests.needs import need
from tests.unit.devices import wait_until

pytestmark = pytest.mark.timed

WALL = [picture.gray for picture in empty("still room", 8)]


@pytest.fixture
def zbar() -> Iterator[ZbarDecoder]:
    need(ctypes.util.find_library("zbar") is not None, "libzbar0")
    decoder = ZbarDecoder(wait_s=5, start_s=0)
    yield decoder
    decoder.close()


def held(code: Gray, noise: float = 1.0, seed: int = 1) -> Gray:
    """The code on a card in the middle of a plain wall."""
    scene = np.full(VGA, 120.0)
    height, width = code.shape
    top, left = (VGA[0] - height) // 2, (VGA[1] - width) // 2
    scene[top : top + height, left : left + width] = code
    scene += np.random.default_rng(seed).normal(0, noise, VGA)
    return np.asarray(np.clip(scene, 0, 255), dtype=np.uint8)


def blurred(text: str, radius: float) -> Gray:
    return np.asarray(Image.fromarray(drawn(text, 3)).filter(ImageFilter.GaussianBlur(radius)))


def fall_asleep(decoder: StreamDecoder) -> None:
    for index in range(150):
        assert decoder.decode(WALL[index % len(WALL)]) == []


def test_a_code_before_a_sleeping_gate_is_read_in_its_first_frame() -> None:
    decoder = StreamDecoder(None)
    for seed in range(7):
        fall_asleep(decoder)
        assert [symbol.text for symbol in decoder.decode(held(drawn(TEXTS[0]), seed=seed))] == [TEXTS[0]]


def test_light_on_dark_is_read_within_three_frames() -> None:
    decoder = StreamDecoder(None)
    fall_asleep(decoder)
    inverted = np.asarray(255 - drawn(TEXTS[0]), dtype=np.uint8)
    assert any(decoder.decode(held(inverted, seed=seed)) for seed in range(3))


def test_a_code_out_of_focus_is_read_by_second_looks(zbar: ZbarDecoder) -> None:
    radius = next(r / 10 for r in range(10, 40) if not look(held(blurred(TEXTS[3], r / 10))).symbols)
    decoder = StreamDecoder(zbar)
    fall_asleep(decoder)
    texts = {symbol.text for seed in range(45) for symbol in decoder.decode(held(blurred(TEXTS[3], radius), seed=seed))}
    assert texts == {TEXTS[3]}


def test_the_gate_reads_on_while_zbar_is_dead(zbar: ZbarDecoder) -> None:
    decoder = StreamDecoder(zbar)
    zbar.decode(WALL[0])
    assert wait_until(lambda: zbar.decode(drawn("x")))
    assert zbar.pid is not None
    os.kill(zbar.pid, signal.SIGKILL)
    for seed in range(60):
        decoder.decode(held(blurred(TEXTS[3], 2.5), seed=seed))
    assert [symbol.text for symbol in decoder.decode(held(drawn(TEXTS[0])))] == [TEXTS[0]]


def test_sensor_noise_is_no_change_and_a_hand_is() -> None:
    for kind, limit in (("still room", 0), ("dark room", 0)):
        scene = Scene()
        changes = sum(scene.changed(picture.gray) for picture in empty(kind, 40))
        assert changes - 1 <= limit
    scene = Scene()
    assert scene.changed(held(drawn("a")))
    assert not scene.changed(held(drawn("a"), seed=9))
    assert scene.changed(WALL[0])


@pytest.mark.parametrize("shape", [(59, 640), (480, 79), (0, 0), (60, 80), (1079, 1919)])
def test_a_scene_of_any_size_is_compared_or_taken_as_changed(shape: tuple[int, int]) -> None:
    scene = Scene()
    assert scene.changed(np.zeros(shape, np.uint8))
    assert scene.changed(np.full(shape, 255, np.uint8))
