"""The end of a person's number: when nothing names it any more, it goes with its codes and their links."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import LargeBinary
from sqlalchemy.engine import Connection

import central.tables  # noqa: F401  (every table must be known here)
from central.rights.limits import Limit
from central.schema import metadata
from central.statements import run

_AT_ONCE = 250


def record_tables(*, pseudonym: bool) -> list[str]:
    """Tables that keep something of one record of one person: columns stream, seq and person.

    `pseudonym`: those whose person is one of central.opening (visits among them); else those that name person.id.
    """
    return [
        table.name
        for table in metadata.sorted_tables
        if {"stream", "seq", "person"} <= set(table.columns.keys())
        and isinstance(table.c.person.type, LargeBinary) == pseudonym
    ]


def end_persons(
    connection: Connection, limit: Limit, after: int, now_ms: int, most: int
) -> tuple[int, list[tuple[Any, ...]]] | None:
    """(the highest number looked at, (id, when it was made) of those that went) behind `after`; None at the end."""
    last = run(
        connection, "SELECT max(id) FROM (SELECT id FROM person WHERE id > ? ORDER BY id LIMIT ?) few", (after, most)
    )
    top = last.scalar()
    if top is None:
        return None
    named = " ".join(f"AND p.id NOT IN ({sql})" for sql in _naming(after, int(top)))
    sql = (
        "SELECT p.id, p.made_ms FROM person p WHERE p.id > ? AND p.id <= ? AND p.made_ms < ?"
        f" AND p.id NOT IN (SELECT person FROM held_person) {named}"
    )
    for table in record_tables(pseudonym=True):
        sql += (
            f" AND NOT EXISTS (SELECT 1 FROM identity i JOIN {table} t ON t.person = i.pseudonym WHERE i.person = p.id)"
        )
    doomed = [tuple(row) for row in run(connection, sql, (after, top, limit.before(now_ms)))]
    return int(top), sorted(_delete_persons(connection, [row[0] for row in doomed]))


def _naming(after: int, top: int) -> list[str]:
    """A query for each column that names a person and is not theirs to go with."""
    own = {"person", "identity", "identity_link", "held_person", "person_changed"}
    found = []
    for table in metadata.sorted_tables:
        for column in table.columns:
            points = any(key.target_fullname == "person.id" for key in column.foreign_keys)
            plain = column.name == "person" and table.name != "audit" and not isinstance(column.type, LargeBinary)
            if table.name not in own and (points or plain):
                found.append(
                    f"SELECT {column.name} FROM {table.name} WHERE {column.name} > {after} AND {column.name} <= {top}"
                )
    return found


def forget_codes(connection: Connection, persons: Sequence[int]) -> None:
    """The codes of persons (at most a few hundred), with their links and whatever else hangs on a code."""
    marks = ", ".join("?" * len(persons))
    own = f"(SELECT pseudonym FROM identity WHERE person IN ({marks}))"
    for table in metadata.sorted_tables:
        for column in table.columns:
            if any(key.target_fullname == "identity.pseudonym" for key in column.foreign_keys):
                run(connection, f"DELETE FROM {table.name} WHERE {column.name} IN {own}", persons)
    run(connection, f"DELETE FROM identity WHERE person IN ({marks})", persons)


def _delete_persons(connection: Connection, persons: Sequence[int]) -> list[tuple[Any, ...]]:
    """(id, when it was made) of those that went; a number under which another's code began stays."""
    gone: list[tuple[Any, ...]] = []
    for start in range(0, len(persons), _AT_ONCE):
        some = persons[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(some))
        forget_codes(connection, some)
        run(connection, f"DELETE FROM person_changed WHERE person IN ({marks})", some)
        sql = (
            f"DELETE FROM person WHERE id IN ({marks}) AND id NOT IN (SELECT first_person FROM identity"
            f" WHERE first_person IN ({marks})) RETURNING id, made_ms"
        )
        gone += [tuple(row) for row in run(connection, sql, (*some, *some))]
    return gone
