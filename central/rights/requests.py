"""Requests of the people whom the data are about: opened, identified, answered, extended once, closed.

- The clocks run from when a request came in, whoever opened it and whenever.
- Nothing is looked at or destroyed before the identity of the person was checked, and nothing after it was closed.
- A refusal, a part and an extension need a reason in words that the person gets to read.
- Each is the work of an area: an officer sees and works those that lie in theirs (`lying_in` for a list).
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from central.access.roles import is_area
from central.rights.clocks import clocks, day_of
from central.rights.schema import KINDS, OUTCOMES
from central.rights.two_officers import none_waits
from central.statements import run
from wire.refusal import Refused

CHANNELS = ("desk", "letter", "email", "phone")
HOW = ("card", "receipt", "guardian", "pass")  # pass: by the key of the phone that holds it
LANGUAGES = ("vi", "en")
_NEEDS_REASON = frozenset({"granted_in_part", "refused"})
_MOST_REASON = 1000
PAGE = 50


class NewRequest(NamedTuple):
    """What an officer writes down first. `processors`: others who hold the data must stop too; `area`: whose work it
    is (central.access.roles)."""

    kind: str
    channel: str
    language: str
    processors: bool
    asked_ms: int
    area: str = "all"


class Request(NamedTuple):
    """A row of rights_request."""

    id: str
    kind: str
    channel: str
    area: str
    language: str
    processors: int
    asked_ms: int
    opened_by: str
    answer_due_ms: int
    due_ms: int
    answered_ms: int | None
    extended_ms: int | None
    extended_why: str
    person: int | None
    identified_ms: int | None
    identified_by: str | None
    identified_how: str
    closed_ms: int | None
    closed_by: str | None
    outcome: str | None
    reason: str


_COLUMNS = ", ".join(Request._fields)


def open_request(connection: Connection, new: NewRequest, officer: str, now_ms: int) -> str:
    """Write a request down; its id. Raises Refused: bad_request, from_tomorrow."""
    if new.kind not in KINDS or new.channel not in CHANNELS or new.language not in LANGUAGES or not is_area(new.area):
        raise Refused("bad_request", "kind, channel, language or area")
    if new.asked_ms > now_ms:
        raise Refused("from_tomorrow", "it cannot have come in yet")
    year = day_of(now_ms).year
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7166, 12)")  # two desks, one number
    last = run(connection, "SELECT max(id) FROM rights_request WHERE id LIKE ?", (f"R-{year}-______",)).scalar()
    name = f"R-{year}-{int(last[-6:]) + 1 if last else 1:06d}"
    sql = (
        "INSERT INTO rights_request (id, kind, channel, area, language, processors, asked_ms, opened_by, answer_due_ms,"
        " due_ms, extended_why, identified_how, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', '')"
    )
    due_ms = clocks().due(new.kind, new.asked_ms, processors=new.processors)
    answer_ms = clocks().answer_due(new.asked_ms)
    what = (name, new.kind, new.channel, new.area, new.language, int(new.processors))
    run(connection, sql, (*what, new.asked_ms, officer, answer_ms, due_ms))
    return name


def request_of(connection: Connection, name: str) -> Request:
    """One request. Raises Refused("request_unknown")."""
    row = run(connection, f"SELECT {_COLUMNS} FROM rights_request WHERE id = ?", (name,)).first()
    if row is None:
        raise Refused("request_unknown", name[:32])
    return Request(*row)


def requests(connection: Connection, areas: Iterable[str], *, closed: bool, page: int = 0) -> list[Request]:
    """Of an officer's areas: open ones by their date, or the closed ones newest first; 50 a page."""
    within, values = lying_in(areas)
    first = "CASE WHEN answered_ms IS NULL AND answer_due_ms < due_ms THEN answer_due_ms ELSE due_ms END"
    where, order = ("IS NOT NULL", "closed_ms DESC") if closed else ("IS NULL", f"{first}, id")
    sql = (
        f"SELECT {_COLUMNS} FROM rights_request WHERE closed_ms {where} AND {within} ORDER BY {order} LIMIT ? OFFSET ?"
    )
    return [Request(*row) for row in run(connection, sql, (*values, PAGE, page * PAGE))]


def late_ones(connection: Connection, areas: Iterable[str], now_ms: int) -> int:
    """How many open requests of an officer's areas are past a date."""
    within, values = lying_in(areas)
    sql = (
        f"SELECT count(*) FROM rights_request WHERE closed_ms IS NULL AND {within}"
        " AND (due_ms < ? OR answered_ms IS NULL AND answer_due_ms < ?)"
    )
    return int(run(connection, sql, (*values, now_ms, now_ms)).scalar_one())


