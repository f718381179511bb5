"""Which runs of one hash chain are here whole: what this centre vouches for in the marks of its receipts.

- A strand says: every record from first to last of the chain that has `h_after` behind last is durable, in raw_record
  or in conflict. It was folded here from the records themselves; what a device only claims makes no strand.
- One device alone has one strand, which grows. A range that expired or was lost begins another, and so does a branch:
  two cards with one key, or a card that gave numbers twice.
- Adding is idempotent, and order does not matter: batches come twice and in any order.
"""

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.statements import run
from wire.receipt import MARK_BYTES, Mark

_AT = "stream = ? AND last_seq = ? AND h_after = ?"


class Strand(NamedTuple):
    """Inclusive; `h_before` and `h_after` are the chain hashes around it, 32 bytes each."""

    first: int
    last: int
    h_before: bytes
    h_after: bytes


def add_strand(
    connection: Connection, stream: int, new: Strand, hash_at: Callable[[int], bytes], *, branches: bool
) -> bool:
    """Note that `new` is here; whether it goes on, or is gone on with, where other strands end or begin.

    `hash_at` gives its chain hash behind first - 1 .. last. `branches`: other records are here under its numbers.
    """
    near = _near(connection, stream, new)
    below = [s for s in near if s.last <= new.last]
    joined = [s for s in below if hash_at(s.last) == s.h_after]
    above = [s for s in near if s.last > new.last and s.first > new.first]
    longer = [s for s in above if hash_at(s.first - 1) == s.h_before]
    agrees = bool(joined or not below) and bool(longer or not above)
    around = [s for s in near if s.last > new.last and s.first <= new.first]
    # Inside a strand no hash is known: what is here already, with nothing else under its numbers, is taken for a part.
    inside = not branches and bool(around or longer)
    if inside and not longer:
        return agrees
    low = min([*joined, new], key=lambda s: s.first)
    woven = {Strand(low.first, s.last, low.h_before, s.h_after) for s in longer}
    if not inside and not any(s.first == new.last + 1 for s in longer):
        woven.add(Strand(low.first, new.last, low.h_before, new.h_after))
    _replace(connection, stream, {*joined, *longer} - woven, woven - set(near))
    return agrees


def marks_of(connection: Connection, stream: int, through: int, most: int) -> list[Mark]:
    """The ends of at most `most` strands that begin at or below `through`, the highest first."""
    sql = (
        "SELECT first_seq, last_seq, h_after FROM strand WHERE stream = ? AND first_seq <= ?"
        " ORDER BY last_seq DESC LIMIT ?"
    )
    return [
        Mark(first, last, bytes(h)[:MARK_BYTES]) for first, last, h in run(connection, sql, (stream, through, most))
    ]


def _near(connection: Connection, stream: int, new: Strand) -> list[Strand]:
    """The strands that overlap or touch it."""
    sql = (
        "SELECT first_seq, last_seq, h_before, h_after FROM strand"
        " WHERE stream = ? AND last_seq >= ? AND first_seq <= ? ORDER BY last_seq"
    )
    found = run(connection, sql, (stream, new.first - 1, new.last + 1)).all()
    return [Strand(first, last, bytes(h_before), bytes(h_after)) for first, last, h_before, h_after in found]


def _replace(connection: Connection, stream: int, gone: set[Strand], fresh: set[Strand]) -> None:
    if len(gone) == len(fresh) == 1:  # nearly always: a chain grows at its end
        (old,), (new,) = gone, fresh
        sql = f"UPDATE strand SET first_seq = ?, last_seq = ?, h_before = ?, h_after = ? WHERE {_AT}"
        run(connection, sql, (*new, stream, old.last, old.h_after))
        return
    for old in gone:
        run(connection, f"DELETE FROM strand WHERE {_AT}", (stream, old.last, old.h_after))
    for new in fresh:
        sql = "INSERT INTO strand (stream, first_seq, last_seq, h_before, h_after) VALUES (?, ?, ?, ?, ?)"
        run(connection, sql, (stream, *new))
