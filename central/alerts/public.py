"""Places named in public: only where those who were there cannot all be reached, or an order says so.

- Never a place where fewer than the named number of people were: who is few is known.
- Whole hours, no count of cases, no word of who: the feed says where and when, and whom to call.
- One officer proposes, another releases; each notice ends by itself, and goes when its case is over.
"""

import json
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.alerts.contacts import check_case, contacts_of_case
from central.alerts.limits import HOUR_MS, Limits
from central.alerts.stops import is_stopped
from central.authority.days import at as in_viet_nam
from central.statements import run
from central.tracing.stays import people_at
from wire.refusal import Refused

_MOST_HOURS = 24


@dataclass(frozen=True, slots=True)
class Naming:
    """A place (place.number) in [from, to); `order` is "" where it is for those who cannot be reached."""

    case: str
    place: int
    from_ms: int
    to_ms: int
    officer: str
    order: str = ""


class Notice(NamedTuple):
    """A row of the feed, or one that waits for the second officer."""

    id: int
    case_id: str
    place: int
    from_ms: int
    to_ms: int
    why: str
    visitors: int
    unreached: int
    proposed_by: str
    released_ms: int | None
    ends_ms: int


def propose_notice(connection: Connection, asked: Naming, limits: Limits, now_ms: int) -> int:
    """The id of the notice. Raises Refused: as check_case, bad_time, order_unknown, too_few, all_reached."""
    check_case(connection, asked.case)
    start, end = asked.from_ms // HOUR_MS * HOUR_MS, -(-asked.to_ms // HOUR_MS) * HOUR_MS
    if not start < end <= start + _MOST_HOURS * HOUR_MS or start > now_ms:
        raise Refused("bad_time")
    if asked.order and not _order_known(connection, asked.order, now_ms):
        raise Refused("order_unknown")
    visitors = people_at(connection, asked.place, start, end - 1)
    if visitors < limits.least_visitors:
        raise Refused("too_few", str(limits.least_visitors))
    unreached = unreached_at(connection, asked.case, asked.place)
    if not asked.order and not unreached:
        raise Refused("all_reached")
    why = "order" if asked.order else "unreached"
    sql = (
        "INSERT INTO public_notice (case_id, place, from_ms, to_ms, why, order_id, visitors, unreached, proposed_by,"
        " proposed_ms, ends_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"
    )
    values = (asked.case, asked.place, start, end, why, asked.order, visitors, min(unreached, visitors))
    return int(run(connection, sql, (*values, asked.officer, now_ms, now_ms + limits.most_public_ms)).scalar_one())


def release_notice(connection: Connection, number: int, officer: str, now_ms: int) -> None:
    """The second officer's word. Raises Refused: notice_unknown, same_officer, and as check_case does."""
    sql = "SELECT case_id, proposed_by FROM public_notice WHERE id = ? AND released_ms IS NULL AND withdrawn_ms IS NULL"
    row = run(connection, sql, (number,)).first()
    if row is None:
        raise Refused("notice_unknown")
    if row[1] == officer:
        raise Refused("same_officer")
    check_case(connection, row[0])
    sql = (
        "UPDATE public_notice SET released_by = ?, released_ms = ?"
        " WHERE id = ? AND released_ms IS NULL AND withdrawn_ms IS NULL"
    )
    if run(connection, sql, (officer, now_ms, number)).rowcount != 1:
        raise Refused("notice_unknown")


def withdraw_notice(connection: Connection, number: int, now_ms: int) -> None:
    """Take it out of the feed. Raises Refused("notice_unknown")."""
    sql = "UPDATE public_notice SET withdrawn_ms = ? WHERE id = ? AND withdrawn_ms IS NULL"
    if run(connection, sql, (now_ms, number)).rowcount != 1:
        raise Refused("notice_unknown")


def feed(connection: Connection, now_ms: int) -> list[tuple[str, str, str, int, int, int]]:
    """(name, ward, province, from, to, ends) of what is public now, the newest first; nothing while all is stopped."""
    if is_stopped(connection):
        return []
    sql = (
        "SELECT p.name, p.ward, p.province, n.from_ms, n.to_ms, n.ends_ms FROM public_notice n"
        " JOIN place p ON p.number = n.place"
        " WHERE n.released_ms IS NOT NULL AND n.withdrawn_ms IS NULL AND n.ends_ms > ?"
        " ORDER BY n.from_ms DESC, n.id LIMIT 500"
    )
    return [(r[0], r[1], r[2], r[3], r[4], r[5]) for r in run(connection, sql, (now_ms,))]


def notices(connection: Connection, now_ms: int) -> list[Notice]:
    """What is public or waits for it, the newest first."""
    sql = (
        "SELECT id, case_id, place, from_ms, to_ms, why, visitors, unreached, proposed_by, released_ms, ends_ms"
        " FROM public_notice WHERE withdrawn_ms IS NULL AND ends_ms > ? ORDER BY id DESC LIMIT 100"
    )
    return [Notice(*row) for row in run(connection, sql, (now_ms,))]


def unreached_at(connection: Connection, case: str, place: int) -> int:
    """Contacts of the case at that place whom nobody has reached."""
    here = [one.id for one in contacts_of_case(connection, case) if place in one.places]
    sql = "SELECT id FROM contact WHERE case_id = ? AND reached_ms IS NULL AND state NOT IN ('withdrawn', 'declined')"
    waiting = {contact for (contact,) in run(connection, sql, (case,))}
    return len(waiting.intersection(here))


def _order_known(connection: Connection, order: str, now_ms: int) -> bool:
    sql = "SELECT 1 FROM bulletin WHERE kind = 'order' AND name = ? AND expires_ms > ? LIMIT 1"
    return run(connection, sql, (order, now_ms)).first() is not None


def feed_json(rows: list[tuple[str, str, str, int, int, int]], helpline: str, now_ms: int) -> str:
    """The feed as JSON: times as ISO 8601 in Viet Nam."""

    def at(ms: int) -> str:
        return in_viet_nam(ms).isoformat(timespec="minutes")

    places = [
        {"place": name, "ward": ward, "province": province, "from": at(start), "to": at(end), "until": at(ends)}
        for name, ward, province, start, end, ends in rows
    ]
    return json.dumps({"made": at(now_ms), "helpline": helpline, "places": places}, ensure_ascii=False)
