"""Open the edge database, bring it up to date, and run one transaction at a time.

- WAL, synchronous=FULL: a commit is on the medium when it returns. foreign_keys and busy_timeout on every connection.
- Migrations go forward by PRAGMA user_version; a database of a newer version is never rolled back, and refused
  unless it says that this program may go on with it.
- A connection belongs to one thread; each process opens its own.
"""

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from wire.batch import CHAIN_START

FILE = "gatepost.db"
LEAVING = "gatepost.leaving"  # while this file lies beside the database, it is being moved aside: let go of it
READABLE_FROM = "readable_from"  # in meta; see migrate
_TRY_AGAIN_MS = 20
BUSY_TIMEOUT_MS = 5000  # three writers on one card: measured worst wait 208 ms, so 5 s means something is wrong
WAL_PAGES = 1000
JOURNAL_LIMIT_BYTES = 8 << 20
_NO_ROOM_BYTES = 64 * 1024  # SQLite's shared memory grows in 32 KiB steps

_HERE = Path(__file__).parent


class StoreError(Exception):
    """The database cannot do what was asked. `reason` is a reason code: disk_full or store_failed."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason


class Damaged(StoreError):
    """The file is not a sound database; see store.salvage."""

    def __init__(self, detail: str) -> None:
        super().__init__("store_failed", detail)


class Leaving(StoreError):
    """The database is being moved aside: close it, wait, open again."""

    def __init__(self) -> None:
        super().__init__("store_failed", "the database is being moved aside")


# What a process that uses a Store can meet and cannot mend: it ends, and its next start looks at the file.
FAILURES = (StoreError, sqlite3.Error)


class Store:
    """One connection, for one thread."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        folder: Path,
        now_ms: Callable[[], int],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self.connection = connection
        self.folder = folder
        self.now_ms = now_ms
        self.random_bytes = random_bytes

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Run one statement. Raises StoreError, so that callers need not know SQLite.

        Only a row behind the first that lies on a broken page still raises sqlite3.DatabaseError, when it is fetched:
        processes end on FAILURES and begin again (store.salvage).
        """
        try:
            return self.connection.execute(sql, parameters)
        except sqlite3.Error as error:
            raise store_error(error, self.folder) from error

    def transaction(self) -> "Transaction":
        """BEGIN IMMEDIATE ... COMMIT; rolled back on any exception.

        Raises StoreError("disk_full" or "store_failed") for what SQLite reports; other exceptions pass through.
        """
        return Transaction(self)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Several reads of one moment: what others commit meanwhile is not seen. Raises StoreError."""
        self.execute("BEGIN")
        try:
            yield
        finally:
            _roll_back(self)

    def data_version(self) -> int:
        """Changes when another connection has committed. Raises Leaving while the file is being moved aside."""
        if (self.folder / LEAVING).exists():
            raise Leaving
        return int(self.execute("PRAGMA data_version").fetchone()[0])

    def fold(self) -> None:
        """Fold the write-ahead log into the database; for quiet moments. The log keeps its length: the next records are
        written over it, so that the file system has no new blocks to note for each of them."""
        self.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the database and cut it to nothing: what was destroyed is gone there too."""
        self.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close the connection; safe to call twice."""
        self.connection.close()


class Transaction:
    """See Store.transaction. A class of its own: a generator would cost every visit some microseconds."""

    __slots__ = ("_store",)

    def __init__(self, store: Store) -> None:
        self._store = store

    def __enter__(self) -> sqlite3.Connection:
        self._store.execute("BEGIN IMMEDIATE")
        return self._store.connection

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        store = self._store
        try:
            if kind is None:
                store.execute("COMMIT")
        except StoreError:
            _roll_back(store)
            raise
        if kind is not None:
            _roll_back(store)
            if isinstance(error, sqlite3.Error):
                raise store_error(error, store.folder) from error


def _roll_back(store: Store) -> None:
    """SQLite has rolled back by itself after some errors; a failing ROLLBACK says what the first error said."""
    if store.connection.in_transaction:
        with suppress(StoreError):
            store.execute("ROLLBACK")


def open_store(folder: Path, *, now_ms: Callable[[], int], random_bytes: Callable[[int], bytes] = os.urandom) -> Store:
    """Open (or make) the database in `folder` and migrate it.

    Raises Damaged when the file is no sound database, Leaving while it is being moved aside, StoreError otherwise.
    Does not scan the whole file: `store.salvage.open_or_move_aside` does, once at start, in the process that owns it.
    """
    if (folder / LEAVING).exists():
        raise Leaving
    return open_here(folder, now_ms, random_bytes)


