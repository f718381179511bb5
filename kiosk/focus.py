"""PURE. How sharp a picture is, as one number that a hand can turn a lens by.

- Tenengrad: mean of the squared Sobel gradient (Krotkov, Focusing, IJCV 1, 1987), of the middle of the picture, where
  codes are held; divided by the variance there, so that a darker lamp is not taken for a softer lens.
- The number says more or less, never enough: what is enough depends on what hangs before the lens. So the bar is
  drawn against the best since the technician began to turn.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

SOFT = 12.0  # a code of 3 pixels a module is read down to about here (drawn codes, blurred with a Gaussian of 2 pixels)
WATCHED_S = 3.0  # a page asks several times a second
FLAT = 100.0  # variance of gray levels below which there is nothing to focus on: a wall, a cap


def sharpness(gray: NDArray[np.uint8]) -> float | None:
    """0..100 of the middle half of `gray` (height, width); None when there is nothing to focus on."""
    height, width = gray.shape
    middle = gray[height // 4 : height - height // 4, width // 4 : width - width // 4].astype(np.float32)
    if min(middle.shape) < 8 or (spread := float(middle.var())) < FLAT:
        return None
    across = middle[:, 2:] - middle[:, :-2]
    down = middle[2:, :] - middle[:-2, :]
    gx = across[:-2] + 2 * across[1:-1] + across[2:]
    gy = down[:, :-2] + 2 * down[:, 1:-1] + down[:, 2:]
    energy = float((gx * gx + gy * gy).mean()) / spread
    # Drawn codes with sharp edges give 25 to 40, whatever their size: this fills the bar.
    return round(min(100.0, energy / 40 * 100), 1)


class FocusMeter:
    """The newest sharpness and the best since `reset`. Costs nothing while nobody has asked for a while."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._asked_at = -WATCHED_S
        self._value: float | None = None
        self._best = 0.0

    def take(self, gray: NDArray[np.uint8]) -> None:
        """A picture, from the camera's thread."""
        if not self.awake():
            return
        value = sharpness(gray)
        self._value, self._best = value, max(self._best, value or 0.0)

    def awake(self) -> bool:
        """Whether somebody watches."""
        return self._now() - self._asked_at <= WATCHED_S

    def read(self) -> tuple[float | None, float]:
        """(now, best), 0..100; asking keeps it awake."""
        asleep = not self.awake()
        self._asked_at = self._now()
        if asleep:
            self._value, self._best = None, 0.0
        return self._value, self._best
