"""A citizen's picture: read within limits, and written anew, so that nothing a camera put into the file stays in it."""

import io

from PIL import Image, ImageOps, UnidentifiedImageError

from wire.refusal import Refused

MOST_BYTES = 1_000_000
MOST_PIXELS = 30_000_000  # a telephone's whole picture; more is a bomb
_SIDE = 1280
_KEPT_BYTES = 200_000
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_QUALITIES = (75, 60, 45, 30)


def small_picture(data: bytes) -> bytes:
    """A JPEG of at most 200 kB and 1280 px, upright, of pixels alone. Raises Refused("bad_picture")."""
    if len(data) > MOST_BYTES:
        raise Refused("bad_picture", "too large")
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Refused("bad_picture", "too many pixels")
            picture.draft("RGB", (_SIDE, _SIDE))  # a JPEG is decoded no larger than it is needed
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (*_BOMBS, UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise Refused("bad_picture", type(error).__name__) from error
    upright.thumbnail((_SIDE, _SIDE))
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)
    for quality in _QUALITIES:
        out = io.BytesIO()
        bare.save(out, "JPEG", quality=quality)
        if out.tell() <= _KEPT_BYTES:
            return out.getvalue()
    raise Refused("bad_picture", "too much in it")
