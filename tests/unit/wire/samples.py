"""Hypothesis strategies and fixed samples for what wire speaks. Every person is invented (province code 099)."""

from typing import Any

from hypothesis import strategies as st

from wire.batch import CHAIN_START, Batch, fold
from wire.bulletin import KINDS as BULLETIN_KINDS
from wire.bulletin import Bulletin
from wire.crypto import SealingKey, SigningKey
from wire.envelope import ClockQuality, KeyPair, Stamp, WrappedKeys, make_keys
from wire.receipt import MARK_BYTES, Mark, Receipt
from wire.records import (
    ContactCandidate,
    Declaration,
    DeviceEvent,
    Direction,
    Encounter,
    Feedback,
    IdentityKind,
    Override,
    SealedDeclaration,
    SelfCheck,
    Signal,
    Source,
    Visit,
)
from wire.root import Root

DEVICE, EPOCH, KEY_ID = "t-gate-1", b"epoch 01", 77
NOW_MS = 1_790_000_000_000
STAMP = Stamp(NOW_MS, ClockQuality.SYNCED, b"boot 001", 123_456)
INGEST, CASE = SealingKey(b"\1" * 32), SealingKey(b"\2" * 32)
DEVICE_KEY, OTHER_KEY = SigningKey(b"\3" * 32), SigningKey(b"\4" * 32)
RECEIPT_KEY, RULES_KEY = SigningKey(b"\5" * 32), SigningKey(b"\6" * 32)
ROOTS = tuple(SigningKey(bytes([16 + i]) * 32) for i in range(3))

VISIT = Visit(Direction.IN, Signal.ALLOW, IdentityKind.CCCD, "099099000001", (1,), 0, Source.CAMERA)
NAMED_VISIT = Visit(
    *(Direction.IN, Signal.ASK, IdentityKind.CCCD, "099099000001", (10, 11), 2, Source.READER),
    name="Trần Văn Thử",
    birth_date="1970-01-01",
    address="Số 1, Phố Giả Định",
    phone="0000000001",
)


def key_pair(key_id: int = KEY_ID, device: str = DEVICE, epoch: bytes = EPOCH) -> tuple[KeyPair, WrappedKeys]:
    """The content keys k...k and v...v, wrapped for the sample recipients."""
    return make_keys(device, epoch, key_id, (b"k" * 32, b"v" * 32), INGEST.public, CASE.public)


def make_root(version: int = 1, *, signers: tuple[SigningKey, ...] = ROOTS, threshold: int = 2, **changes: Any) -> Root:
    """A root of three keys, two of which must sign."""
    values: dict[str, Any] = {
        "version": version,
        "issued_ms": NOW_MS - 1000,
        "expires_ms": NOW_MS + 1000,
        "roots": tuple(key.public for key in signers),
        "threshold": threshold,
        "roles": {"receipt": (RECEIPT_KEY.public,), "bulletin:rules": (RULES_KEY.public,)},
        "recipients": {"ingest": INGEST.public, "case": CASE.public},
    }
    return Root(**values | changes)


_words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_bits64 = st.integers(0, (1 << 53) - 1)
_reasons = st.lists(st.integers(0, 65535), max_size=8).map(tuple)
_identity = st.one_of(st.text("0123456789", max_size=22), st.binary(min_size=16, max_size=16).map(bytes.hex), _words)
_person: dict[str, Any] = {
    "identity_kind": st.sampled_from(IdentityKind),
    "identity": _identity,
    "reasons": _reasons,
}

