"""Follow-up: each contact with a label that asks for it has one task a day until its days are over (rules as data).

The day is Viet Nam's. A task is made when its day begins, for the station of the contact's ward; it is late after the
rule's hour. A day has one task however often the job runs, and a task that nobody did stays open and is shown as late.
"""

from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.authority.days import DAY_MS, HOUR_MS, day_of, start_of
from central.authority.diseases import Disease, FollowUp, diseases
from central.authority.tasks import NewTask, open_task
from central.places.places import station_for
from central.statements import run

AT_ONCE = 500


class Span(NamedTuple):
    """The days of a follow-up, first and last, counted from 1970-01-01 in Viet Nam."""

    first: int
    last: int


def span_of(rule: FollowUp, last_ms: int) -> Span:
    """PURE. From the day after the last exposure to day `rule.days` after it."""
    exposed = day_of(last_ms)
    return Span(exposed + 1, exposed + rule.days)


def ends_ms(rule: FollowUp, last_ms: int) -> int:
    """PURE. When quarantine or watching ends: the end of the last day."""
    return start_of(span_of(rule, last_ms).last + 1)


def make_daily(connection: Connection, now_ms: int) -> bool:
    """Make the tasks of today that are missing; whether more is waiting."""
    full = [_of_disease(connection, disease, now_ms) for disease in diseases().values()]
    return any(full)


def _of_disease(connection: Connection, disease: Disease, now_ms: int) -> bool:
    rule, today = disease.follow_up(now_ms), day_of(now_ms)
    labels = sorted(rule.labels)
    sql = (
        "SELECT c.id, c.case_id, c.person, c.ward, c.province FROM case_file f JOIN contact c ON c.case_id = f.id"
        f" WHERE f.state = 'confirmed' AND f.disease = ? AND c.label IN ({', '.join('?' * len(labels))})"
        " AND c.state IN ('listed', 'waiting', 'reached') AND c.last_ms >= ? AND c.last_ms < ?"
        " AND NOT EXISTS (SELECT 1 FROM follow_up u WHERE u.contact = c.id AND u.day = ?) ORDER BY c.id LIMIT ?"
    )
    # Exposed on day d, asked on d + 1 .. d + days: today's are those with d from today - days to today - 1.
    span = (start_of(today - rule.days), start_of(today))
    rows = run(connection, sql, (disease.code, *labels, *span, today, AT_ONCE)).all()
    for contact, case, person, ward, province in rows:
        station = station_for(connection, ward, province)
        due, name = start_of(today) + rule.hour * HOUR_MS, "" if station is None else station.id
        # Whoever is listed in the evening is first asked the next morning; nobody is late at once.
        due = max(due, min(now_ms + 2 * HOUR_MS, start_of(today) + DAY_MS - 1))
        task = open_task(connection, NewTask("follow_up", case, due, name, ward, province, contact, person), now_ms)
        run(connection, "INSERT INTO follow_up (contact, day, task) VALUES (?, ?, ?)", (contact, today, task))
    return len(rows) == AT_ONCE
