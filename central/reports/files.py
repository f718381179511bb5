"""The report as a file of each kind, all made of one annex: what differs is the paper, never a number."""

from collections.abc import Callable, Mapping

from sqlalchemy.engine import Connection

from central.reports.as_csv import as_csv
from central.reports.as_docx import as_docx
from central.reports.as_pdf import as_pdf
from central.reports.letter import Annex, Letter, make_annex
from central.reports.model import Report
from central.reports.reading import read_report

WRITERS: Mapping[str, tuple[Callable[[Annex], bytes], str]] = {
    "pdf": (as_pdf, "application/pdf"),
    "docx": (as_docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "csv": (as_csv, "text/csv; charset=utf-8"),
}


def file_of(
    connection: Connection, kind: str, which: tuple[int, str, str], letter: Letter, now_ms: int
) -> tuple[Report, bytes]:
    """The report of (day, province, ward), and its file. Raises Refused("no_font")."""
    report = read_report(connection, *which)
    return report, WRITERS[kind][0](make_annex(report, letter, now_ms))
