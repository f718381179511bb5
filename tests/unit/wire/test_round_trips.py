"""decode(encode(x)) == x for everything that travels."""

import dataclasses
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.wire import samples
from wire import base45, cbor
from wire.batch import Batch, decode_batch, encode_batch
from wire.bulletin import Bulletin, Rejected, accept, encode_bulletin
from wire.crypto import SigningKey
from wire.envelope import Stamp, open_trace, open_whole, parse, seal, unwrap_trace, unwrap_vault
from wire.layout import layout_of
from wire.receipt import Receipt, decode_receipt, encode_receipt
from wire.records import Record
from wire.root import encode_root, fingerprint_of, pin_root, read_pinned

_KEYS, _WRAPPED = samples.key_pair()
_TRACE = unwrap_trace(_WRAPPED, samples.DEVICE, samples.EPOCH, samples.INGEST)
_VAULT = unwrap_vault(_WRAPPED, samples.DEVICE, samples.EPOCH, samples.CASE)
_DEVICES = {samples.DEVICE_KEY.kid: samples.DEVICE_KEY.public}


@given(samples.records, samples.stamps, samples.seqs, st.integers(0, (1 << 32) - 1))
@settings(max_examples=300, deadline=None)
def test_every_kind_of_record_comes_back_whole(record: Record, stamp: Stamp, seq: int, counter: int) -> None:
    sealed = parse(seal(record, seq, stamp, samples.DEVICE, samples.EPOCH, _KEYS, counter))
    assert (sealed.envelope.seq, sealed.envelope.stamp, sealed.counter) == (seq, stamp, counter)
    assert open_whole(sealed, samples.DEVICE, samples.EPOCH, _TRACE, _VAULT) == record


@given(samples.records)
@settings(max_examples=100, deadline=None)
def test_ingest_sees_the_trace_part_and_nothing_of_the_vault(record: Record) -> None:
    sealed = parse(seal(record, 1, samples.STAMP, samples.DEVICE, samples.EPOCH, _KEYS, 1))
    layout = layout_of(type(record))
    without_vault = dataclasses.replace(record, **{name: default for name, _, default in layout.vault})  # type: ignore[type-var]
    assert open_trace(sealed, samples.DEVICE, samples.EPOCH, _TRACE) == without_vault


@given(samples.batches())
@settings(max_examples=100, deadline=None)
def test_a_batch_comes_back_and_its_chain_holds(batch: Batch) -> None:
    read = decode_batch(encode_batch(batch, samples.DEVICE_KEY), _DEVICES)
    assert read == batch
    assert read.chain_holds()


@given(samples.receipts)
@settings(max_examples=100, deadline=None)
def test_a_receipt_comes_back(receipt: Receipt) -> None:
    keys = {samples.RECEIPT_KEY.kid: samples.RECEIPT_KEY.public}
    assert decode_receipt(encode_receipt(receipt, samples.RECEIPT_KEY), keys) == receipt


@given(samples.bulletins)
@settings(max_examples=100, deadline=None)
def test_a_bulletin_comes_back(bulletin: Bulletin) -> None:
    root = samples.make_root(roles={f"bulletin:{bulletin.kind}": (samples.RULES_KEY.public,)})
    message = encode_bulletin(bulletin, samples.RULES_KEY)
    assert accept(None, message, root, samples.NOW_MS, frozenset({"all"})) == bulletin


@given(samples.bodies, samples.bodies)
@settings(max_examples=100, deadline=None)
def test_a_delta_on_its_base_gives_the_body_in_full(old: dict[str, Any], new: dict[str, Any]) -> None:
    base = Bulletin("rules", "all", "entry", 1, 0, samples.NOW_MS + 1, old)
    following = dataclasses.replace(base, version=2, body=new)
    message = encode_bulletin(following, samples.RULES_KEY, base=base)
    assert accept(base, message, samples.make_root(), samples.NOW_MS, frozenset({"all"})) == following
    without = accept(None, message, samples.make_root(), samples.NOW_MS, frozenset({"all"}))
    assert isinstance(without, Rejected) and without.reason == "wrong_base"


@given(st.integers(1, 3), st.integers(1, 1 << 40), st.integers(0, 1 << 50), st.integers(0, 1 << 50))
@settings(max_examples=50, deadline=None)
def test_a_root_comes_back(threshold: int, version: int, issued: int, life: int) -> None:
    root = samples.make_root(version, threshold=threshold, issued_ms=issued, expires_ms=issued + life)
    message = encode_root(root, samples.ROOTS)
    assert pin_root(message, fingerprint_of(root)) == read_pinned(message) == root


@given(st.binary(max_size=200))
def test_base45_comes_back(data: bytes) -> None:
    assert base45.decode(base45.encode(data)) == data


@given(samples.bodies)
def test_cbor_comes_back_and_is_the_same_bytes_each_time(value: dict[str, Any]) -> None:
    data = cbor.dumps(value)
    assert cbor.loads(data, 1 << 20) == value
    assert cbor.dumps(dict(reversed(value.items()))) == data


def test_a_key_is_its_seed() -> None:
    assert SigningKey(b"\7" * 32).public == SigningKey(b"\7" * 32).public
