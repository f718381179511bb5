"""The report as a DOCX that an office can go on writing in."""

import io
from collections.abc import Sequence
from typing import Any

from central.reports.letter import MARGINS_MM, MOTTO, STATE, Annex

_FONT = "Times New Roman"  # Decree 30/2020/NĐ-CP, Annex I


def as_docx(annex: Annex) -> bytes:
    """The annex on A4, lying across."""
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    paper: Any = Document()
    section = paper.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    top, right, bottom, left = (Mm(side) for side in MARGINS_MM)
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = top, right, bottom, left
    paper.styles["Normal"].font.name = _FONT
    paper.core_properties.title, paper.core_properties.author = annex.about, annex.office
    _number_pages(section)
    _head(paper, annex)
    _line(paper, annex.title, 14, bold=True, centre=True, before=8)
    _line(paper, annex.about, 13, bold=True, centre=True)
    _line(paper, annex.belongs, 13, italic=True, centre=True, after=8)
    width = 252 - 10 - 40
    widths = [10, 40, *([width / (len(annex.headings) - 2)] * (len(annex.headings) - 2))]
    _table(paper, (annex.headings, *annex.rows, annex.total), widths, numbers=True)
    if annex.said:
        _line(paper, annex.said_title, 13, bold=True, before=8)
        _table(paper, (annex.said_headings, *annex.said), [10, 52, 30, 90, 70])
    for number, note in enumerate(annex.notes):
        _line(paper, note, 11, italic=True, before=0 if number else 6)
    _line(paper, "", 6)
    _signature(paper, annex)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def _head(paper: Any, annex: Annex) -> None:
    left, right = pair(paper)
    above = [(annex.parent, 12, "")] if annex.parent else []
    fill(left, [*above, (annex.office, 12, "b"), ("───────", 8, ""), (annex.number, 13, "")])
    fill(right, [(STATE, 12, "b"), (MOTTO, 13, "b"), ("───────────────", 8, ""), (annex.dated, 13, "i")])


def _signature(paper: Any, annex: Annex) -> None:
    left, right = pair(paper)
    fill(left, [("Nơi nhận:", 12, "bi"), ("- Như trên;", 11, ""), ("- Lưu: VT.", 11, "")], centre=False)
    fill(right, [(annex.position, 13, "b"), ("", 13, ""), ("", 13, ""), ("", 13, ""), (annex.signer, 13, "b")])


def pair(paper: Any) -> Sequence[Any]:
    """Two cells side by side without borders."""
    row = paper.add_table(rows=1, cols=2).rows[0]
    _keep_whole(row)
    cells: Sequence[Any] = row.cells
    return cells


def _keep_whole(row: Any) -> None:
    """No page ends within this row."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def fill(cell: Any, lines: Sequence[tuple[str, float, str]], *, centre: bool = True) -> None:
    """Lines of (text, size in points, "b" and "i") into a cell."""
    for number, (text, size, style) in enumerate(lines):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        _write(paragraph, text, size, bold="b" in style, italic="i" in style, centre=centre)


def _line(paper: Any, text: str, size: float, *, before: float = 0, after: float = 0, **style: bool) -> None:
    from docx.shared import Pt

    paragraph = paper.add_paragraph()
    _write(paragraph, text, size, **style)
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(before), Pt(after)


def _write(
    paragraph: Any, text: str, size: float, *, bold: bool = False, italic: bool = False, centre: bool = False
) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    run = paragraph.add_run(text)
    run.bold, run.italic, run.font.size, run.font.name = bold, italic, Pt(size), _FONT
    paragraph.paragraph_format.space_after = Pt(0)
    if centre:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _table(paper: Any, rows: Sequence[Sequence[str]], widths: Sequence[float], *, numbers: bool = False) -> None:
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
    from docx.oxml import OxmlElement
    from docx.shared import Mm, Pt

    table = paper.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):  # LibreOffice goes by these, Word by the cells'
        column.width = Mm(width)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # again on each page
    for row in table.rows:
        _keep_whole(row)
    grid = table._cells  # one list: asking a table for a cell walks it whole
    for n, text in enumerate(text for row in rows for text in row):
        line, column = divmod(n, len(widths))
        heavy = line == 0 or (numbers and line == len(rows) - 1)
        grid[n].width = Mm(widths[column])
        centre = line == 0 or (numbers and column != 1)
        grid[n].vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        paragraph = grid[n].paragraphs[0]
        _write(paragraph, text, 9 if numbers else 11, bold=heavy, centre=centre)
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)


def _number_pages(section: Any) -> None:
    """Arabic numbers in the middle of the upper margin, none on the first page."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    section.different_first_page_header_footer = True
    paragraph = section.header.paragraphs[0]
    _write(paragraph, "", 13, centre=True)
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)
