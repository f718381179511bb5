"""PURE. From a verified batch to rows: what ingest may know of each record, and what it will never see.

- The trace part is opened in memory; the identity becomes a pseudonym at once and is not given back in any other form.
- A record of a kind or schema that this version does not know is `kept`: sealed, counted, opened by a later version.
- A record that cannot be read is `rejected` with its reason: one poisoned record must not hold up those behind it.
- The vault part is not touched here: this process has no key for it.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from wire.crypto import ContentKey, visitor_pseudonym
from wire.envelope import Sealed, open_trace, parse
from wire.records import DeviceEvent, IdentityKind, Visit
from wire.refusal import Refused

_KEPT = frozenset({"unknown_kind", "newer_schema"})
_EVENT_NAME = re.compile(r"[a-z0-9_]{1,24}")
_KIND_NAMES = {kind: kind.name.lower() for kind in IdentityKind}

# A wrapped key may be missing or not for us: then the reason stands in its place.
KeyOf = Callable[[int], ContentKey | str]


class Place(NamedTuple):
    """Where and by whom the records were made: what each row repeats."""

    stream: int
    device: str
    epoch: bytes
    venue: str
    gate: str


class Event(NamedTuple):
    """A device event that was opened."""

    seq: int
    at_ms: int
    name: str
    facts: dict[str, Any]


@dataclass(slots=True)
class Rows:
    """Rows in the column order of central.schema: `raw` for raw_record, `visits` for visit."""

    raw: list[tuple[Any, ...]] = field(default_factory=list)
    visits: list[tuple[Any, ...]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    opened_through: int = 0
    kept: int = 0
    rejected: int = 0


def open_records(
    records: Iterable[tuple[int, bytes, bytes]], place: Place, key_of: KeyOf, pepper: bytes, now_ms: int
) -> Rows:
    """Rows for (seq, sealed bytes, SHA-256 of them); never raises on any bytes."""
    rows = Rows()
    for seq, sealed, digest in records:
        status, reason = "opened", None
        try:
            _open_one(rows, seq, parse(sealed), place, key_of, pepper)
            rows.opened_through = max(rows.opened_through, seq)
        except Refused as refusal:
            reason = refusal.reason
            if reason in _KEPT:
                status, rows.kept = "kept", rows.kept + 1
            else:
                status, rows.rejected = "rejected", rows.rejected + 1
        rows.raw.append((place.stream, seq, sealed, digest, status, reason, now_ms))
    return rows


def pseudonym(pepper: bytes, kind: IdentityKind, identity: str) -> bytes | None:
    """16 bytes that stand for a person at this centre; None where there was no identity."""
    if kind is IdentityKind.NONE or not identity:
        return None
    return visitor_pseudonym(pepper, _KIND_NAMES[kind], identity)


def digest_of(sealed: bytes) -> bytes:
    """The 32 bytes by which a duplicate is told from a conflict."""
    return hashlib.sha256(sealed).digest()


def facts_json(facts: dict[str, Any]) -> str:
    """The facts of an event as ASCII JSON: PostgreSQL's text takes no NUL, so nothing is written raw."""
    return json.dumps(facts, sort_keys=True)


def _open_one(rows: Rows, seq: int, sealed: Sealed, place: Place, key_of: KeyOf, pepper: bytes) -> None:
    if sealed.envelope.seq != seq:
        raise Refused("wrong_seq", "the record stands at another place than it says")
    key = key_of(sealed.key_id)
    if isinstance(key, str):
        raise Refused(key)
    record = open_trace(sealed, place.device, place.epoch, key)
    stamp = sealed.envelope.stamp
    if isinstance(record, Visit):
        person = pseudonym(pepper, record.identity_kind, record.identity)
        rows.visits.append(
            (
                place.stream,
                seq,
                place.venue,
                place.gate,
                stamp.at_ms,
                0,
                int(stamp.clock),
                stamp.boot,
                int(record.direction),
                int(record.signal),
                int(record.identity_kind),
                person,
                record.companions,
            )
        )
    elif isinstance(record, DeviceEvent):
        if not _EVENT_NAME.fullmatch(record.name):
            raise Refused("bad_record", "an event's name")
        rows.events.append(Event(seq, stamp.at_ms, record.name, record.facts))
