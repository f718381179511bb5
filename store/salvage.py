"""At start: is the file sound? If not, put it aside (never delete it), begin a new one, carry over what can be read.

- `PRAGMA quick_check` over the whole file, once, by the process that owns it (the kiosk).
- The damaged file and its log are renamed into aside/; other processes see the marker file and let go first. The marker
  names the file and stays until the new database holds what could be read: a power cut in between only means that the
  move goes on at the next start.
- Readable outbox rows go on unchanged under their own epoch; new records begin a new epoch, since the last number of
  the old one cannot be trusted.
- Holes in what was read are reported as lost ranges, so that the centre does not wait for them for ever.
- quick_check sees a broken structure, not a changed byte inside a value: such a record is refused by the centre, where
  its seal does not open, and a lost tail of the log shows when a receipt claims more than the file holds.
"""

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from store.db import FILE, LEAVING, Damaged, Store, connect, draw_epoch, open_here
from store.epochs import SEQ_BITS, SEQ_MASK, owe, place_of
from store.retention import ASIDE
from wire.batch import CHAIN_START

LET_GO_S = 2.0  # other processes look at least once a second (their loop) for the marker
# In the order that foreign keys allow, behind the epochs; the outbox follows row by row.
_TABLES = (
    *("content_key", "receipt", "receipt_log", "rejected"),
    *("meta", "bulletin", "root", "owed_event", "visit", "declared", "light_taken"),
    *("guard", "guard_pin", "slip"),
)
_LONGEST_HOLE = 100_000  # rows; a bound on the walk over unreadable pages


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of a damaged database: the name of its file in aside/, outbox rows taken over and known as lost."""

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
    aside = _begun(folder)
    if aside is None:
        store = _open_sound(folder, now_ms, random_bytes)
        if store is not None:
            return store, None
        aside = folder / ASIDE / f"{now_ms()}-{FILE}"
        _mark(folder, aside)
        wait(LET_GO_S)
    _move(folder, aside)
    store = open_here(folder, now_ms, random_bytes)
    try:
        rows, lost = _carried(store) or _carry_over(aside, store)
    except BaseException:
        store.close()
        raise
    (folder / LEAVING).unlink()
    return store, Moved(aside.name, rows, lost)


def _begun(folder: Path) -> Path | None:
    """Where a move was going that a power cut stopped; None where nothing was moved yet."""
    marker = folder / LEAVING
    if not marker.exists():
        return None
    name = Path(marker.read_text("utf-8", errors="replace")).name
    aside = folder / ASIDE / name
    if name and aside.is_file():
        return aside
    marker.unlink()
    return None


def _open_sound(folder: Path, now_ms: Callable[[], int], random_bytes: Callable[[int], bytes]) -> Store | None:
    try:
        store = open_here(folder, now_ms, random_bytes)
    except Damaged:
        return None
    if _is_sound(store.connection):
        return store
    store.close()
    return None


def _is_sound(connection: sqlite3.Connection) -> bool:
    try:
        return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    except sqlite3.DatabaseError:
        return False


def _mark(folder: Path, aside: Path) -> None:
    aside.parent.mkdir(exist_ok=True)
    with (folder / LEAVING).open("w") as marker:
        marker.write(aside.name)
        marker.flush()
        os.fsync(marker.fileno())
    _sync(folder)


def _move(folder: Path, aside: Path) -> None:
    """Rename the database first, then its log: a log without its database is the sign that the move is not done."""
    if aside.exists() and (folder / FILE).exists():
        return  # the one that lies here is the new one already
    for suffix in ("", "-wal", "-shm"):
        source = folder / (FILE + suffix)
        if source.exists():
            source.rename(aside.with_name(aside.name + suffix))
    _sync(aside.parent)
    _sync(folder)


def _sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _carried(store: Store) -> tuple[int, int] | None:
    """What a carry-over saved and lost that was committed just before a power cut; None where there was none."""
    why = store.execute("SELECT why FROM epoch ORDER BY ordinal DESC LIMIT 1").fetchone()[0]
    if why == "new":
        return None
    owed = store.execute("SELECT facts FROM owed_event WHERE name = 'moved_aside' ORDER BY id DESC LIMIT 1").fetchone()
    facts = json.loads(owed[0])
    return facts["readable"], facts["lost"]


def _carry_over(aside: Path, store: Store) -> tuple[int, int]:
    """Copy what can still be read, in one transaction; (outbox rows saved, outbox rows lost)."""
    try:
        old = connect(aside)
    except sqlite3.DatabaseError:
        old = sqlite3.connect(":memory:", isolation_level=None)
    copied, lost = 0, 0
    try:
        with store.transaction() as new:
            new.execute("DELETE FROM epoch")
            _copy(old, new, "epoch")
            _rebuild_epochs(old, new)
            for table in _TABLES:
                _copy(old, new, table)
            for ordinal, epoch in new.execute("SELECT ordinal, epoch FROM epoch ORDER BY ordinal").fetchall():
                seqs = _copy_outbox(old, new, ordinal)
                copied += len(seqs)
                for first, last in _holes(new, ordinal, seqs):
                    lost += last - first + 1
                    owe(store, "lost", {"epoch": epoch.hex(), "from": first, "through": last})
            draw_epoch(store, "moved_aside")
            owe(store, "moved_aside", {"readable": copied, "lost": lost})
    finally:
        old.close()
    return copied, lost


def _copy(old: sqlite3.Connection, new: sqlite3.Connection, table: str) -> None:
    """Rows of one table, from its beginning and, behind a broken page, from its end."""
    names = [row[1] for row in new.execute(f"PRAGMA table_info({table})").fetchall()]
    columns, marks = ", ".join(names), ",".join("?" * len(names))
    for row in _from_both_ends(old, columns, table, names[0]):
        _insert(new, f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})", row)


def _from_both_ends(old: sqlite3.Connection, columns: str, table: str, order: str) -> Iterator[tuple[Any, ...]]:
    """Rows up to a broken page and, where there is one, back to it from the end; some may come twice."""
    for way in ("ASC", "DESC"):
        try:
            yield from old.execute(f"SELECT {columns} FROM {table} ORDER BY {order} {way}")
            return
        except sqlite3.DatabaseError:
            continue


def _insert(new: sqlite3.Connection, statement: str, row: tuple[Any, ...]) -> bool:
    try:
        new.execute(statement, row)
    except sqlite3.IntegrityError:
        return False  # a value that the schema refuses was changed by the damage
    return True


def _rebuild_epochs(old: sqlite3.Connection, new: sqlite3.Connection) -> None:
    """Epochs whose own row cannot be read: the wrapped keys of their records name them too."""
    known = {row[0] for row in new.execute("SELECT ordinal FROM epoch").fetchall()}
    epochs = dict(_from_both_ends(old, "key_id, epoch", "content_key", "key_id"))
    statement = "INSERT OR IGNORE INTO epoch (ordinal, epoch, why, drawn_ms, floor_head) VALUES (?, ?, 'new', 0, ?)"
    for place, key_id in _from_both_ends(old, "place, key_id", "outbox", "place"):
        if place >> SEQ_BITS not in known and key_id in epochs:
            _insert(new, statement, (place >> SEQ_BITS, epochs[key_id], CHAIN_START))


def _copy_outbox(old: sqlite3.Connection, new: sqlite3.Connection, ordinal: int) -> list[int]:
    statement = "INSERT INTO outbox (place, kind, key_id, made_ms, h_before, sealed) VALUES (?, ?, ?, ?, ?, ?)"
    # A row whose wrapped key could not be read is as good as lost: the foreign key refuses it.
    return [row[0] & SEQ_MASK for row in _readable(old, ordinal) if _insert(new, statement, row)]


def _readable(old: sqlite3.Connection, ordinal: int) -> Iterator[tuple[Any, ...]]:
    """Outbox rows in order, stepping over those that lie on a broken page."""
    after, end, misses = place_of(ordinal, 0), place_of(ordinal, SEQ_MASK), 0
    while misses < _LONGEST_HOLE:
        try:
            row = old.execute(
                "SELECT place, kind, key_id, made_ms, h_before, sealed FROM outbox"
                " WHERE place > ? AND place <= ? ORDER BY place LIMIT 1",
                (after, end),
            ).fetchone()
        except sqlite3.DatabaseError:
            after, misses = after + 1, misses + 1
            continue
        if row is None:
            return
        after, misses = row[0], 0
        yield row


def _holes(new: sqlite3.Connection, ordinal: int, seqs: list[int]) -> list[tuple[int, int]]:
    """Ranges that are neither received, destroyed long ago, nor readable: inclusive."""
    row = new.execute(
        "SELECT max(floor_seq, ifnull((SELECT through_seq FROM receipt r WHERE r.epoch = e.epoch), 0))"
        " FROM epoch e WHERE ordinal = ?",
        (ordinal,),
    ).fetchone()
    holes, before = [], row[0]
    for seq in seqs:
        if seq > before + 1:
            holes.append((before + 1, seq - 1))
        before = max(before, seq)
    # Rows behind the last readable one: the gate's readable table may remember that there were some.
    low, high = place_of(ordinal, 0), place_of(ordinal, SEQ_MASK)
    last = new.execute("SELECT max(place) FROM visit WHERE place BETWEEN ? AND ?", (low, high)).fetchone()[0]
    if last is not None and last & SEQ_MASK > before:
        holes.append((before + 1, last & SEQ_MASK))
    return holes
