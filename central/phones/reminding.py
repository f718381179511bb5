"""The job `well_reminders`: "still well?" to phones that asked for it, once a day at their hour, until they say no.

A notice says nothing of whom it is about, and whoever has reported today already gets none.
"""

from sqlalchemy.engine import Connection

from central.alerts.sealing import Letter, seal_letter, sender_public
from central.alerts.sending import ready
from central.desks.said import DAY_MS, VIET_NAM_MS, day_of, start_of
from central.jobs import Bench
from central.statements import run
from wire.exposures import entry_of
from wire.refusal import Refused

AT_ONCE = 200
LATE_MS = 4 * 3_600_000  # one that could not be sent until then is not sent
_SUBJECT = "Hôm nay bạn khỏe không? · Still well today?"
_TEXT = (
    "Chạm để trả lời. Muốn thôi nhắc: mở trang, chọn Tắt nhắc. · Tap to answer. To stop: open the page, turn it off."
)


def remind_well(bench: Bench) -> bool:
    """One round; whether more is waiting."""
    now_ms = bench.now_ms()
    today, hour = day_of(now_ms), (now_ms + VIET_NAM_MS) % DAY_MS // 3_600_000
    with bench.engine.begin() as connection:
        if "push" not in ready(connection).channels:
            return False
        try:
            public = sender_public(bench.ring.folder)
        except Refused:
            return False
        due = _due(connection, today, int(hour), now_ms)
        for pass_id, pseudonym in due:
            run(connection, "UPDATE phone_pass SET reminded_day = ? WHERE id = ?", (today, pass_id))
            if not _reported(connection, pseudonym, today):
                _send(connection, pass_id, public, now_ms)
    return len(due) == AT_ONCE


def _due(connection: Connection, today: int, hour: int, now_ms: int) -> list[tuple[bytes, bytes | None]]:
    """Passes whose hour has come today and that a browser stands behind."""
    sql = (
        "SELECT id, pseudonym FROM phone_pass WHERE reminder_hour IS NOT NULL AND reminder_hour <= ?"
        " AND reminded_day < ? AND ended_ms IS NULL AND ends_ms > ? ORDER BY reminded_day, id LIMIT ?"
    )
    rows = run(connection, sql, (hour, today, now_ms, AT_ONCE)).all()
    return [(bytes(one), None if person is None else bytes(person)) for one, person in rows]


def _reported(connection: Connection, pseudonym: bytes | None, today: int) -> bool:
    sql = "SELECT 1 FROM declared WHERE person = ? AND at_ms >= ? LIMIT 1"
    return pseudonym is not None and run(connection, sql, (pseudonym, start_of(today))).first() is not None


def _send(connection: Connection, pass_id: bytes, public: bytes, now_ms: int) -> None:
    entry = entry_of(pass_id)
    if run(connection, "SELECT 1 FROM push_subscription WHERE entry = ?", (entry,)).first() is None:
        return
    sealed = seal_letter(Letter(f"pass:{entry.hex()}", _SUBJECT, _TEXT), public)
    sql = (
        "INSERT INTO message (kind, channel, sealed, state, tries, next_ms, ends_ms, far_id, why)"
        " VALUES ('notice', 'push', ?, 'waiting', 0, ?, ?, '', '')"
    )
    run(connection, sql, (sealed, now_ms, now_ms + LATE_MS))
