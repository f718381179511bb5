"""A sheet that somebody hands in, CSV or XLSX, as rows of text: bounded before anything in it is believed.

- CSV: UTF-8 (with or without a mark), else UTF-16 with its mark; comma, semicolon or tab, whichever the head has most.
- XLSX: the first sheet, values alone: no formula is ever computed, no link followed. A zip that unfolds beyond bounds
  is refused by what its own directory says, and cut off where that lies.
- The first row that is not empty holds the headings. They are known by their words in Vietnamese or English.
"""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time

from central.venues.asking import line
from central.venues.likeness import plain
from wire.refusal import Refused

MOST_BYTES = 1 << 20
MOST_ROWS = 5_000
_MOST_COLUMNS = 40
_MOST_CELL = 300
_MOST_UNFOLDED = 12 << 20
_MOST_PARTS = 300_000  # cells and shared texts: the reader makes an object of each
_PIECE = 1 << 16
_CSV_CELL = 4_000


def read_sheet(data: bytes, headings: Mapping[str, tuple[str, ...]], most: int = MOST_ROWS) -> list[dict[str, str]]:
    """Rows by field: `headings` maps a field to the words that may stand above it, in plain letters.

    Raises Refused: sheet_too_large, sheet_unreadable, sheet_headings (none of them is known).
    """
    if len(data) > MOST_BYTES:
        raise Refused("sheet_too_large")
    rows = _xlsx(data, most) if data[:4] == b"PK\x03\x04" else _csv(data)
    fields: dict[int, str] = {}
    found: list[dict[str, str]] = []
    for row in rows:
        cells = [line(cell[:_MOST_CELL]) for cell in row[:_MOST_COLUMNS]]
        if not any(cells):
            continue
        if not fields:
            fields = _fields(cells, headings)
            continue
        if len(found) >= most:
            raise Refused("sheet_too_large")
        found.append({field: cells[at] if at < len(cells) else "" for at, field in fields.items()})
    if not fields:
        raise Refused("sheet_headings")
    return found


def _fields(cells: list[str], headings: Mapping[str, tuple[str, ...]]) -> dict[int, str]:
    fields: dict[int, str] = {}
    for at, cell in enumerate(cells):
        named = next((field for field, words in headings.items() if plain(cell) in words), None)
        if named is not None and named not in fields.values():
            fields[at] = named
    if not fields:
        raise Refused("sheet_headings")
    return fields


def _csv(data: bytes) -> Iterator[list[str]]:
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("sheet_unreadable") from error
    if "\0" in text:
        raise Refused("sheet_unreadable")
    head = text.lstrip()[:_CSV_CELL].partition("\n")[0]
    comma = max(",;\t", key=head.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=comma, strict=False)
    except csv.Error as error:
        raise Refused("sheet_unreadable") from error


def _xlsx(data: bytes, most: int) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as folder:
            _weigh(folder)
    except Refused:
        raise
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, EOFError) as error:
        raise Refused("sheet_unreadable") from error
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        first = book.worksheets[0]
        first.reset_dimensions()  # what the file says of its own size is not believed
        for n, row in enumerate(first.iter_rows(max_col=_MOST_COLUMNS, values_only=True)):
            if n > most * 2 + 100:
                raise Refused("sheet_too_large")
            yield [_said(cell) for cell in row]
        book.close()
    except Refused:
        raise
    except Exception as error:  # whatever a broken or hostile file makes of the reader: nothing of it is used
        raise Refused("sheet_unreadable") from error


def _weigh(folder: zipfile.ZipFile) -> None:
    """Unfold every part in pieces, and count before anything is made of it. Raises Refused("sheet_too_large")."""
    if len(folder.infolist()) > 500 or sum(one.file_size for one in folder.infolist()) > _MOST_UNFOLDED:
        raise Refused("sheet_too_large")
    whole = parts = 0
    for one in folder.infolist():
        with folder.open(one) as file:
            while piece := file.read(_PIECE):
                whole += len(piece)
                parts += piece.count(b"<si") + piece.count(b"<c") + piece.count(b"<row")
                if whole > _MOST_UNFOLDED or parts > _MOST_PARTS:
                    raise Refused("sheet_too_large")


def _said(cell: object) -> str:
    match cell:
        case None:
            return ""
        case time():
            return cell.strftime("%H:%M")
        case datetime() | date():
            return cell.strftime("%Y-%m-%d")
        case float() if cell.is_integer():
            return str(int(cell))
    return str(cell)
