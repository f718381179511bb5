"""PURE. The province's report: rows of numbers in, one table out, which every form (page, PDF, DOCX, CSV) shows alike.

- Numbers of places and machines are shown as they are. Numbers of people below LEAST are not told apart: "<5".
- A total over such rows says only what the rows say: "n+", n or more: taking the rows from it
  finds nobody.
- Declarations of ways in that an older kiosk recorded are not known: what is known is then shown as "n+", and "–" while
  that is fewer than LEAST. It is never 0.
- A share or a mean of fewer than LEAST people is not shown; "–" also stands for what nobody counted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

LEAST = 5
UNKNOWN = "–"

Values = Mapping[str, int | None]


class Column(NamedTuple):
    """`of` the parts that it is worked out from; `kind`: things, people, share (percent), mean (whole minutes) or
    partly: people, of whom the second part, ways in, may stand for more."""

    key: str
    kind: str
    of: tuple[str, ...]


COLUMNS = (
    Column("places", "things", ("places",)),
    Column("live", "things", ("live",)),
    Column("kiosks", "things", ("kiosks",)),
    Column("kiosks_up", "things", ("kiosks_up",)),
    Column("ins", "people", ("ins",)),
    Column("asked", "people", ("asked",)),
    Column("share", "share", ("ended", "stays")),
    Column("due", "partly", ("due", "untold")),
    Column("done", "partly", ("done", "untold")),
    Column("checks_late", "things", ("checks_late",)),
    Column("feedback_open", "people", ("feedback_open",)),
    Column("alerts", "people", ("alerts",)),
    Column("reached", "people", ("reached",)),
    Column("minutes", "mean", ("minutes", "reached")),
)
PARTS = tuple(dict.fromkeys(part for column in COLUMNS for part in column.of))


@dataclass(frozen=True, slots=True)
class Row:
    """One ward (or province) by its code, the numbers as counted."""

    area: str
    name: str
    values: Values


@dataclass(frozen=True, slots=True)
class Said:
    """A difficulty that somebody raised, with its answer ("" while there is none)."""

    number: int
    place: str
    topic: str
    words: str
    answer: str


@dataclass(frozen=True, slots=True)
class Report:
    """One day of one province, of one of its wards, or of the country by province.

    `day` counts from 1970-01-01; `cells` are as shown, one tuple for each row in the order of COLUMNS, `total` below.
    """

    day: int
    province: str
    ward: str
    rows: tuple[Row, ...]
    cells: tuple[tuple[str, ...], ...]
    total: tuple[str, ...]
    said: tuple[Said, ...]
    made_ms: int


def make_report(
    day: int, province: str, ward: str, rows: Sequence[Row], said: Sequence[Said] = (), made_ms: int = 0
) -> Report:
    """The report of these rows."""
    cells = tuple(tuple(_cell(column, row.values) for column in COLUMNS) for row in rows)
    total = tuple(_total(column, [row.values for row in rows]) for column in COLUMNS)
    return Report(day, province, ward, tuple(rows), cells, total, tuple(said), made_ms)


def added(rows: Iterable[Values]) -> dict[str, int | None]:
    """Rows as one: what no row knows stays unknown."""
    found: dict[str, int | None] = {}
    for values in rows:
        for part, n in values.items():
            found[part] = n if found.get(part) is None else (found[part] or 0) + (n or 0)
    return found


def grouped(n: int) -> str:
    """1234567 as it is written in Viet Nam: 1.234.567."""
    return f"{n:,}".replace(",", ".")


def shown(n: int | None, kind: str) -> str:
    """A number as the report shows it."""
    if n is None:
        return UNKNOWN
    return f"<{LEAST}" if kind == "people" and 0 < n < LEAST else grouped(n)


def _cell(column: Column, values: Values) -> str:
    if column.kind in ("things", "people"):
        return shown(values.get(column.of[0]), column.kind)
    part, whole = values.get(column.of[0]), values.get(column.of[1])
    if column.kind == "partly":
        if not whole:
            return shown(part, "people")
        return UNKNOWN if part is None or part < LEAST else f"{grouped(part)}+"
    if part is None or whole is None or whole < LEAST:
        return UNKNOWN
    if column.kind == "share":
        return f"{(200 * part + whole) // (2 * whole)} %"
    return grouped((2 * part + whole) // (2 * whole))


def _total(column: Column, rows: Sequence[Values]) -> str:
    values = added(rows)
    if column.kind not in ("people", "partly") or len(rows) == 1:
        return _cell(column, values)
    untold = [column.kind == "partly" and bool(row.get(column.of[1])) for row in rows]
    numbers = [row.get(column.of[0]) or 0 for row in rows]
    hidden = sum(0 < n < LEAST and not partly for n, partly in zip(numbers, untold, strict=True))
    if not hidden and not any(untold):
        return _cell(column, values)
    known = sum(n for n in numbers if n >= LEAST) + hidden
    return f"{grouped(known)}+" if known else UNKNOWN
