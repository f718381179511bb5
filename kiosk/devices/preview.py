"""A gray frame -> the small JPEG of the live preview. At most 3 ms of CPU (tests/bench/decode.py)."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIZE = (320, 240)
QUALITY = 60


def small_jpeg(gray: NDArray[np.uint8]) -> bytes:
    """`gray`, (height, width), fitted into 320x240 with its own proportions, as a gray JPEG of 5 to 15 KB.

    Whole steps of size are taken by picking pixels (free) down to twice the goal, the rest by averaging.
    """
    height, width = gray.shape
    step = max(1, int(0.5 * max(width / SIZE[0], height / SIZE[1])))
    image = Image.fromarray(np.ascontiguousarray(gray[::step, ::step]))
    scale = min(SIZE[0] / image.width, SIZE[1] / image.height, 1.0)
    if scale < 1:
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        half = image.width == 2 * size[0] and image.height == 2 * size[1]
        image = image.reduce(2) if half else image.resize(size, Image.Resampling.BILINEAR)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
