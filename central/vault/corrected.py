"""What somebody had corrected: sealed by the request desk, opened by the opener alone, shown beside what was said.

    sealed = wrapped key (80 bytes) + ChaCha20-Poly1305(content key, nonce 0, padded value), to the case key of the day
    info   = CBOR ["gatepost/1 correction", request, stream, seq, field], bound to both

- A sealed record is never changed. Its correction names the record and the field; moved to another it does not open.
- Each has a content key of its own, used once. Padded to multiples of 64 bytes: a length tells no name.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.statements import run
from central.vault.custody import Custody
from central.vault.port import Correction, OpenedRecord, RecordId
from wire import cbor
from wire.crypto import ContentKey, SealingKey, wrap_key
from wire.refusal import Refused

MOST_LETTERS = 300
_WRAPPED_BYTES = 80
_PAD = 64
_END = b"\x80"  # ends the value; zeros follow it


class Place(NamedTuple):
    """What a correction belongs to: the request that asked for it, the record, and the field of it."""

    request: str
    record: RecordId
    field: str


def seal_value(value: str, place: Place, case_public: bytes) -> bytes:
    """Sealed bytes, for the opener alone. Raises Refused("bad_value") for more than MOST_LETTERS, or nothing."""
    if not value or len(value) > MOST_LETTERS or not value.isprintable():
        raise Refused("bad_value", f"1 to {MOST_LETTERS} letters")
    plain, content, info = value.encode() + _END, os.urandom(32), _info(place)
    padded = plain + bytes(-len(plain) % _PAD)
    return wrap_key(content, case_public, info) + ContentKey(content).seal(0, padded, info)


def open_value(sealed: bytes, place: Place, key: SealingKey) -> str:
    """The value. Raises Refused: cannot_open, malformed."""
    info = _info(place)
    padded = ContentKey(key.unwrap(sealed[:_WRAPPED_BYTES], info)).open(0, sealed[_WRAPPED_BYTES:], info)
    plain, mark, zeros = padded.rpartition(_END)
    if not mark or zeros.strip(b"\0"):
        raise Refused("malformed", "padding")
    return plain.decode()


def with_corrections(
    connection: Connection, custody: Custody, opened: Sequence[OpenedRecord], about: str
) -> list[OpenedRecord]:
    """The same records with what was corrected in them: what two officers signed, and what waits in request `about`.

    One whose key is not here any more is left out.
    """
    if not opened:
        return []
    marks = ", ".join(["(?, ?)"] * len(opened))
    sql = (
        "SELECT c.stream, c.seq, c.field, c.key, c.sealed, p.request, p.state, p.decided_by, p.decided_ms,"
        " p.proposed_ms FROM correction c JOIN rights_proposal p ON p.id = c.proposal"
        f" WHERE (c.stream, c.seq) IN (VALUES {marks}) AND (p.state = 'signed' OR p.state = 'open' AND p.request = ?)"
        " ORDER BY p.id"
    )
    found: dict[RecordId, list[Correction]] = {}
    for row in run(connection, sql, [*(number for one in opened for number in one.record), about]):
        record, signed = RecordId(row.stream, row.seq), row.state == "signed"
        with suppress(Refused):
            place = Place(row.request, record, row.field)
            value = open_value(bytes(row.sealed), place, custody.sealing(bytes(row.key)))
            at_ms, by = (row.decided_ms, row.decided_by) if signed else (row.proposed_ms, "")
            found.setdefault(record, []).append(Correction(row.field, value, at_ms, by))
    return [replace(one, corrections=tuple(found.get(one.record, ()))) for one in opened]


def _info(place: Place) -> bytes:
    return cbor.dumps(["gatepost/1 correction", place.request, *place.record, place.field])
