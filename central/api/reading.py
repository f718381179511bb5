"""What programs may read, as plain rows: counts, places, cases, contacts, zones, releases, certificates. Never a name.

A token sees what lies in its areas: a province holds its wards and places, a venue only itself.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.engine import Connection

from central.access.roles import Purpose, Right
from central.api.asking import MOST_ROWS, ROWS, Ask
from central.rights.certificates import plain, public_keys, read
from central.rights.clocks import DAY_MS, start_of
from central.statements import run
from central.zoning.levels import levels
from wire.refusal import Refused

_CASE = "id, disease, state, evidence, rule, onset_ms, from_ms, to_ms, ward, province, opened_ms, signed_ms, closed_ms"
_CONTACT = "id, hop, label, definition, overlap_ms, last_ms, ward, province, state, reached_ms, reached_by"
_RELEASE = "id, case_id, state, proposed_ms, released_ms, sent_ms, until_ms, stopped_ms, counts"


def health(ask: Ask, connection: Connection) -> dict[str, Any]:
    """Whether the centre takes records, and how old the newest is."""
    last = run(connection, "SELECT max(last_ms) FROM stream").scalar()
    devices = run(connection, "SELECT count(*) FROM device WHERE state = 'active'").scalar_one()
    return {"status": "ok", "at": iso(ask.now_ms), "devices": devices, "last_record": iso(last)}


def places(ask: Ask, connection: Connection) -> dict[str, Any]:
    """Places in the token's areas, by number."""
    where, values = within(ask.areas(Right.COUNTS_READ), venue="id")
    return _page(
        ask,
        connection,
        f"SELECT number, id, name, kind, ward, province, closed_ms FROM place WHERE {where} AND number > ?"
        " ORDER BY number LIMIT ?",
        values,
        lambda r: {
            "number": r[0],
            "id": r[1],
            "name": r[2],
            "kind": r[3],
            "ward": r[4],
            "province": r[5],
            "closed": iso(r[6]),
        },
        "number",
    )


def counts(ask: Ask, connection: Connection) -> dict[str, Any]:
    """Ways in and out of one day by place, ward or province; numbers of visits, never of persons."""
    where, values = within(ask.areas(Right.COUNTS_READ), venue="p.id", prefix="p.")
    wanted: date | None = ask.values.get("day")
    if wanted is None:
        raise Refused("bad_parameter", "day")
    by = {"place": "p.id", "ward": "p.ward", "province": "p.province"}[ask.values.get("by", "place")]
    start = start_of(wanted)
    sql = (
        f"SELECT {by}, sum(CASE v.direction WHEN 1 THEN 1 ELSE 0 END), sum(CASE v.direction WHEN 2 THEN 1 ELSE 0 END)"
        f" FROM place p JOIN visit v ON v.venue = p.id AND v.at_ms >= ? AND v.at_ms < ? WHERE {where} AND {by} > ?"
        f" GROUP BY {by} ORDER BY {by} LIMIT ?"
    )
    limit = ask.values.get("limit", ROWS)
    rows = run(connection, sql, (start, start + DAY_MS, *values, ask.values.get("after", ""), limit)).all()
    items = [{"area": area, "ins": int(ins), "outs": int(outs)} for area, ins, outs in rows]
    return {"day": wanted.isoformat(), "items": items, "next": items[-1]["area"] if len(items) == limit else None}


def cases(ask: Ask, connection: Connection) -> dict[str, Any]:
    """Cases that a second officer has signed, in the token's areas; no reference, no person."""
    where, values = within(ask.areas(Right.CASES_READ))
    state = ask.values.get("state")
    values = (*values, *([] if state is None else [state]))
    ask.note(connection, "api_cases", Purpose.TRACING, "")
    return _page(
        ask,
        connection,
        f"SELECT {_CASE} FROM case_file WHERE signed_ms IS NOT NULL AND {where}"
        f"{'' if state is None else ' AND state = ?'} AND id > ? ORDER BY id LIMIT ?",
        values,
        _case,
        "id",
        "",
    )


def case(ask: Ask, connection: Connection, case_id: str) -> dict[str, Any]:
    """One case. Raises Refused("unknown") outside the token's areas too: what is not to be seen is not there."""
    ask.note(connection, "api_case", Purpose.TRACING, case_id)
    return _case(_signed(ask, connection, case_id, Right.CASES_READ))


def contacts(ask: Ask, connection: Connection, case_id: str) -> dict[str, Any]:
    """The contacts of one case, without whom: hop, label, overlap, and whether they were reached."""
    _signed(ask, connection, case_id, Right.CONTACTS_READ)
    where, values = within(ask.areas(Right.CONTACTS_READ))
    sql = f"SELECT person FROM contact WHERE case_id = ? AND {where} AND id > ? ORDER BY id LIMIT ?"
    limits = (ask.values.get("after", 0), ask.values.get("limit", ROWS))
    persons = [person for (person,) in run(connection, sql, (case_id, *values, *limits))]
    ask.note(connection, "api_contacts", Purpose.TRACING, case_id, persons=persons)
    return _page(
        ask,
        connection,
        f"SELECT {_CONTACT} FROM contact WHERE case_id = ? AND {where} AND id > ? ORDER BY id LIMIT ?",
        (case_id, *values),
        _contact,
        "id",
    )


