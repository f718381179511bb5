"""What the holder of a pass asks of the centre: a request at the desk of data subjects' rights, a reminder, a call.

A pass proves its own records and no more: they are tied to the request, so that they can be opened and destroyed for it
although nobody showed a card. Whose card was once linked with the pass the request does not touch.
"""

import os
from typing import Any

from sqlalchemy.engine import Connection

from central.alerts.callbacks import ask_back, code_hash, new_code
from central.alerts.limits import Limits
from central.authority.reaching import reached
from central.phones.mine import Own
from central.rights.requests import NewRequest, identify, open_request, request_of
from central.rights.schema import KINDS
from central.statements import run
from wire.exposures import entry_of
from wire.records import PUBLIC_PAGES
from wire.refusal import Refused

MOST_OPEN = 3
_ABOUT_ALL = frozenset({"object", "complaint"})  # may be about the place or the page itself
MOST_RECORDS = 500  # as central.rights.request_data opens at once
_CODE_MS = 600_000


def ask_desk(connection: Connection, own: Own, kind: str, language: str, now_ms: int) -> tuple[str, int]:
    """(id, due ms) of a new request. Raises Refused: bad_request, too_many_requests, nothing_held."""
    if kind not in KINDS or language not in ("vi", "en"):
        raise Refused("bad_request", "kind or language")
    sql = (
        "SELECT count(*) FROM phone_request p JOIN rights_request q ON q.id = p.request"
        " WHERE p.pass = ? AND q.closed_ms IS NULL"
    )
    if run(connection, sql, (own.pass_id,)).scalar_one() >= MOST_OPEN:
        raise Refused("too_many_requests")
    records = _records(connection, own)
    if not records and kind not in _ABOUT_ALL:
        raise Refused("nothing_held")  # an officer would look for nothing
    new = NewRequest(kind, "phone", language, processors=False, asked_ms=now_ms)
    name = open_request(connection, new, PUBLIC_PAGES, now_ms)
    if records:
        identify(connection, name, None, "pass", records, PUBLIC_PAGES, now_ms)
    sql = "INSERT INTO phone_request (request, pass, made_ms) VALUES (?, ?, ?)"
    run(connection, sql, (name, own.pass_id, now_ms))
    return name, request_of(connection, name).due_ms


def remind(connection: Connection, pass_id: bytes, hour: int | None, today: int) -> None:
    """ "Still well?" at that hour each day from now on; None: no more. `today` is a day that needs none."""
    sql = "UPDATE phone_pass SET reminder_hour = ?, reminded_day = ? WHERE id = ?"
    run(connection, sql, (hour, today, pass_id))


def mark_seen(connection: Connection, own: Own, releases: list[int], now_ms: int) -> None:
    """The page has shown these alerts; whoever sees one has been told."""
    entry = entry_of(own.pass_id)
    for release in releases:
        for reach, contact in _reaches(connection, entry, release):
            sql = "INSERT INTO phone_told (entry, release, told_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
            run(connection, sql, (entry, release, now_ms))
            _told(connection, reach, contact, now_ms)


def call_back(connection: Connection, own: Own, release: int, limits: Limits, now_ms: int) -> None:
    """A call of the station that looks after them, once for each alert; who asks for one has read it.

    Raises Refused("alert_unknown").
    """
    mark_seen(connection, own, [release], now_ms)
    for reach, _ in _reaches(connection, entry_of(own.pass_id), release):
        sql = "SELECT 1 FROM call_code WHERE reach = ? AND task IS NOT NULL"
        if run(connection, sql, (reach,)).first() is not None:
            return
        code = new_code(os.urandom)
        sql = "INSERT INTO call_code (hash, reach, ends_ms) VALUES (?, ?, ?)"
        run(connection, sql, (code_hash(code), reach, now_ms + _CODE_MS))
        if ask_back(connection, code, limits, now_ms):
            return
    raise Refused("alert_unknown")


def _reaches(connection: Connection, entry: bytes, release: int) -> list[tuple[int, int]]:
    """(reach, contact) by which this pass was to hear of that release, the gate first."""
    sql = (
        "SELECT r.id, r.contact, max(CASE WHEN r.channel = 'gate' THEN 1 ELSE 0 END) AS first FROM exposure_entry e"
        " JOIN reach r ON r.release = e.release AND r.contact = e.contact"
        " WHERE e.entry = ? AND e.release = ? AND e.live = 1 GROUP BY r.id, r.contact ORDER BY first DESC, r.id"
    )
    return [(int(row[0]), int(row[1])) for row in run(connection, sql, (entry, release))]


def _told(connection: Connection, reach: int, contact: int, now_ms: int) -> None:
    sql = "UPDATE reach SET state = 'delivered', changed_ms = ? WHERE id = ? AND channel = 'gate' AND state = 'waiting'"
    run(connection, sql, (now_ms, reach))
    reached(connection, contact, "page", now_ms)


def _records(connection: Connection, own: Own) -> list[Any]:
    """The newest records that stand under this pass: (stream, seq)."""
    if own.pseudonym is None:
        return []
    sql = (
        "SELECT stream, seq FROM (SELECT stream, seq, at_ms FROM visit WHERE person = ? UNION ALL"
        " SELECT stream, seq, at_ms FROM declared WHERE person = ?) theirs ORDER BY at_ms DESC LIMIT ?"
    )
    return [tuple(row) for row in run(connection, sql, (own.pseudonym, own.pseudonym, MOST_RECORDS))]
