"""The jobs `look_notices` and `clearances`: letters that were sealed with an alert, and whose time has come.

People who were looked at are told so; whoever's follow-up is over is told so, and where a clearance pass waits.

Only whoever has such a letter is told by this job: no other process may open an address without an officer. The others
are told by the officer who calls or visits them; until then they stand as waiting (central.access.looks.waiting).
"""

from central.access.looks import due_notices, mark_told
from central.alerts.limits import DAY_MS, limits
from central.authority.diseases import diseases
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


def offer_clearances(bench: Bench) -> bool:
    """Tell contacts of running cases whose days are over, once each; whether more are waiting."""
    now_ms = bench.now_ms()
    with bench.engine.begin() as connection:
        done = 0
        for code, disease in diseases().items():
            until_ms = now_ms - disease.follow_up(now_ms).days * DAY_MS
            for (message,) in run(connection, _OVER, (code, until_ms, now_ms, _AT_ONCE)).all():
                sql = "UPDATE message SET state = 'waiting', next_ms = ?, ends_ms = ? WHERE id = ?"
                run(connection, sql, (now_ms, now_ms + limits().alert_ms, message))
                done += 1
    return done >= _AT_ONCE


_OVER = """
SELECT m.id FROM message m JOIN reach r ON r.id = m.reach JOIN contact c ON c.id = r.contact
JOIN case_file f ON f.id = c.case_id JOIN release a ON a.id = m.release
WHERE m.kind = 'clearance' AND m.state = 'held' AND a.state IN ('sent', 'over') AND f.disease = ?
  AND f.state IN ('suspected', 'confirmed', 'closed') AND c.state <> 'withdrawn' AND c.last_ms <= ? AND m.ends_ms > ?
ORDER BY m.id LIMIT ?
"""
_LETTER = """
SELECT m.id FROM message m JOIN reach r ON r.id = m.reach JOIN contact c ON c.id = r.contact
WHERE c.person = ? AND m.kind = 'notice' AND m.state = 'held' AND m.ends_ms > ? ORDER BY m.id DESC LIMIT 1
"""
