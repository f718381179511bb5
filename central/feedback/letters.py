"""The text "there is an answer", to the phone that a sender gave, if they gave one.

Sealed when the word came in, opened by the sending job alone; here it is only moved into the outbox.
"""

from sqlalchemy.engine import Connection

from central.feedback.life import DAY_MS
from central.statements import run

_LIVES_MS = 3 * DAY_MS


def send_letter(connection: Connection, number: int, now_ms: int, *, keep: bool = False) -> bool:
    """Send it once (`keep`: it may be sent again later); False where no phone was given, or it was sent."""
    row = run(connection, "SELECT sealed FROM feedback_letter WHERE feedback = ?", (number,)).first()
    if row is None:
        return False
    sql = (
        "INSERT INTO message (release, reach, kind, channel, sealed, state, tries, next_ms, ends_ms, far_id, why)"
        " VALUES (NULL, NULL, 'notice', 'sms', ?, 'waiting', 0, ?, ?, '', '')"
    )
    run(connection, sql, (bytes(row[0]), now_ms, now_ms + _LIVES_MS))
    if not keep:
        run(connection, "DELETE FROM feedback_letter WHERE feedback = ?", (number,))
    return True
