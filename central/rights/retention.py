"""The job `retention`: once a day everything that is past its limit, in small steps, with a signed certificate.

- A run begins with the first minute of a day in Viet Nam, or when the jobs start again; what is left of one that was
  interrupted goes on where it stood.
- Each step is one transaction; between steps others write.
- A run ends with its certificate also when nothing was due: a day without one is a day on which nobody looked.
"""

from sqlalchemy.engine import Connection

from central.access.audit import Look, note
from central.access.roles import Purpose
from central.jobs import Bench
from central.keys import Keyring
from central.radio.destroying import overwrite_freed, settle
from central.rights import certificates, deletions
from central.rights.destroying import START, step
from central.rights.holds import count_held, refresh_held
from central.rights.limits import Limit, limits
from central.rights.runs import add_step, counts_of, facts_of, new_run
from central.statements import run

ABOUT = "limits"
_ACTOR = "job:retention"
_DAY_MS, _VIET_NAM_MS = 86_400_000, 7 * 3_600_000
_WHOLE_WALK_RUNS = 28  # each 28th run looks at sealed records again that lie below a floor: numbers may come late


def work(bench: Bench) -> bool:
    """One bounded piece; whether more is waiting."""
    now_ms = bench.now_ms()
    with bench.engine.begin() as connection:
        overwrite_freed(connection)
        run_id = _open_run(connection)
        if run_id is None:
            if not _due(connection, now_ms):
                deletions.close_answered(connection, bench.ring, now_ms)
                return False
            _begin(connection, now_ms)
            return True
        kind, through = _next_kind(connection, run_id)
        if kind:
            _take(connection, run_id, limits().of(kind), through, now_ms)
            return True
        _end(connection, bench.ring, run_id, now_ms)
    settle(bench.engine, sorted({table for limit in limits().limits for table in limit.tables}))
    return False


def _open_run(connection: Connection) -> int | None:
    found = run(connection, "SELECT max(id) FROM deletion_run WHERE about = ? AND ended_ms IS NULL", (ABOUT,)).scalar()
    return None if found is None else int(found)


def _due(connection: Connection, now_ms: int) -> bool:
    last = run(connection, "SELECT max(began_ms) FROM deletion_run WHERE about = ?", (ABOUT,)).scalar()
    return last is None or _day(now_ms) > _day(last)


def _day(at_ms: int) -> int:
    return (at_ms + _VIET_NAM_MS) // _DAY_MS


def _begin(connection: Connection, now_ms: int) -> None:
    refresh_held(connection, now_ms)
    run_id = new_run(connection, ABOUT, now_ms)
    if run_id % _WHOLE_WALK_RUNS == 0:
        run(connection, "DELETE FROM retention_floor")
    for limit in limits().limits:
        sql = "INSERT INTO deletion_count (run, kind, destroyed, held, through) VALUES (?, ?, 0, 0, ?)"
        run(connection, sql, (run_id, limit.kind, START))


def _next_kind(connection: Connection, run_id: int) -> tuple[str, str]:
    sql = "SELECT kind, through FROM deletion_count WHERE run = ? AND through <> ''"
    waiting = dict(tuple(row) for row in run(connection, sql, (run_id,)))
    kind = next((limit.kind for limit in limits().limits if limit.kind in waiting), "")
    return kind, waiting.get(kind, "")


def _take(connection: Connection, run_id: int, limit: Limit, through: str, now_ms: int) -> None:
    add_step(connection, run_id, limit.kind, step(connection, limit, through, now_ms))


def _end(connection: Connection, ring: Keyring, run_id: int, now_ms: int) -> None:
    for limit in limits().limits:
        held = count_held(connection, limit, now_ms)
        sql = "UPDATE deletion_count SET held = ? WHERE run = ? AND kind = ?"
        run(connection, sql, (held, run_id, limit.kind))
    number = certificates.keep(connection, ring, ABOUT, facts_of(connection, run_id), now_ms)
    sql = "UPDATE deletion_run SET ended_ms = ?, certificate = ? WHERE id = ?"
    run(connection, sql, (now_ms, number, run_id))
    detail = {kind: [destroyed, held] for kind, destroyed, held, *_ in counts_of(connection, run_id)}
    look = Look(_ACTOR, "retention_run", Purpose.DATA_SUBJECT, f"certificate-{number}", detail=detail)
    note(connection, look, now_ms)
