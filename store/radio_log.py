"""How the radio is, and what was done about its silence: counts and states for the technician, never an identifier."""

import json
from collections.abc import Mapping
from typing import NamedTuple

from store.sightings import Sightings

KEPT_STEPS = 500
_DETAIL_LENGTH = 200

Plain = str | int | float | bool | None


class Step(NamedTuple):
    """One step of the ladder. `at_ms` as well as the time was known; `mono_ms` since boot `boot` (8 bytes)."""

    name: str
    at_ms: int
    boot: bytes
    mono_ms: int
    detail: str = ""


def note_step(sightings: Sightings, step: Step) -> None:
    """Commit a step; only the newest stay. Raises StoreError."""
    with sightings.transaction():
        added = sightings.execute(
            "INSERT INTO radio_step (name, at_ms, boot, mono_ms, detail) VALUES (?, ?, ?, ?, ?)",
            (*step[:4], step.detail[:_DETAIL_LENGTH]),
        ).lastrowid
        sightings.execute("DELETE FROM radio_step WHERE id <= ?", ((added or 0) - KEPT_STEPS,))


def steps(sightings: Sightings, most: int = 50) -> list[Step]:
    """The newest `most` steps, newest first. Raises StoreError."""
    return [
        Step(*row) for row in sightings.rows(f"SELECT {_COLUMNS} FROM radio_step ORDER BY id DESC LIMIT ?", (most,))
    ]


def put_status(sightings: Sightings, facts: Mapping[str, Plain]) -> None:
    """Replace what is said of the radio; at most 4,000 characters of JSON. Raises StoreError."""
    with sightings.transaction():
        sightings.execute("INSERT OR REPLACE INTO radio_status (one, facts) VALUES (1, ?)", (json.dumps(dict(facts)),))


def status(sightings: Sightings) -> dict[str, Plain]:
    """What was said last; {} before the first word. Raises StoreError."""
    found = sightings.rows("SELECT facts FROM radio_status")
    facts: dict[str, Plain] = json.loads(found[0][0]) if found else {}
    return facts


_COLUMNS = ", ".join(Step._fields)
