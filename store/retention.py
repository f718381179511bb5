"""The named job that destroys, and nothing else does. Each limit has a name, and the law or the reason it comes from.

- received rows: 14 days after the centre's receipt, so that a centre restored from a backup can ask for them again
- unsent rows: the legal limit for personal records (30 days in the 2021 public promise); what is destroyed unsent
  leaves an event that tells the centre which range will never come
- readable visits: two days, the life of the day key that their pseudonyms hang on
- declarations by light that were taken: a day after their order has ended, when they are refused anyhow
- files moved aside: the same legal limit as unsent rows, since they hold the same sealed records
- what a person asked to have destroyed: at once, when the centre's signed list names it (store.deletions)
- what the radio heard, with what was matched of it: the fourteen UTC days that end today, the infectious window that
  the apps of 2020 looked back for; its files moved aside hold day keys and go with the next run
Only a clock set from outside may destroy: a wrong clock would burn unsent visits.
"""

import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from store import recorder
from store.db import Store
from store.deletions import destroy_asked
from store.epochs import SEQ_MASK, last_row, owe, place_of
from wire.envelope import ClockQuality

if TYPE_CHECKING:
    from store.sightings import Sightings

DAY_MS = 86_400_000
ASIDE = "aside"
# Rows destroyed in one transaction: a purge must not keep the gate's own commit waiting.
SLICE_ROWS = 2000
KEYS_AT_ONCE = 500
_OVERWRITTEN_AT_ONCE = 1 << 16
# Sealed blocks of 7 kB each: overwriting them must not keep a tap's commit waiting.
BLOCKS_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Limits:
    """Days that each kind of row may stay."""

    received_days: int = 14
    unsent_days: int = 30
    visit_days: int = 2
    sighting_days: int = 14


@dataclass(slots=True)
class Purged:
    """What one run destroyed, for the log and the technician."""

    received: int = 0
    expired_unsent: int = 0
    visits: int = 0
    declared: int = 0
    light: int = 0
    asked: int = 0
    keys: int = 0
    files: list[str] = field(default_factory=list)
    skipped: str = ""

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return asdict(self)


@dataclass(slots=True)
class PurgedSightings:
    """The same of the radio's file: UTC days whose keys were destroyed, windows that lay under them, and so on."""

    days: int = 0
    windows: int = 0
    exposures: int = 0
    files: list[str] = field(default_factory=list)
    skipped: str = ""


def purge(store: Store, limits: Limits, clock: ClockQuality) -> Purged:
    """Destroy what is past its limit; safe to repeat and to interrupt at any point."""
    done = Purged()
    if clock is not ClockQuality.SYNCED:
        done.skipped = "clock_unset"
        return done
    now = store.now_ms()
    received_before, unsent_before = now - limits.received_days * DAY_MS, now - limits.unsent_days * DAY_MS
    with store.transaction() as db:
        db.execute("UPDATE receipt_log SET received_ms = ? WHERE received_ms = 0", (now,))
    for ordinal, epoch in store.execute("SELECT ordinal, epoch FROM epoch ORDER BY ordinal").fetchall():
        done.received += _destroy(store, ordinal, _received_through(store, epoch, received_before))
        done.expired_unsent += _expire(store, ordinal, epoch, unsent_before)
    with store.transaction():
        # A row from the future was stamped by a clock that ran ahead; it would stay for as long as that.
        stale = ("at_ms < ? OR at_ms > ?", now - limits.visit_days * DAY_MS, now + DAY_MS)
        done.visits = _delete(store, "visit", *stale)
        done.declared = _delete(store, "declared", *stale)
        done.light = _delete(store, "light_taken", "until_ms < ?", now - DAY_MS)
        _delete(store, "rejected", "told_ms < ?", unsent_before)
    done.asked = destroy_asked(store)
    done.keys = _destroy_unused_keys(store, now)
    done.files = _old_files(store.folder / ASIDE, unsent_before)
    store.checkpoint()
    return done


def purge_sightings(sightings: "Sightings", limits: Limits, clock: ClockQuality) -> PurgedSightings:
    """Destroy the days of the radio's file that are past their limit: their keys first, then what lay under them.

    Safe to repeat and to interrupt at any point: what is left of a day without its key goes with the next run.
    """
    done = PurgedSightings()
    if clock is not ClockQuality.SYNCED:
        done.skipped = "clock_unset"
        return done
    now = sightings.now_ms()
    # A day from the future was stamped by a clock that ran ahead; it would stay for as long as that.
    stale = "(day <= ? OR day > ?)", now // DAY_MS - limits.sighting_days, now // DAY_MS + 1
    with sightings.transaction():
        done.days = _delete(sightings, "day_key", *stale)
        done.exposures = _delete(sightings, "exposure", *stale)
        _delete(sightings, "sent", *stale)
        _delete(sightings, "matched", *stale)
        _delete(sightings, "tap", "(at_ms < ? OR at_ms > ?)", now - DAY_MS, now + DAY_MS)
    for day in sightings.days():
        while sightings.seal_of(day) is None and (windows := _destroy_blocks(sightings, day)):
            done.windows += windows
    done.files = _emptied(sightings.folder / ASIDE, "*-ble.db*")
    _old_files(sightings.folder / ASIDE, now - 2 * DAY_MS, "*-ble.db*")
    sightings.checkpoint()
    return done


