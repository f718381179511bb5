"""Filling the desk's queue: what the triage rules say of each new declaration, report and missing daily report.

Each function takes a bounded piece inside the caller's transaction, and may be run again at any time.
"""

import json
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.authority.tasks import Kind, NewTask, open_task
from central.desks.missing import missing_days
from central.desks.said import BY_LIGHT, CHECK, DECLARATION, FEEDBACK, day_of
from central.desks.tied import about_of
from central.desks.triage import HOUR_MS, Place, TriageRules, facts, place_in_queue
from central.people.persons import persons_of
from central.phones.homes import take_home
from central.places.places import station_for
from central.statements import run
from central.vault.port import RecordId

_KINDS = {DECLARATION: "declaration", BY_LIGHT: "light", FEEDBACK: "feedback"}
_ITEM = {DECLARATION: "declaration", BY_LIGHT: "declaration", FEEDBACK: "report"}
AT_ONCE = 500
PLACELESS_MS = 60_000  # a declaration from a phone has no place: the check-in that it was for comes within a minute
THERE_MS = 15 * PLACELESS_MS  # a form and a check-in so near each other are one way in
EXPOSED_DAYS = 14  # a declaration older than that is not looked up because its person became a contact


class Item(NamedTuple):
    """What is put into the queue. `day` tells the items of one record apart: a missing report has the day it is of."""

    kind: str
    record: RecordId
    day: int
    person: int | None
    venue: str
    ward: str
    province: str


def triage_new(connection: Connection, rules: TriageRules, now_ms: int) -> bool:
    """Ask the rules about records that came in; whether more are waiting."""
    sql = (
        "SELECT d.stream, d.seq, d.kind, d.outcome, d.reasons, d.topic, d.person, d.identity_kind, d.day, d.venue,"
        " COALESCE(p.ward, ''), COALESCE(p.province, ''), d.at_ms FROM declared d LEFT JOIN place p ON p.id = d.venue"
        " WHERE d.triaged = 0 AND (d.venue <> '' OR d.at_ms < ?) ORDER BY d.stream, d.seq LIMIT ?"
    )
    rows = run(connection, sql, (now_ms - PLACELESS_MS, AT_ONCE)).all()
    for stream, seq, kind, outcome, reasons, topic, pseudonym, identity, day, venue, ward, province, at_ms in rows:
        if kind != CHECK:
            known = None if pseudonym is None else bytes(pseudonym)
            where = (venue, ward, province)
            if known is not None and not venue:
                where = _at_home(connection, known, (stream, seq), at_ms)
            exposed = known is not None and is_exposed(connection, known)
            said = facts(_KINDS[kind], outcome, json.loads(reasons), topic, exposed=exposed)
            place = place_in_queue(rules, said)
            if place is not None:
                person = None if known is None else persons_of(connection, [(known, identity)], now_ms)[known]
                item = Item(_ITEM[kind], RecordId(stream, seq), day, person, *where)
                put(connection, item, place, rules, now_ms)
        run(connection, "UPDATE declared SET triaged = 1 WHERE stream = ? AND seq = ?", (stream, seq))
    return len(rows) == AT_ONCE


def _at_home(connection: Connection, pseudonym: bytes, record: tuple[int, int], at_ms: int) -> tuple[str, str, str]:
    """(venue, ward, province) to whose station a declaration from a phone belongs: where its holder went in about then,
    else the area that the form names, else where they were seen last; all "" where nobody knows."""
    sql = (
        "SELECT v.venue, COALESCE(p.ward, ''), COALESCE(p.province, ''), v.at_ms FROM visit v"
        " LEFT JOIN place p ON p.id = v.venue WHERE v.person = ? ORDER BY v.at_ms DESC LIMIT 1"
    )
    home = take_home(connection, *record)
    seen = run(connection, sql, (pseudonym,)).first()
    if seen is not None and (not home.province or abs(seen[3] - at_ms) < THERE_MS):
        return (seen[0], seen[1], seen[2])
    return ("", *home)


