"""What the radio heard, in a database file of its own (ble.db): identifiers by minute, sealed under day keys.

- The file is expendable: it can be heard again, visits cannot. A damaged one is put into aside/ and a new one begun,
  with no attempt to save rows; whoever held the old one open is told by Leaving and opens again.
- synchronous=NORMAL: a power cut may cost the last minutes, and spares the card a flush a minute.
- A day is a UTC day, as in the systems that are matched. Its key is random, made with its first block, and destroyed by
  the purge (store.retention): then nobody can read the day, whatever the cells of the card still hold.
- What was left by a purge, a swapped or a broken block is passed over and counted, never raised.
"""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from store.db import Damaged, Leaving, Store, StoreError, connect, statements, store_error
from store.retention import ASIDE
from wire.day_seal import KEY_BYTES, NONCE_BYTES, DaySeal
from wire.refusal import Refused
from wire.sighting_blocks import Minute, in_blocks, minutes_of, pack
from wire.sightings import DAY_MS, WINDOW_MS, SightingWindow

FILE = "ble.db"
SUSPECT = "ble.suspect"  # while this lies beside the file, the next opening looks through all of it
_LOCK = "ble.lock"
_HERE = Path(__file__).parent / "ble"
_PLACE_BITS = 32
_LAST_MINUTE = DAY_MS // WINDOW_MS - 1


