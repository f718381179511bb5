"""The verifier of the audit log: of the database, or of an exported file where no database is.

What it finds, as (row, what):
- missing: a number is not there. changed: a row does not give its hash, or does not stand after the one before.
- persons: the list of those looked at is not the one that the row carries.
- truncated: a signed head knows rows that are not there. forked: a signed head knows other rows.
- bad_signature, inconsistent: among the heads themselves.
- behind_opener: the row that the opener saw last is not there any more, or another one.

The chain alone cannot tell that its end was cut off, nor that all of it was computed anew. Heads kept elsewhere can.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy.engine import Connection

from central.access.audit import BEFORE_FIRST, COLUMNS, chain, hash_of_persons
from central.access.heads import Head, check_heads
from central.access.tree import leaf_of, root_of
from central.access.watching import Seen
from central.statements import run
from wire.refusal import Refused

NOTICES_KEPT_MS = 730 * 86_400_000  # how long it stands who was looked at; afterwards the row's hash of them alone
_AT_ONCE = 5_000
Keys: TypeAlias = Collection[bytes]


class Fault(NamedTuple):
    """What is wrong, and at which row."""

    number: int
    what: str


class Verified(NamedTuple):
    """`rows` were read, up to `last`; no faults: the log is as it was written, as far as these can tell."""

    rows: int
    last: int
    last_hash: bytes
    faults: tuple[Fault, ...]


def verify_rows(rows: Iterable[Sequence[Any]], first: int = 1) -> tuple[Verified, list[bytes]]:
    """Walk the chain from row `first` on; also the tree's leaves. With `first` > 1 one row more comes before it."""
    faults: list[Fault] = []
    leaves: list[bytes] = []
    before, expected, count = BEFORE_FIRST, 1 if first <= 1 else first - 1, 0
    anchor = first > 1
    for row in rows:
        number, own = int(row[0]), bytes(row[9])
        if number != expected:
            faults.append(Fault(min(number, expected), "missing" if number > expected else "reordered"))
        if anchor:
            anchor = False
        else:
            count += 1
            if chain(before, tuple(row[:9])) != own:
                faults.append(Fault(number, "changed"))
            leaves.append(leaf_of(own))
        before, expected = own, number + 1
    return Verified(count, expected - 1, before, tuple(faults)), leaves


def verify(connection: Connection, heads: Sequence[Head], keys: Keys = (), first: int = 1, now_ms: int = 0) -> Verified:
    """The log in the database against itself and against heads, oldest first (those kept elsewhere count most).

    `keys`: who may have signed the heads; whoever their own key says, without any.
    """
    found, leaves = verify_rows(_rows(connection, max(1, first - 1)), first)
    faults = [*found.faults, *_persons(connection, first, now_ms)]
    if first <= 1:
        faults += against_heads(leaves, heads, keys)
    return found._replace(faults=tuple(sorted(faults)))


def against_heads(leaves: Sequence[bytes], heads: Sequence[Head], keys: Keys = ()) -> list[Fault]:
    """What signed heads say about these leaves."""
    faults = []
    if wrong := check_heads(heads, keys):
        faults.append(Fault(0, "bad_signature" if wrong.startswith("bad_signature") else "inconsistent"))
    for head in heads:
        if head.size > len(leaves):
            faults.append(Fault(len(leaves) + 1, "truncated"))
        elif root_of(leaves[: head.size]) != head.root:
            faults.append(Fault(head.size, "forked"))
    return faults


def against_opener(connection: Connection, seen: Seen) -> list[Fault]:
    """What the opener's memory says: the row that it saw last is there, as it was."""
    own = run(connection, "SELECT hash FROM audit WHERE number = ?", (seen.number,)).scalar()
    good = not seen.number or (own is not None and bytes(own) == seen.hash)
    return [] if good else [Fault(seen.number, "behind_opener")]


def export(connection: Connection, first: int = 1) -> Iterator[str]:
    """The log as JSON lines, bytes as hex: what `verify_file` reads."""
    for row in _rows(connection, first):
        yield json.dumps({**dict(zip(COLUMNS, row, strict=True)), "hash": bytes(row[9]).hex()}, ensure_ascii=False)


def verify_file(lines: Iterable[str], heads: Sequence[Head], keys: Keys = ()) -> Verified:
    """An exported log, without the database. Raises Refused("malformed") with the line."""
    rows = [_row_of(line, n) for n, line in enumerate(lines, 1) if line.strip()]
    starts = not rows or rows[0][0] == 1
    found, leaves = verify_rows(rows, 1 if starts else rows[0][0] + 1)
    return found._replace(faults=(*found.faults, *(against_heads(leaves, heads, keys) if starts else ())))


def _row_of(line: str, n: int) -> tuple[Any, ...]:
    try:
        read = json.loads(line)
        return (*(read[name] for name in COLUMNS[:9]), bytes.fromhex(read["hash"]))
    except (ValueError, KeyError, TypeError) as error:
        raise Refused("malformed", f"line {n}") from error


def _rows(connection: Connection, first: int) -> Iterator[Any]:
    last = first - 1
    while True:
        sql = f"SELECT {', '.join(COLUMNS)} FROM audit WHERE number > ? ORDER BY number LIMIT {_AT_ONCE}"
        some = run(connection, sql, (last,)).all()
        if not some:
            return
        yield from some
        last = some[-1][0]


def _persons(connection: Connection, first: int, now_ms: int) -> Iterator[Fault]:
    told: dict[int, set[int]] = {}
    for number, person in run(connection, "SELECT number, person FROM look_notice WHERE number >= ?", (first,)):
        told.setdefault(number, set()).add(person)
    sql = "SELECT number, person, detail FROM audit WHERE number >= ? AND at_ms > ?"
    for number, person, detail in run(connection, sql, (first, now_ms - NOTICES_KEPT_MS)):
        said, has = json.loads(detail).get("persons_hash"), told.pop(number, set())
        good = hash_of_persons(has) == said if said else has == ({person} - {None})
        if not good:
            yield Fault(number, "persons")
