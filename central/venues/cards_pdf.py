"""A4 sheets of cards to cut out: eight a page, a code of 52 mm each, with what its bearer has to read.

Names are drawn and nowhere kept: this function's result is the only place where a name and a pass stand together.
"""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from central.authority.days import VIET_NAM
from central.venues.drawing import BOLD, INK, MM, QUIET, TEXT, draw_code, fitted, ready_fonts
from central.venues.rosters import Card

CODE_MM = 52.0
_WIDE, _HIGH, _ACROSS, _DOWN = 95.0, 68.0, 2, 4
_LEFT, _TOP = (210 - _ACROSS * _WIDE) / 2, (297 - _DOWN * _HIGH) / 2
A_PAGE = _ACROSS * _DOWN


def cards_pdf(place: str, roster: str, cards: Sequence[Card]) -> bytes:
    """The sheets, in the order of `cards`. Raises Refused("no_font")."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    ready_fonts()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, lang="vi")
    canvas.setTitle(roster)
    for n, card in enumerate(cards):
        if n and n % A_PAGE == 0:
            canvas.showPage()
        x = _LEFT + (n % _ACROSS) * _WIDE
        y = 297 - _TOP - (n % A_PAGE // _ACROSS + 1) * _HIGH
        _card(canvas, x * MM, y * MM, place, roster, card)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _card(canvas: Any, left: float, bottom: float, place: str, roster: str, card: Card) -> None:
    canvas.setStrokeColorRGB(0.79, 0.83, 0.85)
    canvas.setLineWidth(0.4)
    canvas.rect(left, bottom, _WIDE * MM, _HIGH * MM)
    draw_code(canvas, card.text, left + 7 * MM, bottom + 8 * MM, CODE_MM * MM, error="m")
    x, width, top = left + 63 * MM, 29 * MM, bottom + 60 * MM
    for text, face, largest, smallest, colour in (
        (place, BOLD, 10, 7, INK),
        (roster, TEXT, 9, 7, QUIET),
        (card.name, BOLD, 12, 8, INK),
        (card.label, BOLD, 16, 9, INK),
        (card.shift, TEXT, 11, 9, INK),
        (_until(card.expires_s), TEXT, 8, 7, QUIET),
    ):
        if not text:
            continue
        size, lines = fitted(text, face, largest, smallest, width)
        canvas.setFillColorRGB(*colour)
        canvas.setFont(face, size)
        for one in lines:
            top -= size * 1.3
            canvas.drawString(x, top, one)
        top -= 4


def _until(expires_s: int) -> str:
    return "đến / until " + datetime.fromtimestamp(expires_s, UTC).astimezone(VIET_NAM).strftime("%d/%m/%Y")