def lying_in(areas: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """(a condition with `?`, its values) on rights_request.area: the areas and what lies in them, as places say."""
    held = sorted(set(areas))
    if "all" in held:
        return "1 = 1", ()
    marks = ", ".join("?" * len(held))
    if not held:
        return "1 = 0", ()
    parts = [f"SELECT 'venue-' || id FROM place WHERE 'ward-' || ward IN ({marks})"]
    for table, column in (("place", "ward"), ("station", "ward"), ("place", "id")):
        kind = "ward" if column == "ward" else "venue"
        parts.append(f"SELECT '{kind}-' || {column} FROM {table} WHERE 'province-' || province IN ({marks})")
    return f"(area IN ({marks}) OR area IN ({' UNION '.join(parts)}))", tuple(held) * (1 + len(parts))


def identify(
    connection: Connection, name: str, person: int | None, how: str, records: Sequence[Any], officer: str, now_ms: int
) -> None:
    """Their identity was checked: `person` where a number was shown, `records` where a receipt found some.

    Raises Refused: request_unknown, request_closed, bad_request; proposal_waits, since whoever signs a proposal must
    sign for the person that it was made for.
    """
    _running(connection, name)
    none_waits(connection, name)
    if how not in HOW:
        raise Refused("bad_request", how[:16])
    sql = (
        "UPDATE rights_request SET person = coalesce(?, person), identified_ms = ?, identified_by = ?,"
        " identified_how = ? WHERE id = ?"
    )
    run(connection, sql, (person, now_ms, officer, how, name))
    for stream, seq in records:
        sql = "INSERT INTO rights_record (request, stream, seq) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
        run(connection, sql, (name, stream, seq))


def answer_first(connection: Connection, name: str, now_ms: int) -> None:
    """The person has the first answer: it came in, and who works on it. Raises Refused: request_unknown, _closed."""
    _running(connection, name)
    run(connection, "UPDATE rights_request SET answered_ms = coalesce(answered_ms, ?) WHERE id = ?", (now_ms, name))


def extend(connection: Connection, name: str, why: str, now_ms: int) -> None:
    """Fifteen more days, once, before the date is past. Raises Refused: request_closed, extended_twice, too_late."""
    request = _running(connection, name)
    if request.extended_ms is not None:
        raise Refused("extended_twice", name)
    if now_ms > request.due_ms:
        raise Refused("too_late", name)
    later = clocks().extended(request.kind, request.asked_ms, processors=bool(request.processors))
    sql = "UPDATE rights_request SET due_ms = ?, extended_ms = ?, extended_why = ? WHERE id = ?"
    run(connection, sql, (later, now_ms, _words(why), name))


def close(connection: Connection, name: str, outcome: str, reason: str, officer: str, now_ms: int) -> None:
    """It is done. Raises Refused: request_closed, bad_outcome, needs_reason, not_identified, proposal_waits."""
    request = _running(connection, name)
    none_waits(connection, name)
    if outcome not in OUTCOMES:
        raise Refused("bad_outcome", outcome[:32])
    if outcome in _NEEDS_REASON:
        reason = _words(reason)
    if outcome.startswith("granted") and request.identified_ms is None and request.kind != "complaint":
        raise Refused("not_identified", name)
    sql = (
        "UPDATE rights_request SET closed_ms = ?, closed_by = ?, outcome = ?, reason = ?,"
        " answered_ms = coalesce(answered_ms, ?) WHERE id = ?"
    )
    run(connection, sql, (now_ms, officer, outcome, reason.strip()[:_MOST_REASON], now_ms, name))


def restrict(connection: Connection, name: str, now_ms: int) -> None:
    """From now on nothing is done with the data of this person but what the law asks for (central.rights.restricting).

    Raises Refused: request_closed, not_identified.
    """
    request = _running(connection, name)
    if request.person is None:
        raise Refused("not_identified", name)
    sql = (
        "INSERT INTO restriction (request, person, since_ms) VALUES (?, ?, ?)"
        " ON CONFLICT (request) DO UPDATE SET ended_ms = NULL"
    )
    run(connection, sql, (name, request.person, now_ms))


def end_restriction(connection: Connection, name: str, now_ms: int) -> None:
    """The person wants processing to go on. Raises Refused: request_closed, not_restricted."""
    _running(connection, name)
    sql = "UPDATE restriction SET ended_ms = ? WHERE request = ? AND ended_ms IS NULL"
    if run(connection, sql, (now_ms, name)).rowcount != 1:
        raise Refused("not_restricted", name)


def _running(connection: Connection, name: str) -> Request:
    request = request_of(connection, name)
    if request.closed_ms is not None:
        raise Refused("request_closed", name)
    return request


def _words(text: str) -> str:
    if len(text.strip()) < 10:
        raise Refused("needs_reason", "a sentence that the person can understand")
    return text.strip()[:_MOST_REASON]
