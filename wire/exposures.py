"""Exposure lists: whose pass or tag a gate asks to the help desk, as the `exposures` bulletin carries them.

    body = {"v": 1, "untils": [Unix ms, ...], "entries": bytes, "ends": bytes}

- An entry is the first 8 bytes of a pass id, which is 16 random bytes: never of a number that a person has, which could
  be guessed through. 100,000 entries meet a stranger's pass with a probability of 5.4e-15 a look (100,000 / 2^64).
- `entries` holds them one behind the other, strictly ascending; entry i counts until untils[ends[i]].
- Some entries are random and stand for nobody, so that the length of a list does not tell how many people are on it.
- A list that would pass the size of a bulletin is cut into several names; a gate joins all that it holds.
"""

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from operator import ge
from typing import Any

from wire import cbor
from wire.refusal import Refused

VERSION = 1
ENTRY_BYTES = 8
PASS_BYTES = 16
MOST_ENTRIES = 100_000  # 9 bytes each: 900 kB of a bulletin's 1 MiB
MOST_UNTILS = 256  # an index is one byte
_TIME_END = 1 << 53
_SMALLEST = 64  # entries of the shortest list
_STEP = 1024


class ExposureList:
    """What one bulletin says. A look takes about a microsecond, however long the list is."""

    __slots__ = ("_ends", "_keys", "_untils")

    def __init__(self, keys: "array[int]", ends: bytes, untils: Sequence[int]) -> None:
        self._keys, self._ends, self._untils = keys, ends, tuple(untils)

    def __len__(self) -> int:
        return len(self._keys)

    def __repr__(self) -> str:
        return f"ExposureList({len(self)} entries)"

    def until_ms(self, pass_id: bytes) -> int | None:
        """Until when (Unix ms) this pass counts as exposed; None when it is not on the list."""
        key = int.from_bytes(pass_id[:ENTRY_BYTES], "big")
        at = bisect_left(self._keys, key)
        if at == len(self._keys) or self._keys[at] != key:
            return None
        return self._untils[self._ends[at]]


def entry_of(pass_id: bytes) -> bytes:
    """What stands for a pass in a list: 8 bytes. Raises Refused("bad_schema") for anything but 16 bytes."""
    if len(pass_id) != PASS_BYTES:
        raise Refused("bad_schema", "a pass id has 16 bytes")
    return pass_id[:ENTRY_BYTES]


def exposures_body(entries: Mapping[bytes, int]) -> dict[str, Any]:
    """The body for entry (8 bytes) -> until when it counts (Unix ms).

    Raises Refused: bad_schema (lengths, times), too_large (more than MOST_ENTRIES).
    """
    if len(entries) > MOST_ENTRIES:
        raise Refused("too_large", f"{len(entries)} entries")
    untils = sorted(set(entries.values()))
    if len(untils) > MOST_UNTILS:
        raise Refused("too_large", f"{len(untils)} different ends")
    index = {until: number for number, until in enumerate(untils)}
    ordered = sorted(entries)
    body = {
        "v": VERSION,
        "untils": untils,
        "entries": b"".join(ordered),
        "ends": bytes(index[entries[entry]] for entry in ordered),
    }
    read_exposures(body)  # as a gate will
    return body


def read_exposures(body: Any) -> ExposureList:
    """The list in a bulletin's body. Raises Refused("bad_schema") for anything that is not one."""
    match body:
        case {"v": int(version), "untils": list(untils), "entries": bytes(entries), "ends": bytes(ends), **more} if (
            version == VERSION and not more
        ):
            pass
        case _:
            raise Refused("bad_schema", "v, untils, entries and ends expected")
    if len(entries) != ENTRY_BYTES * len(ends) or len(ends) > MOST_ENTRIES:
        raise Refused("bad_schema", "lengths")
    if not cbor.whole(version, *untils) or len(untils) > MOST_UNTILS or not all(0 < end < _TIME_END for end in untils):
        raise Refused("bad_schema", "times")
    if ends and max(ends) >= len(untils):
        raise Refused("bad_schema", "an end that is not there")
    keys = array("Q", entries)
    if sys.byteorder == "little":
        keys.byteswap()
    if any(map(ge, keys, islice(keys, 1, None))):
        raise Refused("bad_schema", "not ascending")
    return ExposureList(keys, ends, untils)


def until_of(lists: Iterable[ExposureList], pass_id: bytes) -> int | None:
    """The latest end among `lists`; None when the pass is on none of them."""
    latest = None
    for one in lists:  # a visitor stands there: a loop takes half the time of max() over a generator
        until = one.until_ms(pass_id)
        if until is not None and (latest is None or until > latest):
            latest = until
    return latest


def padded_size(real: int) -> int:
    """How many entries a list of `real` people shows: 64, 128, 256, 512, 1,024, then steps of 1,024.

    What is more than MOST_ENTRIES goes into a second list.
    """
    size = _SMALLEST
    while size < real and size < _STEP:
        size *= 2
    if real > _STEP:
        size = -(-real // _STEP) * _STEP
    return size
