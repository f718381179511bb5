"""Who reads which shards: a session belongs to one worker at a time; a dead worker's session is taken over whole.

- The 16 shards are spread over `sessions` persistent MQTT sessions (1, 2, 4, 8 or 16; one for a small site), session k
  reading the shards s with s mod sessions = k under the fixed client id gatepost-ingest-<sessions>-<k>. What waits in
  a session waits for that id and nobody else, so the number is a choice for the whole site. After it is changed, what
  the abandoned sessions held is sent again by the kiosks: nothing is lost, it takes a few minutes.
- Two clients with one id would throw each other out for ever. So a worker connects only while it holds the session's
  lock, and asks the lock again after every disconnect.
- The lock dies with its owner: an advisory lock on the worker's own PostgreSQL connection, or a locked file beside a
  SQLite database (which one machine has to itself anyway).
"""

import fcntl
import os
import zlib
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, InvalidRequestError

from wire import topics

COUNTS = (1, 2, 4, 8, 16)
_LOCK_CLASS = 7167  # first half of the advisory lock's number: keeps clear of other users of the same database


class Lock(Protocol):
    """At most one process holds a lock of a name."""

    def acquire(self) -> bool:
        """Take it if it is free; True when it is held now. Never waits."""

    def held(self) -> bool:
        """Whether it is still held, asked anew from whoever keeps it."""

    def release(self) -> None:
        """Give it back; does nothing when it is not held."""


class FileLock:
    """flock(2) on a file: the kernel frees it when its process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def acquire(self) -> bool:
        """See Lock."""
        if self._handle is not None:
            return True
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def held(self) -> bool:
        """See Lock."""
        return self._handle is not None

    def release(self) -> None:
        """See Lock."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class AdvisoryLock:
    """pg_advisory_lock on a connection of its own: PostgreSQL frees it when the connection ends."""

    def __init__(self, engine: Engine, number: int) -> None:
        self._engine = engine
        self._number = number
        self._connection: Connection | None = None

    def acquire(self) -> bool:
        """See Lock."""
        if self.held():
            return True
        self.release()
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        sql = f"SELECT pg_try_advisory_lock({_LOCK_CLASS}, {self._number})"
        if connection.exec_driver_sql(sql).scalar():
            self._connection = connection
            return True
        connection.close()
        return False

    def held(self) -> bool:
        """See Lock."""
        if self._connection is None:
            return False
        try:
            # The lock lives exactly as long as this connection.
            self._connection.exec_driver_sql("SELECT 1")
        except (DBAPIError, InvalidRequestError):
            return False
        return True

    def release(self) -> None:
        """See Lock."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()  # closes it for good: a pooled connection would keep the lock
            connection.close()


def lock_of(engine: Engine, broker: str, sessions: int, index: int) -> Lock:
    """The lock of one session at one broker."""
    number = zlib.crc32(f"{broker} {sessions} {index}".encode()) & 0x7FFFFFFF
    if engine.dialect.name == "postgresql":
        return AdvisoryLock(engine, number)
    return FileLock(Path(f"{engine.url.database}.session-{number:08x}.lock"))


def client_id(sessions: int, index: int) -> str:
    """The fixed client id of a session; without a dot, which nats-server refuses."""
    return f"gatepost-ingest-{sessions}-{index}"


def topics_of(sessions: int, index: int) -> list[str]:
    """What a session subscribes to."""
    return [topics.up_shard(shard) for shard in range(topics.SHARDS) if shard % sessions == index]
