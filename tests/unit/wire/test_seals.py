"""The two seals of a record: who can open which, what cannot be moved, what a length tells."""

import dataclasses
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.wire import samples
from tests.unit.wire.samples import DEVICE, EPOCH, STAMP
from wire import cbor
from wire.crypto import ContentKey, SealingKey, sign1, verify1
from wire.envelope import (
    KeyPair,
    Sealed,
    inflate,
    open_trace,
    open_whole,
    parse,
    record_id,
    seal,
    unwrap_trace,
    unwrap_vault,
)
from wire.layout import to_parts
from wire.reasons import REASONS
from wire.records import KINDS, Declaration, DeviceEvent, IdentityKind, Signal, Visit, from_parts
from wire.refusal import Refused

KEYS, WRAPPED = samples.key_pair()
TRACE = unwrap_trace(WRAPPED, DEVICE, EPOCH, samples.INGEST)
VAULT = unwrap_vault(WRAPPED, DEVICE, EPOCH, samples.CASE)


def _sealed(record: Visit | Declaration | DeviceEvent = samples.NAMED_VISIT, seq: int = 1, counter: int = 1) -> Sealed:
    return parse(seal(record, seq, STAMP, DEVICE, EPOCH, KEYS, counter))


def _refusal(sealed: Sealed, device: str = DEVICE, epoch: bytes = EPOCH) -> str:
    with pytest.raises(Refused) as refused:
        open_trace(sealed, device, epoch, TRACE)
    return refused.value.reason


def test_ingest_cannot_open_the_vault_nor_case_the_trace() -> None:
    for unwrap, key in (
        (unwrap_vault, samples.INGEST),
        (unwrap_trace, samples.CASE),
        (unwrap_trace, SealingKey(b"x" * 32)),
    ):
        with pytest.raises(Refused) as refused:
            unwrap(WRAPPED, DEVICE, EPOCH, key)
        assert refused.value.reason == "cannot_open"


@pytest.mark.parametrize(
    ("device", "epoch", "key_id"), [("other", EPOCH, 77), (DEVICE, b"epoch 02", 77), (DEVICE, EPOCH, 78)]
)
def test_a_wrapped_key_moved_to_another_device_epoch_or_id_does_not_open(
    device: str, epoch: bytes, key_id: int
) -> None:
    with pytest.raises(Refused) as refused:
        unwrap_trace(WRAPPED._replace(key_id=key_id), device, epoch, samples.INGEST)
    assert refused.value.reason == "cannot_open"


def test_a_wrapped_key_of_another_suite_says_so() -> None:
    with pytest.raises(Refused) as refused:
        unwrap_trace(WRAPPED._replace(suite=2), DEVICE, EPOCH, samples.INGEST)
    assert refused.value.reason == "unknown_suite"


def test_a_record_moved_to_another_device_epoch_or_place_does_not_open() -> None:
    sealed = _sealed()
    envelope = sealed.envelope
    assert _refusal(sealed, device="t-gate-2") == "cannot_open"
    assert _refusal(sealed, epoch=b"epoch 02") == "cannot_open"
    assert _refusal(sealed._replace(envelope=envelope._replace(seq=2))) == "cannot_open"
    assert _refusal(sealed._replace(key_id=78)) == "cannot_open"
    assert _refusal(sealed._replace(counter=2)) == "cannot_open"


@pytest.mark.parametrize("change", [{"at_ms": 1}, {"clock": 1}, {"boot": b"boot 002"}, {"mono_ms": 1}])
def test_a_record_cannot_be_dated_anew(change: dict[str, int]) -> None:
    sealed = _sealed()
    moved = sealed.envelope._replace(stamp=STAMP._replace(**change))  # type: ignore[arg-type]
    assert _refusal(sealed._replace(envelope=moved)) == "cannot_open"


def test_the_same_record_under_another_nonce_has_other_bytes() -> None:
    assert _sealed(counter=1).trace != _sealed(counter=2).trace


