"""At start: is the file sound? If not, put it aside (never delete it), begin a new one, carry over what can be read.

- `PRAGMA quick_check` over the whole file, once, by the process that owns it (the kiosk).
- The damaged file and its log are renamed into aside/; other processes see the marker file and let go first.
- Readable outbox rows go on unchanged under their own epoch; new records begin a new epoch, since the last number of
  the old one cannot be trusted.
- Holes in what was read are reported as lost ranges, so that the centre does not wait for them for ever.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from store.db import FILE, LEAVING, Damaged, Store, connect, draw_epoch, open_store
from store.retention import ASIDE

LET_GO_S = 2.0  # other processes look at least once a second (their loop) for the marker
_LONGEST_HOLE = 100_000  # rows; a bound on the walk over unreadable pages


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of a damaged database."""

    file: str
    rows: int
    lost: int


def open_or_move_aside(
    folder: Path,
    *,
    now_ms: Callable[[], int],
    random_bytes: Callable[[int], bytes],
    wait: Callable[[float], None] = time.sleep,
) -> tuple[Store, Moved | None]:
    """A sound database, and what had to be done for it. Raises StoreError when even a new one cannot be made."""
    (folder / LEAVING).unlink(missing_ok=True)
    try:
        store = open_store(folder, now_ms=now_ms, random_bytes=random_bytes)
        if _is_sound(store.connection):
            return store, None
        store.close()
    except Damaged:
        pass
    (folder / LEAVING).touch()
    wait(LET_GO_S)
    aside = _move_aside(folder, now_ms())
    (folder / LEAVING).unlink()
    store = open_store(folder, now_ms=now_ms, random_bytes=random_bytes)
    rows, lost = _carry_over(aside, store)
    return store, Moved(aside.name, rows, lost)


def _is_sound(connection: sqlite3.Connection) -> bool:
    try:
        return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    except sqlite3.DatabaseError:
        return False


def _move_aside(folder: Path, now_ms: int) -> Path:
    target = folder / ASIDE
    target.mkdir(exist_ok=True)
    name = f"{now_ms}-{FILE}"
    for suffix in ("", "-wal", "-shm"):
        source = folder / (FILE + suffix)
        if source.exists():
            source.rename(target / (name + suffix))
    return target / name


def _carry_over(aside: Path, store: Store) -> tuple[int, int]:
    """Copy what can still be read; (outbox rows saved, outbox rows lost)."""
    try:
        old = connect(aside)
    except sqlite3.DatabaseError:
        return 0, 0
    copied, lost = 0, 0
    with store.transaction() as new:
        new.execute("DELETE FROM epoch")
        for table in ("epoch", "content_key", "receipt", "receipt_log", "meta", "bulletin", "root", "owed_event"):
            _copy(old, new, table)
        for (epoch,) in new.execute("SELECT epoch FROM epoch ORDER BY ordinal").fetchall():
            seqs = _copy_outbox(old, new, epoch)
            copied += len(seqs)
            for first, last in _holes(new, epoch, seqs):
                lost += last - first + 1
                facts = {"epoch": epoch.hex(), "from": first, "through": last}
                new.execute("INSERT INTO owed_event (name, facts) VALUES ('lost', ?)", (json.dumps(facts),))
        draw_epoch(store, "moved_aside")
        facts = {"readable": copied, "lost": lost}
        new.execute("INSERT INTO owed_event (name, facts) VALUES ('moved_aside', ?)", (json.dumps(facts),))
    old.close()
    return copied, lost


def _copy(old: sqlite3.Connection, new: sqlite3.Connection, table: str) -> None:
    """Rows of one table, as far as it can be read."""
    marks = ",".join("?" * len(new.execute(f"PRAGMA table_info({table})").fetchall()))
    rows = old.execute(f"SELECT * FROM {table}") if _has(old, table) else iter(())
    while True:
        try:
            row = next(rows, None)
        except sqlite3.DatabaseError:
            return
        if row is None:
            return
        new.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", row)


def _has(old: sqlite3.Connection, table: str) -> bool:
    try:
        return old.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone() is not None
    except sqlite3.DatabaseError:
        return False


def _copy_outbox(old: sqlite3.Connection, new: sqlite3.Connection, epoch: bytes) -> list[int]:
    seqs = []
    for row in _readable(old, epoch):
        try:
            new.execute("INSERT INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        except sqlite3.IntegrityError:
            continue  # a row whose wrapped key could not be read is as good as lost
        seqs.append(row[1])
    return seqs


def _readable(old: sqlite3.Connection, epoch: bytes) -> Iterator[tuple[object, ...]]:
    """Outbox rows in order, stepping over those that lie on a broken page."""
    after, misses = 0, 0
    while misses < _LONGEST_HOLE:
        try:
            row = old.execute(
                "SELECT epoch, seq, kind, key_id, made_ms, h_before, sealed FROM outbox"
                " WHERE epoch = ? AND seq > ? ORDER BY seq LIMIT 1",
                (epoch, after),
            ).fetchone()
        except sqlite3.DatabaseError:
            after, misses = after + 1, misses + 1
            continue
        if row is None:
            return
        after, misses = row[1], 0
        yield row


def _holes(new: sqlite3.Connection, epoch: bytes, seqs: list[int]) -> list[tuple[int, int]]:
    """Ranges that are neither received, destroyed long ago, nor readable: inclusive."""
    row = new.execute(
        "SELECT max(floor_seq, ifnull((SELECT through_seq FROM receipt r WHERE r.epoch = e.epoch), 0))"
        " FROM epoch e WHERE epoch = ?",
        (epoch,),
    ).fetchone()
    holes, before = [], row[0]
    for seq in seqs:
        if seq > before + 1:
            holes.append((before + 1, seq - 1))
        before = max(before, seq)
    return holes
