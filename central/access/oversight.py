"""The log for those who check: by officer, case, day and person; as CSV; and what whoever was looked at is told."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from flask import Response, request
from sqlalchemy.engine import Connection

from central.access import heads, looks
from central.access.audit import COLUMNS
from central.access.roles import Purpose, Right, areas_of_place
from central.access.verifying import verify_rows
from central.access.words_of_log import said_as
from central.statements import run
from central.web.console import Desk, Page
from central.web.words import clock

PAGE = 50
CSV_ROWS = 20_000
_LAST_CHECKED = 500  # rows of the chain that the page checks at each look; all of it: `audit verify`
_VIET_NAM = timezone(timedelta(hours=7))


class Asked(NamedTuple):
    """What the reader chose; "" or None: everything."""

    actor: str
    about: str
    day: str
    person: int | None
    before: int | None


class Row(NamedTuple):
    """One row of the log, to be read."""

    number: int
    at_ms: int
    actor: str
    role: str
    action: str
    purpose: str
    about: str
    person: int | None
    detail: dict[str, Any]


def show_audit(desk: Desk) -> str:
    """The page. Looking at the log is a look like any other, and noted with what was asked."""
    asked = _asked()
    with desk.write() as connection:
        _note(desk, connection, "read_audit", asked)
        rows = [_row(row) for row in _select(connection, asked, PAGE)]
        state = _chain_state(connection)
        head = heads.newest_head(connection)
    shown = {"rows": rows, "asked": asked, "state": state, "head": head, "more": len(rows) == PAGE}
    return desk.show("access/audit.html", said_as=said_as, **shown)


def audit_csv(desk: Desk) -> Response:
    """The same rows as a file: at most 20,000."""
    asked = _asked()
    with desk.write() as connection:
        _note(desk, connection, "exported_audit", asked)
        rows = [_row(row) for row in _select(connection, asked, CSV_ROWS)]
    answer = Response(as_csv(rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=audit.csv"
    return answer


def as_csv(rows: list[Row]) -> str:
    """With a byte order mark, so that spreadsheets read Vietnamese; no cell begins a formula."""
    text = io.StringIO()
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow(Row._fields)
    for row in rows:
        detail = json.dumps(row.detail, sort_keys=True)
        writer.writerow([_safe(cell) for cell in (*row[:1], clock(row.at_ms), *row[2:8], detail)])
    return text.getvalue()


def show_looks(desk: Desk) -> str:
    """Who waits to be told that they were looked at, and what a head has put off."""
    with desk.write() as connection:
        waiting, late = looks.waiting(connection, desk.now_ms)
        running = looks.pauses(connection, desk.now_ms)
        desk.note(connection, "listed_notices", Purpose.OVERSIGHT, "", waiting=waiting, late=late)
    may = desk.may(Right.LOOKS_SUSPEND)
    return desk.show("access/looks.html", waiting=waiting, late=late, pauses=running, may=may, most=looks.MOST_DAYS)


def put_off(desk: Desk) -> Any:
    """POST: a head puts it off."""
    days, about = request.form.get("days", ""), request.form.get("about", "").strip()[:80]
    with desk.write() as connection:
        desk.require(Right.LOOKS_SUSPEND, _around(connection, about))
        looks.put_off(
            connection,
            desk.officer,
            _role(desk),
            about,
            request.form.get("reason", ""),
            int(days) if days.isdecimal() and len(days) < 4 else 0,
            desk.now_ms,
        )
    return desk.go("/looks", "access.said.put_off")


def end_pause(desk: Desk, number: int) -> Any:
    """POST: people are told again."""
    with desk.write() as connection:
        paused = next((one.about for one in looks.pauses(connection, desk.now_ms) if one.id == number), "")
        desk.require(Right.LOOKS_SUSPEND, _around(connection, paused))
        looks.end_pause(connection, desk.officer, _role(desk), number, desk.now_ms)
    return desk.go("/looks", "access.said.pause_ended")


def _around(connection: Connection, about: str) -> frozenset[str]:
    """Where a case lies; what lies nowhere is for a head of the whole country."""
    row = run(connection, "SELECT ward, province FROM case_file WHERE id = ?", (about,)).first()
    return areas_of_place("", *(row or ("", "")))


def _role(desk: Desk) -> str:
    return desk.roles.giving(desk.officer, Right.LOOKS_SUSPEND)


def _chain_state(connection: Connection) -> dict[str, Any]:
    """The newest rows checked, against each other: {"rows", "good"}."""
    last = run(connection, "SELECT max(number) FROM audit").scalar() or 0
    first = max(1, last - _LAST_CHECKED + 1)
    sql = f"SELECT {', '.join(COLUMNS)} FROM audit WHERE number >= ? ORDER BY number"
    found, _ = verify_rows(run(connection, sql, (max(1, first - 1),)), first)
    return {"rows": last, "good": not found.faults, "fault": found.faults[0].number if found.faults else 0}


def _select(connection: Connection, asked: Asked, limit: int) -> Iterator[Any]:
    parts, values = ["1 = 1"], []
    for sql, value in (("actor = ?", asked.actor), ("about = ?", asked.about), ("number < ?", asked.before)):
        if value:
            parts.append(sql)
            values.append(value)
    if asked.person is not None:
        parts.append("number IN (SELECT number FROM look_notice WHERE person = ?)")
        values.append(asked.person)
    if asked.day:
        start = int(datetime.fromisoformat(asked.day).replace(tzinfo=_VIET_NAM).timestamp() * 1000)
        parts.append("at_ms >= ? AND at_ms < ?")
        values += [start, start + 86_400_000]
    sql = f"SELECT {', '.join(COLUMNS)} FROM audit WHERE {' AND '.join(parts)} ORDER BY number DESC LIMIT {limit}"
    yield from run(connection, sql, values)


def _asked() -> Asked:
    given = {name: request.args.get(name, "").strip() for name in Asked._fields}
    person, before = _number(given["person"]), _number(given["before"])
    return Asked(_text(given["actor"]), _text(given["about"]), _day(given["day"]), person, before)


def _text(text: str) -> str:
    return text if len(text) <= 80 and text.isprintable() else ""


def _day(text: str) -> str:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date().isoformat()
    except ValueError:
        return ""


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _row(row: Any) -> Row:
    return Row._make((*row[:8], json.loads(row[8])))


def _note(desk: Desk, connection: Connection, action: str, asked: Asked) -> None:
    """With the officer, day and case that were asked for; a person as one who was looked at, whom this tells too.

    Only what the log knows already: somebody may type a name into these fields.
    """
    actor, about = (_logged(connection, name, getattr(asked, name)) for name in ("actor", "about"))
    detail = {"actor": actor, "day": asked.day}
    desk.note(connection, action, Purpose.OVERSIGHT, about, **detail, person=_known(connection, asked.person))


def _logged(connection: Connection, column: str, text: str) -> str:
    known = text and run(connection, f"SELECT 1 FROM audit WHERE {column} = ? LIMIT 1", (text,)).first()
    return text if known else ""


def _known(connection: Connection, person: int | None) -> int | None:
    if person is None or run(connection, "SELECT 1 FROM person WHERE id = ?", (person,)).first() is None:
        return None
    return person


def _safe(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


OVERSIGHT = (
    Page("/audit", "access_audit", show_audit, Right.AUDIT_READ, menu="access.audit", looks=True),
    Page("/audit.csv", "access_audit_csv", audit_csv, Right.AUDIT_READ, looks=True),
    Page("/looks", "access_looks", show_looks, Right.LOOKS_READ, menu="access.looks"),
    Page("/looks/put-off", "access_put_off", put_off, Right.LOOKS_SUSPEND, ("POST",)),
    Page("/looks/<int:number>/end", "access_end_pause", end_pause, Right.LOOKS_SUSPEND, ("POST",)),
)