def open_here(folder: Path, now_ms: Callable[[], int], random_bytes: Callable[[int], bytes]) -> Store:
    """As open_store, also while the marker lies there: for the process that moves the database aside."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        connection = connect(folder / FILE)
    except sqlite3.Error as error:
        raise store_error(error, folder) from error
    store = Store(connection, folder, now_ms, random_bytes)
    try:
        migrate(store)
    except StoreError:
        store.close()
        raise
    return store


def connect(path: Path) -> sqlite3.Connection:
    """A connection with every PRAGMA this project relies on, in explicit-transaction mode."""
    _share(path)
    connection = sqlite3.connect(path, isolation_level=None, cached_statements=64)
    try:
        _set_up(connection)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _share(path: Path) -> None:
    """Make a new file with the group's right to write, as far as the umask leaves it.

    Gate, radio and agent are three accounts of one group, and whoever comes first makes the file. SQLite would make it
    with 0644, and gives its log and shared memory the mode of the database (https://sqlite.org/tempfiles.html).

    A file that is there is not opened: closing it again would let go of every lock that this process holds on it
    (POSIX record locks; https://sqlite.org/howtocorrupt.html, 2.2), and the next to leave would delete a living log.
    """
    with suppress(OSError):  # SQLite says why in its own words
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o660))


def _set_up(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}").fetchall()
    _log_ahead(connection)
    for pragma in (
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",  # destroyed means overwritten, not only unlinked
        f"wal_autocheckpoint={WAL_PAGES}",
        f"journal_size_limit={JOURNAL_LIMIT_BYTES}",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Switch to WAL. While another process makes the same file, SQLite says "busy" at once, whatever the timeout."""
    for _ in range(BUSY_TIMEOUT_MS // _TRY_AGAIN_MS):
        try:
            connection.execute("PRAGMA journal_mode=WAL").fetchall()
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(_TRY_AGAIN_MS / 1000)
    connection.execute("PRAGMA journal_mode=WAL").fetchall()


def store_error(error: sqlite3.Error, folder: Path) -> StoreError:
    """SQLite's error in our words."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    # On a full disk SQLite says FULL for its data but IOERR for the shared memory file beside it.
    no_room = (
        code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN) and shutil.disk_usage(folder).free < _NO_ROOM_BYTES
    )
    if code == sqlite3.SQLITE_FULL or no_room:
        return StoreError("disk_full", "the disk is full")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return Damaged(str(error))
    return StoreError("store_failed", f"{type(error).__name__}: {error}")


def draw_epoch(store: Store, why: str) -> bytes:
    """Begin a new epoch inside the caller's transaction and return its 8 bytes."""
    epoch = store.random_bytes(8)
    store.execute(
        "INSERT INTO epoch (epoch, why, drawn_ms, floor_head) VALUES (?, ?, ?, ?)",
        (epoch, why, store.now_ms(), CHAIN_START),
    )
    return epoch


def migrate(store: Store, folder: Path = _HERE) -> None:
    """Run what is new of `folder`/schema.sql and `folder`/migrations/*.sql, all or nothing.

    A system that was tried and rolled back leaves a database of its own version. The older program goes on where
    the newer migration said so (meta `readable_from`: the lowest version whose program may use it). Raises StoreError
    for any other database of a newer version: an older program must not touch it.
    """
    steps = [folder / "schema.sql", *sorted((folder / "migrations").glob("*.sql"))]
    if _version(store) == len(steps) or _readable(store, len(steps)):
        return
    with store.transaction():
        version = _version(store)  # again, now that nobody else can migrate
        if version > len(steps):
            raise StoreError("store_failed", f"the database is of version {version}, this program knows {len(steps)}")
        for number, step in enumerate(steps[version:], version + 1):
            for statement in statements(step.read_text("utf-8")):
                store.execute(statement)
            store.execute(f"PRAGMA user_version={number}")
        if version == 0:
            draw_epoch(store, "new")


def _readable(store: Store, known: int) -> bool:
    """Whether a newer database may be used by a program that knows `known` steps."""
    if _version(store) <= known:
        return False
    row = store.execute("SELECT value FROM meta WHERE key = ?", (READABLE_FROM,)).fetchone()
    return row is not None and str(row[0]).isdecimal() and 0 < int(row[0]) <= known


def _version(store: Store) -> int:
    return int(store.execute("PRAGMA user_version").fetchone()[0])


def statements(script: str) -> Iterator[str]:
    """The statements of an SQL script, one by one: sqlite3's executescript would commit what is open."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