def _destroy_blocks(sightings: "Sightings", day: int) -> int:
    """Destroy the first blocks of a day; how many windows lay in them, 0 when none are left."""
    places = sightings.rows(
        "SELECT place, windows FROM block WHERE place BETWEEN ? AND ? ORDER BY place LIMIT ?",
        (day << 32, (day + 1 << 32) - 1, BLOCKS_AT_ONCE),
    )
    if places:
        # Overwriting goes through the log: on a disk with little room it must not grow by the whole day.
        sightings.rows("PRAGMA wal_checkpoint(PASSIVE)")
        with sightings.transaction():
            _delete(sightings, "block", "place BETWEEN ? AND ?", places[0][0], places[-1][0])
    return sum(windows for _, windows in places)


def _received_through(store: Store, epoch: bytes, before_ms: int) -> int:
    """The last seq that was confirmed before `before_ms`; 0 for none."""
    row = store.execute(
        "SELECT max(through_seq) FROM receipt_log WHERE epoch = ? AND received_ms < ?", (epoch, before_ms)
    ).fetchone()
    return row[0] or 0


def _expire(store: Store, ordinal: int, epoch: bytes, before_ms: int) -> int:
    """Destroy the oldest unsent rows, made before `before_ms`, and owe the centre an event that names their range.

    Only what stands before every row that is young enough: a stamp that a wrong clock set too early takes nothing
    with it. Rows without a stamp (made_ms 0) go with an older row behind them.
    """
    through = store.execute("SELECT ifnull(max(through_seq), 0) FROM receipt WHERE epoch = ?", (epoch,)).fetchone()[0]
    unsent, end = place_of(ordinal, min(through, SEQ_MASK)), place_of(ordinal, SEQ_MASK)
    young = store.execute(
        "SELECT place FROM outbox WHERE place > ? AND place <= ? AND made_ms >= ? ORDER BY place LIMIT 1",
        (unsent, end, before_ms),
    ).fetchone()
    first, last = store.execute(
        "SELECT min(place), max(CASE WHEN made_ms > 0 THEN place END) FROM outbox WHERE place > ? AND place <= ?",
        (unsent, end if young is None else young[0] - 1),
    ).fetchone()
    if last is None:
        return 0
    facts = {"epoch": epoch.hex(), "from": first & SEQ_MASK, "through": last & SEQ_MASK}
    return _destroy(store, ordinal, last & SEQ_MASK, owed=("expired", facts))


def _destroy(store: Store, ordinal: int, through: int, owed: tuple[str, dict[str, object]] | None = None) -> int:
    """Delete the rows of an epoch up to `through`, keeping the chain's floor; the owed event goes in with the first."""
    low, high = place_of(ordinal, 0), place_of(ordinal, min(through, SEQ_MASK))
    destroyed = 0
    while True:
        row = store.execute("SELECT min(place) FROM outbox WHERE place BETWEEN ? AND ?", (low, high)).fetchone()
        if row[0] is None:
            return destroyed
        upto = min(high, row[0] + SLICE_ROWS - 1)
        with store.transaction():
            if owed is not None:
                owe(store, *owed)
                owed = None
            last = last_row(store, ordinal, upto & SEQ_MASK)
            store.execute("UPDATE epoch SET floor_seq = ?, floor_head = ? WHERE ordinal = ?", (*(last or ()), ordinal))
            destroyed += _delete(store, "outbox", "place BETWEEN ? AND ?", low, upto)


def _destroy_unused_keys(store: Store, now: int) -> int:
    """Wrapped keys that no row needs any more.

    A key younger than two hours may still be about to be used by a running process (its life is one hour).
    """
    old = store.execute(
        "SELECT key_id FROM content_key WHERE made_ms < ?", (now - 2 * recorder.KEY_LIFE_MS,)
    ).fetchall()
    # Looked up before the transaction: with a million rows waiting, it takes longer than the gate may wait.
    used = {row[0] for row in store.execute("SELECT DISTINCT key_id FROM outbox").fetchall()}
    unused = [row for row in old if row[0] not in used]
    for start in range(0, len(unused), KEYS_AT_ONCE):
        ids = unused[start : start + KEYS_AT_ONCE]
        # Each deleted key would make SQLite look through the whole outbox for rows that need it: just done.
        store.execute("PRAGMA foreign_keys=OFF")
        try:
            with store.transaction() as db:
                db.executemany("DELETE FROM content_key WHERE key_id = ?", ids)
        finally:
            store.execute("PRAGMA foreign_keys=ON")
    return len(unused)


def _delete(store: Store, table: str, where: str, *parameters: object) -> int:
    return store.execute(f"DELETE FROM {table} WHERE {where}", parameters).rowcount


def _emptied(folder: Path, names: str) -> list[str]:
    """Overwrite files that hold day keys and empty them; their names, which stay for two days.

    The name alone says that a log of steps was lost, and with it perhaps the word of a reboot (ble_scanner.ladder).
    """
    emptied = []
    for path in sorted(folder.glob(names)) if folder.is_dir() else []:
        status = path.stat()
        if status.st_size:
            with path.open("r+b") as file:
                for at in range(0, status.st_size, _OVERWRITTEN_AT_ONCE):
                    file.write(bytes(min(_OVERWRITTEN_AT_ONCE, status.st_size - at)))
                file.flush()
                os.fsync(file.fileno())
                file.truncate(0)
            os.utime(path, (status.st_atime, status.st_mtime))  # its age counts from when it was put aside
            emptied.append(path.name)
    return emptied


def _old_files(folder: Path, before_ms: int, names: str = "*") -> list[str]:
    """Remove files that were moved aside before the limit; their names."""
    removed = []
    for path in sorted(folder.glob(names)) if folder.is_dir() else []:
        if path.stat().st_mtime * 1000 < before_ms:
            path.unlink()
            removed.append(path.name)
    return removed
