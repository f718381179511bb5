"""Whoever runs a place is told in time that a check runs out, and that one has run out.

    full check    three days ahead: the phone that registered the place, and the ways of its first person
    any check     three hours before the place is not assessed any more (a daily one: 09:00): the first person
                  when it has run out: the second person; where there is none, the first once more
                  a day later the ward's list names the place (central.safety.late)

- Each of them once for each end. Nobody is told on a day on which the place is shut: then no check ends.
- The first and the second person have chosen so themselves, and stop when they like (central.safety.reminder_ways).
- Numbers and addresses are sealed: they are the sender's business; here nobody sees them.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from sqlalchemy.engine import Connection

from central.alerts.sealing import Letter, seal_letter, sender_public
from central.alerts.sending import ready
from central.keys import Keyring
from central.safety.closing_days import opening_of
from central.safety.opening import Opening
from central.safety.periods import DAY_MS, HOUR_MS, remind_at, until_of
from central.safety.reminder_ways import Way, persons_of
from central.safety.standing import newest_check
from central.statements import run
from central.venues.texting import can_text, send_text
from central.web.words import LANGUAGES, clock, say
from central.web.words import day_of as day_text

BEFORE_MS = 3 * HOUR_MS
_AHEAD_MS = 5 * DAY_MS
_AT_ONCE = 200
_CURSOR = "safety_reminders"
Stage = Literal["due", "late"]


class Told(NamedTuple):
    """What has been said of the end `until_ms`."""

    until_ms: int = 0
    due_ms: int | None = None
    late_ms: int | None = None


def remind(connection: Connection, ring: Keyring, now_ms: int) -> bool:
    """Tell whom there is to tell; whether more is waiting."""
    ahead = _remind_ahead(connection, ring, now_ms)
    return _remind_persons(connection, ring, now_ms) or ahead


def stage_of(until_ms: int, told: Told, now_ms: int) -> Stage | None:
    """PURE. What is to be said now of checks that end at `until_ms`."""
    due, late = (told.due_ms, told.late_ms) if told.until_ms == until_ms else (None, None)
    if until_ms - BEFORE_MS <= now_ms < until_ms and due is None:
        return "due"
    return "late" if until_ms <= now_ms < until_ms + DAY_MS and late is None else None


def owed_until(connection: Connection, place: int, opening: Opening) -> int | None:
    """When the checks of a place run out, the whole one or the short one; None: it has never checked itself."""
    whole = newest_check(connection, place, ("periodic",))
    if whole is None:
        return None
    short = newest_check(connection, place, ("daily",))
    until_ms = until_of("daily", whole.at_ms, 0, opening.opens_after)
    return min(whole.until_ms, max(until_ms, 0 if short is None else short.until_ms))


def put_letters(
    connection: Connection, ring: Keyring, ways: Iterable[Way], subject: str, text: str, now_ms: int, ends_ms: int
) -> int:
    """Letters into the outbox, by ways that this centre has; how many. They are not sent after `ends_ms`."""
    said = ready(connection)
    able = [way for way in ways if way.channel in said.channels]
    sql = (
        "INSERT INTO message (release, reach, kind, channel, sealed, state, tries, next_ms, ends_ms, far_id, why)"
        " VALUES (NULL, NULL, 'notice', ?, ?, 'waiting', 0, ?, ?, '', '')"
    )
    for way in able:
        words = text
        if way.channel == "email":
            stop = f"{said.base}/check-reminder/{way.key.hex()}" if said.base else ""
            words = f"{text}\n\n{_both('safety.mail_stop', link=stop)}" if stop else text
        letter = Letter(f"manager:{way.key.hex()}", subject, words)
        sealed = seal_letter(letter, sender_public(ring.folder))
        run(connection, sql, (way.channel, sealed, now_ms, ends_ms))
    return len(able)


def _remind_persons(connection: Connection, ring: Keyring, now_ms: int) -> bool:
    """The next places of which somebody wants to be reminded, in turn."""
    after = int(run(connection, "SELECT value FROM meta WHERE key = ?", (_CURSOR,)).scalar() or 0)
    sql = (
        "SELECT p.number, p.name FROM place p WHERE p.number > ? AND p.closed_ms IS NULL AND p.listed_ms IS NOT NULL"
        " AND EXISTS (SELECT 1 FROM reminder_way w WHERE w.place = p.number) ORDER BY p.number LIMIT ?"
    )
    rows = run(connection, sql, (after, _AT_ONCE)).all()
    for place, name in rows:
        _remind_one(connection, ring, place, name, now_ms)
    through = rows[-1][0] if len(rows) == _AT_ONCE else 0
    sql = "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
    if through != after:
        run(connection, sql, (_CURSOR, str(through)))
    return through != 0


def _remind_one(connection: Connection, ring: Keyring, place: int, name: str, now_ms: int) -> None:
    opening = opening_of(connection, place)
    until_ms = owed_until(connection, place, opening)
    row = run(connection, "SELECT until_ms, due_ms, late_ms FROM check_told WHERE place = ?", (place,)).first()
    told = Told() if row is None else Told(*row)
    stage = None if until_ms is None else stage_of(until_ms, told, now_ms)
    if stage is None or until_ms is None:
        return
    persons = persons_of(connection, place, now_ms)
    if not persons:
        return
    ways = persons[0] if stage == "due" or len(persons) == 1 else persons[1]
    subject = _both(f"safety.mail_{stage}", name=name[:60])
    text = _both(f"safety.mail_{stage}_text", name=name[:60], at=clock(until_ms))
    put_letters(connection, ring, ways, subject.partition("\n")[0], text, now_ms, until_ms + DAY_MS)
    before = told if told.until_ms == until_ms else Told()
    sql = (
        "INSERT INTO check_told (place, until_ms, due_ms, late_ms) VALUES (?, ?, ?, ?) ON CONFLICT (place) DO UPDATE"
        " SET until_ms = excluded.until_ms, due_ms = excluded.due_ms, late_ms = excluded.late_ms"
    )
    now = (now_ms, before.late_ms) if stage == "due" else (before.due_ms, now_ms)
    run(connection, sql, (place, until_ms, *now))


def _remind_ahead(connection: Connection, ring: Keyring, now_ms: int) -> bool:
    """Places whose full check runs out, three days ahead; whether more is waiting."""
    sql = (
        "SELECT c.id, c.place, p.name, c.until_ms FROM self_check c JOIN place p ON p.number = c.place"
        " WHERE c.told_ms IS NULL AND c.until_ms > ? AND c.until_ms <= ? AND c.period = 'periodic'"
        " AND p.closed_ms IS NULL AND p.listed_ms IS NOT NULL AND NOT EXISTS (SELECT 1 FROM self_check d"
        " WHERE d.place = c.place AND d.period = 'periodic' AND d.at_ms > c.at_ms) ORDER BY c.until_ms LIMIT ?"
    )
    rows = run(connection, sql, (now_ms, now_ms + _AHEAD_MS, _AT_ONCE)).all()
    due = [row for row in rows if remind_at("periodic", row[3]) <= now_ms]
    by_text = bool(due) and can_text(connection)
    for number, place, name, until_ms in due:
        if by_text:
            _text(connection, ring, place, name, until_ms, now_ms)
        for ways in persons_of(connection, place, now_ms)[:1]:
            text = _both("safety.text_due", name=name[:60], day=day_text(until_ms - 1))
            subject = _both("safety.mail_due", name=name[:60]).partition("\n")[0]
            put_letters(connection, ring, ways, subject, text, now_ms, until_ms)
        run(connection, "UPDATE self_check SET told_ms = ? WHERE id = ?", (now_ms, number))
    return len(due) == _AT_ONCE


def _text(connection: Connection, ring: Keyring, place: int, name: str, until_ms: int, now_ms: int) -> None:
    """A text to whoever registered the place; nothing where its number is not kept."""
    sql = (
        "SELECT hash, language FROM registration WHERE place = ? AND state = 'confirmed' AND length(phone) > 0"
        " ORDER BY id DESC LIMIT 1"
    )
    row = run(connection, sql, (place,)).first()
    if row is None:
        return
    language = row[1] if row[1] in LANGUAGES else LANGUAGES[0]
    words = say(language, "safety.text_due", name=name[:60], day=day_text(until_ms - 1))
    send_text(connection, ring, bytes(row[0]), words, now_ms, until_ms)


def _both(key: str, **values: object) -> str:
    """Vietnamese, and English below it: which one a manager reads is not kept."""
    return "\n".join(say(language, key, **values) for language in LANGUAGES)
