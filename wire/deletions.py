"""Records that a kiosk has to destroy because a person asked: the body of the bulletin settings/deletions.

    body = {"deletions": [[epoch 8, first seq, last seq], ...]}          scope device-ID, its own records alone

It names records by their numbers and says nothing of whose they are. The kiosk answers each range with the DeviceEvent
`destroyed` {"epoch": hex, "from": seq, "through": seq}, also where its own limits had destroyed them already.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from wire import cbor
from wire.refusal import Refused

KIND, NAME = "settings", "deletions"
EVENT = "destroyed"
MOST = 10_000  # ranges of one list: 30 bytes each, within the megabyte of a bulletin
_SEQ_END = 1 << 40


class Doomed(NamedTuple):
    """The records first..last of an epoch."""

    epoch: bytes
    first: int
    last: int


def deletions_body(doomed: Sequence[Doomed]) -> dict[str, Any]:
    """The body of the bulletin. Raises Refused("too_large")."""
    if len(doomed) > MOST:
        raise Refused("too_large", f"{len(doomed)} ranges, {MOST} allowed")
    return {"deletions": [list(one) for one in doomed]}


def read_deletions(body: Any) -> tuple[Doomed, ...]:
    """The ranges of a body. Raises Refused: bad_schema, too_large."""
    match body:
        case {"deletions": list(rows)} if len(rows) <= MOST:
            return tuple(_doomed(row) for row in rows)
        case {"deletions": list()}:
            raise Refused("too_large", "deletions")
    raise Refused("bad_schema", "a list of ranges expected")


def _doomed(row: Any) -> Doomed:
    match row:
        case [bytes(epoch), int(first), int(last)] if (
            len(epoch) == 8 and cbor.whole(first, last) and 0 < first <= last < _SEQ_END
        ):
            return Doomed(epoch, first, last)
    raise Refused("bad_schema", "an epoch and two numbers expected")
