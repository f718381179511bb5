"""Persons by their pseudonyms: the same one is the same person; others join by a link (central.people.links)."""

from collections.abc import Iterable, Sequence

from sqlalchemy.engine import Connection

from central.statements import run

_AT_ONCE = 400


def persons_of(connection: Connection, seen: Iterable[tuple[bytes, int]], now_ms: int) -> dict[bytes, int]:
    """pseudonym -> person.id, for (pseudonym, identity kind); who is new gets a number."""
    kinds = dict(seen)
    found = known_persons(connection, list(kinds))
    for pseudonym in sorted(kinds.keys() - found.keys()):  # in one order: two writers must not wait for each other
        row = run(connection, "INSERT INTO person (made_ms) VALUES (?) RETURNING id", (now_ms,)).one()
        sql = (
            "INSERT INTO identity (pseudonym, kind, person, first_person) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (pseudonym) DO UPDATE SET kind = identity.kind RETURNING person"
        )
        found[pseudonym] = int(run(connection, sql, (pseudonym, kinds[pseudonym], row[0], row[0])).scalar_one())
    return found


def known_persons(connection: Connection, pseudonyms: Sequence[bytes]) -> dict[bytes, int]:
    """pseudonym -> person.id of those that are known."""
    found: dict[bytes, int] = {}
    for start in range(0, len(pseudonyms), _AT_ONCE):
        some = pseudonyms[start : start + _AT_ONCE]
        sql = f"SELECT pseudonym, person FROM identity WHERE pseudonym IN ({', '.join('?' * len(some))})"
        found.update({bytes(p): int(person) for p, person in run(connection, sql, some)})
    return found


def identities_of(connection: Connection, person: int) -> list[tuple[bytes, int]]:
    """(pseudonym, kind) of all codes of a person."""
    sql = "SELECT pseudonym, kind FROM identity WHERE person = ? ORDER BY kind, pseudonym"
    return [(bytes(pseudonym), int(kind)) for pseudonym, kind in run(connection, sql, (person,))]


def current_person(connection: Connection, person: int) -> int:
    """Who a person number is today: codes move to another number by a link, and back when it is undone."""
    sql = "SELECT person FROM identity WHERE first_person = ?"
    found = run(connection, sql, (person,)).scalar()
    return person if found is None else int(found)
