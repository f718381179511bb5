"""Runs of destruction as rows: what each counted, and what its certificate says of it."""

from typing import Any

from sqlalchemy.engine import Connection

from central.rights import certificates
from central.rights.destroying import Step
from central.rights.limits import limits
from central.statements import run


def new_run(connection: Connection, about: str, now_ms: int) -> int:
    """Write the beginning of a run down; its id."""
    sql = "INSERT INTO deletion_run (about, limits, began_ms, list_hash) VALUES (?, ?, ?, ?) RETURNING id"
    values = (about, limits().version, now_ms, certificates.BEFORE_FIRST)
    return int(run(connection, sql, values).scalar_one())


def add_step(connection: Connection, run_id: int, kind: str, done: Step) -> None:
    """Count a step into its run."""
    sql = "SELECT destroyed, first_ms, last_ms FROM deletion_count WHERE run = ? AND kind = ?"
    destroyed, first_ms, last_ms = run(connection, sql, (run_id, kind)).one()
    first = [ms for ms in (first_ms, done.first_ms) if ms is not None]
    last = [ms for ms in (last_ms, done.last_ms) if ms is not None]
    run(
        connection,
        "UPDATE deletion_count SET destroyed = ?, first_ms = ?, last_ms = ?, through = ? WHERE run = ? AND kind = ?",
        (
            destroyed + len(done.keys),
            min(first, default=None),
            max(last, default=None),
            done.through,
            run_id,
            kind,
        ),
    )
    if done.keys:
        before = bytes(run(connection, "SELECT list_hash FROM deletion_run WHERE id = ?", (run_id,)).scalar_one())
        after = certificates.add_to_list(before, done.keys)
        run(connection, "UPDATE deletion_run SET list_hash = ? WHERE id = ?", (after, run_id))


def counts_of(connection: Connection, run_id: int) -> list[list[Any]]:
    """[kind, destroyed, held, first ms, last ms] of a run."""
    sql = "SELECT kind, destroyed, held, first_ms, last_ms FROM deletion_count WHERE run = ? ORDER BY kind"
    return [list(row) for row in run(connection, sql, (run_id,))]


def facts_of(connection: Connection, run_id: int) -> dict[str, Any]:
    """What the certificate of a run says of it."""
    limits_version, list_hash = run(
        connection, "SELECT limits, list_hash FROM deletion_run WHERE id = ?", (run_id,)
    ).one()
    return {
        "limits": limits_version,
        "counts": counts_of(connection, run_id),
        "list": bytes(list_hash),
        "records": records_of(connection, run_id),
        "kiosks": kiosks_of(connection, run_id),
    }


def records_of(connection: Connection, run_id: int) -> list[list[Any]]:
    """[device, epoch, first seq, last seq] of the sealed records that a request's run destroyed."""
    sql = (
        "SELECT s.device, s.epoch, r.first_seq, r.last_seq FROM deletion_range r JOIN stream s ON s.id = r.stream"
        " WHERE r.run = ? ORDER BY s.device, s.id, r.first_seq"
    )
    return [[device, bytes(epoch), first, last] for device, epoch, first, last in run(connection, sql, (run_id,))]


def kiosks_of(connection: Connection, run_id: int) -> list[list[Any]]:
    """[device, when it answered for its last range or null, when its own limit ends] of a request's run."""
    sql = (
        "SELECT s.device, count(*), count(r.answered_ms), max(r.answered_ms), max(r.ends_ms) FROM deletion_range r"
        " JOIN stream s ON s.id = r.stream WHERE r.run = ? GROUP BY s.device ORDER BY s.device"
    )
    rows = run(connection, sql, (run_id,))
    return [[device, at if answered == total else None, ends] for device, total, answered, at, ends in rows]
