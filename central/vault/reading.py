"""Opening records: from rows of raw_record to plain fields, with the ingest key and whichever case key each names.

Nothing is kept: content keys live for one call, what was opened goes to whoever asked and nowhere else.
"""

from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from central.library import Library
from central.statements import run
from central.vault.custody import Custody
from central.vault.port import OpenedRecord, RecordId
from forms.model import Answers, Coding, Quantity, Value
from forms.packed import unpack
from wire.crypto import ContentKey, SealingKey
from wire.envelope import Sealed, WrappedKeys, open_trace, open_whole, parse, unwrap_trace, unwrap_vault
from wire.layout import layout_of
from wire.light import open_declaration, read_declaration
from wire.records import Declaration, Record, SealedDeclaration
from wire.refusal import Refused

_TRACE_SHOWN = ("identity_kind", "identity")


class Raw(NamedTuple):
    """A sealed record and whose device it came from."""

    record: RecordId
    sealed: bytes
    device: str
    epoch: bytes


class Reader:
    """Opens the records of one call on one connection."""

    def __init__(self, connection: Connection, ingest: SealingKey, custody: Custody, library: Library) -> None:
        self.connection, self._ingest, self._custody, self._library = connection, ingest, custody, library
        self._keys: dict[tuple[int, int, bool], list[tuple[ContentKey, ContentKey | None]]] = {}

    def open(self, records: Sequence[RecordId]) -> list[OpenedRecord]:
        """In the order of `records`; what was destroyed or cannot be read is left out."""
        rows = {raw.record: raw for raw in raw_records(self.connection, records)}
        found = []
        for record in records:
            if record in rows:
                with suppress(Refused):
                    found.append(self._open_one(rows[record]))
        return found

    def identity(self, raw: Raw) -> str:
        """The number that a visit showed, from its trace part. Raises Refused: cannot_open, bad_record and others."""
        sealed, failed = parse(raw.sealed), Refused("cannot_open", "no key")
        for trace, _ in self._pairs(raw, sealed, vault=False):
            try:
                return str(getattr(open_trace(sealed, raw.device, raw.epoch, trace), "identity", ""))
            except Refused as refusal:
                failed = refusal
        raise failed

    def _open_one(self, raw: Raw) -> OpenedRecord:
        sealed, failed = parse(raw.sealed), Refused("cannot_open", "no key")
        for trace, vault in self._pairs(raw, sealed, vault=sealed.vault is not None):
            try:
                if sealed.vault is None:
                    record = open_trace(sealed, raw.device, raw.epoch, trace)
                elif vault is None:
                    continue
                else:
                    record = open_whole(sealed, raw.device, raw.epoch, trace, vault)
                return self._shown(raw.record, record)
            except Refused as refusal:
                failed = refusal
        raise failed

    def _shown(self, record_id: RecordId, record: Record) -> OpenedRecord:
        fields = {name: getattr(record, name) for name in _TRACE_SHOWN if hasattr(record, name)}
        fields |= {name: getattr(record, name) for name, _, _ in layout_of(type(record)).vault}
        kind = type(record).__name__
        if isinstance(record, SealedDeclaration):
            kind, fields = Declaration.__name__, self._by_light(record)
        shown = {name: int(value) if name == "identity_kind" else value for name, value in fields.items()}
        answers = self._answers(shown) if kind == Declaration.__name__ else {}
        return OpenedRecord(record_id, kind, shown, answers)

    def _by_light(self, record: SealedDeclaration) -> dict[str, Any]:
        """What the phone sealed to the case key by itself (wire.light), as a Declaration has it."""
        declaration = read_declaration(record.blob)
        core = declaration.core
        content = open_declaration(declaration, self._custody.sealing(core.key_id))
        names = ("identity_kind", "identity", "language", "authored", "consent", "answers")
        return {"form": core.form, "order": record.order, "refused": False} | {
            name: getattr(content, name) for name in names
        }

    def _answers(self, fields: dict[str, Any]) -> dict[str, list[Any]]:
        """Unpacked against their form; none where this centre does not know the form, or nothing was answered."""
        if not fields["answers"]:
            return {}
        try:
            form = self._library.form(fields["form"])
            return plain_answers(unpack(form, fields["answers"]))
        except Refused:
            return {}  # the packed bytes are in the fields: a centre that learns the form later reads them

    def _pairs(self, raw: Raw, sealed: Sealed, *, vault: bool) -> list[tuple[ContentKey, ContentKey | None]]:
        """Trace and vault content keys by the record's key id; two cloned cards may use one id for two pairs."""
        name = (raw.record.stream, sealed.key_id, vault)
        if name not in self._keys:
            found = self._keys[name] = []
            for wrapped in _wrapped(self.connection, raw.record.stream, sealed.key_id):
                with suppress(Refused):
                    trace = unwrap_trace(wrapped, raw.device, raw.epoch, self._ingest)
                    found.append((trace, self._vault_key(raw, wrapped) if vault else None))
        return self._keys[name]

    def _vault_key(self, raw: Raw, wrapped: WrappedKeys) -> ContentKey | None:
        try:
            return unwrap_vault(wrapped, raw.device, raw.epoch, self._custody.sealing(wrapped.vault_to))
        except Refused:
            return None


def raw_records(connection: Connection, records: Sequence[RecordId]) -> list[Raw]:
    """The sealed bytes of those that are still there."""
    if not records:
        return []
    sql = (
        "SELECT r.stream, r.seq, r.sealed, s.device, s.epoch FROM raw_record r JOIN stream s ON s.id = r.stream"
        f" WHERE (r.stream, r.seq) IN (VALUES {', '.join(['(?, ?)'] * len(records))})"
    )
    rows = run(connection, sql, [number for record in records for number in record])
    return [
        Raw(RecordId(stream, seq), bytes(sealed), device, bytes(epoch)) for stream, seq, sealed, device, epoch in rows
    ]


def plain_answers(answers: Answers) -> dict[str, list[Any]]:
    """linkId -> values: true or false, whole numbers, text; a choice as its code, a number with a point as text."""
    found: dict[str, list[Any]] = {}
    for (link_id, _), values in answers.items():
        found.setdefault(link_id, []).extend(map(_plain, values))
    return found


def _plain(value: Value) -> Any:
    if isinstance(value, Coding):
        return value.code
    if isinstance(value, Quantity):
        return f"{value.value} {value.unit or value.code}".strip()
    return str(value) if isinstance(value, Decimal) else value


def _wrapped(connection: Connection, stream: int, key_id: int) -> list[WrappedKeys]:
    sql = (
        "SELECT key_id, suite, trace_to, trace_wrapped, vault_to, vault_wrapped FROM wrapped_key"
        " WHERE stream = ? AND key_id = ? LIMIT 8"
    )
    rows = run(connection, sql, (stream, key_id))
    return [WrappedKeys(r[0], r[1], bytes(r[2]), bytes(r[3]), bytes(r[4]), bytes(r[5])) for r in rows]
