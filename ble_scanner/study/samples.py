"""PURE. RSSI samples with the true distance, and the windows of a pair that they make up."""

from collections import defaultdict
from collections.abc import Iterable
from statistics import fmean, median
from typing import NamedTuple


class Sample(NamedTuple):
    """One report of a recording.

    scene   what the recording is of, e.g. "scenario03-office"
    pair    who heard whom: phones differ, and so do the two directions
    at_s    seconds, on a clock of the recording
    rssi    dBm
    metres  the true distance at that moment
    """

    scene: str
    pair: str
    at_s: float
    rssi: float
    metres: float


class Window(NamedTuple):
    """The samples of a pair in some minutes: strongest, mean and third strongest RSSI (the weakest, of fewer than
    three), the median and the least of the true distances."""

    scene: str
    strongest: float
    mean: float
    third: float
    metres: float
    nearest: float
    samples: int


def windows(samples: Iterable[Sample], seconds: float) -> list[Window]:
    """The windows of each pair, counted from the first sample of its scene."""
    begins: dict[str, float] = {}
    held = list(samples)
    for sample in held:
        begins[sample.scene] = min(sample.at_s, begins.get(sample.scene, sample.at_s))
    parts: dict[tuple[str, str, int], list[Sample]] = defaultdict(list)
    for sample in held:
        number = int((sample.at_s - begins[sample.scene]) // seconds)
        parts[sample.scene, sample.pair, number].append(sample)
    return [_window(key[0], part) for key, part in parts.items()]


def _window(scene: str, part: list[Sample]) -> Window:
    levels = sorted((sample.rssi for sample in part), reverse=True)
    metres = [sample.metres for sample in part]
    third = levels[min(2, len(levels) - 1)]
    return Window(scene, levels[0], fmean(levels), third, median(metres), min(metres), len(part))
