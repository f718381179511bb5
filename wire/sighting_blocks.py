"""The plain form of a block of sightings: what one commit adds to a day, as columns.

    block = group*         group = minute of the day u16 | system u8 | length u8 | count u16 | identifiers | levels
    identifiers = count * length bytes        levels = count strongest i8, count mean i8, count heard u8

Numbers are little-endian. The windows of a minute and system whose identifiers are of one length stand together: a
window costs its identifier and three bytes, 5 million are about 100 MB, and a matching pass looks at packed identifiers
without unpacking the rest.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from struct import Struct, iter_unpack
from typing import NamedTuple

from wire.refusal import Refused
from wire.sightings import DAY_MS, MOST_IDENTIFIER_BYTES, WINDOW_MS, SightingWindow

MOST_WINDOWS = 4096  # of a block: 94 kB, so that reading one never takes much memory
_HEAD = Struct("<HBBH")
_MINUTES = DAY_MS // WINDOW_MS


class Minute(NamedTuple):
    """What was heard of one system in one minute, identifiers of one length. `at_ms` as in SightingWindow."""

    system: int
    at_ms: int
    length: int
    packed: bytes
    levels: bytes

    def identifiers(self) -> list[bytes]:
        """They in order, each of `length` bytes."""
        return [one for (one,) in iter_unpack(f"{self.length}s", self.packed)]

    def windows(self) -> Iterator[SightingWindow]:
        """They as they were kept."""
        count = len(self.packed) // self.length
        rows = Struct(f"<{count}b{count}b{count}B").unpack(self.levels)
        for number, identifier in enumerate(self.identifiers()):
            levels = rows[number], rows[count + number], rows[2 * count + number]
            yield SightingWindow(self.system, identifier, self.at_ms, *levels)


def in_blocks(windows: Iterable[SightingWindow]) -> Iterator[tuple[int, list[SightingWindow]]]:
    """(UTC day, its windows in order of time), at most MOST_WINDOWS each, for one block each."""
    ordered = sorted(windows, key=_order)
    for day, of_day in groupby(ordered, lambda window: window.at_ms // DAY_MS):
        while block := list(islice(of_day, MOST_WINDOWS)):
            yield day, block


def pack(windows: Sequence[SightingWindow]) -> bytes:
    """The block of windows of one day, ordered as in_blocks gives them. Raises Refused("bad_sighting")."""
    return b"".join(_group(list(group)) for _, group in groupby(windows, _order))


def minutes_of(block: bytes, day: int) -> Iterator[Minute]:
    """What a block of that day holds. Raises Refused("bad_block") where its lengths do not fit."""
    at = 0
    while at < len(block):
        if at + _HEAD.size > len(block):
            raise Refused("bad_block", "head")
        minute, system, length, count = _HEAD.unpack_from(block, at)
        at += _HEAD.size
        levels, end = at + count * length, at + count * (length + 3)
        if not (minute < _MINUTES and 1 <= length <= MOST_IDENTIFIER_BYTES and count >= 1 and end <= len(block)):
            raise Refused("bad_block", "group")
        yield Minute(system, day * DAY_MS + minute * WINDOW_MS, length, block[at:levels], block[levels:end])
        at = end


def as_minutes(windows: Iterable[SightingWindow]) -> Iterator[Minute]:
    """As if the windows had been kept and read again."""
    for day, block in in_blocks(windows):
        yield from minutes_of(pack(block), day)


def _order(window: SightingWindow) -> tuple[int, int, int]:
    return window.at_ms // WINDOW_MS, window.system, len(window.identifier)


def _group(windows: list[SightingWindow]) -> bytes:
    first, count = windows[0], len(windows)
    minute = first.at_ms % DAY_MS // WINDOW_MS
    strongest, mean = [window.strongest for window in windows], [window.mean for window in windows]
    heard = [window.heard for window in windows]
    if first.at_ms < 0 or not 1 <= len(first.identifier) <= MOST_IDENTIFIER_BYTES or not 0 <= first.system <= 255:
        raise Refused("bad_sighting", "time, system or identifier")
    if min(*strongest, *mean) < -128 or max(*strongest, *mean) > 127 or min(heard) < 0 or max(heard) > 255:
        raise Refused("bad_sighting", "levels")
    head = _HEAD.pack(minute, first.system, len(first.identifier), count)
    levels = Struct(f"<{count}b{count}b{count}B").pack(*strongest, *mean, *heard)
    return head + b"".join(window.identifier for window in windows) + levels
