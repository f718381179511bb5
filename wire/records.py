"""What the edge tells the centre, as frozen dataclasses. Each field says which seal it lies under.

- A record's wire form is two CBOR arrays, trace and vault, in field order (wire.layout). A schema only ever appends
  fields; an older record fills them with their defaults, a newer one is kept sealed until the centre knows its schema.
- Least data: names, birth dates, addresses and phones are empty unless a running order names them.
- Limits are part of the type: a value out of bounds cannot be built, on either side.
- A record never shows what it holds when it is printed: a log or a traceback must not name a visitor.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, ClassVar

from wire.fields import blob, either, identity, integer, nothing, one_of, several, table, text, trace, vault, yes_no
from wire.layout import build, layout_of
from wire.refusal import Refused

MAX_PART_BYTES = 16 * 1024
PUBLIC_PAGES = "public-pages"  # the one device that speaks for every place: the centre's pages for visitors' phones
_TIME_MS = integer(0, 1 << 53)


class Direction(IntEnum):
    """Which way a visitor went."""

    IN = 1
    OUT = 2


class Signal(IntEnum):
    """What the gate answered; only the lights adapter knows colours."""

    ALLOW = 1
    ASK = 2
    STOP = 3
    FAULT = 4


class IdentityKind(IntEnum):
    """What kind of number stands for the visitor."""

    NONE = 0
    CCCD = 1
    BHYT = 2
    PERSONAL_QR = 3
    PASS = 4
    TYPED = 5
    PASSPORT = 6


class Source(IntEnum):
    """How the gate came to know of the visitor."""

    UNKNOWN = 0
    CAMERA = 1
    READER = 2
    TOUCH = 3
    GUARD = 4
    TAP = 5
    PAPER = 6
    LIGHT = 7
    POSTER = 8


class Record:
    """Base of all records: checks every field against its rule when built."""

    __slots__ = ()

    KIND: ClassVar[int]
    SCHEMA: ClassVar[int] = 1
    # The plain text of a part is padded to a multiple of so many bytes, so that its length tells nothing.
    TRACE_PAD: ClassVar[int] = 16
    VAULT_PAD: ClassVar[int] = 1

    def __post_init__(self) -> None:
        for name, take, default in layout_of(type(self)).checks:
            value = getattr(self, name)
            if value is not default:
                taken = take(value)
                if taken is not value:
                    object.__setattr__(self, name, taken)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"


@dataclass(frozen=True, slots=True, repr=False)
class Visit(Record):
    """A check-in or check-out at a gate. Schema 2 added companions, schema 3 the source, schema 4 rules and paper.

    `rules` is the version of the rules bulletin that decided (0: those the kiosk shipped with). `paper` is empty, or
    (the time on the slip in Unix ms, as a person's watch had it; the slip's number) of a visit entered later.
    48 bytes hold every number of up to 18 characters (and every pass id) with 8 reasons of today's table.
    """

    KIND: ClassVar[int] = 1
    SCHEMA: ClassVar[int] = 4
    TRACE_PAD: ClassVar[int] = 48
    direction: Direction = trace(one_of(Direction))
    signal: Signal = trace(one_of(Signal))
    identity_kind: IdentityKind = trace(one_of(IdentityKind))
    identity: str = trace(identity(64))
    reasons: tuple[int, ...] = trace(several(integer(0, 65535), 8), default=())
    companions: int = trace(integer(0, 9), since=2, default=0)
    source: Source = trace(one_of(Source), since=3, default=Source.UNKNOWN)
    rules: int = trace(integer(0, 65535), since=4, default=0)
    paper: tuple[int, ...] = trace(several(_TIME_MS, 2), since=4, default=())
    name: str = vault(text(120), default="")
    birth_date: str = vault(text(10), default="")
    address: str = vault(text(300), default="")
    phone: str = vault(text(20), default="")


@dataclass(frozen=True, slots=True, repr=False)
class Declaration(Record):
    """A filled form: answers by item index (forms.packed), the text that was agreed to by its hash.

    Schema 2 added the rules' version, the order (`id|version`) and whether the person refused to declare.
    """

    KIND: ClassVar[int] = 2
    SCHEMA: ClassVar[int] = 2
    TRACE_PAD: ClassVar[int] = 48
    VAULT_PAD: ClassVar[int] = 32
    identity_kind: IdentityKind = trace(one_of(IdentityKind))
    identity: str = trace(identity(64))
    outcome: Signal = trace(one_of(Signal))
    reasons: tuple[int, ...] = trace(several(integer(0, 65535), 8), default=())
    rules: int = trace(integer(0, 65535), since=2, default=0)
    form: str = vault(text(200), default="")
    language: str = vault(text(16), default="")
    authored: str = vault(text(32), default="")
    consent: bytes = vault(blob(0, 32), default=b"")
    answers: bytes = vault(blob(0, 12_000), default=b"")
    order: str = vault(text(100), since=2, default="")
    refused: bool = vault(yes_no, since=2, default=False)


@dataclass(frozen=True, slots=True, repr=False)
class Encounter(Record):
    """A case's device near a gateway for a while; times in Unix ms, windows by attenuation bucket (docs/protocol.md).

    Written only for a case, under an order. `windows` are the minutes in which it was heard. Schema 2 added the case
    and how sure the figures are (per cent).
    """

    KIND: ClassVar[int] = 3
    SCHEMA: ClassVar[int] = 2
    TRACE_PAD: ClassVar[int] = 32
    system: str = trace(text(24))
    identifier: bytes = trace(blob(1, 32))
    start_ms: int = trace(_TIME_MS)
    end_ms: int = trace(_TIME_MS)
    windows: int = trace(integer(1, 100_000))
    buckets: tuple[int, ...] = trace(several(integer(0, 100_000), 8), default=())
    case: str = trace(text(64), since=2, default="")
    confidence: int = trace(integer(0, 100), since=2, default=0)


@dataclass(frozen=True, slots=True, repr=False)
class ContactCandidate(Record):
    """Who was heard together with a case: co-presence and duration, never a distance and never a verdict.

    The case's identifier first, then the other's. `windows` are the minutes in which both were heard, at this gateway
    or at others of the building; `bucket` is the attenuation bucket of the weaker of the two at their strongest.
    """

    KIND: ClassVar[int] = 9
    TRACE_PAD: ClassVar[int] = 32
    case: str = trace(text(64))
    case_system: str = trace(text(24))
    case_identifier: bytes = trace(blob(1, 32))
    system: str = trace(text(24))
    identifier: bytes = trace(blob(1, 32))
    start_ms: int = trace(_TIME_MS)
    end_ms: int = trace(_TIME_MS)
    windows: int = trace(integer(1, 100_000))
    bucket: int = trace(integer(0, 7))


@dataclass(frozen=True, slots=True, repr=False)
class SelfCheck(Record):
    """A place's own safety check: points by criterion of a published scheme."""

    KIND: ClassVar[int] = 4
    scheme: str = trace(text(64))
    scores: dict[str, int] = trace(table(text(16), integer(0, 1000), 64))
    author: str = vault(text(120), default="")


