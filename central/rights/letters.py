"""Papers as DOCX and PDF from one model: headings, paragraphs, tables.

A letter to somebody outside has a frame after Decree 30/2020/NĐ-CP, Annex I, as offices use it: issuing office and
number on the left, state, place and date on the right, whom it goes to, and at its end the recipients and room for a
signature. What is left "" stands as a dotted line. A paper without a frame has the name of the state above it.

PDF needs a font with Vietnamese letters: Noto Serif is looked for when it is needed; without it there is DOCX alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO
from typing import Any, NamedTuple

from central.reports.letter import BLANK, MARGINS_MM, MOTTO, SIGNS, STATE
from wire.refusal import Refused

FORMATS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
_LABELS = 0.42  # of the width of a table of two columns: what is asked, and the answer
_FONT, _BOLD = "Body", "Body-B"  # central.reports.as_pdf
_RULE = "───────────────"
_COLUMNS_MM = (64.0, 101.0)  # the frame's, on a page upright


class Frame(NamedTuple):
    """What stands around a letter. `dated` is place and date as one line, `about` names what is answered."""

    parent: str
    office: str
    dated: str
    about: str
    number: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A title (level 1) or the head of a part (level 2)."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; its first row is the head."""

    rows: tuple[tuple[str, ...], ...]


Part = str | Heading | Grid


def write(parts: Sequence[Part], form: str, frame: Frame | None = None) -> bytes:
    """The paper as `docx` or `pdf`. Raises Refused: no_font (PDF alone), bad_format."""
    if form == "docx":
        return _docx(parts, frame)
    if form == "pdf":
        return _pdf(parts, frame)
    raise Refused("bad_format", form[:8])


def _head(frame: Frame) -> tuple[list[tuple[str, float, str]], list[tuple[str, float, str]]]:
    """Left and right above a letter: (text, points, style)."""
    above = [(frame.parent, 12.0, "")] if frame.parent else []
    left = [*above, (frame.office, 12.0, "b"), (_RULE[:7], 8.0, ""), (f"Số: {frame.number or BLANK}", 13.0, "")]
    left.append((f"V/v {frame.about}", 12.0, ""))
    return left, [(STATE, 12.0, "b"), (MOTTO, 13.0, "b"), (_RULE, 8.0, ""), (frame.dated, 13.0, "i")]


def _end(frame: Frame) -> tuple[list[tuple[str, float, str]], list[tuple[str, float, str]]]:
    """Left and right below it."""
    left = [("Nơi nhận:", 12.0, "bi"), ("- Như trên;", 11.0, ""), (f"- Lưu: VT, {frame.about}.", 11.0, "")]
    return left, [(SIGNS[0], 13.0, "b"), *[("", 13.0, "")] * 3, (SIGNS[1], 13.0, "b")]


def _greeting(frame: Frame) -> str:
    return f"Kính gửi: {frame.to or BLANK * 4}"


def _docx(parts: Sequence[Part], frame: Frame | None) -> bytes:
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    top, right, bottom, left = (Mm(side) for side in MARGINS_MM)
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = top, right, bottom, left
    for name, size in (("Normal", 13), ("Heading 1", 14), ("Heading 2", 13)):
        _black(document.styles[name], size)
    _docx_above(document, frame)
    for part in parts:
        if isinstance(part, Heading):
            paragraph = document.add_heading(part.text, level=part.level)
            paragraph.paragraph_format.space_after = Pt(6)
            if part.level == 1:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        elif isinstance(part, Grid):
            _docx_grid(document, part)
        else:
            document.add_paragraph(part)
    if frame is not None:
        _docx_pair(document, *_end(frame), centred=False)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _docx_above(document: Any, frame: Frame | None) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    if frame is not None:
        _docx_pair(document, *_head(frame))
    for line in (STATE, MOTTO, _RULE) if frame is None else ("", _greeting(frame)):
        head = document.add_paragraph()
        head.alignment, head.paragraph_format.space_after = WD_ALIGN_PARAGRAPH.CENTER, Pt(0)
        head.add_run(line).bold = frame is None


def _docx_pair(document: Any, left: Any, right: Any, *, centred: bool = True) -> None:
    from docx.shared import Mm

    from central.reports.as_docx import fill, pair

    cells = pair(document)
    for cell, width in zip(cells, _COLUMNS_MM, strict=True):
        cell.width = Mm(width)
    fill(cells[0], left, centre=centred)
    fill(cells[1], right)


