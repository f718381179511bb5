"""Persons whose codes moved: central.tracing makes their stays anew, then forgets them here."""

from collections.abc import Iterable

from sqlalchemy.engine import Connection

from central.statements import run


def mark_changed(connection: Connection, persons: Iterable[int], now_ms: int) -> None:
    """Their stays are not right any more."""
    sql = "INSERT INTO person_changed (person, at_ms) VALUES (?, ?) ON CONFLICT (person) DO NOTHING"
    for person in sorted(set(persons)):
        run(connection, sql, (person, now_ms))


def changed_persons(connection: Connection, at_most: int = 100) -> list[int]:
    """Persons to derive anew, those that gave codes away and those that got them; the longest waiting first."""
    sql = "SELECT person FROM person_changed ORDER BY at_ms, person LIMIT ?"
    return [int(row[0]) for row in run(connection, sql, (at_most,))]


def forget_changed(connection: Connection, persons: Iterable[int]) -> None:
    """Their stays are made anew."""
    for person in sorted(set(persons)):
        run(connection, "DELETE FROM person_changed WHERE person = ?", (person,))
