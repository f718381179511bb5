"""What posters and cards are drawn with: Noto Sans, a code as squares, three pictures, foreign scripts as pictures.

A PDF library that shapes no Khmer, Lao or Thai and takes no outlines of Han and Hangul fonts would print them wrong:
those lines are shaped by Pillow (HarfBuzz by libraqm) and go into the page as pictures of 600 dpi.
"""

import io
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from wire.refusal import Refused

_FOLDERS = tuple(
    Path(root) / name
    for root in ("/usr/share/fonts", "/usr/local/share/fonts")
    for name in ("truetype/noto", "opentype/noto", "noto", "noto-cjk")
)
_SCRIPTS = {"km": "NotoSansKhmer", "lo": "NotoSansLao", "th": "NotoSansThai"}
_HAN = {"ja": 0, "ko": 1, "zh": 2}  # faces of NotoSansCJK-*.ttc
_DPI = 600
TEXT, BOLD = "Sign", "Sign-B"
INK, QUIET = (0.063, 0.125, 0.169), (0.235, 0.31, 0.361)
MM = 72 / 25.4


@cache
def ready_fonts() -> None:
    """Register the two faces. Raises Refused("no_font") where Noto Sans is not installed (Debian: fonts-noto-core)."""
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    for name, file in ((TEXT, "NotoSans-Regular.ttf"), (BOLD, "NotoSans-Bold.ttf")):
        registerFont(TTFont(name, str(font_file(file))))


def font_file(name: str) -> Path:
    """Where a font lies. Raises Refused("no_font")."""
    found = next((folder / name for folder in _FOLDERS if (folder / name).exists()), None)
    if found is None:
        raise Refused("no_font", name)
    return found


def draw_code(canvas: Any, text: str, left: float, bottom: float, side: float, error: str = "l") -> int:
    """A QR code of `side` points without its quiet zone (4 modules, kept free by the caller); its modules.

    A poster is read from afar and hangs clean: the lowest error correction makes the largest squares.
    """
    rows = _matrix(text, error)
    size = side / len(rows)
    canvas.setFillColorRGB(0, 0, 0)
    path = canvas.beginPath()
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            run = next((n for n in range(x, len(row)) if not row[n]), len(row)) - x
            if run:
                path.rect(left + x * size, bottom + (len(rows) - 1 - y) * size, run * size, size)
            x += max(1, run)
    canvas.drawPath(path, stroke=0, fill=1)
    return len(rows)


@lru_cache(maxsize=64)
def _matrix(text: str, error: str) -> tuple[tuple[int, ...], ...]:
    import segno

    made = segno.make(text, error=error, boost_error=True, micro=False)
    return tuple(tuple(int(cell) for cell in row) for row in made.matrix)


def fitted(text: str, face: str, largest: float, smallest: float, width: float) -> tuple[float, list[str]]:
    """(size, one or two lines) so that `text` is no wider than `width` points."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    size = largest
    while size > smallest and stringWidth(text, face, size) > width:
        size -= 1
    if stringWidth(text, face, size) <= width:
        return size, [text]
    words, size = text.split(), min(largest, smallest * 1.4)
    while True:
        for cut in range(len(words) - 1, 0, -1):
            halves = [" ".join(words[:cut]), " ".join(words[cut:])]
            if all(stringWidth(half, face, size) <= width for half in halves):
                return size, halves
        if size <= 6:
            return size, [text[:40], text[40:80]]
        size -= 1


def draw_lines(canvas: Any, lines: list[str], face: str, size: float, middle: float, top: float) -> float:
    """Lines in the middle, the first one's top at `top`; where the next thing may begin.

    Vietnamese capitals carry two marks: 1.3 of leading, or they touch the line above.
    """
    canvas.setFont(face, size)
    for one in lines:
        top -= size * 1.3
        canvas.drawCentredString(middle, top + size * 0.28, one)
    return top


def draw_foreign(canvas: Any, text: str, language: str, size: float, middle: float, top: float, width: float) -> float:
    """A line in another script, as a picture; where the next thing may begin."""
    from reportlab.lib.utils import ImageReader

    data, wide, high = _picture(text, language, size)
    shrink = min(1.0, width / wide)
    canvas.drawImage(
        ImageReader(io.BytesIO(data)),
        middle - wide * shrink / 2,
        top - high * shrink,
        wide * shrink,
        high * shrink,
        mask="auto",
    )
    return top - high * shrink


@lru_cache(maxsize=128)
def _picture(text: str, language: str, size: float) -> tuple[bytes, float, float]:
    """(PNG, width, height in points)."""
    from PIL import Image, ImageDraw, ImageFont

    pixels = round(size * _DPI / 72)
    if language in _HAN:
        font = ImageFont.truetype(str(font_file("NotoSansCJK-Bold.ttc")), pixels, index=_HAN[language])
    else:
        name = f"{_SCRIPTS.get(language, 'NotoSans')}-Bold.ttf"
        font = ImageFont.truetype(str(font_file(name)), pixels)
    left, top, right, bottom = font.getbbox(text)
    pad = round(pixels * 0.12)
    image = Image.new("L", (int(right - left) + 2 * pad, int(bottom - top) + 2 * pad), 255)
    ImageDraw.Draw(image).text((pad - left, pad - top), text, font=font, fill=16)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue(), image.width * 72 / _DPI, image.height * 72 / _DPI


def draw_step(canvas: Any, which: str, left: float, bottom: float, side: float) -> None:
    """One of three pictures of our own: "scan" a telephone before a code, "done" a tick on it, "out" a door."""
    canvas.saveState()
    canvas.translate(left, bottom)
    canvas.scale(side / 24, side / 24)
    canvas.setLineWidth(1.6)
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    canvas.setStrokeColorRGB(*INK)
    canvas.setFillColorRGB(*INK)
    _PICTURES[which](canvas)
    canvas.restoreState()


def _scan(canvas: Any) -> None:
    canvas.roundRect(5, 1, 14, 22, 2.4)
    canvas.line(10.8, 3.6, 13.2, 3.6)
    for x, y in ((8, 14.6), (13, 14.6), (8, 9.6)):
        canvas.rect(x, y, 3.2, 3.2, stroke=0, fill=1)
    for x, y in ((13, 11.4), (15, 9.6), (13, 7.8), (9, 7.4), (15, 12.4)):
        canvas.rect(x, y, 1.2, 1.2, stroke=0, fill=1)


def _done(canvas: Any) -> None:
    canvas.roundRect(6, 2, 12, 20, 2)
    canvas.line(11, 4.6, 13, 4.6)
    path = canvas.beginPath()
    path.moveTo(8.8, 13)
    path.lineTo(11.2, 10.4)
    path.lineTo(15.4, 15.6)
    canvas.drawPath(path)


def _out(canvas: Any) -> None:
    canvas.line(3, 2, 12, 2)
    canvas.rect(4, 2, 8, 20)
    canvas.circle(10, 12, 0.7, stroke=0, fill=1)
    canvas.line(14.5, 12, 21.5, 12)
    path = canvas.beginPath()
    path.moveTo(18.5, 15)
    path.lineTo(21.5, 12)
    path.lineTo(18.5, 9)
    canvas.drawPath(path)


_PICTURES = {"scan": _scan, "done": _done, "out": _out}
