"""The named job that destroys, and nothing else does. Each limit has a name, and the law or the reason it comes from.

- received rows: 14 days after the centre's receipt, so that a centre restored from a backup can ask for them again
- unsent rows: the legal limit for personal records (30 days in the 2021 public promise); what is destroyed unsent
  leaves an event that tells the centre which range will never come
- readable visits: two days, the life of the day key that their pseudonyms hang on
- files moved aside: the same legal limit as unsent rows, since they hold the same sealed records
Only a clock set from outside may destroy: a wrong clock would burn unsent visits.
"""

from dataclasses import asdict, dataclass, field
from pathlib import Path

from sqlite_utils import Database

from store import recorder
from store.db import Store
from wire.envelope import ClockQuality

DAY_MS = 86_400_000
ASIDE = "aside"
# Rows destroyed in one transaction: a purge must not keep the gate's own commit waiting.
SLICE_ROWS = 2000


@dataclass(frozen=True, slots=True)
class Limits:
    """Days that each kind of row may stay."""

    received_days: int = 14
    unsent_days: int = 30
    visit_days: int = 2


@dataclass(slots=True)
class Purged:
    """What one run destroyed, for the log and the technician."""

    received: int = 0
    expired_unsent: int = 0
    visits: int = 0
    keys: int = 0
    files: list[str] = field(default_factory=list)
    skipped: str = ""

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return asdict(self)


def purge(store: Store, limits: Limits, clock: ClockQuality) -> Purged:
    """Destroy what is past its limit; safe to repeat and to interrupt at any point."""
    done = Purged()
    if clock is not ClockQuality.SYNCED:
        done.skipped = "clock_unset"
        return done
    now = store.now_ms()
    epochs = [bytes(row[0]) for row in store.execute("SELECT epoch FROM epoch ORDER BY ordinal").fetchall()]
    for epoch in epochs:
        done.received += _destroy(store, epoch, _received_through(store, epoch, now - limits.received_days * DAY_MS))
        done.expired_unsent += _expire(store, epoch, now - limits.unsent_days * DAY_MS)
    database = Database(store.connection)
    with store.transaction():
        done.visits = _delete_where(database, "visit", "at_ms < ?", now - limits.visit_days * DAY_MS)
        unused = "made_ms < ? AND key_id NOT IN (SELECT key_id FROM outbox)"
        # A key younger than two hours may still be about to be used by a running process (its life is one hour).
        done.keys = _delete_where(database, "content_key", unused, now - 2 * recorder.KEY_LIFE_MS)
        _delete_where(database, "rejected", "told_ms < ?", now - limits.unsent_days * DAY_MS)
    done.files = _old_files(store.folder / ASIDE, now - limits.unsent_days * DAY_MS)
    store.checkpoint()
    return done


def _received_through(store: Store, epoch: bytes, before_ms: int) -> int:
    """The last seq that was confirmed before `before_ms`; 0 for none."""
    row = store.execute(
        "SELECT max(through_seq) FROM receipt_log WHERE epoch = ? AND received_ms < ?", (epoch, before_ms)
    ).fetchone()
    return row[0] or 0


def _expire(store: Store, epoch: bytes, before_ms: int) -> int:
    """Destroy unsent rows made before `before_ms` and owe the centre an event that names their range."""
    row = store.execute(
        "SELECT min(seq), max(seq) FROM outbox WHERE epoch = ?1 AND made_ms < ?2 AND made_ms > 0"
        " AND seq > ifnull((SELECT through_seq FROM receipt WHERE epoch = ?1), 0)",
        (epoch, before_ms),
    ).fetchone()
    if row[0] is None:
        return 0
    facts = {"epoch": epoch.hex(), "from": row[0], "through": row[1]}
    return _destroy(store, epoch, row[1], owed=("expired", facts))


def _destroy(store: Store, epoch: bytes, through: int, owed: tuple[str, dict[str, object]] | None = None) -> int:
    """Delete the rows of an epoch up to `through`, keeping the chain's floor; the owed event goes in with the first."""
    database = Database(store.connection)
    destroyed = 0
    while True:
        row = store.execute("SELECT min(seq) FROM outbox WHERE epoch = ? AND seq <= ?", (epoch, through)).fetchone()
        if row[0] is None:
            return destroyed
        upto = min(through, row[0] + SLICE_ROWS - 1)
        with store.transaction():
            if owed is not None:
                database["owed_event"].insert({"name": owed[0], "facts": owed[1]})
                owed = None
            _raise_floor(store, epoch, upto)
            destroyed += _delete_where(database, "outbox", "epoch = ? AND seq <= ?", epoch, upto)


def _raise_floor(store: Store, epoch: bytes, upto: int) -> None:
    """Remember the chain hash after `upto`: the next row holds it, or it is folded from the last one."""
    following = store.execute("SELECT h_before FROM outbox WHERE epoch = ? AND seq = ?", (epoch, upto + 1)).fetchone()
    last_seq, head = recorder.last_of(store, epoch)
    floor_seq, floor_head = (upto, following[0]) if following is not None else (last_seq, head)
    store.execute("UPDATE epoch SET floor_seq = ?, floor_head = ? WHERE epoch = ?", (floor_seq, floor_head, epoch))


def _delete_where(database: Database, table: str, where: str, *parameters: object) -> int:
    before = database.conn.total_changes
    database.conn.execute(f"DELETE FROM {table} WHERE {where}", parameters)
    return int(database.conn.total_changes - before)


def _old_files(folder: Path, before_ms: int) -> list[str]:
    """Remove files that were moved aside before the limit; their names."""
    removed = []
    for path in sorted(folder.glob("*")) if folder.is_dir() else []:
        if path.stat().st_mtime * 1000 < before_ms:
            path.unlink()
            removed.append(path.name)
    return removed