records: st.SearchStrategy[Any] = st.one_of(
    st.builds(
        Visit,
        direction=st.sampled_from(Direction),
        signal=st.sampled_from(Signal),
        **_person,
        companions=st.integers(0, 9),
        source=st.sampled_from(Source),
        rules=st.integers(0, 65535),
        paper=st.lists(_bits64, max_size=2).map(tuple),
        name=st.text("aăâ zđ", max_size=120),
        birth_date=st.text("0123456789-", max_size=10),
        address=st.text("aăâ zđ", max_size=300),
        phone=st.text("0123456789", max_size=20),
    ),
    st.builds(
        Declaration,
        outcome=st.sampled_from(Signal),
        **_person,
        rules=st.integers(0, 65535),
        form=_words,
        language=st.sampled_from(["vi", "en", ""]),
        authored=_words,
        consent=st.binary(max_size=32),
        answers=st.binary(max_size=2000),
        order=_words,
        refused=st.booleans(),
    ),
    st.builds(
        SealedDeclaration,
        order=_words,
        outcome=st.sampled_from(Signal),
        reasons=_reasons,
        rules=st.integers(0, 65535),
        blob=st.binary(max_size=2000),
    ),
    st.builds(
        Encounter,
        system=_words,
        identifier=st.binary(min_size=1, max_size=32),
        start_ms=_bits64,
        end_ms=_bits64,
        windows=st.integers(1, 100_000),
        buckets=st.lists(st.integers(0, 100_000), max_size=8).map(tuple),
        case=_words,
        confidence=st.integers(0, 100),
    ),
    st.builds(
        ContactCandidate,
        case=_words,
        case_system=_words,
        case_identifier=st.binary(min_size=1, max_size=32),
        system=_words,
        identifier=st.binary(min_size=1, max_size=32),
        start_ms=_bits64,
        end_ms=_bits64,
        windows=st.integers(1, 100_000),
        bucket=st.integers(0, 7),
    ),
    st.builds(
        SelfCheck,
        scheme=_words,
        scores=st.dictionaries(st.text("abc", max_size=16), st.integers(0, 1000), max_size=64),
        author=_words,
    ),
    st.builds(Feedback, topic=_words, rating=st.integers(0, 5), words=_words, phone=_words),
    st.builds(
        Override,
        about=st.integers(0, 1 << 62),
        signal=st.sampled_from(Signal),
        guard=_words,
        reason=st.integers(0, 65535),
    ),
    st.builds(
        DeviceEvent,
        name=_words,
        facts=st.dictionaries(
            _words, st.one_of(st.integers(-(1 << 62), 1 << 62), st.text("abc", max_size=64), st.none()), max_size=16
        ),
    ),
)
stamps = st.builds(Stamp, _bits64, st.sampled_from(ClockQuality), st.binary(min_size=8, max_size=8), _bits64)
seqs = st.integers(1, (1 << 62) - 1)
wrapped = st.builds(
    WrappedKeys,
    st.integers(0, (1 << 63) - 1),
    st.integers(0, 9),
    *(st.binary(min_size=8, max_size=8), st.binary(max_size=200)) * 2,
)


@st.composite
def batches(draw: Any) -> Batch:
    """Batches whose chain holds."""
    sealed = tuple(draw(st.lists(st.binary(max_size=60), min_size=1, max_size=30)))
    h_before = draw(st.one_of(st.just(CHAIN_START), st.binary(min_size=32, max_size=32)))
    keys = tuple(draw(st.lists(wrapped, max_size=3)))
    first = draw(st.integers(1, 1 << 40))
    return Batch(DEVICE, EPOCH, first, h_before, keys, sealed, fold(h_before, sealed))


_ranges = st.tuples(seqs, seqs).map(lambda pair: (min(pair), max(pair)))
receipts = st.builds(
    Receipt,
    device=st.just(DEVICE),
    epoch=st.binary(min_size=8, max_size=8),
    generation=_bits64,
    n=_bits64,
    through_seq=st.integers(0, (1 << 62) - 1),
    missing=st.lists(_ranges, max_size=64).map(tuple),
    rejected=st.lists(st.tuples(seqs, st.text("abc_", max_size=40)), max_size=64).map(tuple),
    opened_through=_bits64,
    marks=st.lists(
        st.builds(lambda pair, h: Mark(*pair, h), _ranges, st.binary(min_size=MARK_BYTES, max_size=MARK_BYTES)),
        max_size=24,
    ).map(tuple),
)
_json: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(1 << 62), 1 << 62), _words, st.binary(max_size=40)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_words, inner, max_size=4)),
    max_leaves=12,
)
bodies = st.dictionaries(_words, _json, max_size=8)
bulletins = st.builds(
    Bulletin,
    kind=st.sampled_from(BULLETIN_KINDS),
    scope=st.just("all"),
    name=st.text("abc-", min_size=1, max_size=20),
    version=st.integers(1, (1 << 53) - 1),
    issued_ms=st.integers(0, NOW_MS),
    expires_ms=st.integers(NOW_MS + 1, 1 << 52),
    body=st.one_of(bodies, _json),
)
