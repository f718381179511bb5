"""What a person had corrected: the desk seals the right value, a second officer signs, then the opener shows it.

- A sealed record is never changed: a correction is a new record that names it. The old value stays beside the new one.
- The value goes from the officer's form into the seal of the case key, and nowhere else: this process cannot read it.
- It lives as long as the record that it names, and goes with it (central.rights.destroying.empty_records).
- A number of a card is not corrected: under another number the record is somebody else's (central.people.links).
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.keys import Keyring
from central.rights.tied import may_open
from central.rights.two_officers import CORRECTION, propose
from central.statements import run
from central.vault.corrected import Place, seal_value
from central.vault.port import RecordId
from wire.crypto import kid_of
from wire.refusal import Refused

MOST = 500  # records of one correction: what the opener opens at once
_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
# Under them a record was taken in and answered for: not the person's to say anew.
NOT_CORRECTED = frozenset({"identity", "identity_kind", "consent", "blob", "form", "order", "authored", "refused"})


class NewCorrection(NamedTuple):
    """The field, what it should have said, and in which records (stream, seq)."""

    field: str
    value: str
    records: frozenset[tuple[int, int]]


def propose_correction(
    connection: Connection, ring: Keyring, request: str, new: NewCorrection, officer: str, now_ms: int
) -> int:
    """Seal the value for each record and put it before a second officer; the proposal's number.

    Raises Refused: as two_officers.propose; bad_field, bad_value, not_theirs (a record is not tied to the request).
    """
    if _FIELD.fullmatch(new.field) is None or new.field in NOT_CORRECTED:
        raise Refused("bad_field", "not a field that is corrected")
    number = propose(connection, request, CORRECTION, officer, now_ms)
    if not new.records or len(new.records) > MOST or may_open(connection, request, new.records) != new.records:
        raise Refused("not_theirs", request)
    public = ring.root().recipients["case"]
    value = " ".join(new.value.split())
    for stream, seq in sorted(new.records):
        sealed = seal_value(value, Place(request, RecordId(stream, seq), new.field), public)
        sql = "INSERT INTO correction (proposal, stream, seq, field, key, sealed) VALUES (?, ?, ?, ?, ?, ?)"
        run(connection, sql, (number, stream, seq, new.field, kid_of(public), sealed))
    return number


def drop_correction(connection: Connection, number: int) -> None:
    """A correction that was not signed: its sealed values go, that it was proposed stays."""
    run(connection, "DELETE FROM correction WHERE proposal = ?", (number,))


def read_records(texts: Iterable[str]) -> frozenset[tuple[int, int]]:
    """Records as a form names them, "stream-seq". Raises Refused("not_theirs")."""
    found = set()
    for text in list(texts)[: MOST + 1]:
        parts = text.split("-")
        if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 16 for part in parts):
            raise Refused("not_theirs", "stream-seq expected")
        found.add((int(parts[0]), int(parts[1])))
    return frozenset(found)