@dataclass(frozen=True, slots=True, repr=False)
class Feedback(Record):
    """What a citizen says of a place."""

    KIND: ClassVar[int] = 5
    topic: str = trace(text(32))
    rating: int = trace(integer(0, 5))
    words: str = vault(text(2000), default="")
    phone: str = vault(text(20), default="")


@dataclass(frozen=True, slots=True, repr=False)
class Override(Record):
    """A guard let somebody in, or kept somebody out, against the gate's signal. `about` is the seq of the visit."""

    KIND: ClassVar[int] = 6
    TRACE_PAD: ClassVar[int] = 48
    about: int = trace(integer(0, 1 << 62))
    signal: Signal = trace(one_of(Signal))
    guard: str = trace(text(32))
    reason: int = trace(integer(0, 65535))


@dataclass(frozen=True, slots=True, repr=False)
class DeviceEvent(Record):
    """Something the device itself reports. Known names and their facts:

    - `hello` {}: the sealed record that proves enrolment.
    - `clock` {"boot": hex, "offset_ms": int}: true time minus what that boot's records carry.
    - `expired` / `lost` {"epoch": hex, "from": seq, "through": seq}: a range that will never come, and why.
    - `destroyed`, with the same facts: for a request of the person; they are accounted for.
    - `moved_aside` {"readable": rows}: a damaged database was put away and its readable rows taken over.
    - `fault` {"reason": int}: the gate went to FAULT.
    - `form_missing` {"order": id, "form": name and version}: an order asks for a form that has not arrived here.
    - `opened` {}: the housing was opened; its keys are destroyed right after this record.
    - `radio` {"step": name, "silent_s": int}: what was done about a radio that heard nothing; step `heard` ends it.
    - `measured` {"hour": Unix ms, "in", "out", "by_hand", "occupancy_max", "capacity", "per_min_max", "up_s",
      "co2_max", "co2_mean"}: one hour of the gate in counts (kiosk.measuring); capacity and co2 may be null.
    """

    KIND: ClassVar[int] = 7
    TRACE_PAD: ClassVar[int] = 32
    name: str = trace(text(24))
    facts: dict[str, Any] = trace(
        table(text(24), either(integer(-(1 << 62), 1 << 62), text(64), nothing), 16),
    )


