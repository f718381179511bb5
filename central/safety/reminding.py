"""The manager is told in time that the full check runs out: on the desk in any case, by a text where there is a number.

- Once for each check, three days ahead; the short check of each day is asked for on the desk alone.
- The number is sealed: it is the sender's business (central.venues.texting); here nobody sees it.
"""

from sqlalchemy.engine import Connection

from central.keys import Keyring
from central.safety.periods import DAY_MS, remind_at
from central.statements import run
from central.venues.texting import can_text, send_text
from central.web.words import LANGUAGES, day_of, say

_AHEAD_MS = 5 * DAY_MS
_AT_ONCE = 200


def remind(connection: Connection, ring: Keyring, now_ms: int) -> bool:
    """Tell the managers of places whose full check runs out; whether more is waiting."""
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
    words = say(language, "safety.text_due", name=name[:60], day=day_of(until_ms - 1))
    send_text(connection, ring, bytes(row[0]), words, now_ms, until_ms)
