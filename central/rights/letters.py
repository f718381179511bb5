"""Papers as DOCX and PDF from one model: headings, paragraphs, tables. The layout follows Decree 30/2020/ND-CP loosely.

PDF needs a font with Vietnamese letters: Noto Sans is looked for when it is needed; without it there is DOCX alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from wire.refusal import Refused

FORMATS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
_FONTS = (
    Path("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf"),
    Path("/usr/share/fonts/noto/NotoSans-Regular.ttf"),
    Path("/usr/share/fonts/google-noto/NotoSans-Regular.ttf"),
)
_FONT = "Gatepost"
_HEAD = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")


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
    from docx.shared import Pt

    document = Document()
    document.styles["Normal"].font.name = "Times New Roman"
    document.styles["Normal"].font.size = Pt(13)
    for line in _HEAD:
        head = document.add_paragraph()
        head.alignment = WD_ALIGN_PARAGRAPH.CENTER
        head.add_run(line).bold = True
    for part in parts:
        if isinstance(part, Heading):
            paragraph = document.add_heading(part.text, level=part.level)
            if part.level == 1:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        elif isinstance(part, Grid):
            table = document.add_table(rows=0, cols=len(part.rows[0]))
            table.style = "Table Grid"
            for row in part.rows:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
        else:
            document.add_paragraph(part)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _pdf(parts: Sequence[Part]) -> bytes:
    from reportlab.lib import colors
    from reportlab.lib.enums import TA_CENTER
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

    pdfmetrics.registerFont(TTFont(_FONT, str(_font())))
    text = ParagraphStyle("text", fontName=_FONT, fontSize=11, leading=16, spaceAfter=6)
    middle = ParagraphStyle("middle", parent=text, alignment=TA_CENTER)
    sizes = {1: ParagraphStyle("h1", parent=middle, fontSize=16, leading=22, spaceBefore=12)}
    part_head = ParagraphStyle("h2", parent=text, fontSize=13, leading=18, spaceBefore=8)
    cell = ParagraphStyle("cell", parent=text, fontSize=9, leading=12, spaceAfter=0)
    flow: list[object] = [Paragraph(_escaped(line), middle) for line in _HEAD]
    flow.append(Spacer(1, 6 * mm))
    for part in parts:
        if isinstance(part, Heading):
            flow.append(Paragraph(_escaped(part.text), sizes.get(part.level, part_head)))
        elif isinstance(part, Grid):
            rows = [[Paragraph(_escaped(value), cell) for value in row] for row in part.rows]
            style = [("GRID", (0, 0), (-1, -1), 0.5, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")]
            flow += [Table(rows, repeatRows=1, style=TableStyle(style)), Spacer(1, 4 * mm)]
        else:
            flow.append(Paragraph(_escaped(part), text))
    out = BytesIO()
    margins = {"leftMargin": 30 * mm, "rightMargin": 20 * mm, "topMargin": 20 * mm, "bottomMargin": 20 * mm}
    SimpleDocTemplate(out, pagesize=A4, title="Gatepost", **margins).build(flow)
    return out.getvalue()


def _font() -> Path:
    found = next((path for path in _FONTS if path.exists()), None)
    if found is None:
        raise Refused("no_font", "Noto Sans is not installed: take the DOCX")
    return found


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
