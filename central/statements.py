"""Plain SQL for the path that every batch takes, in the one dialect that SQLite and PostgreSQL share.

Statements are written with `?`; psycopg wants `%s`. Core's compiled statements cost about three times as much a call,
which at some ten statements a batch is as much as opening the batch.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy.engine import Connection, CursorResult


def run(connection: Connection, sql: str, values: Sequence[Any] = ()) -> CursorResult[*tuple[Any, ...]]:
    """Execute one statement whose `?` stand for `values`."""
    if connection.dialect.paramstyle != "qmark":
        sql = _for_psycopg(sql)
    return connection.exec_driver_sql(sql, tuple(values))


@lru_cache(maxsize=256)
def _for_psycopg(sql: str) -> str:
    return sql.replace("?", "%s")
