"""No bytes crash a decoder: random, truncated and mutated ones are refused, each with a reason that the page lists."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.wire import samples
from wire import base45, cbor, topics
from wire.batch import CHAIN_START, Batch, decode_batch, encode_batch, fold
from wire.bulletin import Bulletin, Rejected, accept, encode_bulletin, peek
from wire.crypto import kid_of_message, sign1
from wire.envelope import inflate, open_whole, parse, seal, unwrap_trace, unwrap_vault
from wire.receipt import Mark, Receipt, decode_receipt, encode_receipt
from wire.records import KINDS, from_parts
from wire.refusal import Refused
from wire.root import accept_root, encode_root, read_pinned

_PAGE = Path(__file__).parents[3] / "docs" / "protocol.md"
REASONS = frozenset(re.findall(r"^\| `([a-z_0-9]+)` \|", _PAGE.read_text("utf-8").split("## Reasons")[1], re.MULTILINE))

_KEYS, _WRAPPED = samples.key_pair()
_TRACE = unwrap_trace(_WRAPPED, samples.DEVICE, samples.EPOCH, samples.INGEST)
_VAULT = unwrap_vault(_WRAPPED, samples.DEVICE, samples.EPOCH, samples.CASE)
_SEALED = seal(samples.NAMED_VISIT, 1, samples.STAMP, samples.DEVICE, samples.EPOCH, _KEYS, 1)
_BATCH = Batch(
    samples.DEVICE, samples.EPOCH, 1, CHAIN_START, (_WRAPPED,), (_SEALED,) * 3, fold(CHAIN_START, (_SEALED,) * 3)
)
_RULES = Bulletin("rules", "all", "entry", 2, 0, samples.NOW_MS + 1, {"a": [1, {"b": None}]})
_DEVICES = {samples.DEVICE_KEY.kid: samples.DEVICE_KEY.public}
_RECEIPT_KEYS = {samples.RECEIPT_KEY.kid: samples.RECEIPT_KEY.public}


def _judge(message: bytes) -> None:
    answer = accept(None, message, samples.make_root(), samples.NOW_MS, frozenset({"all"}))
    if isinstance(answer, Rejected):
        raise Refused(answer.reason, answer.detail)


def _open_record(data: bytes) -> None:
    open_whole(parse(data), samples.DEVICE, samples.EPOCH, _TRACE, _VAULT)


DECODERS: dict[str, tuple[Callable[[bytes], object], bytes]] = {
    "cbor": (lambda data: cbor.loads(data, 1 << 20), cbor.dumps([1, {"a": b"x"}, None])),
    "record": (_open_record, _SEALED),
    "batch": (lambda data: decode_batch(data, _DEVICES), encode_batch(_BATCH, samples.DEVICE_KEY)),
    "receipt": (
        lambda data: decode_receipt(data, _RECEIPT_KEYS),
        encode_receipt(
            Receipt(
                samples.DEVICE, samples.EPOCH, 1, 2, 3, ((1, 2),), ((3, "bad_record"),), 0, (Mark(1, 3, bytes(16)),)
            ),
            samples.RECEIPT_KEY,
        ),
    ),
    "bulletin": (_judge, encode_bulletin(_RULES, samples.RULES_KEY)),
    "root": (read_pinned, encode_root(samples.make_root(2), samples.ROOTS)),
    "next root": (
        lambda data: accept_root(samples.make_root(1), data, samples.NOW_MS),
        encode_root(samples.make_root(2), samples.ROOTS),
    ),
    "wrapped key": (
        lambda data: unwrap_trace(_WRAPPED._replace(trace_wrapped=data), samples.DEVICE, samples.EPOCH, samples.INGEST),
        _WRAPPED.trace_wrapped,
    ),
    "kid": (kid_of_message, encode_bulletin(_RULES, samples.RULES_KEY)),
    "base45": (lambda data: base45.decode(data.decode("latin-1")), b"GP1 BB8"),
    "zstd": (lambda data: inflate(data, 4096), encode_batch(_BATCH, samples.DEVICE_KEY)[20:]),
}


def _refused_or_read(decode: Callable[[bytes], object], data: bytes) -> None:
    try:
        decode(data)
    except Refused as refused:
        assert refused.reason in REASONS, f"{refused.reason} is not on docs/protocol.md"


@pytest.mark.parametrize("name", DECODERS)
@given(data=st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_random_bytes_are_refused_with_a_listed_reason(name: str, data: bytes) -> None:
    _refused_or_read(DECODERS[name][0], data)


@pytest.mark.parametrize("name", DECODERS)
def test_every_truncation_is_refused_with_a_listed_reason(name: str) -> None:
    decode, valid = DECODERS[name]
    for length in range(len(valid)):
        _refused_or_read(decode, valid[:length])
        if name not in ("zstd", "base45"):
            with pytest.raises(Refused):
                decode(valid[:length])


@pytest.mark.parametrize("name", DECODERS)
@given(st.data())
@settings(max_examples=100, deadline=None)
def test_mutated_messages_are_refused_with_a_listed_reason(name: str, data: st.DataObject) -> None:
    decode, valid = DECODERS[name]
    changed = bytearray(valid)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(valid) - 1))] = data.draw(st.integers(0, 255))
    _refused_or_read(decode, bytes(changed))


@given(data=samples.bodies, purpose=st.sampled_from(["batch", "receipt", "bulletin"]))
@settings(max_examples=100, deadline=None)
def test_well_signed_nonsense_is_refused_with_a_listed_reason(data: dict[str, object], purpose: str) -> None:
    payload = cbor.dumps(["rules", "all", "x", *data.values()])
    key = {"batch": samples.DEVICE_KEY, "receipt": samples.RECEIPT_KEY, "bulletin": samples.RULES_KEY}[purpose]
    with pytest.raises(Refused) as refused:
        DECODERS[purpose][0](sign1(payload, key, purpose))
    assert refused.value.reason in REASONS


@pytest.mark.parametrize("kind", KINDS)
@given(trace=st.lists(st.one_of(samples.bodies, st.integers(), st.text(max_size=3), st.none()), max_size=9))
@settings(max_examples=50, deadline=None)
def test_a_well_sealed_record_of_nonsense_is_refused(kind: int, trace: list[object]) -> None:
    _refused_or_read(lambda _: from_parts(kind, 1, trace, trace), b"")
    with pytest.raises(Refused):
        from_parts(kind, 1, None)


@given(st.binary(max_size=200))
@settings(max_examples=200)
def test_peek_never_raises(data: bytes) -> None:
    peek(data)
    peek(b"\xd2" + data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xc0\x74" + b"2020-01-01T00:00:00Z", id="a date"),
        pytest.param(b"\xc2\x49" + b"\1" * 9, id="a big number"),
        pytest.param(b"\xd8\x1c\x81\xd8\x1d\x00", id="an array that holds itself"),
        pytest.param(b"\xd9\xd9\xf7\x01", id="the self-describing tag"),
        pytest.param(b"\xda\x00\x01\x00\x00\x01", id="a tag nobody knows"),
        pytest.param(b"\x9f\x01\xff", id="indefinite length"),
        pytest.param(b"\xa2\x01\x02\x01\x03", id="one key twice"),
        pytest.param(b"\xa2\x02\x01\x01\x01", id="unsorted keys"),
        pytest.param(b"\x18\x01", id="a long form"),
        pytest.param(b"\x01\x01", id="trailing bytes"),
        pytest.param(b"\x81" * 17 + b"\x01", id="nesting deeper than 16"),
        pytest.param(b"\x81" * 100_000 + b"\x01", id="nesting that would end the stack"),
        pytest.param(b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff", id="an array of 2**64"),
        pytest.param(b"\x5b\x7f\xff\xff\xff\xff\xff\xff\xff", id="bytes without end"),
        pytest.param(b"\x61\xff", id="text that is no UTF-8"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_cbor_takes_only_what_it_would_write(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        cbor.loads(data, 1 << 20)
    assert refused.value.reason == "malformed"


@pytest.mark.parametrize(
    ("decode", "limit"),
    [
        (lambda data: cbor.loads(data, 10), 10),
        (parse, 32 * 1024),
        (lambda data: decode_batch(data, {}), 64 * 1024),
        (lambda data: decode_receipt(data, {}), 8 * 1024),
        (read_pinned, 32 * 1024),
        (_judge, 1 << 20),
    ],
)
def test_whatever_is_longer_than_its_limit_is_not_looked_at(decode: Callable[[bytes], object], limit: int) -> None:
    with pytest.raises(Refused) as refused:
        decode(bytes(limit + 1))
    assert refused.value.reason == "too_large"


@pytest.mark.parametrize("device", ["", "A", "a" * 33, "a/b", "a+", "#", "a.b", "-a", "é"])
def test_a_device_id_that_could_be_a_wildcard_is_refused(device: str) -> None:
    with pytest.raises(Refused) as refused:
        topics.device_of_up(f"gatepost/v1/up/03/{device}")
    assert refused.value.reason in ("bad_device", "bad_topic")


@pytest.mark.parametrize("part", ["", "a/b", "+", "#", "a.b", "x" * 65])
def test_no_bulletin_topic_holds_a_wildcard(part: str) -> None:
    for parts in ((part, "rules", "x"), ("all", "rules", part)):
        with pytest.raises(Refused) as refused:
            topics.bulletin(*parts)
        assert refused.value.reason == "bad_topic"
