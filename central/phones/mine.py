"""What the holder of a pass may see of it: visits, declarations, alerts, who looked, requests; of nobody else anything.

All of it hangs on the pass's pseudonym, which ingest has written down. Where a card is linked with the pass (one that
was given for a check-in), its visits are not shown: whoever finds a phone must not find a card's days with it.
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from central.access.looks import told_looks
from central.alerts.limits import limits
from central.alerts.reachable import LANGUAGES
from central.alerts.texts import Fields, rendered
from central.desks.said import DAY_MS, DECLARATION, day_of, start_of
from central.phones.receipt import written
from central.phones.visits import INSIDE_MS, last_of
from central.places.places import Place, places_by_id, station_for
from central.statements import run
from wire.envelope import record_id
from wire.exposures import entry_of
from wire.records import PUBLIC_PAGES, Direction, Signal

MOST = 200
BACK_MS = 21 * DAY_MS  # central/rights/limits.toml: visits


class Own(NamedTuple):
    """A pass of a phone as it stands here. `pseudonym` and `person` are None while nothing of it has come in."""

    pass_id: bytes
    pseudonym: bytes | None
    person: int | None
    reminder_hour: int | None


def own_of(connection: Connection, pass_id: bytes) -> Own:
    """The pass of a phone that stands (central.phones.passes.check_stands)."""
    sql = (
        "SELECT p.pseudonym, i.person, p.reminder_hour FROM phone_pass p"
        " LEFT JOIN identity i ON i.pseudonym = p.pseudonym WHERE p.id = ?"
    )
    pseudonym, person, hour = run(connection, sql, (pass_id,)).one()
    return Own(pass_id, None if pseudonym is None else bytes(pseudonym), person, hour)


def mine(connection: Connection, own: Own, now_ms: int) -> dict[str, Any]:
    """Everything for the page."""
    visits = visits_of(connection, own, now_ms)
    return {
        "ready": own.pseudonym is not None,
        "visits": visits,
        "inside": _inside(connection, own, now_ms),
        "declarations": _declarations(connection, own),
        "alerts": alerts_of(connection, own, now_ms),
        "helpline": limits().helpline,
        "looks": _looks(connection, own, now_ms),
        "requests": _requests(connection, own),
        "claims": _claims(connection, own),
        "claimed": claimed(connection, own),
        "reminder": None if own.reminder_hour is None else {"hour": own.reminder_hour},
    }


def visits_of(connection: Connection, own: Own, now_ms: int) -> list[dict[str, Any]]:
    """The newest first: what ingest has taken, and what this phone told a blink ago."""
    sql = (
        "SELECT s.device, s.epoch, v.seq, v.venue, v.direction, v.at_ms, v.signal FROM visit v"
        " JOIN stream s ON s.id = v.stream WHERE v.person = ? AND v.at_ms > ? ORDER BY v.at_ms DESC LIMIT ?"
    )
    rows: Sequence[Any] = (
        [] if own.pseudonym is None else run(connection, sql, (own.pseudonym, now_ms - BACK_MS, MOST)).all()
    )
    found = _as_visits(connection, rows)
    known = {one["receipt"] for one in found}
    sql = "SELECT answer FROM phone_said WHERE pass = ? AND made_ms > ? ORDER BY at_ms DESC LIMIT 20"
    for (text,) in run(connection, sql, (own.pass_id, now_ms - DAY_MS)):
        said = json.loads(text)
        if said["receipt"] not in known:
            found.append({**{name: said[name] for name in _VISIT}, "by": "phone"})
    return sorted(found, key=lambda one: -int(one["at_ms"]))[:MOST]


def alerts_of(connection: Connection, own: Own, now_ms: int) -> list[dict[str, Any]]:
    """What gates know of this pass, and what was taken back since the page has shown it; new ones first."""
    entry = entry_of(own.pass_id)
    sql = (
        "SELECT e.release, max(e.until_ms), max(r.template), max(t.told_ms),"
        " max(c.last_ms), max(c.ward), max(c.province)"
        " FROM exposure_entry e JOIN release r ON r.id = e.release JOIN contact c ON c.id = e.contact"
        " LEFT JOIN phone_told t ON t.entry = e.entry AND t.release = e.release"
        " WHERE e.entry = ? AND e.live = 1 AND r.state = 'sent' AND e.until_ms > ? GROUP BY e.release"
    )
    stands = [_alert(connection, row) for row in run(connection, sql, (entry, now_ms)).all()]
    sql = (
        "SELECT t.release, t.told_ms FROM phone_told t JOIN release r ON r.id = t.release"
        " WHERE t.entry = ? AND r.state IN ('recalled', 'stopped')"
    )
    gone = [_withdrawn(release, told_ms) for release, told_ms in run(connection, sql, (entry,)).all()]
    return sorted([*stands, *gone], key=lambda one: (not one["new"], -int(one["id"])))


def claimed(connection: Connection, own: Own) -> list[dict[str, Any]]:
    """Visits by the card of a receipt that was found, of that place and day alone."""
    sql = "SELECT stream, seq FROM phone_claim WHERE pass = ? AND state = 'found' ORDER BY id DESC LIMIT 20"
    found: dict[str, dict[str, Any]] = {}
    for stream, seq in run(connection, sql, (own.pass_id,)).all():
        for table in ("visit", "declared"):
            sql = f"SELECT person, venue, at_ms FROM {table} WHERE stream = ? AND seq = ?"
            row = run(connection, sql, (stream, seq)).first()
            if row is not None and row[0] is not None:
                found.update({one["receipt"]: one for one in _that_day(connection, *row)})
    return sorted(found.values(), key=lambda one: -int(one["at_ms"]))


_VISIT = ("place", "name", "direction", "at_ms", "signal", "receipt")


def _that_day(connection: Connection, person: bytes, venue: str, at_ms: int) -> list[dict[str, Any]]:
    start = start_of(day_of(at_ms))
    sql = (
        "SELECT s.device, s.epoch, v.seq, v.venue, v.direction, v.at_ms, v.signal FROM visit v"
        " JOIN stream s ON s.id = v.stream WHERE v.person = ? AND v.venue = ? AND v.at_ms >= ? AND v.at_ms < ?"
        " ORDER BY v.at_ms LIMIT ?"
    )
    return _as_visits(connection, run(connection, sql, (bytes(person), venue, start, start + DAY_MS, MOST)).all())


def _as_visits(connection: Connection, rows: Sequence[Any]) -> list[dict[str, Any]]:
    names = {name: one.name for name, one in places_by_id(connection, {row[3] for row in rows}).items()}
    found = []
    for device, epoch, seq, venue, direction, at_ms, signal in rows:
        told = (venue, names.get(venue, venue), "in" if direction == Direction.IN else "out", int(at_ms))
        receipt = written(record_id(device, bytes(epoch), int(seq)))
        by = "phone" if device == PUBLIC_PAGES else "gate"
        found.append({**dict(zip(_VISIT, (*told, Signal(signal).name, receipt), strict=True)), "by": by})
    return found


def _inside(connection: Connection, own: Own, now_ms: int) -> dict[str, Any] | None:
    last = last_of(connection, own.pass_id)
    if last is None or last.way != "in" or now_ms - last.at_ms >= INSIDE_MS:
        return None
    place: Place | None = places_by_id(connection, [last.place]).get(last.place)
    return {"place": last.place, "name": last.place if place is None else place.name, "since_ms": last.at_ms}


def _declarations(connection: Connection, own: Own) -> list[dict[str, Any]]:
    if own.pseudonym is None:
        return []
    sql = (
        "SELECT s.device, s.epoch, d.seq, d.venue, d.at_ms, d.outcome FROM declared d JOIN stream s ON s.id = d.stream"
        " WHERE d.person = ? AND d.kind = ? ORDER BY d.at_ms DESC LIMIT ?"
    )
    rows = run(connection, sql, (own.pseudonym, DECLARATION, MOST)).all()
    names = places_by_id(connection, {row[3] for row in rows})
    return [
        {
            "at_ms": int(at_ms),
            "outcome": Signal(outcome).name,
            "receipt": written(record_id(device, bytes(epoch), int(seq))),
            "name": names[venue].name if venue in names else "",
        }
        for device, epoch, seq, venue, at_ms, outcome in rows
    ]


def _alert(connection: Connection, row: Any) -> dict[str, Any]:
    release, until_ms, template, told_ms, last_ms, ward, province = row
    day_ms = start_of(day_of(last_ms))  # an hour would tell the place
    fields = Fields.of(limits(), station_for(connection, ward, province))
    words = {language: rendered(template, language, fields) for language in LANGUAGES}
    return {
        "id": int(release),
        "from_ms": day_ms,
        "to_ms": day_ms + DAY_MS,
        "until_ms": int(until_ms),
        "title": {language: one.subject for language, one in words.items()},
        "text": {language: one.long for language, one in words.items()},
        "state": "stands",
        "new": told_ms is None,
        "call_back": True,
    }


def _withdrawn(release: int, told_ms: int) -> dict[str, Any]:
    words = {language: rendered("recall", language, Fields.of(limits(), None)) for language in LANGUAGES}
    return {
        "id": int(release),
        "from_ms": None,
        "to_ms": None,
        "until_ms": int(told_ms),
        "title": {language: one.subject for language, one in words.items()},
        "text": {language: one.long for language, one in words.items()},
        "state": "withdrawn",
        "new": False,
        "call_back": False,
    }


def _looks(connection: Connection, own: Own, now_ms: int) -> list[dict[str, Any]]:
    if own.person is None:
        return []
    return [
        {"at_ms": one.at_ms, "role": one.role, "purpose": one.purpose}
        for one in told_looks(connection, own.person, now_ms, MOST)
    ]


def _requests(connection: Connection, own: Own) -> list[dict[str, Any]]:
    sql = (
        "SELECT q.id, q.kind, q.asked_ms, q.due_ms, q.outcome FROM phone_request p"
        " JOIN rights_request q ON q.id = p.request WHERE p.pass = ? ORDER BY q.asked_ms DESC LIMIT 50"
    )
    return [
        {
            "id": name,
            "kind": kind,
            "asked_ms": int(asked),
            "due_ms": int(due),
            "state": "open" if outcome is None else "closed",
            "outcome": outcome,
        }
        for name, kind, asked, due, outcome in run(connection, sql, (own.pass_id,))
    ]


def _claims(connection: Connection, own: Own) -> list[dict[str, Any]]:
    sql = "SELECT id, state, made_ms FROM phone_claim WHERE pass = ? ORDER BY id DESC LIMIT 20"
    return [
        {"id": int(number), "state": state, "made_ms": int(made)}
        for number, state, made in run(connection, sql, (own.pass_id,))
    ]
