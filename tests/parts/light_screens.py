"""What the kiosk reads from pictures of a phone's screen: the codes on it, and a declaration by light from its frames.

The decoder and the collector are the kiosk's own. A picture is a PNG, as Playwright's `page.screenshot()` gives it.
"""

import io
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kiosk.devices.choose import open_decoder
from kiosk.devices.config import DecoderConfig
from kiosk.light import Collector, Complete
from wire.light import LightDeclaration
from wire.light_frames import has_prefix

FRAME_MS = 166  # six frames a second


def gray(png: bytes) -> NDArray[np.uint8]:
    """The picture as the camera's luma, shape (height, width)."""
    return np.asarray(Image.open(io.BytesIO(png)).convert("L"), dtype=np.uint8)


def texts_on(png: bytes) -> list[str]:
    """The texts of the codes on one screen, as the gate's decoder reads them."""
    return texts_in(gray(png))


def texts_in(picture: NDArray[np.uint8]) -> list[str]:
    """The same of a picture that a test has spoilt first (glare, tilt, blur)."""
    decoder = open_decoder(DecoderConfig())
    try:
        return [symbol.text for symbol in decoder.decode(picture)]
    finally:
        decoder.close()


def read_screens(pngs: Iterable[bytes]) -> LightDeclaration | None:
    """The declaration that these screens show, taken in their order; None while parts of it are missing."""
    collector = Collector()
    for number, png in enumerate(pngs):
        for text in filter(has_prefix, texts_on(png)):
            taken = collector.step(text, number * FRAME_MS)
            if isinstance(taken, Complete):
                return taken.declaration
    return None
