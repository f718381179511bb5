"""The live preview and the computed sounds."""

import io
import wave

import numpy as np
import pytest
from PIL import Image

from kiosk.devices.preview import small_jpeg
from kiosk.devices.tones import NOTES, RATE, wav


@pytest.mark.parametrize(
    ("shape", "size"),
    [((480, 640), (320, 240)), ((720, 1280), (320, 180)), ((600, 800), (320, 240)), ((100, 90), (90, 100)),
     ((1600, 200), (30, 240)), ((1, 1), (1, 1))],
)  # fmt: skip
def test_the_preview_keeps_proportions_within_320_by_240(shape: tuple[int, int], size: tuple[int, int]) -> None:
    image = Image.open(io.BytesIO(small_jpeg(np.full(shape, 99, np.uint8))))
    assert image.format == "JPEG"
    assert image.mode == "L"
    assert image.size == size


def test_the_preview_takes_a_crop_of_a_larger_buffer() -> None:
    buffer = np.zeros((480, 768), np.uint8)
    buffer[:, :640] = 200
    assert np.asarray(Image.open(io.BytesIO(small_jpeg(buffer[:, :640])))).min() > 150


@pytest.mark.parametrize("name", NOTES)
def test_each_sound_is_a_short_wav_that_fits_into_a_pipe(name: str) -> None:
    data = wav(name, 0.6)
    assert len(data) < 64 * 1024
    with wave.open(io.BytesIO(data)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, RATE)
        assert 0.04 < sound.getnframes() / RATE < 1.0
        samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
    assert 15_000 < np.abs(samples.astype(int)).max() < 20_000
    assert abs(int(samples[0])) < 300 and abs(int(samples[-1])) < 300


def test_no_two_sounds_are_alike() -> None:
    assert len({wav(name, 0.6) for name in NOTES}) == len(NOTES)


def test_an_unknown_sound_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        wav("song", 0.6)