def test_a_reason_does_not_change_a_visits_length() -> None:
    numbers = sorted(REASONS.values())
    choices = [(), *((n,) for n in numbers), *itertools.combinations(numbers, 2), tuple(numbers[-8:])]
    identities = [("", 0), ("099099000001", 1), ("9900000001", 2), ("0" * 18, 3), ("0123456789abcdef" * 2, 4)]
    lengths = set()
    for identity, kind in identities:
        for reasons, signal in zip(choices, itertools.cycle(Signal), strict=False):
            visit = Visit(samples.VISIT.direction, signal, IdentityKind(kind), identity, reasons, 9, rules=65535)
            lengths.add(len(_sealed(visit).trace))
    assert lengths == {48 + 16}


def test_answers_are_padded_to_32_bytes() -> None:
    lengths = set()
    for size in range(1, 30):
        vault = _sealed(Declaration(IdentityKind.CCCD, "099099000001", Signal.ASK, answers=b"a" * size)).vault
        assert vault is not None
        lengths.add(len(vault) - 16)
    assert lengths == {32, 64}


def test_a_part_over_200_bytes_is_compressed() -> None:
    long = dataclasses.replace(samples.VISIT, address="Số 1, Phố Giả Định, " * 14)
    vault = _sealed(long).vault
    assert vault is not None and len(vault) < 120
    assert open_whole(_sealed(long), DEVICE, EPOCH, TRACE, VAULT) == long


def test_a_part_that_inflates_without_end_is_refused() -> None:
    import zstandard

    bomb = zstandard.compress(bytes(50_000_000))
    with pytest.raises(Refused) as refused:
        inflate(bomb, 1000)
    assert refused.value.reason == "too_large"
    framed = KEYS.trace.seal(9, b"\1" + bomb + b"\x80", cbor.dumps([DEVICE, EPOCH, 77, _sealed().envelope.items()]))
    assert _refusal(_sealed()._replace(counter=9, trace=framed)) == "too_large"


def test_a_zstd_frame_that_lies_about_its_size_is_refused() -> None:
    import zstandard

    frame = bytearray(zstandard.compress(bytes(1000)))
    frame[5] ^= 1  # the content size
    with pytest.raises(Refused):
        inflate(bytes(frame), 4096)
    with pytest.raises(Refused):
        inflate(zstandard.compress(b"x" * 50) + b"more", 4096)


def _as_written_by(schema: int) -> Sealed:
    """A visit of an older or newer program: it writes only, or also, the fields of that schema."""
    trace, _ = to_parts(samples.VISIT)
    fields = {1: trace[:5], 2: trace[:6], 3: trace[:7], 4: trace, 5: [*trace, "something new"]}[schema]
    envelope = [1, Visit.KIND, schema, STAMP.at_ms, 0, STAMP.boot, STAMP.mono_ms]
    body = b"\0" + cbor.dumps(fields) + b"\x80"
    part = KEYS.trace.seal(5, body, cbor.dumps([DEVICE, EPOCH, 77, envelope]))
    return parse(cbor.dumps([envelope, 77, 5, part, None]))


@pytest.mark.parametrize("schema", [1, 2])
def test_a_kiosk_two_schema_versions_behind_is_understood(schema: int) -> None:
    record = open_trace(_as_written_by(schema), DEVICE, EPOCH, TRACE)
    assert record == Visit(
        *(getattr(samples.VISIT, name) for name in ("direction", "signal", "identity_kind", "identity", "reasons"))
    )


def test_a_kiosk_one_schema_version_ahead_is_kept_not_misread() -> None:
    assert _refusal(_as_written_by(5)) == "newer_schema"


def test_an_unknown_kind_is_kept_not_misread() -> None:
    with pytest.raises(Refused) as refused:
        from_parts(max(KINDS) + 1, 1, [])
    assert refused.value.reason == "unknown_kind"


def test_an_old_schema_with_a_field_too_many_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        from_parts(1, 1, to_parts(samples.VISIT)[0])
    assert refused.value.reason == "bad_record"


