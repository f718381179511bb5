"""The gate's decoder: zxing-cpp on the frames that `looks` names, second looks within its purse, zbar in its child.

[] does not mean that a held code has gone: one that only a full look reads (light on dark, say) is given in each third
frame, and a poor one when a second look succeeds. The gate's debounce has to bear such gaps. Frames are skipped only
when nothing has moved for three seconds and no code was read in them.
"""

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from kiosk.devices import treatments
from kiosk.devices.decoder_zxing import Sight, look
from kiosk.devices.looks import CHANGED, Attention, Look, Treatment
from kiosk.devices.unfold import unfold
from kiosk.ports import Decoder, Symbol

Gray = NDArray[np.uint8]
# The coarse picture: 15 x 20 cells, each the mean of 4 x 4 pixels spread over it.
ROWS, COLUMNS, SAMPLES = 15, 20, 4


class Scene:
    """Tells whether a frame differs from the last one that did. About 15 us for a frame of any size."""

    def __init__(self) -> None:
        self._last: NDArray[np.int32] | None = None

    def changed(self, gray: Gray) -> bool:
        """True for the first frame and for each that differs by more than CHANGED somewhere."""
        now = _coarse(gray)
        if now is None:
            return True
        if self._last is not None and int(np.abs(now - self._last).max()) <= CHANGED * SAMPLES * SAMPLES:
            return False
        self._last = now
        return True


def _coarse(gray: Gray) -> NDArray[np.int32] | None:
    height, width = gray.shape
    down, right = height // (ROWS * SAMPLES), width // (COLUMNS * SAMPLES)
    if not down or not right:
        return None
    spread = gray[: ROWS * SAMPLES * down : down, : COLUMNS * SAMPLES * right : right]
    cells = spread.reshape(ROWS, SAMPLES, COLUMNS, SAMPLES)
    return np.asarray(cells.sum(axis=(1, 3), dtype=np.int32))


class StreamDecoder:
    """Decoder port for the frames of one camera, in time order. `zbar` may be None; `clock` gives seconds."""

    def __init__(self, zbar: Decoder | None, clock: Callable[[], float] = time.perf_counter) -> None:
        self._zbar, self._clock = zbar, clock
        self._scene, self._attention = Scene(), Attention()
        self._closed = False

    def decode(self, gray: Gray) -> list[Symbol]:
        """About 0.1 ms (nothing moves) to 30 ms (a poor code) on a desktop, 100 ms where paper is unfolded in vain.

        A hung zbar child adds its bound.
        """
        if self._closed or gray.ndim != 2:
            return []
        begun = self._clock()
        choice = self._attention.next_look(self._scene.changed(gray))
        if choice is Look.SKIP:
            self._attention.paid(choice, self._clock() - begun)
            return []
        sight = look(gray, full=choice is Look.FULL)
        if sight.symbols:
            self._attention.found()
            return sight.symbols
        self._attention.paid(choice, self._clock() - begun)
        treatment = self._attention.second_look(seen=bool(sight.places))
        return [] if treatment is None else self._look_again(gray, sight, treatment)

    def _look_again(self, gray: Gray, sight: Sight, treatment: Treatment) -> list[Symbol]:
        begun = self._clock()
        proven = False
        if treatment is Treatment.PLACE_UNFOLD:
            symbols, proven = self._unfolded(gray)
        else:
            symbols = self._treated(gray, sight, treatment)
        if symbols:
            self._attention.found()
        else:
            self._attention.paid_second(self._clock() - begun, proven=proven)
        return symbols

    def _unfolded(self, gray: Gray) -> tuple[list[Symbol], bool]:
        """In the whole frame: of a folded code often not every corner is among the places."""
        if gray.size > treatments.LARGEST:
            return [], False
        unfolded = unfold(gray, codes=1, sizes=2, halves=1)
        return unfolded.symbols, unfolded.proven

    def _treated(self, gray: Gray, sight: Sight, treatment: Treatment) -> list[Symbol]:
        if treatment in (Treatment.PLACE_SHARP, Treatment.PLACE_ZBAR):
            # The largest place is the whole code; smaller ones are its finder patterns taken for codes.
            part = treatments.crop(gray, max(sight.places, key=lambda p: (p[1] - p[0]) * (p[3] - p[2])))
            if not 0 < part.size <= treatments.LARGEST:
                return []
            sharp = treatments.sharpen_large(part)
            return self._ask_zbar(sharp) if treatment is Treatment.PLACE_ZBAR else look(sharp, full=False).symbols
        if treatment is Treatment.WHOLE_ZBAR:
            return self._ask_zbar(gray)
        if gray.size > treatments.LARGEST:
            return []
        treat = treatments.sharpen if treatment is Treatment.WHOLE_SHARP else treatments.enlarge
        return look(treat(gray), full=False).symbols

    def _ask_zbar(self, gray: Gray) -> list[Symbol]:
        return self._zbar.decode(gray) if self._zbar else []

    def close(self) -> None:
        """End the zbar child."""
        self._closed = True
        if self._zbar:
            self._zbar.close()