def _black(style: Any, size: float) -> None:
    """A style of the template in the letter's own face: Word goes by the theme's where the style still names it."""
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size, style.font.color.rgb = "Times New Roman", Pt(size), RGBColor(0, 0, 0)
    fonts = style.element.rPr.rFonts
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)


def _docx_grid(document: Any, grid: Grid) -> None:
    from docx.shared import Mm, Pt

    table = document.add_table(rows=len(grid.rows), cols=len(grid.rows[0]))
    table.style, table.autofit = "Table Grid", False
    widths = [Mm(width) for width in _widths_mm(len(grid.rows[0]))]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row, texts in zip(table.rows, grid.rows, strict=True):
        for cell, text, width in zip(row.cells, texts, widths, strict=True):
            cell.width, cell.text = width, text
            spacing = cell.paragraphs[0].paragraph_format
            spacing.space_before = spacing.space_after = Pt(2)


def _widths_mm(columns: int) -> list[float]:
    width = 210.0 - MARGINS_MM[1] - MARGINS_MM[3]
    return [width * _LABELS, width * (1 - _LABELS)] if columns == 2 else [width / columns] * columns


def _pdf(parts: Sequence[Part], frame: Frame | None) -> bytes:
    from reportlab.lib.enums import TA_CENTER
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer

    from central.reports.as_pdf import fonts

    fonts()
    text = ParagraphStyle("text", fontName=_FONT, fontSize=12, leading=17, spaceAfter=6)
    middle = ParagraphStyle("middle", parent=text, fontName=_BOLD, alignment=TA_CENTER, spaceAfter=0)
    sizes = {1: ParagraphStyle("h1", parent=middle, fontSize=14, leading=20, spaceBefore=12, spaceAfter=8)}
    part_head = ParagraphStyle("h2", parent=text, fontName=_BOLD, leading=18, spaceBefore=8, keepWithNext=1)
    flow = _pdf_above(frame)
    for part in parts:
        if isinstance(part, Heading):
            flow.append(Paragraph(escape(part.text), sizes.get(part.level, part_head)))
        elif isinstance(part, Grid):
            flow += [_pdf_grid(part, text), Spacer(1, 4 * mm)]
        else:
            flow.append(Paragraph(escape(part), text))
    if frame is not None:
        flow.append(KeepTogether([Spacer(1, 6 * mm), _pdf_pair(*_end(frame), centred=False)]))
    out = BytesIO()
    top, right, bottom, left = (side * mm for side in MARGINS_MM)
    margins = {"leftMargin": left, "rightMargin": right, "topMargin": top, "bottomMargin": bottom}
    SimpleDocTemplate(out, pagesize=A4, title="Gatepost", lang="vi", **margins).build(flow)
    return out.getvalue()


def _pdf_above(frame: Frame | None) -> list[Any]:
    from reportlab.lib.units import mm
    from reportlab.platypus import Spacer

    from central.reports.as_pdf import rule, text

    if frame is None:
        return [text(STATE, 12, "b", centre=True), text(MOTTO, 13, "b", centre=True), rule(58), Spacer(1, 6 * mm)]
    return [_pdf_pair(*_head(frame)), Spacer(1, 5 * mm), text(_greeting(frame), 13, "", centre=True), Spacer(1, 3 * mm)]


def _pdf_pair(left: Any, right: Any, *, centred: bool = True) -> Any:
    from reportlab.lib.units import mm
    from reportlab.platypus import Spacer

    from central.reports.as_pdf import pair, rule, text

    def made(lines: Sequence[tuple[str, float, str]], centre: bool) -> list[Any]:
        found = []
        for said, size, style in lines:
            ruled = said and set(said) == set(_RULE)
            line = rule(len(said) * 3.8) if ruled else text(said, size - 1, style, centre=centre)
            found.append(line if said else Spacer(1, 6 * mm))
        return found

    return pair(made(left, centred), made(right, True), _COLUMNS_MM)


def _pdf_grid(grid: Grid, text: Any) -> Any:
    from reportlab.lib import colors
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.platypus import Paragraph, Table, TableStyle

    cell = ParagraphStyle("cell", parent=text, fontSize=10, leading=14, spaceAfter=0)
    rows = [[Paragraph(escape(value), cell) for value in row] for row in grid.rows]
    style = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    widths = [width * mm for width in _widths_mm(len(grid.rows[0]))]
    return Table(rows, colWidths=widths, repeatRows=1, style=TableStyle(style))