def triage_exposed(connection: Connection, rules: TriageRules, now_ms: int) -> None:
    """Declarations of the last days whose person has become a contact since."""
    sql = (
        "SELECT d.stream, d.seq, d.kind, d.outcome, d.reasons, d.day, d.venue, i.person, COALESCE(p.ward, ''),"
        " COALESCE(p.province, '') FROM declared d JOIN identity i ON i.pseudonym = d.person"
        " LEFT JOIN place p ON p.id = d.venue WHERE d.day > ? AND d.kind = ? AND d.triaged = 1"
        " AND EXISTS (SELECT 1 FROM contact c WHERE c.person = i.person AND c.state NOT IN ('withdrawn'))"
        " AND NOT EXISTS (SELECT 1 FROM triage t WHERE t.stream = d.stream AND t.seq = d.seq) LIMIT ?"
    )
    since = day_of(now_ms) - EXPOSED_DAYS
    rows = run(connection, sql, (since, DECLARATION, AT_ONCE)).all()
    for stream, seq, kind, outcome, reasons, day, venue, person, ward, province in rows:
        place = place_in_queue(rules, facts(_KINDS[kind], outcome, json.loads(reasons), exposed=True))
        if place is not None:
            item = Item("declaration", RecordId(stream, seq), day, person, venue, ward, province)
            put(connection, item, place, rules, now_ms)


def triage_missing(connection: Connection, rules: TriageRules, now_ms: int) -> int:
    """Daily reports that have not come: one open item for each arrival; how many were put."""
    put_in = 0
    for late in missing_days(connection, now_ms):
        place = place_in_queue(rules, facts("overdue", missing=late.days))
        sql = (
            "SELECT rank FROM triage WHERE kind = 'overdue' AND stream = ? AND seq = ?"
            " AND (closed_ms IS NULL OR day = ?) LIMIT 1"
        )
        if place is not None and run(connection, sql, (*late.record, late.day)).first() is None:
            item = Item("overdue", late.record, late.day, late.person, late.venue, late.ward, late.province)
            put(connection, item, place, rules, now_ms)
            put_in += 1
    return put_in


def put(connection: Connection, item: Item, place: Place, rules: TriageRules, now_ms: int) -> None:
    """Into the queue, and onto the list of the station that looks after its ward, where there is one."""
    station = station_for(connection, item.ward, item.province)
    due_ms = now_ms + place.hours * HOUR_MS
    sql = (
        "INSERT INTO triage (kind, stream, seq, day, person, venue, ward, province, rank, why, rules, station, made_ms,"
        " due_ms, calls) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)"
        " ON CONFLICT (kind, stream, seq, day) DO NOTHING RETURNING id"
    )
    where = (item.venue, item.ward, item.province)
    what = (item.kind, *item.record, item.day, item.person, *where, place.rank, json.dumps(place.why), rules.name)
    row = run(connection, sql, (*what, station.id if station else "", now_ms, due_ms)).first()
    if row is not None and station is not None:
        task = open_task(connection, task_of(item, station.id, due_ms), now_ms)
        run(connection, "UPDATE triage SET task = ? WHERE id = ?", (task, row[0]))


def task_of(item: Item, station: str, due_ms: int) -> NewTask:
    """PURE. The item as a task of a health station."""
    about = about_of(item.record)
    kind: Kind = "arrival" if item.kind == "overdue" else "declaration"
    return NewTask(kind, about, due_ms, station, item.ward, item.province, person=item.person)


def is_exposed(connection: Connection, pseudonym: bytes) -> bool:
    """Whether whoever showed this code is a contact of a case."""
    sql = (
        "SELECT 1 FROM identity i JOIN contact c ON c.person = i.person WHERE i.pseudonym = ?"
        " AND c.state NOT IN ('withdrawn') LIMIT 1"
    )
    return run(connection, sql, (pseudonym,)).first() is not None
