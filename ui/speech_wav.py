"""WAV files of one voice after another. Pure.

Canonical PCM: "RIFF" size "WAVE" "fmt " 16 ..., mono, 16 bit, "data" size (Multimedia Programming Interface and Data
Specifications 1.0, 1991). A program that writes to a pipe cannot go back to its header: espeak-ng names 2 GB there,
so that sizes are not believed but counted.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

HEADER_B = 44
PAUSE_S = 0.3  # about that of a full stop


class Sound(NamedTuple):
    """`rate` in samples a second; `samples` of 16 bit, little-endian, mono."""

    rate: int
    samples: bytes


def read(wav: bytes) -> Sound | None:
    """What a canonical file holds; None when it is another one, or empty."""
    if len(wav) < HEADER_B + 2 or wav[:4] != b"RIFF" or wav[8:16] != b"WAVEfmt " or wav[36:40] != b"data":
        return None
    form, channels, bits = (int.from_bytes(wav[at : at + 2], "little") for at in (20, 22, 34))
    rate = int.from_bytes(wav[24:28], "little")
    if (form, channels, bits) != (1, 1, 16) or not 8_000 <= rate <= 48_000:
        return None
    return Sound(rate, wav[HEADER_B : len(wav) - len(wav) % 2])


def joined(sounds: Sequence[Sound]) -> bytes:
    """One file at the highest of the rates, with pauses between. Raises ValueError without any sound."""
    rate = max(sound.rate for sound in sounds)
    parts = [_at(sound, rate) for sound in sounds]
    pause = bytes(2 * int(PAUSE_S * rate))
    samples = parts[0] + b"".join(pause + after for _, after in pairwise(parts))
    numbers = ((len(samples) + HEADER_B - 8, 4), (16, 4), (1, 2), (1, 2), (rate, 4), (2 * rate, 4), (2, 2), (16, 2))
    size, *form = (number.to_bytes(width, "little") for number, width in numbers)
    return b"".join((b"RIFF", size, b"WAVEfmt ", *form, b"data", len(samples).to_bytes(4, "little"), samples))


def _at(sound: Sound, rate: int) -> bytes:
    """The same sound at a higher rate: straight lines between samples, which speech bears."""
    if sound.rate == rate:
        return sound.samples
    old = np.frombuffer(sound.samples, "<i2")
    places = np.arange(len(old) * rate // sound.rate) * (sound.rate / rate)
    higher = np.interp(places, np.arange(len(old)), old).astype("<i2")
    return bytes(higher.tobytes())
