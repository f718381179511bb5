"""Epochs, and the place of each record: which run of sequence numbers it belongs to and where in it.

- A record's place in the outbox is one integer, `ordinal << 40 | seq`: places rise with time, over all epochs.
- The epoch of the highest ordinal is the current one; a new one is drawn, never an old one taken up again.
"""

import json
from typing import NamedTuple

from store.db import Store
from wire.batch import link

SEQ_BITS = 40  # 10**12 records an epoch: a gate that writes one each second needs 34,000 years
SEQ_MASK = (1 << SEQ_BITS) - 1


class Tail(NamedTuple):
    """The end of the current epoch: `head` is the chain hash (32 bytes) after `last_seq` (0: nothing written yet).

    `last_place` is that of the newest row of any epoch, 0 without one.
    """

    ordinal: int
    epoch: bytes
    last_seq: int
    head: bytes
    last_place: int


def place_of(ordinal: int, seq: int) -> int:
    """Where the record `seq` of an epoch lies."""
    return ordinal << SEQ_BITS | seq


def ordinal_of(store: Store, epoch: bytes) -> int:
    """The ordinal of an epoch; 0, under which nothing lies, for one that this database does not know."""
    row = store.execute("SELECT ordinal FROM epoch WHERE epoch = ?", (epoch,)).fetchone()
    return 0 if row is None else int(row[0])


def tail_of_current(store: Store) -> Tail:
    """The end of the current epoch, as the database has it now."""
    ordinal, epoch, floor_seq, floor_head = store.execute(
        "SELECT ordinal, epoch, floor_seq, floor_head FROM epoch ORDER BY ordinal DESC LIMIT 1"
    ).fetchone()
    row = store.execute("SELECT place, h_before, sealed FROM outbox ORDER BY place DESC LIMIT 1").fetchone()
    place, h_before, sealed = row or (0, b"", b"")
    if place >> SEQ_BITS != ordinal:
        return Tail(ordinal, epoch, floor_seq, floor_head, place)
    return Tail(ordinal, epoch, place & SEQ_MASK, link(h_before, sealed), place)


def current_epoch(store: Store) -> bytes:
    """The 8 bytes of the epoch that new records belong to."""
    row = store.execute("SELECT epoch FROM epoch ORDER BY ordinal DESC LIMIT 1").fetchone()
    return bytes(row[0])


def last_of(store: Store, epoch: bytes) -> tuple[int, bytes]:
    """(last seq, chain hash after it) of an epoch: from its last row, or from what retention left."""
    ordinal, floor_seq, floor_head = store.execute(
        "SELECT ordinal, floor_seq, floor_head FROM epoch WHERE epoch = ?", (epoch,)
    ).fetchone()
    row = last_row(store, ordinal, SEQ_MASK)
    return (floor_seq, floor_head) if row is None else row


def last_row(store: Store, ordinal: int, through: int) -> tuple[int, bytes] | None:
    """(seq, chain hash after it) of an epoch's last row that is not behind seq `through`; None without one."""
    row = store.execute(
        "SELECT seq, h_before, sealed FROM outbox WHERE place BETWEEN ? AND ? ORDER BY place DESC LIMIT 1",
        (place_of(ordinal, 0), place_of(ordinal, min(through, SEQ_MASK))),
    ).fetchone()
    return None if row is None else (row[0], link(row[1], row[2]))


def owe(store: Store, name: str, facts: dict[str, object]) -> None:
    """Leave a DeviceEvent to be recorded by a process that holds content keys; inside the caller's transaction."""
    store.execute("INSERT INTO owed_event (name, facts) VALUES (?, ?)", (name, json.dumps(facts)))
