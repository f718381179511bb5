"""A4 posters, a page for each door: the place's name, the code as large as the paper takes it, three pictures.

The code is 168 mm wide (Hà Nội asked for 15 x 15 cm), and the four squares around it that ISO/IEC 18004 asks for stay
free. At 3 m a phone still has 2.9 pixels for each square. No app is named: any phone's camera opens the link.
"""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from central.authority.days import VIET_NAM
from central.venues.drawing import (
    BOLD,
    INK,
    MM,
    QUIET,
    TEXT,
    draw_code,
    draw_foreign,
    draw_lines,
    draw_step,
    fitted,
    ready_fonts,
)
from central.venues.poster_words import OUT, SCAN, TICK, TITLE

WIDTH_MM, HEIGHT_MM = 210.0, 297.0
CODE_MM = 168.0
_CODE_BOTTOM_MM = 63.0


class Sheet(NamedTuple):
    """One page: `text` of the code, `host` to be read by people, "" for none; `language` the third one or ""."""

    name: str
    gate: str
    text: str
    host: str
    expires_s: int
    language: str


def posters_pdf(sheets: Sequence[Sheet]) -> bytes:
    """The pages. The same sheets give the same bytes. Raises Refused("no_font")."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    ready_fonts()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, lang="vi")
    canvas.setTitle(sheets[0].name if sheets else "")
    for sheet in sheets:
        _page(canvas, sheet)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _page(canvas: Any, sheet: Sheet) -> None:
    middle, width = WIDTH_MM * MM / 2, 186 * MM
    canvas.setFillColorRGB(*INK)
    size, lines = fitted(sheet.name, BOLD, 34, 22, width)
    top = draw_lines(canvas, lines, BOLD, size, middle, (HEIGHT_MM - 8) * MM)
    canvas.setFillColorRGB(*QUIET)
    title = f"{TITLE['vi']}  ·  {TITLE['en']}"
    top = draw_lines(canvas, [title], TEXT, 17 if len(lines) == 1 else 14, middle, top)
    if sheet.language:
        draw_foreign(canvas, TITLE[sheet.language], sheet.language, 19, middle, top - 4, width)
    left, bottom = (WIDTH_MM - CODE_MM) / 2 * MM, _CODE_BOTTOM_MM * MM
    draw_code(canvas, sheet.text, left, bottom, CODE_MM * MM)
    _steps(canvas, sheet.language)
    _foot(canvas, sheet)


def _steps(canvas: Any, language: str) -> None:
    third = (WIDTH_MM - 24) / 3
    for number, (picture, words) in enumerate((("scan", SCAN), ("done", TICK), ("out", OUT))):
        middle = (12 + third * (number + 0.5)) * MM
        draw_step(canvas, picture, middle - 7 * MM, 36 * MM, 14 * MM)
        top, width = 35.5 * MM, (third - 4) * MM
        canvas.setFillColorRGB(*INK)
        size, lines = fitted(words["vi"], BOLD, 15, 12, width)
        top = draw_lines(canvas, lines, BOLD, size, middle, top)
        canvas.setFillColorRGB(*QUIET)
        size, lines = fitted(words["en"], TEXT, 12, 10, width)
        top = draw_lines(canvas, lines, TEXT, size, middle, top)
        if language:
            draw_foreign(canvas, words[language], language, 13, middle, top - 2, width)


def _foot(canvas: Any, sheet: Sheet) -> None:
    until = datetime.fromtimestamp(sheet.expires_s, UTC).astimezone(VIET_NAM).strftime("%d/%m/%Y")
    parts = [sheet.gate, sheet.host.lower(), f"đến / until {until}"]
    canvas.setFillColorRGB(*QUIET)
    canvas.setFont(TEXT, 9)
    canvas.drawCentredString(WIDTH_MM * MM / 2, 6 * MM, "   ·   ".join(part for part in parts if part))
