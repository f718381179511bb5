"""A citizen's picture: read within limits, and written anew, so that nothing a camera put into the file stays in it.

A small file can be a large picture: one is decoded at a time, and only a baseline JPEG, which is decoded no larger than
it is needed, may have as many pixels as a telephone's.
"""

import io
import threading

from PIL import Image, ImageOps, UnidentifiedImageError

from wire.refusal import Refused

MOST_BYTES = 1_000_000
MOST_PIXELS = 30_000_000  # of a baseline JPEG: a telephone's whole picture
WHOLE_PIXELS = 12_000_000  # of what is decoded whole: 36 MB as RGB
_SIDE = 1280
_KEPT_BYTES = 200_000
_SIZES = ((_SIDE, 75), (_SIDE, 50), (960, 50), (640, 50))  # (longest side in px, JPEG quality), the first that fits
_WAIT_S = 2.0
_ERRORS = (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning)
_one_at_a_time = threading.BoundedSemaphore(1)  # for the memory of this machine, whichever site asks


def small_picture(data: bytes) -> bytes:
    """A JPEG of at most 200 kB and 1280 px, upright, of pixels alone. Raises Refused: bad_picture, too_fast."""
    if len(data) > MOST_BYTES:
        raise Refused("bad_picture", "too large")
    if not _one_at_a_time.acquire(timeout=_WAIT_S):
        raise Refused("too_fast", "pictures")
    try:
        return _written(_upright(data))
    except Refused:
        raise
    except (*_ERRORS, OSError, ValueError, SyntaxError) as error:
        raise Refused("bad_picture", type(error).__name__) from error
    finally:
        _one_at_a_time.release()


def _upright(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as picture:
        in_part = picture.format == "JPEG" and not picture.info.get("progressive")
        if picture.width * picture.height > (MOST_PIXELS if in_part else WHOLE_PIXELS):
            raise Refused("bad_picture", "too many pixels")
        picture.draft("RGB", (_SIDE, _SIDE))
        picture.thumbnail((_SIDE, _SIDE))
        return ImageOps.exif_transpose(picture).convert("RGB")


def _written(picture: Image.Image) -> bytes:
    for side, quality in _SIZES:
        picture.thumbnail((side, side))
        bare = Image.new("RGB", picture.size)
        bare.paste(picture)
        out = io.BytesIO()
        bare.save(out, "JPEG", quality=quality)
        if out.tell() <= _KEPT_BYTES:
            return out.getvalue()
    raise Refused("bad_picture", "too much in it")
