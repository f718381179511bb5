"""PURE. From a signed message to rows: what ingest may know of each record, and what it will never see.

- The trace part is opened in memory; the identity becomes a pseudonym at once and is not given back in any other form.
- A record of a kind or schema that this version does not know is `kept`: sealed, counted, opened by a later version.
- A record that cannot be read is `rejected` with its reason: one poisoned record must not hold up those behind it.
- The vault part is not touched here: this process has no key for it.

All of it hangs on the message and three keys alone, so that another process can do it ahead (central.ahead).
"""

import hashlib
import hmac
import json
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from central.desks.said import Said, said_of
from central.quick_visits import QuickVisits
from central.radio.matched import Matched, matched_of
from wire.batch import Batch, decode_batch
from wire.crypto import ContentKey, SealingKey
from wire.envelope import WrappedKeys, open_trace, parse, unwrap_trace
from wire.reasons import duty_told
from wire.records import (
    PUBLIC_PAGES,
    ContactCandidate,
    DeviceEvent,
    Encounter,
    IdentityKind,
    PhoneVisit,
    Record,
    Visit,
)
from wire.refusal import Refused

OPENED, KEPT, REJECTED = "opened", "kept", "rejected"
NO_KEY = "no_key"
_KEEP = frozenset({"unknown_kind", "newer_schema"})
_KIND_BYTES = {int(kind): b"%d\0" % kind for kind in IdentityKind}
_EVENT_NAME = re.compile(r"[a-z0-9_]{1,24}")
_CACHED_KEYS = 1024  # a key serves up to 4,096 records of one device; unwrapping costs as much as opening ten records

# A wrapped key may be missing or not for us: then the reason stands in its place.
KeyOf = Callable[[int], ContentKey | str]


class Event(NamedTuple):
    """A device event that was opened."""

    seq: int
    at_ms: int
    name: str
    facts: dict[str, Any]


# A record as it came: (seq, sealed, SHA-256(sealed), status opened | kept | rejected, reason). A plain tuple, since it
# goes through a pipe by the hundred: a NamedTuple takes twice as long there.
Raw = tuple[int, bytes, bytes, str, str | None]


class Rows(NamedTuple):
    """`raw` in order of seq; `visits`: (seq, at ms, clock, boot, direction, signal, kind, person, companions,
    declaration); the last is of wire.reasons.duty_told."""

    raw: list[Raw]
    visits: list[tuple[Any, ...]]
    events: list[Event]
    matched: list[Matched]
    said: list[Said]
    elsewhere: dict[int, tuple[str, str]]  # seq -> (venue, gate) of visits that were not at the device's own


class Opened(NamedTuple):
    """A verified message and the rows of its records."""

    device: str
    epoch: bytes
    first_seq: int
    last_seq: int
    h_before: bytes
    h_after: bytes
    chain_holds: bool
    keys: tuple[WrappedKeys, ...]
    rows: Rows


class Pseudonyms:
    """HMAC-SHA256(pepper, kind, 0x00, identity)[:16]: one person, one name, at this centre alone."""

    def __init__(self, pepper: bytes) -> None:
        self._keyed = hmac.new(pepper, digestmod="sha256")

    def of(self, kind: int, identity: str) -> bytes | None:
        """16 bytes that stand for a person; None where there was no identity."""
        if not kind or not identity:
            return None
        mac = self._keyed.copy()  # the pepper's two blocks are hashed once and not for each visit
        mac.update(_KIND_BYTES[kind] + identity.encode())
        return mac.digest()[:16]


