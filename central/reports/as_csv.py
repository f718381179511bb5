"""The report as CSV (RFC 4180): UTF-8 with a byte order mark, since spreadsheets guess otherwise."""

import csv
import io

from central.reports.letter import Annex

_FORMULA = ("=", "+", "-", "@", "\t")


def as_csv(annex: Annex) -> bytes:
    """The table, its total, and after an empty line the difficulties."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(annex.headings)
    writer.writerows(annex.rows)
    writer.writerow(annex.total)
    writer.writerow([])
    writer.writerow(annex.said_headings)
    writer.writerows([[_plain(cell) for cell in row] for row in annex.said])
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def _plain(cell: str) -> str:
    """What somebody typed is never a formula of a spreadsheet."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
