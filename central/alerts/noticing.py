"""The job `look_notices`: people who were looked at are told so, by the letter that was sealed with their alert.

Only whoever has such a letter is told by this job: no other process may open an address without an officer. The others
are told by the officer who calls or visits them; until then they stand as waiting (central.access.looks.waiting).
"""

from central.access.looks import due_notices, mark_told
from central.alerts.limits import limits
from central.jobs import Bench
from central.statements import run

_AT_ONCE = 1000


def tell_looks(bench: Bench) -> bool:
    """One round; it never asks for another at once: who cannot be told now cannot be told a second later."""
    now_ms = bench.now_ms()
    with bench.engine.begin() as connection:
        for due in due_notices(connection, now_ms, _AT_ONCE):
            letter = run(connection, _LETTER, (due.person, now_ms)).first()
            if letter is not None:
                sql = "UPDATE message SET state = 'waiting', next_ms = ?, ends_ms = ? WHERE id = ?"
                run(connection, sql, (now_ms, now_ms + limits().alert_ms, letter[0]))
                mark_told(connection, due.numbers, due.person, now_ms)
    return False


_LETTER = """
SELECT m.id FROM message m JOIN reach r ON r.id = m.reach JOIN contact c ON c.id = r.contact
WHERE c.person = ? AND m.kind = 'notice' AND m.state = 'held' AND m.ends_ms > ? ORDER BY m.id DESC LIMIT 1
"""
