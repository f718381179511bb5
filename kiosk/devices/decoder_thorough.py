"""The decoder for single pictures (`python -m kiosk decode`): both libraries always; when neither reads, all we know.

It never gives less than zxing-cpp and zbar give by themselves, and stops at the first treatment that reads something.
"""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from kiosk.devices import treatments
from kiosk.devices.decoder_zxing import look
from kiosk.devices.pictures import shrink
from kiosk.devices.unfold import unfold
from kiosk.ports import Decoder, Symbol

Gray = NDArray[np.uint8]
# Photographs are larger than their codes need: beyond 1600 px a code that fills a tenth of it has 2 px a module.
LONGEST = 1600
WHOLE = (treatments.enlarge, treatments.sharpen, treatments.sharpen_large, treatments.soften, treatments.close_gaps)
PART = (treatments.sharpen_large, treatments.enlarge, treatments.sharpen_hard, treatments.soften, treatments.close_gaps)


class ThoroughDecoder:
    """Decoder port without a budget of time; `zbar` may be None. Bounded: some 20 looks at 10 Mpx each at most."""

    def __init__(self, zbar: Decoder | None) -> None:
        self._zbar = zbar
        self._closed = False

    def decode(self, gray: Gray) -> list[Symbol]:
        """Seconds for a photograph that holds no readable code, else mostly under 0.2 s."""
        if self._closed or gray.ndim != 2 or not gray.size:
            return []
        first = look(gray)
        found = _by_text([*first.symbols, *self._ask_zbar(gray)])
        if found:
            return found
        for treated in self._chances(gray, first.places):
            if found := _by_text(treated()):
                return found
        return []

    def _chances(self, gray: Gray, places: list[tuple[int, int, int, int]]) -> Iterator[Callable[[], list[Symbol]]]:
        """Looks that may still read something, cheapest and likeliest first."""
        parts = [treatments.crop(gray, place) for place in sorted(places, key=_area, reverse=True)[:3]]
        for part in (shrink(part, LONGEST // 2) for part in parts if part.size):
            for treat in PART:
                yield partial(_look_at, treat, part)
            yield partial(self._ask_treated, treatments.sharpen_large, part)
        small = shrink(gray, LONGEST)
        yield partial(_unfold, small, codes=4)
        if parts and (whole := treatments.crop(gray, treatments.around(places))).size:
            yield partial(_unfold, treatments.enlarge(shrink(whole, LONGEST // 2)), codes=2)
        if small is not gray:
            yield partial(_look_at, _as_it_is, small)
            yield partial(self._ask_treated, _as_it_is, small)
        for treat in WHOLE:
            yield partial(_look_at, treat, small)
        yield partial(self._ask_treated, _inverted, small)
        yield partial(self._ask_treated, treatments.sharpen_large, small)
        if small.size <= treatments.LARGEST:
            yield partial(_look_at, treatments.sharpen_hard, small)
            yield partial(_look_at, partial(treatments.enlarge, factor=3), small)

    def _ask_treated(self, treat: Callable[[Gray], Gray], gray: Gray) -> list[Symbol]:
        return self._ask_zbar(treat(gray))

    def _ask_zbar(self, gray: Gray) -> list[Symbol]:
        return self._zbar.decode(gray) if self._zbar else []

    def close(self) -> None:
        """End the zbar child."""
        self._closed = True
        if self._zbar:
            self._zbar.close()


def _look_at(treat: Callable[[Gray], Gray], gray: Gray) -> list[Symbol]:
    return look(treat(gray)).symbols


def _unfold(gray: Gray, codes: int) -> list[Symbol]:
    return unfold(gray, codes=codes, sizes=3, halves=2).symbols


def _as_it_is(gray: Gray) -> Gray:
    return gray


def _inverted(gray: Gray) -> Gray:
    return np.asarray(255 - gray, dtype=np.uint8)


def _area(place: tuple[int, int, int, int]) -> int:
    return (place[1] - place[0]) * (place[3] - place[2])


def _by_text(symbols: list[Symbol]) -> list[Symbol]:
    """The first finder of each text stays."""
    return list({symbol.text: symbol for symbol in reversed(symbols)}.values())[::-1]
