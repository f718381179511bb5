"""What the health page says of the centre itself: opener, case keys, the log's signed head, and the jobs' last runs.

Nothing here needs a session of the opener, and nothing is about a person.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy.engine import Connection

from central.access import heads
from central.job_runs import last_runs
from central.keys import Keyring
from central.rights.limits import limits
from central.statements import run
from central.vault.port import NoOpener, Status
from central.vault.register import destroyed_kids, periods
from wire.refusal import Refused

if TYPE_CHECKING:
    from central.web.app import Site

ROTATE_DAYS = 31  # a case key for each month (docs/keys.md)
HEAD_LATE_MS = 26 * 3_600_000  # one is signed each day
_DAY_MS = 86_400_000
_SOON_MS = 3 * _DAY_MS


class Line(NamedTuple):
    """One line: a mark (good, watch, bad, off), the key of its sentence and what that sentence names."""

    mark: str
    key: str
    said: dict[str, Any]


def inside(site: "Site", connection: Connection, now_ms: int) -> dict[str, Any]:
    """{"opener", "log", "keys", "jobs"}: a Line each, the last two several."""
    return {
        "opener": _opener(site, connection),
        "log": _log(site, connection, now_ms),
        "keys": _keys(site.ring, now_ms),
        "jobs": _jobs(connection, now_ms),
    }


def lines(found: dict[str, Any]) -> list[Line]:
    """All of them, one after the other."""
    return [found["opener"], found["log"], *found["keys"], *found["jobs"]]


def _opener(site: "Site", connection: Connection) -> Line:
    if isinstance(site.vault, NoOpener):
        return Line("off", "opener_none", {})
    try:
        status = site.vault.status()
    except Refused:
        return Line("bad", "opener_is_away", {})
    if status.log_changed:
        return Line("bad", "opener_log_changed", {"row": status.log_changed})
    since = _since(connection, status)
    if not status.kids:
        return Line("watch", "opener_is_locked", {"since_ms": since})
    return Line("good", "opener_is_open", {"since_ms": since, "keys": len(status.kids)})


def _since(connection: Connection, status: Status) -> int:
    """When it was last locked or unlocked; its start, where cards did neither since."""
    sql = (
        "SELECT at_ms FROM audit WHERE actor = 'command' AND at_ms >= ? AND action IN ('opener_unlocked',"
        " 'opener_locked') ORDER BY at_ms DESC LIMIT 1"
    )
    return int(run(connection, sql, (status.began_ms,)).scalar() or status.began_ms)


def _log(site: "Site", connection: Connection, now_ms: int) -> Line:
    if site.glance.changed:
        return Line("bad", "log_is_unlike", {"row": site.glance.changed})
    head = heads.newest_head(connection)
    if head is None:
        return Line("off", "head_none", {})
    mark = "watch" if now_ms - head.at_ms > HEAD_LATE_MS else "good"
    newer = int(run(connection, "SELECT max(number) FROM audit").scalar() or 0) - head.size
    return Line(mark, "head_is", {"ago_ms": now_ms - head.at_ms, "rows": head.size, "newer": newer})


def _keys(ring: Keyring, now_ms: int) -> list[Line]:
    """The key in use with the day by which it is to be renewed; each ended one with the day from which it may go."""
    found, gone, kept_ms = [], destroyed_kids(ring.folder), limits().of("sealed_records").days * _DAY_MS
    for period in periods(ring):
        if period.to_ms is None:
            due_ms = period.from_ms + ROTATE_DAYS * _DAY_MS
            late = "key_renew_late" if now_ms >= due_ms else "key_renew"
            said = {"kid": period.name[:8], "from_ms": period.from_ms, "due_ms": due_ms}
            found.append(Line("watch" if now_ms >= due_ms - _SOON_MS else "good", late, said))
        elif period.kid not in gone:
            due_ms = period.to_ms + kept_ms
            late = "key_destroy_late" if now_ms >= due_ms else "key_destroy"
            said = {"kid": period.name[:8], "to_ms": period.to_ms, "due_ms": due_ms}
            found.append(Line("watch" if now_ms >= due_ms else "good", late, said))
    return found[-12:]


def _jobs(connection: Connection, now_ms: int) -> list[Line]:
    ran = last_runs(connection)
    if not ran:
        return [Line("off", "jobs_none", {})]
    found = []
    for one in ran:
        last_ms = (one.failed_ms if one.fails else one.good_ms) or 0
        key = "job_failed" if one.fails else "job_late" if one.late(now_ms) else "job_ran"
        said = {"name": one.name, "ago_ms": now_ms - last_ms}
        found.append(Line("good" if key == "job_ran" else "watch", key, said))
    return found
