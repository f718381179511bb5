"""Many rows at once into a statement or a table: arrays and COPY on PostgreSQL, JSON and executemany on SQLite.

Numbers as a FROM item cost one parameter a column, however many they are; IN lists and VALUES cost one a number, and a
plan for each length.
"""

import gc
import json
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from central.statements import run

Row = Sequence[int]
_AT_ONCE = 2_000


class Given(NamedTuple):
    """A FROM item in parentheses, and the values of its `?`."""

    sql: str
    values: tuple[Any, ...]


def given(connection: Connection, names: Sequence[str], rows: Sequence[Row]) -> Given:
    """Rows of whole numbers, under these names."""
    if connection.dialect.name == "postgresql":
        arrays = ", ".join("?::bigint[]" for _ in names)
        # An array as PostgreSQL writes it: the driver would look each number over for signs to be quoted.
        columns = [",".join(map(str, column)) for column in zip(*rows, strict=True)] or [""] * len(names)
        values = tuple(f"{{{column}}}" for column in columns)
        return Given(f"(SELECT * FROM unnest({arrays}) AS listed({', '.join(names)}))", values)
    fields = ", ".join(f"value ->> {at} AS {name}" for at, name in enumerate(names))
    # Once and for all: else each number would be parsed again for each row that it is compared with.
    listed = f"(WITH listed AS MATERIALIZED (SELECT {fields} FROM json_each(?)) SELECT * FROM listed)"
    return Given(listed, (json.dumps([list(row) for row in rows]),))


def fetch(connection: Connection, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows as the driver gives them: a million of them as rows of SQLAlchemy cost a second more.

    PostgreSQL is asked for bytes instead of digits: to write and to read a number as digits takes twice as long.
    """
    if connection.dialect.name == "postgresql":
        with closing(connection.connection.cursor(binary=True)) as driver:
            driver.execute(sql.replace("?", "%s"), values)
            return list(driver.fetchall())
    cursor = run(connection, sql, values).cursor
    return list(cursor.fetchall()) if cursor is not None else []


def fetch_on(connection: Connection, sql: str, values: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """The same one by one, while the database still looks for more; all of them before anything else is asked."""
    if connection.dialect.name == "postgresql":
        with closing(connection.connection.cursor()) as driver:
            yield from driver.stream(sql.replace("?", "%s"), values, binary=True, size=_AT_ONCE)
        return
    cursor = run(connection, sql, values).cursor
    while cursor is not None and (rows := cursor.fetchmany(_AT_ONCE)):
        yield from rows


@contextmanager
def uncollected() -> Iterator[None]:
    """Half a million contacts hold no circles; to look for some again and again takes a fifth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def for_long_questions(connection: Connection) -> None:
    """For the rest of the transaction: room to group a million, and each given window looked up by its index.

    PostgreSQL does not know how few stays lie in a window; a hash of places would join a month with a month. And to
    compile such a question takes longer than to answer it.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_LONG)


def as_usual(connection: Connection) -> None:
    """Undo it: what follows in the same transaction is somebody else's."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_USUAL)


_SETTINGS = {"jit": "off", "enable_hashjoin": "off", "enable_mergejoin": "off", "enable_seqscan": "off"}
# One message each: a message costs as much as a small question.
_LONG = "; ".join(f"SET LOCAL {name} = {value}" for name, value in (_SETTINGS | {"work_mem": "'256MB'"}).items())
_USUAL = "; ".join(f"SET LOCAL {name} TO DEFAULT" for name in (*_SETTINGS, "work_mem"))
