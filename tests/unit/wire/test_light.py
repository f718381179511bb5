"""Declaration by light: what phone, kiosk and centre each can and cannot do with it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.parts.light_sender import FORM, declare
from tests.unit.wire import samples
from wire import cbor
from wire.crypto import SealingKey, SigningKey, kid_of, seal_on_phone, sign1
from wire.envelope import open_whole, parse, seal, unwrap_trace, unwrap_vault
from wire.light import (
    MAX_BLOB_BYTES,
    Content,
    Core,
    LightDeclaration,
    open_declaration,
    read_declaration,
    read_outcome,
    seal_declaration,
    sign_outcome,
)
from wire.records import IdentityKind, SealedDeclaration, Signal
from wire.refusal import Refused

NOW_S = samples.NOW_MS // 1000
PASS_KEY = SigningKey(b"\7" * 32)
KEYS = {PASS_KEY.kid: PASS_KEY.public}
DECLARED = declare(samples.CASE)
FIELDS = cbor.loads(DECLARED.blob, MAX_BLOB_BYTES)


def reason(error: pytest.ExceptionInfo[Refused]) -> str:
    return error.value.reason


def test_only_the_case_key_opens_what_the_phone_sealed() -> None:
    arrived = read_declaration(DECLARED.blob)
    assert arrived == DECLARED
    content = open_declaration(arrived, samples.CASE)
    assert (content.language, content.identity_kind, content.identity) == ("vi", IdentityKind.CCCD, "099099000001")
    assert content.answers == bytes(range(180))
    for other in (samples.INGEST, SealingKey(b"\x55" * 32)):
        with pytest.raises(Refused) as caught:
            open_declaration(arrived, other)
        assert reason(caught) == "cannot_open"


def test_the_kiosk_sees_form_and_order_and_no_answer() -> None:
    arrived = read_declaration(DECLARED.blob)
    assert (arrived.core.form, arrived.core.order, arrived.core.order_version) == (FORM, "khai-bao-thu", 1)
    assert arrived.core.key_id == samples.CASE.kid
    for secret in (b"099099000001", bytes(range(180)), b"2026-09-21"):
        assert secret not in DECLARED.blob
    assert "099099000001" not in repr(arrived) + repr(open_declaration(arrived, samples.CASE))


def test_the_blob_fits_the_record_that_keeps_it() -> None:
    longest = declare(samples.CASE, bytes(12_000))
    worded = sign_outcome(longest, Signal.ASK, NOW_S + 60, PASS_KEY)
    record = SealedDeclaration(worded.core.order, Signal.ASK, (5,), 0, worded.blob)
    assert read_declaration(record.blob) == worded


def test_from_the_phone_through_the_kiosks_record_to_the_opener() -> None:
    pair, wrapped = samples.key_pair()
    record = SealedDeclaration(DECLARED.core.order, Signal.ASK, (5,), 0, DECLARED.blob)
    sealed = parse(seal(record, 1, samples.STAMP, samples.DEVICE, samples.EPOCH, pair, 1))
    trace = unwrap_trace(wrapped, samples.DEVICE, samples.EPOCH, samples.INGEST)
    vault = unwrap_vault(wrapped, samples.DEVICE, samples.EPOCH, samples.CASE)
    opened = open_whole(sealed, samples.DEVICE, samples.EPOCH, trace, vault)
    assert isinstance(opened, SealedDeclaration)
    assert open_declaration(read_declaration(opened.blob), samples.CASE).answers == bytes(range(180))


@pytest.mark.parametrize("place", [3, 4, 5, 6])
def test_a_declaration_moved_to_another_form_order_or_time_does_not_open(place: int) -> None:
    moved = list(FIELDS)
    moved[place] = "khac" if isinstance(moved[place], str) else moved[place] + 1
    arrived = read_declaration(cbor.dumps(moved))
    assert arrived.id != DECLARED.id
    with pytest.raises(Refused) as caught:
        open_declaration(arrived, samples.CASE)
    assert reason(caught) == "cannot_open"


def test_length_says_little_of_the_answers() -> None:
    assert len({len(declare(samples.CASE, bytes(n)).blob) for n in range(24, 80)}) <= 2


def test_the_word_of_the_centre_counts_for_this_declaration_and_until_it_expires() -> None:
    worded = sign_outcome(DECLARED, Signal.ALLOW, NOW_S + 60, PASS_KEY)
    arrived = read_declaration(worded.blob)
    assert arrived.id == DECLARED.id
    assert read_outcome(arrived, KEYS, NOW_S) is Signal.ALLOW
    assert read_outcome(DECLARED, KEYS, NOW_S) is None
    assert open_declaration(arrived, samples.CASE) == open_declaration(DECLARED, samples.CASE)
    with pytest.raises(Refused) as caught:
        read_outcome(arrived, KEYS, NOW_S + 60)
    assert reason(caught) == "expired"
    with pytest.raises(Refused) as caught:
        read_outcome(arrived, KEYS, None)
    assert reason(caught) == "clock_unset"
    with pytest.raises(Refused) as caught:
        read_outcome(arrived, {}, NOW_S)
    assert reason(caught) == "unknown_key"


def test_the_word_on_another_declaration_is_worth_nothing() -> None:
    worded = sign_outcome(DECLARED, Signal.ALLOW, NOW_S + 60, PASS_KEY)
    mine = declare(samples.CASE, b"symptoms")
    stolen = LightDeclaration(mine.core, mine.sealed, worded.token)
    with pytest.raises(Refused) as caught:
        read_outcome(stolen, KEYS, NOW_S)
    assert reason(caught) == "foreign"


@pytest.mark.parametrize(
    ("payload", "purpose", "expected"),
    [
        ([DECLARED.id, 1, NOW_S + 60], "pass", "bad_signature"),
        ([DECLARED.id, 4, NOW_S + 60], "light-outcome", "malformed"),
        ([DECLARED.id, 9, NOW_S + 60], "light-outcome", "malformed"),
        ([DECLARED.id, True, NOW_S + 60], "light-outcome", "malformed"),
        ([DECLARED.id, 1], "light-outcome", "malformed"),
        ("ALLOW", "light-outcome", "malformed"),
    ],
)
def test_a_word_of_another_form_or_purpose_is_refused(payload: object, purpose: str, expected: str) -> None:
    token = sign1(cbor.dumps(payload), PASS_KEY, purpose)
    with pytest.raises(Refused) as caught:
        read_outcome(LightDeclaration(DECLARED.core, DECLARED.sealed, token), KEYS, NOW_S)
    assert reason(caught) == expected


def test_every_changed_byte_is_noticed_by_somebody() -> None:
    worded = sign_outcome(DECLARED, Signal.ALLOW, NOW_S + 60, PASS_KEY).blob
    for place in range(0, len(worded), 3):
        changed = bytearray(worded)
        changed[place] ^= 0x20
        with pytest.raises(Refused):
            arrived = read_declaration(bytes(changed))
            assert read_outcome(arrived, KEYS, NOW_S) is Signal.ALLOW
            open_declaration(arrived, samples.CASE)


@pytest.mark.parametrize(
    ("place", "value", "expected"),
    [
        (0, 2, "newer_version"),
        (0, True, "malformed"),
        (0, "1", "malformed"),
        (1, 1, "unknown_suite"),
        (1, True, "malformed"),
        (2, b"short", "malformed"),
        (3, "", "malformed"),
        (3, "x" * 201, "malformed"),
        (4, "x" * 81, "malformed"),
        (5, -1, "malformed"),
        (6, 1 << 53, "malformed"),
        (7, bytes(111), "malformed"),
        (8, bytes(513), "malformed"),
        (8, "token", "malformed"),
    ],
)
def test_a_blob_out_of_bounds_is_refused(place: int, value: object, expected: str) -> None:
    fields = list(FIELDS)
    fields[place] = value
    with pytest.raises(Refused) as caught:
        read_declaration(cbor.dumps(fields))
    assert reason(caught) == expected


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80) | st.lists(st.none() | st.integers() | st.binary(max_size=9), max_size=9).map(cbor.dumps))
def test_any_bytes_are_a_declaration_or_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        read_declaration(data)
    with pytest.raises(Refused):
        read_declaration(b"\x89" + data)


def test_sealing_keeps_its_own_bounds() -> None:
    core = Core(kid_of(samples.CASE.public), FORM, "o", 1, 0)
    content = Content("vi", "2026-09-21", bytes(32), b"", IdentityKind.NONE, "")
    with pytest.raises(Refused) as caught:
        seal_declaration(content, core, samples.INGEST.public)
    assert reason(caught) == "foreign"
    for wrong in ({"consent": b""}, {"answers": bytes(12_001)}, {"language": "x" * 17}, {"identity": "9" * 65}):
        values = {name: getattr(content, name) for name in Content.__slots__} | wrong
        with pytest.raises(Refused) as caught:
            Content(**values)
        assert reason(caught) == "bad_record"


@pytest.mark.parametrize(
    "plain",
    [b"\x80", b"", b"\x80\0\1", cbor.dumps(["vi"]) + b"\x80", cbor.dumps(["vi", "", bytes(32), b"", 99, ""]) + b"\x80"],
)
def test_what_is_sealed_badly_is_refused_by_the_opener(plain: bytes) -> None:
    core = DECLARED.core
    sealed = seal_on_phone(plain, samples.CASE.public, cbor.dumps(["gatepost/1 light", *core.fields()]))
    with pytest.raises(Refused) as caught:
        open_declaration(LightDeclaration(core, sealed, None), samples.CASE)
    assert reason(caught) == "malformed"
