"""Which passes a person has: those that they have shown, and those that a gate gave them at a check-in.

- A pass that was shown stands in the trace part of a record: one record of each is opened.
- A gate's own pass is named by the check-in's record (wire.envelope.pass_of): nothing need be opened. It counts a day
  at its gate; two days are looked back on, since kiosks' clocks and night shifts differ. Whether the visitor took the
  offer nobody knows: an id that nobody has harms nobody.
"""

from collections.abc import Sequence
from contextlib import suppress

from central.statements import run
from central.vault.port import RecordId
from central.vault.reading import Reader, raw_records
from wire.envelope import pass_of, record_id
from wire.records import Direction, IdentityKind, Signal
from wire.refusal import Refused

GIVEN_MS = 48 * 3_600_000
_AT_ONCE = 400
_CARDS = (IdentityKind.CCCD, IdentityKind.BHYT, IdentityKind.PERSONAL_QR, IdentityKind.PASSPORT)


def passes_of(reader: Reader, persons: Sequence[int], now_ms: int) -> dict[int, list[bytes]]:
    """person.id -> pass ids of 16 bytes, each once, in order; those without one are left out."""
    found: dict[int, set[bytes]] = {}
    for start in range(0, len(persons), _AT_ONCE):
        some = persons[start : start + _AT_ONCE]
        for person, number in [*_shown(reader, some), *_given(reader, some, now_ms)]:
            found.setdefault(person, set()).add(number)
    return {person: sorted(numbers) for person, numbers in found.items()}


def _shown(reader: Reader, persons: Sequence[int]) -> list[tuple[int, bytes]]:
    """One record for each pass: any of them says its id."""
    marks = ", ".join("?" * len(persons))
    first: dict[bytes, tuple[int, RecordId]] = {}
    for table in ("visit", "declared"):
        sql = (
            f"SELECT i.person, i.pseudonym, r.stream, r.seq FROM identity i JOIN {table} r ON r.person = i.pseudonym"
            f" WHERE i.kind = ? AND i.person IN ({marks})"
        )
        for person, pseudonym, stream, seq in run(reader.connection, sql, (int(IdentityKind.PASS), *persons)):
            first.setdefault(bytes(pseudonym), (int(person), RecordId(stream, seq)))
    owners = {record: person for person, record in first.values()}
    found, records = [], list(owners)
    for start in range(0, len(records), _AT_ONCE):
        for raw in raw_records(reader.connection, records[start : start + _AT_ONCE]):
            with suppress(Refused, ValueError):  # a record that is destroyed, or shows no id in hex
                number = bytes.fromhex(reader.identity(raw))
                if len(number) == 16:
                    found.append((owners[raw.record], number))
    return found


def _given(reader: Reader, persons: Sequence[int], now_ms: int) -> list[tuple[int, bytes]]:
    """By every check-in with a card of the last days."""
    marks, kinds = ", ".join("?" * len(persons)), ", ".join("?" * len(_CARDS))
    sql = (
        "SELECT i.person, s.device, s.epoch, v.seq FROM identity i JOIN visit v ON v.person = i.pseudonym"
        " JOIN stream s ON s.id = v.stream"
        f" WHERE i.person IN ({marks}) AND v.at_ms > ? AND v.direction = ? AND v.signal = ?"
        f" AND v.identity_kind IN ({kinds})"
    )
    values = (*persons, now_ms - GIVEN_MS, int(Direction.IN), int(Signal.ALLOW), *map(int, _CARDS))
    rows = run(reader.connection, sql, values)
    return [(int(person), pass_of(record_id(device, bytes(epoch), seq))) for person, device, epoch, seq in rows]
