"""A picture loses what the camera wrote into it; what is no picture, or a bomb, is refused."""

import io
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor

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


def flat(kind: str, size: tuple[int, int], **how: bool) -> bytes:
    """A large picture in a small file."""
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind, **how)
    return out.getvalue()


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
    [
        *(b"", b"no picture", a_picture()[:2000], b"<svg xmlns='http://www.w3.org/2000/svg'/>", bytes(1_000_001)),
        *(bomb(), flat("PNG", (4000, 3100)), flat("JPEG", (4000, 3100), progressive=True)),
    ],
    ids=["empty", "text", "cut off", "svg", "too large", "bomb", "large png", "large progressive"],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="bad_picture"):
        small_picture(data)


def test_a_telephones_whole_picture_is_taken_and_several_at_once_wait_for_each_other() -> None:
    assert small_picture(flat("JPEG", (6000, 4500)))
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(small_picture, [flat("JPEG", (800, 600))] * 4))
    assert len(set(made)) == 1
