"""Trying a backup: it is restored into a place of its own, counted, walked through, and thrown away again.

A backup that nobody has restored is a hope. What is asked of it: the passphrase opens it, every table has the rows that
it had in the snapshot, the audit log's chain holds from its first row on, and the root documents follow each other.
"""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from central.access.verifying import verify
from central.backup import ROWS, count_rows, load_copy, unpack
from central.database import open_database
from central.keys import Keyring
from wire.refusal import Refused


def verify_backup(engine: Engine, backup: Path, passphrase: str, now_ms: int) -> dict[str, int]:
    """table -> rows, as they came back. `engine` says which kind; on PostgreSQL a database beside it is made.

    Raises Refused: those of opening a backup and of reading a root; wrong_database, rows_missing, chain_broken,
    no_scratch.
    """
    with tempfile.TemporaryDirectory(dir=backup.parent) as name:
        folder = Path(name)
        unpack(backup, passphrase, folder)
        copy = folder / engine.dialect.name
        if not copy.exists():
            raise Refused("wrong_database", f"this backup is not of {engine.dialect.name}")
        Keyring(folder / "keys").root()
        with _scratch(engine, folder, now_ms) as apart:
            load_copy(apart, copy)
            rows = _check(apart)
        wanted = json.loads((folder / ROWS).read_text()) if (folder / ROWS).exists() else rows
    differ = sorted(table for table in {*wanted, *rows} if wanted.get(table) != rows.get(table))
    if differ:
        raise Refused("rows_missing", ", ".join(differ))
    return rows


def _check(apart: Engine) -> dict[str, int]:
    with apart.connect() as connection:
        rows = count_rows(connection)
        faults = verify(connection, ()).faults if "audit" in rows else ()
    if faults:
        raise Refused("chain_broken", f"audit row {faults[0].number}: {faults[0].what}")
    return rows


@contextmanager
def _scratch(engine: Engine, folder: Path, now_ms: int) -> Iterator[Engine]:
    """An empty database of the same kind that is gone afterwards."""
    if engine.dialect.name != "postgresql":
        apart = open_database(f"sqlite:///{folder}/apart.db")
        try:
            yield apart
        finally:
            apart.dispose()
        return
    name = f"gatepost_verify_{now_ms}"
    server = engine.execution_options(isolation_level="AUTOCOMMIT")
    try:
        with server.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0")
    except SQLAlchemyError as error:
        raise Refused("no_scratch", "the database user may not create a database to restore into") from error
    apart = open_database(engine.url.set(database=name).render_as_string(hide_password=False))
    try:
        yield apart
    finally:
        apart.dispose()
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
