"""The quick way of reading visits says what the general way says, or nothing."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from central.opening import Opener, Pseudonyms
from central.quick_visits import QuickVisits
from tests.parts.devices import INGEST, SyntheticDevice, make_visit
from wire import cbor
from wire.crypto import ContentKey
from wire.envelope import ClockQuality, Stamp, make_keys, open_trace, parse, seal, unwrap_trace
from wire.reasons import duty_told
from wire.records import Direction, Feedback, IdentityKind, Signal, Source, Visit
from wire.refusal import Refused

NAMES = Pseudonyms(b"p" * 32)
EPOCH = b"epoch..8"
SECRETS = (b"t" * 32, b"v" * 32)
PAIR, _ = make_keys("t-gate-1", EPOCH, 1, SECRETS, INGEST.public, INGEST.public)

visits = st.builds(
    Visit,
    direction=st.sampled_from(Direction),
    signal=st.sampled_from(Signal),
    identity_kind=st.sampled_from(IdentityKind),
    identity=st.text(max_size=64) | st.from_regex(r"\A[0-9]{1,22}\Z") | st.from_regex(r"\A[0-9a-f]{32}\Z"),
    reasons=st.lists(st.integers(0, 65535), max_size=8),
    companions=st.integers(0, 9),
    source=st.sampled_from(Source),
    name=st.text(max_size=30),
)
stamps = st.builds(
    Stamp, st.integers(0, (1 << 53) - 1), st.sampled_from(ClockQuality), st.binary(min_size=8, max_size=8), st.just(7)
)


def key_of(key_id: int) -> ContentKey | str:
    """The one key there is."""
    return PAIR.trace if key_id == 1 else "no_key"


def general(seq: int, sealed: bytes) -> tuple[Any, ...] | None:
    """The row by way of wire's own dataclasses."""
    try:
        taken = parse(sealed)
        key = key_of(taken.key_id)
        if taken.envelope.seq != seq or isinstance(key, str):
            return None
        visit = open_trace(taken, "t-gate-1", EPOCH, key)
    except Refused:
        return None
    if not isinstance(visit, Visit):
        return None
    stamp = taken.envelope.stamp
    person = NAMES.of(visit.identity_kind, visit.identity)
    words = (visit.direction, visit.signal, visit.identity_kind)
    return (
        seq,
        stamp.at_ms,
        int(stamp.clock),
        stamp.boot,
        *map(int, words),
        person,
        visit.companions,
        duty_told(visit.reasons),
    )


QUICK = QuickVisits("t-gate-1", EPOCH, key_of, NAMES.of)


@given(visit=visits, stamp=stamps)
def test_it_reads_every_visit_as_the_general_way_does(visit: Visit, stamp: Stamp) -> None:
    sealed = seal(visit, 5, stamp, "t-gate-1", EPOCH, PAIR, 0)
    row = QUICK.read(5, sealed)
    assert row in (None, general(5, sealed))
    assert QUICK.read(6, sealed) is None


@settings(max_examples=200)
@given(
    fields=st.lists(
        st.integers(-2, 12) | st.text(max_size=3) | st.booleans() | st.lists(st.integers(-1, 9)), max_size=8
    ),
    head=st.tuples(st.integers(4, 6), st.integers(1, 2), st.integers(2, 4), st.integers(-1, 9), st.integers(-1, 4)),
)
def test_it_never_takes_what_the_general_way_refuses(fields: list[Any], head: tuple[int, ...]) -> None:
    envelope = [*head, b"boot...8", 7]
    body = b"\0" + cbor.dumps(fields) + b"\x80"
    trace = PAIR.trace.seal(9, body, cbor.dumps(["t-gate-1", EPOCH, 1, envelope]))
    sealed = cbor.dumps([envelope, 1, 9, trace, None])
    row = QUICK.read(5, sealed)
    assert row is None or row == general(5, sealed)


@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise(noise: bytes) -> None:
    assert QUICK.read(5, noise) is None


def test_the_common_visit_takes_the_quick_way() -> None:
    device = SyntheticDevice()
    device.add(make_visit(1))
    device.add(Feedback(topic="t", rating=1))
    wrapped = device.cut(1, 2).keys[0]
    key = unwrap_trace(wrapped, device.device, device.epoch, INGEST)
    quick = QuickVisits(device.device, device.epoch, lambda _: key, NAMES.of)
    assert quick.read(1, device.sealed[0]) is not None
    assert quick.read(2, device.sealed[1]) is None
    opened = Opener(INGEST, b"p" * 32).open(device.batch(1, 2), device.kid, device.public)
    assert not isinstance(opened, str)
    assert [raw[3] for raw in opened.rows.raw] == ["opened", "opened"]
    assert opened.rows.visits == [quick.read(1, device.sealed[0])]