@dataclass(frozen=True, slots=True, repr=False)
class SealedDeclaration(Record):
    """A declaration that came by light, sealed to the case key on the visitor's own phone (wire.light).

    The kiosk could not read it: `blob` lies here as it came, `outcome` is what the gate answered.
    """

    KIND: ClassVar[int] = 8
    TRACE_PAD: ClassVar[int] = 48
    order: str = trace(text(100))
    outcome: Signal = trace(one_of(Signal))
    reasons: tuple[int, ...] = trace(several(integer(0, 65535), 8), default=())
    rules: int = trace(integer(0, 65535), default=0)
    blob: bytes = vault(blob(0, 14_000), default=b"")


@dataclass(frozen=True, slots=True, repr=False)
class PhoneVisit(Record):
    """A check-in or check-out that a visitor's own phone made at a place's poster (docs/protocol.md).

    Written by the centre's public pages alone, which speak for every place. `place` and `gate` are the poster's.
    """

    KIND: ClassVar[int] = 10
    TRACE_PAD: ClassVar[int] = 48
    place: str = trace(text(64))
    gate: str = trace(text(40))
    direction: Direction = trace(one_of(Direction))
    signal: Signal = trace(one_of(Signal))
    identity_kind: IdentityKind = trace(one_of(IdentityKind))
    identity: str = trace(identity(64))
    reasons: tuple[int, ...] = trace(several(integer(0, 65535), 8), default=())
    companions: int = trace(integer(0, 9), default=0)
    source: Source = trace(one_of(Source), default=Source.POSTER)


KINDS: dict[int, type[Record]] = {
    cls.KIND: cls
    for cls in (
        *(Visit, Declaration, Encounter, SelfCheck, Feedback),
        *(Override, DeviceEvent, SealedDeclaration, ContactCandidate, PhoneVisit),
    )
}


def from_parts(kind: int, schema: int, trace_part: Any, vault_part: Any = None) -> Record:
    """The record again. Without its vault part the vault fields are at their defaults.

    Raises Refused: unknown_kind, newer_schema (both mean: keep it sealed, a later version may read it), bad_record.
    """
    cls = KINDS.get(kind)
    if cls is None:
        raise Refused("unknown_kind", str(kind))
    if schema > cls.SCHEMA:
        raise Refused("newer_schema", f"{cls.__name__} {schema}")
    record: Record = build(cls, schema, trace_part, vault_part)
    return record
