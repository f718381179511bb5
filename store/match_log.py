"""What the match job has done, so that it does each thing once and can be killed anywhere.

- A day (of Viet Nam) is done for good while its keys and its windows are the same.
- What goes to the centre is committed to the outbox, which lies in another file. So the names of a batch are committed
  here first, with the newest place of the outbox; if the job dies, the outbox tells whether the batch followed: only
  this job writes records of these kinds.
"""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from store.db import Store
from store.exposures import case_name
from store.sightings import Sightings
from wire.records import ContactCandidate, Encounter

KINDS = (Encounter.KIND, ContactCandidate.KIND)


class Done(NamedTuple):
    """What a day was matched with: `plan` (16 bytes, of all keys), and the newest blocks of the two UTC days it has
    part in."""

    plan: bytes
    before: int
    own: int


class Name(NamedTuple):
    """What stands for something sent: 16 bytes, its UTC day, and the case's name of that day."""

    name: bytes
    day: int
    case_name: bytes


def done(sightings: Sightings, day: int) -> Done | None:
    """With what a day was matched last. Raises StoreError, as everything here."""
    found = sightings.rows("SELECT plan, before, own FROM matched WHERE day = ?", (day,))
    return Done(*found[0]) if found else None


def note_done(sightings: Sightings, day: int, with_: Done) -> None:
    """Remember it."""
    with sightings.transaction():
        sightings.execute("INSERT OR REPLACE INTO matched (day, plan, before, own) VALUES (?, ?, ?, ?)", (day, *with_))


def is_sent(sightings: Sightings, name: bytes) -> bool:
    """Whether that was sent."""
    return bool(sightings.rows("SELECT 1 FROM sent WHERE name = ?", (name,)))


def begin(sightings: Sightings, store: Store, names: Iterable[Name]) -> int:
    """Say what is about to be recorded in `store`; the number of the batch."""
    after = store.execute("SELECT ifnull(max(place), 0) FROM outbox").fetchone()[0]
    with sightings.transaction():
        batch = int(sightings.rows("SELECT ifnull(max(batch), 0) + 1 FROM sending")[0][0])
        sightings.execute("INSERT INTO sending (batch, after) VALUES (?, ?)", (batch, after))
        for name in names:
            sightings.execute("INSERT INTO sent (name, day, case_name, batch) VALUES (?, ?, ?, ?)", (*name, batch))
    return batch


def finish(sightings: Sightings, batch: int) -> None:
    """The batch was committed."""
    with sightings.transaction():
        sightings.execute("UPDATE sent SET batch = 0 WHERE batch = ?", (batch,))
        sightings.execute("DELETE FROM sending WHERE batch = ?", (batch,))


def recover(sightings: Sightings, store: Store) -> None:
    """End what a killed job had begun: its batch is in the outbox whole, or not at all."""
    for batch, after in sightings.rows("SELECT batch, after FROM sending"):
        where = f"place > ? AND kind IN ({', '.join(map(str, KINDS))})"
        if store.execute(f"SELECT EXISTS (SELECT 1 FROM outbox WHERE {where})", (after,)).fetchone()[0]:
            finish(sightings, batch)
            continue
        with sightings.transaction():
            sightings.execute("DELETE FROM sent WHERE batch = ?", (batch,))
            sightings.execute("DELETE FROM sending WHERE batch = ?", (batch,))


def forget_other_cases(sightings: Sightings, cases: Collection[str]) -> int:
    """Forget what was matched and sent of every case but these; how many exposures that were."""
    count = 0
    with sightings.transaction():
        for (day,) in sightings.rows("SELECT day FROM exposure UNION SELECT day FROM sent"):
            seal = sightings.seal_of(day)
            kept = [] if seal is None else [case_name(seal, case) for case in cases]
            for table in ("exposure", "sent"):
                for (name,) in sightings.rows(f"SELECT DISTINCT case_name FROM {table} WHERE day = ?", (day,)):
                    if name not in kept:
                        where = f"DELETE FROM {table} WHERE day = ? AND case_name = ?"
                        gone = sightings.execute(where, (day, name)).rowcount
                        count += gone if table == "exposure" else 0
    return count
