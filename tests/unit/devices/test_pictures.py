"""Picture files of every kind and every kind of broken: a gray picture or a named reason, never anything else."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from kiosk.devices.decoder_zxing import look
from kiosk.devices.pictures import MAX_BYTES, MAX_FRAMES, BadPicture, read_gray, shrink
from tests.bench.frames import drawn

TEXT = "0000000001|Trần Văn Thử"
CODE = Image.fromarray(drawn(TEXT))


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def texts(data: bytes) -> set[str]:
    return {symbol.text for gray in read_gray(data) for symbol in look(gray).symbols}


def see_through(ink: int) -> Image.Image:
    """The modules in one gray, everything else see-through."""
    alpha = Image.fromarray(255 - np.asarray(CODE))
    flat = Image.new("L", CODE.size, ink)
    return Image.merge("LA", (flat, alpha))


def sixteen_bit(lowest: int, highest: int) -> Image.Image:
    return Image.fromarray(np.where(np.asarray(CODE) > 128, highest, lowest).astype(np.uint16))


def rotated_by_exif() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 5  # mirrored and turned
    turned = CODE.transpose(Image.Transpose.TRANSPOSE)
    return saved(turned, "JPEG", exif=exif, quality=95)


def animation(kind: str, code_at: int, length: int) -> bytes:
    frames = [Image.new("L", CODE.size, 40 + 7 * index) for index in range(length)]
    frames[code_at] = CODE
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=50, loop=0)


READABLE = {
    "png": saved(CODE, "PNG"),
    "palette png": saved(CODE.convert("P"), "PNG"),
    "one bit png": saved(CODE.convert("1"), "PNG"),
    "16 bit png": saved(sixteen_bit(0, 65535), "PNG"),
    "12 bits in a 16 bit png": saved(sixteen_bit(50, 900), "PNG"),
    "black on see-through": saved(see_through(0), "PNG"),
    "white on see-through": saved(see_through(255), "PNG"),
    "see-through palette": saved(CODE.convert("P"), "PNG", transparency=255),
    "jpeg": saved(CODE, "JPEG"),
    "cmyk jpeg": saved(CODE.convert("CMYK"), "JPEG", quality=90),
    "turned by exif": rotated_by_exif(),
    "gif": saved(CODE, "GIF"),
    "animated gif": animation("GIF", 3, 6),
    "webp": saved(CODE.convert("RGB"), "WEBP"),
    "animated webp": animation("WEBP", 2, 4),
}


@pytest.mark.parametrize("name", READABLE)
def test_the_code_in_this_kind_of_file_is_read(name: str) -> None:
    assert texts(READABLE[name]) == {TEXT}


def png_of_size(width: int, height: int) -> bytes:
    """A tiny PNG that claims to be huge: what it would unfold to must never be allocated."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty_file"),
        (b"hello", "unsupported_format"),
        (saved(CODE, "BMP"), "unsupported_format"),
        (saved(CODE, "PNG")[:200], "broken"),
        (saved(CODE, "JPEG")[: len(saved(CODE, "JPEG")) // 2], "broken"),
        (saved(CODE.convert("RGB"), "WEBP")[:100], "broken"),
        (png_of_size(8000, 8000), "too_many_pixels"),
        (png_of_size(60000, 60000), "too_many_pixels"),
        (png_of_size(100, 100), "broken"),
        (b"\0" * (MAX_BYTES + 1), "file_too_large"),
    ],
    ids=["empty", "text", "bmp", "cut png", "cut jpeg", "cut webp", "64 Mpx", "bomb", "short data", "65 MiB"],
)
def test_what_is_no_picture_has_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(BadPicture) as caught:
        read_gray(data)
    assert caught.value.reason == reason


def test_only_the_first_frames_of_a_long_animation_are_taken() -> None:
    assert len(read_gray(animation("GIF", 0, 30))) == MAX_FRAMES
    assert texts(animation("GIF", 20, 30)) == set()


def test_a_damaged_later_frame_does_not_cost_the_first() -> None:
    whole = animation("GIF", 0, 4)
    assert TEXT in texts(whole[: len(whole) * 2 // 3])


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(READABLE)), st.data())
def test_no_damage_to_a_file_raises_anything_else(name: str, data: st.DataObject) -> None:
    broken = bytearray(READABLE[name])
    for _ in range(data.draw(st.integers(1, 12))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    try:
        for gray in read_gray(bytes(broken[: data.draw(st.integers(1, len(broken)))])):
            assert gray.ndim == 2 and gray.dtype == np.uint8
    except BadPicture as bad:
        assert bad.reason


def test_shrink_keeps_proportions_and_never_enlarges() -> None:
    assert shrink(np.zeros((3000, 4000), np.uint8), 1600).shape == (1200, 1600)
    small = np.zeros((30, 40), np.uint8)
    assert shrink(small, 1600) is small
    assert shrink(np.zeros((1, 9000), np.uint8), 100).shape == (1, 100)