@pytest.mark.parametrize(
    "values",
    [
        {"identity": "x" * 65},
        {"identity": "\ud800"},
        {"reasons": (1,) * 9},
        {"reasons": (65536,)},
        {"companions": True},
        {"companions": 10},
        {"signal": 9},
        {"name": "x" * 121},
        {"name": b"x"},
    ],
)
def test_a_value_out_of_bounds_cannot_be_built(values: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        dataclasses.replace(samples.VISIT, **values)  # type: ignore[arg-type]
    assert refused.value.reason == "bad_record"


def test_a_record_in_a_log_or_a_traceback_names_nobody() -> None:
    assert repr(samples.NAMED_VISIT) == "Visit(...)"


def test_a_record_too_large_to_travel_is_refused_when_it_is_sealed() -> None:
    facts = {f"{i:024d}": "ư" * 64 for i in range(16)}
    assert len(seal(DeviceEvent("x", facts), 1, STAMP, DEVICE, EPOCH, KEYS, 1)) < 32 * 1024
    huge = KeyPair(1, ContentKey(b"k" * 32), ContentKey(b"v" * 32))
    with pytest.raises(Refused):
        seal(Declaration(IdentityKind.NONE, "", Signal.ASK, answers=b"a" * 12_001), 1, STAMP, DEVICE, EPOCH, huge, 1)


def test_a_pass_id_travels_as_16_bytes() -> None:
    visit = dataclasses.replace(samples.VISIT, identity="00112233445566778899aabbccddeeff")
    assert to_parts(visit)[0][3] == bytes.fromhex(visit.identity)
    upper = dataclasses.replace(visit, identity=visit.identity.upper())
    assert to_parts(upper)[0][3] == upper.identity


def test_record_ids_differ_by_device_epoch_and_seq() -> None:
    ids = {record_id(d, e, s) for d in ("a", "b") for e in (b"e" * 8, b"f" * 8) for s in (1, 2)}
    assert len(ids) == 8 and all(len(i) == 16 for i in ids)


@given(
    st.sampled_from(["batch", "receipt", "bulletin", "pass", "venue"]), st.sampled_from(["batch", "receipt", "pass"])
)
@settings(max_examples=20)
def test_a_signature_holds_for_its_purpose_alone(made: str, asked: str) -> None:
    message = sign1(b"x", samples.DEVICE_KEY, made)
    keys = {samples.DEVICE_KEY.kid: samples.DEVICE_KEY.public}
    if made == asked:
        assert verify1(message, keys, asked) == (samples.DEVICE_KEY.kid, b"x")
        return
    with pytest.raises(Refused) as refused:
        verify1(message, keys, asked)
    assert refused.value.reason == "bad_signature"


def test_a_key_under_anothers_name_verifies_nothing() -> None:
    # Two keys could share the 8 bytes of a kid: whose key is on file decides, not whose name is in the message.
    message = sign1(b"x", samples.DEVICE_KEY, "batch")
    with pytest.raises(Refused) as refused:
        verify1(message, {samples.DEVICE_KEY.kid: samples.OTHER_KEY.public}, "batch")
    assert refused.value.reason == "bad_signature"
    with pytest.raises(Refused) as refused:
        verify1(message, {samples.OTHER_KEY.kid: samples.OTHER_KEY.public}, "batch")
    assert refused.value.reason == "unknown_key"


def test_a_message_cannot_choose_its_algorithm() -> None:
    keys = {samples.DEVICE_KEY.kid: samples.DEVICE_KEY.public}
    for header in (
        {1: -7, 4: samples.DEVICE_KEY.kid},
        {4: samples.DEVICE_KEY.kid},
        {1: -8, 4: samples.DEVICE_KEY.kid, 5: 1},
    ):
        message = cbor.put_tag(cbor.dumps([cbor.dumps(header), {}, b"x", bytes(64)]), 18)
        with pytest.raises(Refused) as refused:
            verify1(message, keys, "batch")
        assert refused.value.reason == "malformed"
