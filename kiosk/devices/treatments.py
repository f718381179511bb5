"""Pictures made easier to read for a second look. Pillow, not OpenCV: 40 MB less in the gate.

What each brings was measured on 960 generated 640x480 frames (blurred, creased, 1.5 to 4 px a module, and so on) in
which a plain look found nothing: of 62 codes seen but not read, `sharpen_large` on the place alone reads 20 for 4 ms
each (zbar on the same: 20, not all the same ones); of 93 not even seen, `sharpen` on the whole frame reads 17 for 19
ms, `enlarge` 8 for 10 ms, 4 of them others. Contrast stretching and median filters brought none of their own.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Gray = NDArray[np.uint8]
# Top, bottom, left, right, in pixels.
Place = tuple[int, int, int, int]
# Above this a doubled picture costs more than a further frame brings: 1280x960.
LARGEST = 1280 * 960


def crop(gray: Gray, place: Place) -> Gray:
    """This part of a picture; may be empty."""
    top, bottom, left, right = place
    return gray[top:bottom, left:right]


def around(places: Sequence[Place]) -> Place:
    """The place that holds all of these, of which there is at least one."""
    tops, bottoms, lefts, rights = zip(*places, strict=True)
    return min(tops), max(bottoms), min(lefts), max(rights)


def _image(gray: Gray) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(gray))


def _scaled(image: Image.Image, factor: float) -> Image.Image:
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    return image.resize(size, Image.Resampling.BICUBIC)


def _gray(image: Image.Image) -> Gray:
    return np.asarray(image)


def enlarge(gray: Gray, factor: float = 2) -> Gray:
    """Twice the size: modules under 2 px come apart."""
    return _gray(_scaled(_image(gray), factor))


def crisp(gray: Gray) -> Gray:
    """Sharpen a little: for `unfold`, which reads 102 instead of 89 of 112 folded codes so (stronger: fewer again)."""
    return _gray(_image(gray).filter(ImageFilter.UnsharpMask(1.5, 200, 0)))


def sharpen(gray: Gray) -> Gray:
    """Sharpen, then double: cheaper than the other way round, for whole frames out of focus."""
    return _gray(_scaled(_image(gray).filter(ImageFilter.UnsharpMask(1.5, 900, 0)), 2))


def sharpen_large(gray: Gray) -> Gray:
    """Double, then sharpen: reads more than `sharpen` at twice its cost, for small parts of a frame."""
    return _gray(_scaled(_image(gray), 2).filter(ImageFilter.UnsharpMask(3, 600, 0)))


def sharpen_hard(gray: Gray) -> Gray:
    """Triple, then sharpen strongly: the most that was found to help, far too slow for a live picture."""
    return _gray(_scaled(_image(gray), 3).filter(ImageFilter.UnsharpMask(4, 900, 0)))


def soften(gray: Gray) -> Gray:
    """Double, then blur: for sensor noise and coarse print."""
    return _gray(_scaled(_image(gray), 2).filter(ImageFilter.BoxBlur(1.5)))


def close_gaps(gray: Gray) -> Gray:
    """Let light win within 3 px, then double: fine dark creases and scratches go."""
    return _gray(_scaled(_image(gray).filter(ImageFilter.MaxFilter(3)).filter(ImageFilter.MinFilter(3)), 2))