class Opener:
    """Opens messages with the ingest key; keeps unwrapped content keys in RAM, the least used forgotten first."""

    def __init__(self, ingest: SealingKey, pepper: bytes) -> None:
        self._ingest, self._names = ingest, Pseudonyms(pepper)
        self._known: OrderedDict[tuple[str, bytes, WrappedKeys], ContentKey | str] = OrderedDict()

    def pseudonym_of(self, kind: int, identity: str) -> bytes | None:
        """As Pseudonyms.of, by this centre's pepper."""
        return self._names.of(kind, identity)

    def open_from_phone(self, sealed: bytes, info: bytes) -> bytes:
        """What the public pages sealed for ingest (wire.crypto.seal_on_phone). Raises Refused("cannot_open")."""
        return self._ingest.open_from_phone(sealed, info)

    def open(self, message: bytes, kid: bytes, public: bytes) -> Opened | str:
        """The opened message of the owner of `public`, or the reason why it is refused. Never raises on any bytes."""
        try:
            batch = decode_batch(message, {kid: public})
        except Refused as refusal:
            return refusal.reason
        rows = self.open_records(enumerate(batch.records, batch.first_seq), batch.device, batch.epoch, batch.keys)
        return _opened(batch, rows)

    def open_records(
        self, records: Iterable[tuple[int, bytes]], device: str, epoch: bytes, keys: Iterable[WrappedKeys]
    ) -> Rows:
        """Rows for (seq, sealed bytes), whose content keys are among `keys`."""
        wrapped = {k.key_id: k for k in keys}
        found: dict[int, ContentKey | str] = {}

        def key_of(key_id: int) -> ContentKey | str:
            if key_id not in found:
                found[key_id] = self._key(device, epoch, wrapped[key_id]) if key_id in wrapped else NO_KEY
            return found[key_id]

        rows = Rows([], [], [], [], [], {})
        quick = QuickVisits(device, epoch, key_of, self._names.of).read
        for seq, sealed in records:
            status, reason = OPENED, None
            visit = quick(seq, sealed)
            if visit is not None:
                rows.visits.append(visit)
            else:
                try:
                    self._open_one(rows, seq, sealed, device, epoch, key_of)
                except Refused as refusal:
                    reason = refusal.reason
                    status = KEPT if reason in _KEEP else REJECTED
            rows.raw.append((seq, sealed, digest_of(sealed), status, reason))
        return rows

    def _open_one(self, rows: Rows, seq: int, data: bytes, device: str, epoch: bytes, key_of: KeyOf) -> None:
        sealed = parse(data)
        if sealed.envelope.seq != seq:
            raise Refused("wrong_seq", "the record stands at another place than it says")
        key = key_of(sealed.key_id)
        if isinstance(key, str):
            raise Refused(key)
        record: Record = open_trace(sealed, device, epoch, key)
        stamp = sealed.envelope.stamp
        if isinstance(record, PhoneVisit):
            if device != PUBLIC_PAGES:
                raise Refused("foreign_place", "only the public pages speak for other places")
            rows.elsewhere[seq] = record.place, record.gate
        if isinstance(record, (Visit, PhoneVisit)):
            person = self._names.of(record.identity_kind, record.identity)
            words = (int(record.direction), int(record.signal), int(record.identity_kind))
            rest = (person, record.companions, duty_told(record.reasons))
            rows.visits.append((seq, stamp.at_ms, int(stamp.clock), stamp.boot, *words, *rest))
        elif isinstance(record, DeviceEvent):
            if not _EVENT_NAME.fullmatch(record.name):
                raise Refused("bad_record", "an event's name")
            rows.events.append(Event(seq, stamp.at_ms, record.name, record.facts))
        elif isinstance(record, (Encounter, ContactCandidate)):
            rows.matched.append(matched_of(seq, record))
        elif (said := said_of(seq, stamp, record, self._names.of)) is not None:
            rows.said.append(said)

    def _key(self, device: str, epoch: bytes, wrapped: WrappedKeys) -> ContentKey | str:
        name = (device, epoch, wrapped)
        if name in self._known:
            self._known.move_to_end(name)
            return self._known[name]
        try:
            key: ContentKey | str = unwrap_trace(wrapped, device, epoch, self._ingest)
        except Refused as refusal:
            key = refusal.reason
        self._known[name] = key
        if len(self._known) > _CACHED_KEYS:
            self._known.popitem(last=False)
        return key


def digest_of(sealed: bytes) -> bytes:
    """The 32 bytes by which a duplicate is told from a conflict."""
    return hashlib.sha256(sealed).digest()


def facts_json(facts: dict[str, Any]) -> str:
    """The facts of an event as ASCII JSON: PostgreSQL's text takes no NUL, so nothing is written raw."""
    return json.dumps(facts, sort_keys=True)


def _opened(batch: Batch, rows: Rows) -> Opened:
    return Opened(
        batch.device,
        batch.epoch,
        batch.first_seq,
        batch.last_seq,
        batch.h_before,
        batch.h_after,
        batch.chain_holds(),
        batch.keys,
        rows,
    )
