"""Passes that were near a case for long enough: written by the match job alone, read by the gate.

Pass and case lie sealed under the key of the day of the exposure, so that they go with that day.
"""

import struct
from collections.abc import Iterable
from typing import NamedTuple

from store.sightings import Sightings
from wire.day_seal import NONCE_BYTES, DaySeal
from wire.refusal import Refused
from wire.sightings import DAY_MS

TOLD_MS = 14 * DAY_MS  # the incubation time that quarantine rules went by
VIET_NAM_MS = 7 * 3_600_000  # one zone, no summer time since 1975
_HEAD = struct.Struct(">16sQQ")  # pass id, at ms, ends ms; the case in UTF-8 follows


class Exposed(NamedTuple):
    """A pass (16 bytes) that was heard together with `case` at `at_ms`; the gate says so until `ends_ms`."""

    pass_id: bytes
    case: str
    at_ms: int
    ends_ms: int


def put_exposures(sightings: Sightings, exposed: Iterable[Exposed]) -> int:
    """Keep these, all or none; of one pass, case and day the last counts. How many. Raises StoreError."""
    with sightings.transaction():
        return sum(_put(sightings, one) for one in exposed)


def replace_exposures(sightings: Sightings, day: int, exposed: Iterable[Exposed]) -> int:
    """The same, in place of all that a day of Viet Nam had (`day_of` of `at_ms`). Raises StoreError."""
    with sightings.transaction():
        sightings.execute("DELETE FROM exposure WHERE matched = ?", (day,))
        return sum(_put(sightings, one) for one in exposed)


def day_of(at_ms: int) -> int:
    """The day of Viet Nam that a moment lies in, counted from 1970-01-01."""
    return (at_ms + VIET_NAM_MS) // DAY_MS


def exposures(sightings: Sightings) -> list[Exposed]:
    """All that are kept and can be opened. Raises StoreError."""
    seals: dict[int, DaySeal | None] = {}
    found = []
    for name, day, sealed in sightings.rows("SELECT name, day, sealed FROM exposure"):
        if day not in seals:
            seals[day] = sightings.seal_of(day)
        seal = seals[day]
        try:
            if seal is None:
                raise Refused("cannot_open", "no key")
            plain = seal.open(sealed, "exposure", _place(name))
            pass_id, at_ms, ends_ms = _HEAD.unpack_from(plain)
            found.append(Exposed(pass_id, plain[_HEAD.size :].decode(), at_ms, ends_ms))
        except Refused:
            sightings.unreadable += 1
    return found


def exposed_passes(sightings: Sightings, now_ms: int) -> dict[bytes, int]:
    """Pass id -> until when (Unix ms) the gate tells its holder; only what has not ended. Raises StoreError."""
    told: dict[bytes, int] = {}
    for one in exposures(sightings):
        if one.ends_ms > now_ms:
            told[one.pass_id] = max(one.ends_ms, told.get(one.pass_id, 0))
    return told


def case_name(seal: DaySeal, case: str) -> bytes:
    """What a case is called in plain columns of that day."""
    return seal.name(b"case", case.encode())


def _put(sightings: Sightings, one: Exposed) -> int:
    day = one.at_ms // DAY_MS
    seal = sightings.seal_of_new(day)
    name = seal.name(b"exposure", one.pass_id, one.case.encode())
    plain = _HEAD.pack(one.pass_id, one.at_ms, one.ends_ms) + one.case.encode()
    sealed = seal.seal(sightings.random_bytes(NONCE_BYTES), plain, "exposure", _place(name))
    sightings.execute(
        "INSERT OR REPLACE INTO exposure (name, day, matched, case_name, sealed) VALUES (?, ?, ?, ?, ?)",
        (name, day, day_of(one.at_ms), case_name(seal, one.case), sealed),
    )
    return 1


def _place(name: bytes) -> int:
    return int.from_bytes(name[:8], "big")
