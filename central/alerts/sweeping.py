"""The job `alerts_sweep`: what is over goes, without anybody asking for it."""

from central.alerts.limits import limits
from central.alerts.recalling import take_back
from central.jobs import Bench
from central.statements import run

_AT_ONCE = 500


def sweep(bench: Bench) -> bool:
    """End releases whose time is past, destroy sealed texts that no recall needs, old codes and browsers."""
    now_ms = bench.now_ms()
    with bench.engine.begin() as connection:
        sql = "SELECT id FROM release WHERE state = 'sent' AND until_ms <= ? ORDER BY id LIMIT ?"
        over = [number for (number,) in run(connection, sql, (now_ms, _AT_ONCE)).all()]
        for number in over:
            take_back(connection, number, "over", now_ms, tell=False)
        sql = (
            "UPDATE message SET sealed = ?, state = 'cancelled' WHERE id IN (SELECT id FROM message"
            " WHERE kind <> 'alert' AND state = 'held' AND ends_ms <= ? ORDER BY id LIMIT ?)"
        )
        done = run(connection, sql, (b"", now_ms, _AT_ONCE)).rowcount
        proposed_ms = now_ms - limits().alert_ms
        sql = "SELECT id FROM release WHERE state IN ('proposed', 'held') AND proposed_ms <= ? ORDER BY id LIMIT ?"
        stale = [number for (number,) in run(connection, sql, (proposed_ms, _AT_ONCE)).all()]
        for number in stale:
            take_back(connection, number, "stopped", now_ms, tell=False)
        run(connection, "DELETE FROM call_code WHERE ends_ms <= ?", (now_ms,))
        run(connection, "DELETE FROM push_subscription WHERE ends_ms <= ?", (now_ms,))
    return _AT_ONCE in (len(over), done, len(stale))
