"""Picture files -> gray arrays, within bounds, whatever the file holds. Used by the simulated camera and `decode`.

- PNG, JPEG, GIF, WebP, told by content and not by name; nothing else is opened.
- At most 64 MiB of file and 50 million pixels (all frames together): a small file can unfold to gigabytes.
- EXIF orientation is applied; see-through pixels are laid on white and, as a second frame, on black (a code may be
  drawn in either); more than 8 bits a channel is stretched to the full range; CMYK and palettes become luma.
- Of an animation the first 8 frames are taken.
"""

import io
import struct
import warnings
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

Gray = NDArray[np.uint8]

FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
MAX_BYTES = 64 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_FRAMES = 8

# What Pillow raises on broken files differs by plugin and by how they are broken; these are the kinds met by fuzzing.
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, OverflowError, struct.error,
           ZeroDivisionError, AttributeError, MemoryError, RuntimeError)  # fmt: skip


class BadPicture(Exception):
    """This file gives no picture. `reason`: empty_file, file_too_large, unsupported_format, too_many_pixels, broken."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_gray(data: bytes) -> list[Gray]:
    """Give the pictures in `data` as gray arrays of shape (height, width), at least one. Raises BadPicture."""
    if not data:
        raise BadPicture("empty_file")
    if len(data) > MAX_BYTES:
        raise BadPicture("file_too_large")
    try:
        with warnings.catch_warnings():
            # Pillow warns of large pictures and odd metadata; our own bounds below decide instead.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                return [gray for frame in _frames(image) for gray in _to_gray(frame)]
    except BadPicture:
        raise
    except UnidentifiedImageError:
        raise BadPicture("unsupported_format") from None
    except Image.DecompressionBombError:
        raise BadPicture("too_many_pixels") from None
    except _BROKEN as error:
        raise BadPicture("broken") from error


def _frames(image: Image.Image) -> Iterator[Image.Image]:
    pixels = image.width * image.height
    if pixels > MAX_PIXELS:
        raise BadPicture("too_many_pixels")
    count = min(getattr(image, "n_frames", 1), MAX_FRAMES, MAX_PIXELS // max(pixels, 1))
    for index in range(max(count, 1)):
        try:
            if index:
                image.seek(index)
            image.load()
        except _BROKEN:
            if not index:
                raise
            return  # the file ends within a later frame; the ones before it are whole
        yield image if index else _upright(image)


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except _BROKEN:
        return image  # a picture with nonsense in its EXIF block is still a picture


def _to_gray(image: Image.Image) -> Iterator[Gray]:
    if image.mode.startswith("I") or image.mode == "F":
        yield _stretch(np.asarray(image, dtype=np.float32))
    elif image.has_transparency_data:
        see_through = image.convert("RGBA")
        for ground in (255, 0):
            sheet = Image.new("RGBA", see_through.size, (ground, ground, ground, 255))
            yield np.asarray(Image.alpha_composite(sheet, see_through).convert("L"))
    else:
        yield np.asarray(image.convert("L"))


def _stretch(values: NDArray[np.float32]) -> Gray:
    """Any range of numbers -> 0..255. Cameras write 10 or 12 bits into 16: unstretched, such a picture is black."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if not high > low or not np.isfinite(high - low):
        return np.zeros(values.shape, np.uint8)
    return np.asarray(np.nan_to_num((values - low) * (255 / (high - low))), dtype=np.uint8)


def shrink(gray: Gray, longest: int) -> Gray:
    """`gray` itself, or scaled down so that its longer side is `longest` pixels."""
    height, width = gray.shape
    if max(height, width) <= longest:
        return gray
    scale = longest / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(Image.fromarray(np.ascontiguousarray(gray)).resize(size, Image.Resampling.BOX, reducing_gap=2.0))