def zones(ask: Ask, connection: Connection) -> dict[str, Any]:
    """The levels in force at a moment (now, without `at`)."""
    ask.areas(Right.REPORT_READ)
    at_ms = ask.values.get("at", ask.now_ms)
    items = [
        {"zone": z.zone, "area": z.area, "level": z.level, "from": iso(z.from_ms), "to": iso(z.to_ms)}
        for z in levels(connection, at_ms)
    ]
    return {"at": iso(at_ms), "items": items}


def releases(ask: Ask, connection: Connection) -> dict[str, Any]:
    """Releases of alerts: when, for which case, and how many are reached by which channel."""
    areas = ask.areas(Right.REPORT_READ)
    where, values = within(areas, prefix="c.")
    columns = ", ".join(f"r.{name}" for name in _RELEASE.split(", "))
    return _page(
        ask,
        connection,
        f"SELECT {columns} FROM release r JOIN case_file c ON c.id = r.case_id WHERE {where} AND r.id > ?"
        " ORDER BY r.id LIMIT ?",
        values,
        _release,
        "id",
    )


def certificates(ask: Ask, connection: Connection) -> dict[str, Any]:
    """Deletion certificates by number."""
    ask.areas(Right.REPORT_READ)
    return _page(
        ask,
        connection,
        "SELECT number, at_ms, about FROM deletion_certificate WHERE number > ? ORDER BY number LIMIT ?",
        (),
        lambda r: {"number": r[0], "at": iso(r[1]), "about": r[2]},
        "number",
    )


def certificate(ask: Ask, connection: Connection, number: int) -> dict[str, Any]:
    """What one certificate says, checked, and its signed bytes as hex."""
    ask.areas(Right.REPORT_READ)
    sql = "SELECT message FROM deletion_certificate WHERE number = ?"
    message = run(connection, sql, (min(number, 1 << 53),)).scalar()
    if message is None:
        raise Refused("unknown", "certificate")
    body = plain(read(bytes(message), public_keys(ask.site.ring)))
    return {
        "number": number,
        "at": iso(body["at"]),
        "about": body["about"],
        "says": body,
        "signed": bytes(message).hex(),
    }


def within(areas: Iterable[str], *, venue: str = "", prefix: str = "") -> tuple[str, tuple[str, ...]]:
    """(condition, its values) for rows with a ward and a province, and with a venue where `venue` names its column."""
    held = sorted(areas)
    if "all" in held:
        return "1 = 1", ()
    parts, values = [], []
    for kind, column in (("province", f"{prefix}province"), ("ward", f"{prefix}ward"), ("venue", venue)):
        named = [area.removeprefix(f"{kind}-") for area in held if area.startswith(f"{kind}-")]
        if named and column:
            parts.append(f"{column} IN ({', '.join('?' * len(named))})")
            values += named
    return (f"({' OR '.join(parts)})" if parts else "1 = 0"), tuple(values)


def iso(at_ms: int | None) -> str | None:
    """Unix ms as ISO 8601 in UTC, to the ms."""
    if at_ms is None:
        return None
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _page(
    ask: Ask,
    connection: Connection,
    sql: str,
    values: Sequence[Any],
    shown: Any,
    mark: str,
    first: int | str = 0,
) -> dict[str, Any]:
    """Rows behind `after`, and where the next page begins; null at the end."""
    limit = ask.values.get("limit", ROWS)
    assert limit <= MOST_ROWS
    rows = run(connection, sql, (*values, ask.values.get("after", first), limit)).all()
    items = [shown(row) for row in rows]
    return {"items": items, "next": items[-1][mark] if len(items) == limit else None}


def _signed(ask: Ask, connection: Connection, case_id: str, right: Right) -> Any:
    where, values = within(ask.areas(right))
    sql = f"SELECT {_CASE} FROM case_file WHERE id = ? AND signed_ms IS NOT NULL AND {where}"
    row = run(connection, sql, (case_id, *values)).first()
    if row is None:
        raise Refused("unknown", "case")
    return row


def _case(row: Any) -> dict[str, Any]:
    return {
        "id": row[0],
        "disease": row[1],
        "state": row[2],
        "evidence": row[3],
        "rule": row[4],
        "onset": iso(row[5]),
        "infectious_from": iso(row[6]),
        "infectious_to": iso(row[7]),
        "ward": row[8],
        "province": row[9],
        "opened": iso(row[10]),
        "signed": iso(row[11]),
        "closed": iso(row[12]),
    }


def _contact(row: Any) -> dict[str, Any]:
    return {
        "id": row[0],
        "hop": row[1],
        "label": row[2],
        "definition": row[3],
        "overlap_minutes": row[4] // 60_000,
        "last": iso(row[5]),
        "ward": row[6],
        "province": row[7],
        "state": row[8],
        "reached": iso(row[9]),
        "reached_by": row[10],
    }


def _release(row: Any) -> dict[str, Any]:
    return {
        "id": row[0],
        "case": row[1],
        "state": row[2],
        "proposed": iso(row[3]),
        "released": iso(row[4]),
        "sent": iso(row[5]),
        "until": iso(row[6]),
        "stopped": iso(row[7]),
        "counts": {name: value for name, value in json.loads(row[8]).items() if isinstance(value, int)},
    }
