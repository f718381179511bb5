"""A file of visits as stays: CSV with a header that names venue, person, in and out, in any order.

- UTF-8 with or without a mark, any line ends, fields in quotes; commas, or semicolons or tabs as Excel writes them
  here. Other columns are passed over.
- Times are ISO 8601. One without an offset is Viet Nam's (UTC+7, no summer time); 24:00 is the end of that day.
- A name is the same in either Unicode form (NFC as most keyboards here write it, NFD as macOS and some exports do).
- An empty `out` is bounded by the longest stay, and marked as assumed. A stay whose times are both given is believed.
- What cannot be read is refused by its line: half a list of contacts is worse than none.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

from central.tracing.model import HOUR_MS, Stay
from wire.refusal import Refused

COLUMNS = ("venue", "person", "in", "out")
VIET_NAM = timezone(timedelta(hours=7))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_DAY = timedelta(days=1)
_DATE = re.compile(r"\d{4}-?\d{2}-?\d{2}")
_TAIL = re.compile(r":[0-5]\d(Z|[+-]\d\d:\d\d)?", re.ASCII)
_MIDNIGHT = re.compile(r"(?<=[T ])24(?=(:?00)*(\.0+)?(Z|[+-]\d\d:?\d\d)?$)")


class VisitsFile(NamedTuple):
    """Stays by number, and what each number is called in the file."""

    stays: list[Stay]
    venues: list[str]
    persons: dict[str, int]


def read_visits(path: Path, max_stay_ms: int = 12 * HOUR_MS) -> VisitsFile:
    """The stays of a file. Raises Refused: visits_header, visits_text, and visits_row, visits_time, visits_order."""
    venues, persons = dict[str, int](), dict[str, int]()
    stays: list[Stay] = []
    read, make = Clock().time_ms, Stay._make
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            for line, venue, person, entered, left in _rows(file):
                try:
                    start = read(entered)
                    end = read(left) if left else start + max_stay_ms
                except (ValueError, OverflowError):
                    raise Refused("visits_time", str(line)) from None
                if end < start:
                    raise Refused("visits_order", str(line))
                where, who = venues.setdefault(venue, len(venues)), persons.setdefault(person, len(persons))
                stays.append(make((where, who, start, end, not left)))
        except (UnicodeDecodeError, csv.Error):
            raise Refused("visits_text") from None
    return VisitsFile(stays, list(venues), persons)


class Clock:
    """Reads times by the million: each minute and each ":SS+hh:mm" behind it once, the rest is two look-ups."""

    def __init__(self) -> None:
        self._tails: dict[str, tuple[int, dict[str, int]]] = {}
        self._minutes: dict[str, dict[str, int]] = {}  # by the offset behind them

    def time_ms(self, text: str) -> int:
        """As `time_ms`, of a text without spaces around it."""
        try:
            after_ms, minutes = self._tails[text[16:]]
            return minutes[text[:16]] + after_ms
        except KeyError:
            return self._learn(text)

    def _learn(self, text: str) -> int:
        found = time_ms(text)
        if _TAIL.fullmatch(text[16:]) and "T24" not in text:
            after_ms = 1000 * int(text[17:19])
            minutes = self._minutes.setdefault(text[19:], {})
            self._tails[text[16:]] = after_ms, minutes
            minutes[text[:16]] = found - after_ms
        return found


def time_ms(text: str, *, end_of_day: bool = False) -> int:
    """Unix ms of an ISO 8601 time; a date alone is its first midnight, or the next one. Raises ValueError."""
    text = text.strip()
    if _DATE.fullmatch(text):
        day = datetime.combine(date.fromisoformat(text), datetime.min.time(), VIET_NAM)
        return (day + _DAY * end_of_day - _EPOCH) // _MS
    late = _MIDNIGHT.sub("00", text, count=1)
    then = datetime.fromisoformat(late)
    if late is not text and late != text:
        then += _DAY
    if then.tzinfo is None:
        then = then.replace(tzinfo=VIET_NAM)
    return (then - _EPOCH) // _MS


def same_name(written: str) -> str:
    """A venue's or a person's name as it is compared and printed: NFC, without spaces around it."""
    return unicodedata.normalize("NFC", written).strip()


def _rows(file: Iterator[str]) -> Iterator[tuple[int, str, str, str, str]]:
    """(line, venue, person, in, out) of each row that holds anything."""
    header = next(file, "")
    separator = max(",;\t", key=header.count)
    names = [name.strip().lower() for name in next(csv.reader([header], delimiter=separator), [])]
    if any(names.count(column) != 1 for column in COLUMNS):
        raise Refused("visits_header")
    at_venue, at_person, at_in, at_out = (names.index(column) for column in COLUMNS)
    needed, width = max(at_venue, at_person, at_in), len(names)
    reader = csv.reader(file, delimiter=separator, strict=True)
    for row in reader:
        if not any(row):
            continue
        line = reader.line_num + 1
        if len(row) <= needed or (len(row) > width and any(field.strip() for field in row[width:])):
            raise Refused("visits_row", str(line))
        venue, person, entered = same_name(row[at_venue]), same_name(row[at_person]), row[at_in].strip()
        if not (venue and person and entered):
            raise Refused("visits_row", str(line))
        yield line, venue, person, entered, row[at_out].strip() if at_out < len(row) else ""
