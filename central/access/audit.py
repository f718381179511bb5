"""The audit log: one row for each look and each decision, written before what it speaks of is shown.

    hash(n) = SHA-256(hash(n - 1), CBOR [number, at ms, actor, role, action, purpose, about, person, detail])

hash(0) is 32 zero bytes. The log is one chain, so writers wait for each other at its end; what they write is small.
A look at several persons is one row: its detail carries how many and the SHA-256 of their sorted numbers, so that the
list of those who are to be told (look_notice) cannot be changed unseen either.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.engine import Connection

from central.access.roles import Purpose, roles
from central.access.schema import look_notice
from central.database import put_rows
from central.statements import run
from wire import cbor

BEFORE_FIRST = b"\0" * 32
COLUMNS = ("number", "at_ms", "actor", "role", "action", "purpose", "about", "person", "detail", "hash")
_DAYS_WITHOUT_RULE = 14


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody does, for what, about what. `person` is person.id where one person is looked at, `persons` more.

    `about` is a case, an order, a request or a place; `detail` holds counts and states. Neither ever holds a name or a
    number of a person.
    """

    actor: str
    action: str
    purpose: Purpose
    about: str
    role: str = ""
    person: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    persons: Sequence[int] = ()


def note(connection: Connection, look: Look, now_ms: int) -> int:
    """Append one row inside the caller's transaction; its number."""
    last = _last(connection)
    number = 1 if last is None else last[0] + 1
    before = BEFORE_FIRST if last is None else bytes(last[1])
    told = {*look.persons, *(() if look.person is None else (look.person,))}
    marks = {"persons": len(told), "persons_hash": hash_of_persons(told)} if look.persons else {}
    detail = json.dumps({**look.detail, **marks}, sort_keys=True)
    row = (number, now_ms, look.actor, look.role, look.action, str(look.purpose), look.about, look.person, detail)
    run(
        connection,
        f"INSERT INTO audit ({', '.join(COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*row, chain(before, row)),
    )
    due_ms = now_ms + roles().rules.told_days.get(look.purpose, _DAYS_WITHOUT_RULE) * 86_400_000
    put_rows(connection, look_notice, [(number, person, due_ms, None) for person in sorted(told)])
    return number


def hash_of_persons(persons: Iterable[int]) -> str:
    """What a row says of the persons that it named: hex of the SHA-256 of their numbers, sorted."""
    return hashlib.sha256(cbor.dumps(sorted(persons))).hexdigest()


def chain(before: bytes, row: tuple[Any, ...]) -> bytes:
    """The hash of a row (all columns but its own hash) that stands after `before`."""
    return hashlib.sha256(before + cbor.dumps(list(row))).digest()


def _last(connection: Connection) -> Any:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7166, 1)")  # one writer at the end of the chain
    return run(connection, "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1").first()