class Sightings(Store):
    """One connection to ble.db, for one thread. `unreadable` counts blocks that were passed over."""

    unreadable = 0
    _file: tuple[int, int] | None = None

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> sqlite3.Cursor:
        """As Store.execute; a damaged file is also marked, so that the next opening puts it aside."""
        try:
            return super().execute(sql, parameters)
        except Damaged:
            _mark(self.folder)
            raise

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query. Raises StoreError, also for what comes to light only when they are fetched."""
        try:
            return self.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            found = store_error(error, self.folder)
            if isinstance(found, Damaged):
                _mark(self.folder)
            raise found from error

    def data_version(self) -> int:
        """Changes when another connection has committed. Raises Leaving when the file was put aside or deleted."""
        if _identity(self.folder) != self._file:
            raise Leaving
        return int(self.rows("PRAGMA data_version")[0][0])

    def remember_file(self) -> None:
        """From now on another file under that name means Leaving."""
        self._file = _identity(self.folder)

    def keep(self, windows: Sequence[SightingWindow]) -> None:
        """Keep these, all or none. Raises StoreError; Refused("bad_sighting") for what no row can hold."""
        blocks = [(day, block, pack(block)) for day, block in in_blocks(windows)]
        if not blocks:
            return
        with self.transaction():
            for day, block, plain in blocks:
                seal, place = self.seal_of_new(day), self.last_place(day) + 1
                minutes = [window.at_ms % DAY_MS // WINDOW_MS for window in (block[0], block[-1])]
                sealed = seal.seal(self.random_bytes(NONCE_BYTES), plain, "sightings", place)
                self.execute(
                    "INSERT INTO block (place, first, last, windows, sealed) VALUES (?, ?, ?, ?, ?)",
                    (place, *minutes, len(block), sealed),
                )

    def days(self) -> list[int]:
        """The UTC days (Unix ms // DAY_MS) of which something is kept, in order."""
        days, place = [], -1
        while found := self.rows("SELECT place FROM block WHERE place > ? ORDER BY place LIMIT 1", (place,)):
            days.append(int(found[0][0]) >> _PLACE_BITS)
            place = (days[-1] + 1 << _PLACE_BITS) - 1
        return days

    def of_day(self, day: int) -> Iterator[SightingWindow]:
        """The windows of a UTC day, in the order in which they were kept."""
        return (window for minute in self.minutes(day) for window in minute.windows())

    def minutes(self, day: int, first: int = 0, last: int = _LAST_MINUTE) -> Iterator[Minute]:
        """The same as columns, of the minutes `first` to `last` of the day. Each block is a read of its own.

        A long read would keep the purge from shortening the log; a block that goes meanwhile is passed over.
        """
        seal = self.seal_of(day)
        places = self.rows(
            "SELECT place FROM block WHERE place BETWEEN ? AND ? AND last >= ? AND first <= ? ORDER BY place",
            (*_range(day), first, last),
        )
        since, until = day * DAY_MS + first * WINDOW_MS, day * DAY_MS + last * WINDOW_MS
        for (place,) in places:
            for minute in self._block(day, seal, place):
                if since <= minute.at_ms <= until:
                    yield minute

    def last_place(self, day: int) -> int:
        """The place of the newest block of a day; it rises with what is kept. One below its first place for none."""
        low, high = _range(day)
        found = self.rows("SELECT max(place) FROM block WHERE place BETWEEN ? AND ?", (low, high))[0][0]
        return low - 1 if found is None else int(found)

    def seal_of(self, day: int) -> DaySeal | None:
        """The seal of a day, None for a day without a key: purged, or never heard."""
        found = self.rows("SELECT key FROM day_key WHERE day = ?", (day,))
        return DaySeal(day, found[0][0]) if found else None

    def seal_of_new(self, day: int) -> DaySeal:
        """The same, within the caller's transaction, made where there is none. Raises StoreError."""
        self.execute("INSERT OR IGNORE INTO day_key (day, key) VALUES (?, ?)", (day, self.random_bytes(KEY_BYTES)))
        seal = self.seal_of(day)
        assert seal is not None
        return seal

    def _block(self, day: int, seal: DaySeal | None, place: int) -> list[Minute]:
        found = self.rows("SELECT sealed FROM block WHERE place = ?", (place,))
        if not found:
            return []
        try:
            if seal is None:
                raise Refused("cannot_open", "no key")
            return list(minutes_of(seal.open(found[0][0], "sightings", place), day))
        except Refused:
            self.unreadable += 1
            return []


def open_sightings(
    folder: Path, *, now_ms: Callable[[], int], random_bytes: Callable[[int], bytes] = os.urandom
) -> Sightings:
    """Open (or make) ble.db in `folder` and bring it up to date; a damaged one is put aside first.

    Raises StoreError, also for a file of a newer version, which stays as it is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / SUSPECT).exists():
        with suppress(Damaged):
            return _open(folder, now_ms, random_bytes)
    with _alone(folder):
        _put_aside_if_damaged(folder, now_ms, random_bytes)
        return _open(folder, now_ms, random_bytes)


def _open(folder: Path, now_ms: Callable[[], int], random_bytes: Callable[[int], bytes]) -> Sightings:
    try:
        connection = connect(folder / FILE)
    except sqlite3.Error as error:
        raise store_error(error, folder) from error
    store = Sightings(connection, folder, now_ms, random_bytes)
    store.remember_file()
    try:
        store.execute("PRAGMA synchronous=NORMAL")
        _bring_up_to_date(store)
    except StoreError:
        store.close()
        raise
    return store


def _bring_up_to_date(store: Sightings) -> None:
    """Run what is new of ble/schema.sql and ble/migrations/*.sql, all or nothing."""
    steps = [_HERE / "schema.sql", *sorted((_HERE / "migrations").glob("*.sql"))]
    if _version(store) == len(steps):
        return
    with store.transaction():
        version = _version(store)
        if version > len(steps):
            raise StoreError("store_failed", f"{FILE} is of version {version}, this program knows {len(steps)}")
        for step in steps[version:]:
            for statement in statements(step.read_text("utf-8")):
                store.execute(statement)
        store.execute(f"PRAGMA user_version={len(steps)}")


def _version(store: Sightings) -> int:
    return int(store.rows("PRAGMA user_version")[0][0])


def _put_aside_if_damaged(folder: Path, now_ms: Callable[[], int], random_bytes: Callable[[int], bytes]) -> None:
    """Look through the whole file, since somebody met damage; another process may have put it aside already."""
    sound = False
    with suppress(Damaged):
        store = _open(folder, now_ms, random_bytes)
        try:
            with suppress(sqlite3.DatabaseError):
                sound = store.connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
        finally:
            store.close()
    if not sound:
        (folder / ASIDE).mkdir(exist_ok=True)
        for end in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                (folder / f"{FILE}{end}").rename(folder / ASIDE / f"{now_ms()}-{FILE}{end}")
    (folder / SUSPECT).unlink(missing_ok=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time looks and moves: two would put the new file aside as well."""
    with (folder / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _mark(folder: Path) -> None:
    with suppress(OSError):
        (folder / SUSPECT).touch()


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        status = (folder / FILE).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _range(day: int) -> tuple[int, int]:
    return day << _PLACE_BITS, (day + 1 << _PLACE_BITS) - 1
