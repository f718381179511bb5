"""Papers as DOCX and PDF from one model: headings, paragraphs, tables. The layout follows Decree 30/2020/ND-CP loosely.

PDF needs a font with Vietnamese letters: Noto Serif is looked for when it is needed; without it there is DOCX alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from wire.refusal import Refused

FORMATS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
_FOLDERS = (
    Path("/usr/share/fonts/truetype/noto"),
    Path("/usr/share/fonts/noto"),
    Path("/usr/share/fonts/google-noto"),
)
_FACES = ("NotoSerif-Regular.ttf", "NotoSerif-Bold.ttf")  # near the Times that the decree asks for
_MARGINS_MM = (20, 15, 20, 30)  # above, right, below, left
_LABELS = 0.42  # of the width of a table of two columns: what is asked, and the answer
_FONT, _BOLD = "Gatepost", "Gatepost-Bold"
_HEAD = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
_RULE = "───────────────"


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


def write(parts: Sequence[Part], form: str) -> bytes:
    """The paper as `docx` or `pdf`. Raises Refused: no_font (PDF alone), bad_format."""
    if form == "docx":
        return _docx(parts)
    if form == "pdf":
        return _pdf(parts)
    raise Refused("bad_format", form[:8])


def _docx(parts: Sequence[Part]) -> bytes:
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    top, right, bottom, left = (Mm(side) for side in _MARGINS_MM)
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = top, right, bottom, left
    for name, size in (("Normal", 13), ("Heading 1", 14), ("Heading 2", 13)):
        _black(document.styles[name], size)
    for line in (*_HEAD, _RULE):
        head = document.add_paragraph()
        head.alignment, head.paragraph_format.space_after = WD_ALIGN_PARAGRAPH.CENTER, Pt(0)
        head.add_run(line).bold = True
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
    out = BytesIO()
    document.save(out)
    return out.getvalue()


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
    width = 210.0 - _MARGINS_MM[1] - _MARGINS_MM[3]
    return [width * _LABELS, width * (1 - _LABELS)] if columns == 2 else [width / columns] * columns


def _pdf(parts: Sequence[Part]) -> bytes:
    from reportlab.lib import colors
    from reportlab.lib.enums import TA_CENTER
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import HRFlowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

    for name, file in zip((_FONT, _BOLD), _font_files(), strict=True):
        pdfmetrics.registerFont(TTFont(name, str(file)))
    text = ParagraphStyle("text", fontName=_FONT, fontSize=12, leading=17, spaceAfter=6)
    middle = ParagraphStyle("middle", parent=text, fontName=_BOLD, alignment=TA_CENTER, spaceAfter=0)
    sizes = {1: ParagraphStyle("h1", parent=middle, fontSize=14, leading=20, spaceBefore=12, spaceAfter=8)}
    part_head = ParagraphStyle("h2", parent=text, fontName=_BOLD, leading=18, spaceBefore=8, keepWithNext=1)
    cell = ParagraphStyle("cell", parent=text, fontSize=10, leading=14, spaceAfter=0)
    flow: list[object] = [Paragraph(_escaped(line), middle) for line in _HEAD]
    flow += [HRFlowable(58 * mm, 0.7, color=colors.black, spaceBefore=4, spaceAfter=0), Spacer(1, 6 * mm)]
    for part in parts:
        if isinstance(part, Heading):
            flow.append(Paragraph(_escaped(part.text), sizes.get(part.level, part_head)))
        elif isinstance(part, Grid):
            rows = [[Paragraph(_escaped(value), cell) for value in row] for row in part.rows]
            style = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "TOP")]
            widths = [width * mm for width in _widths_mm(len(part.rows[0]))]
            flow += [Table(rows, colWidths=widths, repeatRows=1, style=TableStyle(style)), Spacer(1, 4 * mm)]
        else:
            flow.append(Paragraph(_escaped(part), text))
    out = BytesIO()
    top, right, bottom, left = (side * mm for side in _MARGINS_MM)
    margins = {"leftMargin": left, "rightMargin": right, "topMargin": top, "bottomMargin": bottom}
    SimpleDocTemplate(out, pagesize=A4, title="Gatepost", **margins).build(flow)
    return out.getvalue()


def _font_files() -> list[Path]:
    for folder in _FOLDERS:
        found = [folder / name for name in _FACES]
        if all(path.exists() for path in found):
            return found
    raise Refused("no_font", "Noto Serif is not installed: take the DOCX")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
