"""A receipt as a picture for 80 mm paper: 576 dots wide at 8 dots a millimetre, black on white, in any language.

Pillow shapes the letters (Raqm), so that Khmer and Thai marks stand where they belong; fonts are Debian's Noto.
"""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import segno
from PIL import Image, ImageDraw, ImageFont

WIDTH = 576
MARGIN = 24
_QR_DOTS = 336  # 42 mm: three dots a module and more up to version 20
_FONTS = Path("/usr/share/fonts")
_BY_LANGUAGE = {
    "km": "truetype/noto/NotoSansKhmer-Regular.ttf",
    "lo": "truetype/noto/NotoSansLao-Regular.ttf",
    "th": "truetype/noto/NotoSansThai-Regular.ttf",
    "zh": "opentype/noto/NotoSansCJK-Regular.ttc",
    "ko": "opentype/noto/NotoSansCJK-Regular.ttc",
    "ja": "opentype/noto/NotoSansCJK-Regular.ttc",
}
_LATIN = "truetype/noto/NotoSans-Regular.ttf"
_FACE = {"ja": 0, "ko": 1, "zh": 2}  # faces of the CJK collection: Japanese, Korean, Simplified Chinese

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


class Line(NamedTuple):
    """A paragraph, `size` dots high (8 dots = 1 mm), broken to the paper's width. `qr`: the text is drawn as a code."""

    text: str
    size: int = 28
    qr: bool = False


def draw_receipt(lines: Sequence[Line], language: str) -> bytes:
    """The receipt as PNG. A font that is not installed is replaced by Pillow's own."""
    height = MARGIN
    placed: list[tuple[int, Line, list[str], Font]] = []
    for line in lines:
        font = _font(language if not line.text.isascii() else "", line.size)
        broken = [] if line.qr else _broken(line.text, font)
        placed.append((height, line, broken, font))
        height += (_QR_DOTS if line.qr else len(broken) * line.size * 3 // 2) + MARGIN // 2
    picture = Image.new("1", (WIDTH, height + MARGIN), 1)
    pen = ImageDraw.Draw(picture)
    for top, line, broken, font in placed:
        if line.qr:
            picture.paste(_code(line.text), ((WIDTH - _QR_DOTS) // 2, top))
        for number, words in enumerate(broken):
            pen.text((WIDTH // 2, top + number * line.size * 3 // 2), words, fill=0, font=font, anchor="ma")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _font(language: str, size: int) -> Font:
    path = _FONTS / _BY_LANGUAGE.get(language, _LATIN)
    try:
        return ImageFont.truetype(str(path), size, index=_FACE.get(language, 0))
    except OSError:
        return ImageFont.load_default(size)


def _broken(text: str, font: Font) -> list[str]:
    """`text` in lines that fit: at spaces where there are any, else anywhere (Khmer, Lao, Thai, Chinese)."""
    lines, line = [], ""
    spaced = " " in text
    for piece in text.split(" ") if spaced else text:
        longer = f"{line} {piece}" if spaced and line else line + piece
        if line and font.getlength(longer) > WIDTH - 2 * MARGIN:
            lines.append(line)
            longer = piece
        line = longer
    return [*lines, line]


def _code(text: str) -> Image.Image:
    out = io.BytesIO()
    segno.make_qr(text, error="m").save(out, kind="png", scale=8, border=4)
    with Image.open(out) as picture:
        return picture.convert("1").resize((_QR_DOTS, _QR_DOTS), Image.Resampling.NEAREST)
