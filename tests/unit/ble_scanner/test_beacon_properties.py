"""The parser under any bytes, in any order, and against what BlueZ makes of the same advertisement."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ble_scanner.air.services import BY_UUID, ON_AIR
from ble_scanner.beacon import parse_decoded, parse_payload
from tests.fuzz.beacon import SEEDS, as_bluez_tells_it, check, split

STRUCTURES = sorted({structure for seed in SEEDS for structure in split(seed)})
lists = st.builds(
    lambda kind, services: bytes((1 + 2 * len(services), kind)) + b"".join(services),
    st.sampled_from([0x02, 0x03]),
    st.lists(st.sampled_from(sorted(form for form in ON_AIR if len(form) == 2)), max_size=4),
)
others = st.builds(
    lambda kind, data: bytes((1 + len(data), kind)) + data,
    st.sampled_from([0x01, 0x08, 0x09, 0x0A, 0x16, 0x19, 0x21, 0x2B, 0xFF]),
    st.binary(min_size=1, max_size=26),
)
structures = st.lists(st.one_of(st.sampled_from(STRUCTURES), lists, others), max_size=7)


@settings(deadline=None)
@given(st.binary(max_size=260))
def test_any_bytes_are_read_without_an_exception(payload):
    check(parse_payload(payload))


@settings(deadline=None)
@given(structures, st.randoms(use_true_random=False))
def test_any_order_of_the_structures_says_the_same(parts, random):
    said = set(parse_payload(b"".join(parts)))
    random.shuffle(parts)
    assert set(parse_payload(b"".join(parts))) == said


@settings(deadline=None)
@given(structures)
def test_the_decoded_form_says_what_the_raw_bytes_say(parts):
    payload = b"".join(parts)
    assert set(parse_decoded(*as_bluez_tells_it(payload))) == set(parse_payload(payload))


@settings(deadline=None)
@given(structures, st.integers(0, 40))
def test_padding_between_the_structures_says_nothing(parts, zeros):
    assert parse_payload(bytes(zeros).join(parts) + bytes(zeros)) == parse_payload(b"".join(parts))


@settings(deadline=None)
@given(structures)
def test_nothing_is_said_twice(parts):
    said = parse_payload(b"".join(parts + parts))
    assert len(said) == len(set(said))


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(st.none(), st.text()),
    st.lists(st.tuples(st.integers(), st.binary(max_size=40))),
    st.lists(st.tuples(st.one_of(st.sampled_from(sorted(BY_UUID)), st.text()), st.binary(max_size=40))),
    st.lists(st.one_of(st.sampled_from(sorted(BY_UUID)), st.text())),
    st.one_of(st.none(), st.integers()),
)
def test_any_decoded_advertisement_is_read_without_an_exception(name, manufacturer, service_data, services, power):
    check(parse_decoded(name, manufacturer, service_data, services, power))
