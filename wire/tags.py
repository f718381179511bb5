"""Issued tags: Eddystone-EID beacons that stand for a pass, as the `tags` bulletin of a venue names them.

    body = {"tags": [[pass id 16, key 16, exponent, epoch s, expires s, companions], ...]}

A tag sends a new 8-byte identifier each 2^exponent seconds (ble_scanner.rolling_id); `epoch` is when its counter stood
at 0. Its key stands in the bulletin, since a gate without a network must know it: whoever holds the card of a gate can
imitate a tag, as with a photograph of a printed pass, and learns no name. The list is the venue's alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wire.refusal import Refused

MOST_TAGS = 12_000  # of one list: 60 bytes each, within the megabyte of a bulletin
_MOST_S = 1 << 40


@dataclass(frozen=True, slots=True, repr=False)
class Tag:
    """One tag. Raises Refused("bad_schema") for a value out of range."""

    pass_id: bytes
    key: bytes
    exponent: int
    epoch_s: int
    expires_s: int
    companions: int = 0

    def __post_init__(self) -> None:
        numbers = (self.exponent, self.epoch_s, self.expires_s, self.companions)
        if any(isinstance(number, bool) or not isinstance(number, int) for number in numbers):
            raise Refused("bad_schema", "whole numbers expected")
        in_range = 0 <= self.exponent <= 15 and 0 <= self.companions <= 9
        if not in_range or not 0 <= self.epoch_s <= _MOST_S or not 0 <= self.expires_s <= _MOST_S:
            raise Refused("bad_schema", "exponent, times or companions out of range")
        if [len(part) for part in (self.pass_id, self.key)] != [16, 16]:
            raise Refused("bad_schema", "pass id and key of 16 bytes expected")


def tags_body(tags: Sequence[Tag]) -> dict[str, Any]:
    """The body of a `tags` bulletin. Raises Refused("too_large")."""
    if len(tags) > MOST_TAGS:
        raise Refused("too_large", f"{len(tags)} tags, {MOST_TAGS} allowed")
    return {"tags": [[t.pass_id, t.key, t.exponent, t.epoch_s, t.expires_s, t.companions] for t in tags]}


def read_tags(body: Any) -> tuple[Tag, ...]:
    """The tags of a body. Raises Refused: bad_schema, too_large."""
    match body:
        case {"tags": list(rows)} if len(rows) <= MOST_TAGS:
            return tuple(_tag(row) for row in rows)
        case {"tags": list()}:
            raise Refused("too_large", "tags")
    raise Refused("bad_schema", "a list of tags expected")


def _tag(row: Any) -> Tag:
    match row:
        case [bytes(pass_id), bytes(key), int(exponent), int(epoch_s), int(expires_s), int(companions)]:
            return Tag(pass_id, key, exponent, epoch_s, expires_s, companions)
    raise Refused("bad_schema", "[pass id, key, exponent, epoch, expires, companions] expected")
