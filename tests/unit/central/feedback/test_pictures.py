"""A picture loses what the camera wrote into it; what is no picture, or a bomb, is refused."""

import io
import struct
import zlib

import pytest
from PIL import Image

from central.feedback.pictures import small_picture
from wire.refusal import Refused


def a_picture(kind: str = "JPEG", size: tuple[int, int] = (1600, 900)) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "MAY ANH THU", 6  # maker; turned by a quarter
    exif.get_ifd(0x8825)[2] = (10.0, 46.0, 30.0)  # where it was taken
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, kind, exif=exif)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG that says it is 30,000 px square, in some hundred bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_maker_place_and_time_are_gone_and_it_stands_upright(kind: str) -> None:
    made = small_picture(a_picture(kind))
    with Image.open(io.BytesIO(made)) as picture:
        assert picture.format == "JPEG"
        assert not picture.getexif()
        assert max(picture.size) <= 1280
        assert picture.height > picture.width
    assert b"MAY ANH THU" not in made
    assert len(made) <= 200_000


@pytest.mark.parametrize(
    "data",
    [b"", b"no picture", bomb(), a_picture()[:2000], b"<svg xmlns='http://www.w3.org/2000/svg'/>", bytes(1_000_001)],
    ids=["empty", "text", "bomb", "cut off", "svg", "too large"],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="bad_picture"):
        small_picture(data)
