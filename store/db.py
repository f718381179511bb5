"""Open the edge database, bring it up to date, and run one transaction at a time.

- WAL, synchronous=FULL: a commit is on the medium when it returns. foreign_keys and busy_timeout on every connection.
- Migrations go forward by PRAGMA user_version; a database of a newer version is refused, never rolled back.
- A connection belongs to one thread; each process opens its own.
"""

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from wire.batch import CHAIN_START

FILE = "gatepost.db"
LEAVING = "gatepost.leaving"  # while this file lies beside the database, it is being moved aside: let go of it
BUSY_TIMEOUT_MS = 5000  # three writers on one card: measured worst wait 208 ms, so 5 s means something is wrong
WAL_PAGES = 1000
JOURNAL_LIMIT_BYTES = 8 << 20

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
        self.execute = connection.execute

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """BEGIN IMMEDIATE ... COMMIT; rolled back on any exception.

        Raises StoreError("disk_full" or "store_failed") for what SQLite reports; other exceptions pass through.
        """
        try:
            self.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise store_error(error) from error

    def data_version(self) -> int:
        """Changes when another connection has committed. Raises Leaving while the file is being moved aside."""
        if (self.folder / LEAVING).exists():
            raise Leaving
        return int(self.execute("PRAGMA data_version").fetchone()[0])

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the database and shorten it; for quiet moments."""
        self.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close the connection; safe to call twice."""
        self.connection.close()


def open_store(folder: Path, *, now_ms: Callable[[], int], random_bytes: Callable[[int], bytes] = os.urandom) -> Store:
    """Open (or make) the database in `folder` and migrate it.

    Raises Damaged when the file is no sound database, Leaving while it is being moved aside, StoreError otherwise.
    Does not scan the whole file: `store.salvage.open_or_move_aside` does, once at start, in the process that owns it.
    """
    if (folder / LEAVING).exists():
        raise Leaving
    folder.mkdir(parents=True, exist_ok=True)
    try:
        connection = connect(folder / FILE)
        store = Store(connection, folder, now_ms, random_bytes)
        _migrate(store)
    except sqlite3.Error as error:
        raise store_error(error) from error
    return store


def connect(path: Path) -> sqlite3.Connection:
    """A connection with every PRAGMA this project relies on, in explicit-transaction mode."""
    connection = sqlite3.connect(path, isolation_level=None, cached_statements=64)
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",  # destroyed means overwritten, not only unlinked
        f"wal_autocheckpoint={WAL_PAGES}",
        f"journal_size_limit={JOURNAL_LIMIT_BYTES}",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    return connection


def store_error(error: sqlite3.Error) -> StoreError:
    """SQLite's error in our words."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _disk_is_full(error)):
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


def _migrate(store: Store) -> None:
    steps = [_HERE / "schema.sql", *sorted((_HERE / "migrations").glob("*.sql"))]
    with store.transaction():
        version = store.execute("PRAGMA user_version").fetchone()[0]
        if version > len(steps):
            raise StoreError("store_failed", f"the database is of version {version}, this program knows {len(steps)}")
        for number, step in enumerate(steps[version:], version + 1):
            for statement in statements(step.read_text("utf-8")):
                store.execute(statement)
            store.execute(f"PRAGMA user_version={number}")
        if version == 0:
            draw_epoch(store, "new")


def statements(script: str) -> Iterator[str]:
    """The statements of an SQL script, one by one: sqlite3's executescript would commit what is open."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _disk_is_full(error: sqlite3.Error) -> bool:
    return errno.errorcode[errno.ENOSPC] in str(error) or "FULL" in getattr(error, "sqlite_errorname", "")
