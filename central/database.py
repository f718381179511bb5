"""Opening the centre's database and bringing it to the newest schema.

SQLite: WAL with synchronous=FULL, since a receipt may only follow what survives a power cut; one writer at a time,
taken at BEGIN (IMMEDIATE), so that two workers wait for each other instead of failing half way.
PostgreSQL: psycopg 3; commits are durable with its default synchronous_commit.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, Table, create_engine, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.pool import ConnectionPoolEntry

MIGRATIONS = Path(__file__).parent / "migrations"
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 10000",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA cache_size = -32768",
)


def open_database(url: str) -> Engine:
    """An engine for `sqlite:///path/central.db` or `postgresql+psycopg://...`; `postgresql://` means psycopg 3 too."""
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite":
        # Questions of milliseconds: to compile them first (PostgreSQL's JIT) takes longer than to answer them.
        quick = {} if "options" in parsed.query else {"options": "-c jit=off"}
        return create_engine(parsed, pool_pre_ping=True, hide_parameters=True, connect_args=quick)
    engine = create_engine(parsed, hide_parameters=True)  # an error must not carry rows into a log
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest version; forward only, in one transaction. Safe when several processes start."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7166, 0)")  # Alembic itself does not wait
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def insert_sql(connection: Connection, table: Table, *, if_absent: bool = False) -> str:
    """INSERT of all columns of `table` in their order, for executemany with plain tuples: Core's own costs 3x a row."""
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    names = [column.name for column in table.columns]
    marks = ", ".join(mark for _ in names)
    tail = " ON CONFLICT DO NOTHING" if if_absent else ""
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks}){tail}"


def insert_rows(connection: Connection, table: Table, rows: list[tuple[Any, ...]], *, if_absent: bool = False) -> None:
    """Insert `rows` (all columns of `table`, in order) with one executemany; nothing when there are none."""
    if rows:
        connection.exec_driver_sql(insert_sql(connection, table, if_absent=if_absent), rows)


def put_rows(connection: Connection, table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert many rows (all columns of `table`, in order): on PostgreSQL by COPY, a fifth of an executemany's time."""
    if connection.dialect.name != "postgresql":
        insert_rows(connection, table, list(rows))
        return
    driver = connection.connection.cursor()
    columns = ", ".join(column.name for column in table.columns)
    with driver.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    driver.close()


def _prepare_sqlite(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver's own BEGIN would come late and DEFERRED
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    mode = "" if connection.get_execution_options().get("reads_only") else " IMMEDIATE"
    connection.exec_driver_sql(f"BEGIN{mode}")
