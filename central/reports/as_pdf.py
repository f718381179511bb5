"""The report as a PDF to print and sign."""

import io
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from central.reports.letter import MARGINS_MM, MOTTO, STATE, Annex
from wire.refusal import Refused

# Debian's fonts-noto-core, then what other systems have: any with every Vietnamese letter.
_FOLDERS = ("/usr/share/fonts/truetype/noto", "/usr/share/fonts/noto", "/usr/local/share/fonts/noto")
_FACES = {"Body": "NotoSerif-Regular", "Body-B": "NotoSerif-Bold", "Body-I": "NotoSerif-Italic"}
_FACES |= {"Body-BI": "NotoSerif-BoldItalic"}


def as_pdf(annex: Annex) -> bytes:
    """The annex on A4, lying across. Raises Refused("no_font") where Noto Serif is not installed."""
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate, Spacer

    fonts()
    out = io.BytesIO()
    top, right, bottom, left = (side * mm for side in MARGINS_MM)
    paper = SimpleDocTemplate(
        out,
        pagesize=landscape(A4),
        topMargin=top,
        rightMargin=right,
        bottomMargin=bottom,
        leftMargin=left,
        title=annex.about,
        author=annex.office,
        lang="vi",
        invariant=1,
    )
    width = 252 - 9 - 38
    widths = [9, 38, *([width / (len(annex.headings) - 2)] * (len(annex.headings) - 2))]
    story = [
        _head(annex),
        Spacer(1, 4 * mm),
        text(annex.title, 14, "b", centre=True),
        text(annex.about, 13, "b", centre=True),
        text(annex.belongs, 12, "i", centre=True),
        Spacer(1, 4 * mm),
        _table((annex.headings, *annex.rows, annex.total), widths, numbers=True),
        Spacer(1, 3 * mm),
    ]
    if annex.said:
        story += [text(annex.said_title, 13, "b"), Spacer(1, 2 * mm)]
        story += [_table((annex.said_headings, *annex.said), [9, 52, 30, 91, 70]), Spacer(1, 3 * mm)]
    story += [*(text(note, 9, "i") for note in annex.notes), Spacer(1, 5 * mm), _signature(annex)]
    paper.build(story, onLaterPages=_number)
    return out.getvalue()


def _head(annex: Annex) -> Any:
    above = [text(annex.parent, 12, "", centre=True)] if annex.parent else []
    left = [*above, text(annex.office, 12, "b", centre=True), rule(24)]
    right = [text(STATE, 12, "b", centre=True), text(MOTTO, 13, "b", centre=True), rule(58)]
    left.append(text(annex.number, 12, "", centre=True))
    right.append(text(annex.dated, 12, "i", centre=True))
    return pair(left, right)


def _signature(annex: Annex) -> Any:
    from reportlab.lib.units import mm
    from reportlab.platypus import KeepTogether, Spacer

    left = [text("Nơi nhận:", 12, "bi"), text("- Như trên;", 11, ""), text("- Lưu: VT.", 11, "")]
    right = [text(annex.position, 13, "b", centre=True), Spacer(1, 22 * mm), text(annex.signer, 13, "b", centre=True)]
    return KeepTogether([pair(left, right)])


def pair(left: Sequence[Any], right: Sequence[Any], widths_mm: tuple[float, float] = (112, 140)) -> Any:
    """Two columns side by side without borders."""
    from reportlab.lib.units import mm
    from reportlab.platypus import Table

    return Table(
        [[list(left), list(right)]],
        colWidths=[width * mm for width in widths_mm],
        style=[("VALIGN", (0, 0), (-1, -1), "TOP"), ("ALIGN", (0, 0), (-1, -1), "CENTER")],
    )


def rule(length_mm: float) -> Any:
    """The line under a heading."""
    from reportlab.lib import colors
    from reportlab.lib.units import mm
    from reportlab.platypus import HRFlowable

    return HRFlowable(length_mm * mm, 0.7, color=colors.black, spaceBefore=3, spaceAfter=3)


def text(said: str, size: float, style: str, *, centre: bool = False) -> Any:
    """A paragraph; `style` of "b" and "i"."""
    from reportlab.platypus import Paragraph

    return Paragraph(escape(said), _style(size, style, centre))


@cache
def _style(size: float, style: str, centre: bool) -> Any:
    from reportlab.lib.enums import TA_CENTER, TA_LEFT
    from reportlab.lib.styles import ParagraphStyle

    face = {"": "Body", "b": "Body-B", "i": "Body-I", "bi": "Body-BI"}[style]
    # Vietnamese capitals carry two marks: less leading, and they touch the line above.
    return ParagraphStyle(
        f"{face}-{size}-{centre}",
        fontName=face,
        fontSize=size,
        leading=size * 1.3,
        alignment=TA_CENTER if centre else TA_LEFT,
    )


def _table(rows: Sequence[Sequence[str]], widths_mm: Sequence[float], *, numbers: bool = False) -> Any:
    from reportlab.lib import colors
    from reportlab.lib.units import mm
    from reportlab.platypus import LongTable

    size = 8 if numbers else 10
    last = len(rows) - 1
    cells = [
        [
            text(said, size, "b" if n == 0 or (numbers and n == last) else "", centre=n == 0 or (numbers and i != 1))
            for i, said in enumerate(row)
        ]
        for n, row in enumerate(rows)
    ]
    look = [
        ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 2),
    ]
    return LongTable(cells, colWidths=[w * mm for w in widths_mm], repeatRows=1, style=look)


def _number(canvas: Any, paper: Any) -> None:
    """Arabic numbers in the middle of the upper margin."""
    canvas.setFont("Body", 13)
    width, height = paper.pagesize
    canvas.drawCentredString(width / 2, height - 14 * 72 / 25.4, str(canvas.getPageNumber()))


@cache
def fonts() -> None:
    """Make the four faces known to reportlab. Raises Refused("no_font")."""
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    for name, file in _FACES.items():
        registerFont(TTFont(name, str(_font_file(file))))


def _font_file(name: str) -> Path:
    found = next((path for folder in _FOLDERS if (path := Path(folder) / f"{name}.ttf").exists()), None)
    if found is None:
        raise Refused("no_font", f"{name}.ttf in {', '.join(_FOLDERS)} (Debian: fonts-noto-core)")
    return found
