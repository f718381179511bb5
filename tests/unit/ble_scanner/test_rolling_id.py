"""Identifiers from keys, against every published vector that could be found, and values worked out apart from the code.

Exposure Notification: test vectors v1.2 (google/exposure-notifications-internals, TestVectors.java). DP-3T:
DP-3T/reference_implementation, tests/test_lowcost.py. Eddystone-EID: RadiusNetworks/ephemeral_calc,
spec/encryptor_spec.rb; sandeepmistry/node-eddystone-beacon-scanner, lib/eid.spec.js. For Bluezone nobody published any:
those values were computed from its description, by other code, before this one was written.
"""

from hashlib import sha256
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ble_scanner.rolling_id import (
    Metadata,
    aem_key,
    aems,
    bluezone_ids,
    daily_key_after,
    dp3t_ids,
    eid,
    eids,
    read_metadata,
    rpi_key,
    rpis,
    temporary_key,
)
from wire.aes import encrypt_blocks

ZERO, COUNTING = bytes(32), bytes(range(32))
ZERO_1 = bytes.fromhex("66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925")
ZERO_2 = bytes.fromhex("2b32db6c2c0a6235fb1397e8225ea85e0f0e6e8c7b126d0016ccbde0e667151e")
COUNTING_1 = bytes.fromhex("630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd")
TEK, INTERVAL = bytes.fromhex("75c734c6dd1a782de7a965da5eb93125"), 2_642_976
METADATA = bytes.fromhex("40080000")
COUNTERS = st.integers(0, (1 << 32) - 1)


@pytest.mark.parametrize(
    ("daily_key", "slot", "identifier"),
    [
        (ZERO, 0, "490c085d937456a4dd07e710"),
        (ZERO, 1, "cc4111fec540c346ec6a053f"),
        (ZERO, 95, "3140c784cd06058bb930f6a7"),
        (ZERO_1, 0, "d80cc204fa6491af30d0932a"),
        (ZERO_1, 95, "be7aeacff24940403a458bc6"),
        (ZERO_2, 0, "00d1294629da8112a2c09035"),
        (COUNTING, 0, "130cea6472130c185d8643df"),
        (COUNTING, 1, "893dae342437130ce5e23837"),
        (COUNTING, 34, "435f234bd1c41c3e85c5cec6"),
        (COUNTING, 95, "0ae9ab99c50104e835045abf"),
        (COUNTING_1, 0, "970e23c0e19de93f8cc4057b"),
        (COUNTING_1, 95, "75ebbedb2a1b51da3894e5b0"),
    ],
)
def test_bluezone_identifiers_of_a_day(daily_key, slot, identifier):
    assert next(islice(bluezone_ids(daily_key), slot, None)).hex() == identifier


@pytest.mark.parametrize(
    ("key", "days", "later"), [(ZERO, 0, ZERO), (ZERO, 1, ZERO_1), (ZERO, 2, ZERO_2), (COUNTING, 1, COUNTING_1)]
)
def test_the_key_of_a_later_day_follows_from_an_earlier_one(key, days, later):
    assert daily_key_after(key, days) == later


def test_the_key_of_an_earlier_day_cannot_be_had():
    with pytest.raises(ValueError, match="earlier"):
        daily_key_after(ZERO_1, -1)


def test_bluezone_identifiers_do_not_depend_on_how_many_slots_a_day_has():
    assert list(bluezone_ids(COUNTING, 48)) == list(bluezone_ids(COUNTING, 96))[:48]
    assert len(list(bluezone_ids(COUNTING))) == 96


@pytest.mark.parametrize(
    ("interval", "rpi", "aem"),
    [
        (0, "8be6cd371c5c891604bfbe49df845096", "72033874"),
        (1, "3c9a1de5dd6b02afa7fded7b570b3e56", "c29211b1"),
        (2, "243ffe9a3b08bded3094bac8630bb8ad", "6adfad03"),
        (24, "fd1ee2cc5c60e6eee61f04919f6759a7", "ee639bd6"),
        (40, "baf789f550946b431064450771b2a143", "438999b6"),
        (72, "c19a30c39c9c3a089bcadde1c6699447", "340aa382"),
        (99, "ef0a7579331853b9ebc250b4d6f3ebcc", "9c1f07c2"),
        (142, "a65ef7ba9752c4173ba48a33849c5e52", "592dbca8"),
        (143, "f431b62ecf443102ce4ed0407de54bd4", "1215e57e"),
    ],
)
def test_exposure_notification_identifiers_and_metadata(interval, rpi, aem):
    ids = rpis(TEK, INTERVAL)
    assert (ids[interval].hex(), aems(TEK, ids, METADATA)[interval].hex()) == (rpi, aem)
    assert rpis(TEK, INTERVAL + interval, 1) == [ids[interval]]


def test_all_144_published_rows_of_exposure_notification():
    """The metadata of each row is encrypted under its identifier, so that one digest of theirs speaks for both."""
    published = "e044d6790779f3260a665cf33298c3f02f23866ded7232b20814a593b2f23148"
    rows = aems(TEK, rpis(TEK, INTERVAL), METADATA)
    assert (len(rows), sha256(b"".join(rows)).hexdigest()) == (144, published)


def test_exposure_notification_keys():
    assert rpi_key(TEK).hex() == "185ad91db69ec7dd048960f1f3ba6175"
    assert aem_key(TEK).hex() == "d57c46af7a1d83965b9bed8bd152936a"


def test_metadata_is_read_with_the_key_of_the_day():
    rpi = rpis(TEK, INTERVAL, 1)[0]
    assert read_metadata(bytes.fromhex("72033874"), aem_key(TEK), rpi) == Metadata((1, 0), 8)
    newer = aems(TEK, [rpi], bytes.fromhex("50f40000"))[0]
    assert read_metadata(newer, aem_key(TEK), rpi) == Metadata((1, 1), -12)


def test_dp3t_identifiers_of_a_day():
    ids = dp3t_ids(ZERO_1)
    expected = [
        "04cab76af57ca373de1d52689fae06c1",
        "ab7747084efb743a6aa1b19bab2f0ca3",
        "f417c16279d7f718465f958e17466550",
    ]
    assert [one.hex() for one in ids[:3]] == expected
    assert len(set(ids)) == 96


@pytest.mark.parametrize(
    ("key", "exponent", "counter", "expected"),
    [
        ("0102030405060708090A111213141516", 10, 0, "a9b76a71c5f89290"),
        ("0102030405060708090A111213141516", 10, 2000, "4144413e45fefa58"),
        ("000102030405060708090a0b0c0d0e0f", 10, 65536, "ec31ae4cb8abc2d8"),
        ("00000000000000000000000000000000", 0, 0, "fa41c4405b14fea0"),
    ],
)
def test_what_a_tag_sends(key, exponent, counter, expected):
    assert eid(bytes.fromhex(key), exponent, counter).hex() == expected


def test_the_second_half_of_what_a_tag_sends():
    """A published vector that begins at the temporary key."""
    counter = 1_518_080_946 >> 12 << 12
    block = bytes(11) + b"\x0c" + counter.to_bytes(4, "big")
    assert encrypt_blocks(bytes.fromhex("b7c2d909d27d22df8343271162480210"), block)[:8].hex() == "7dd8169dae94258c"


@settings(deadline=None)
@given(st.binary(min_size=16, max_size=16), st.integers(0, 15), COUNTERS, st.integers(0, 40))
def test_a_run_of_a_tags_identifiers_is_that_of_each_alone(key, exponent, first, count):
    period = 1 << exponent
    count = min(count, ((1 << 32) - 1 - first) // period + 1)
    assert eids(key, exponent, first, count) == [eid(key, exponent, first + number * period) for number in range(count)]


@settings(deadline=None)
@given(st.integers(0, 15), COUNTERS)
def test_a_tag_keeps_its_identifier_for_the_whole_rotation(exponent, counter):
    begin = counter >> exponent << exponent
    assert eid(bytes(16), exponent, counter) == eid(bytes(16), exponent, begin)


def test_the_temporary_key_of_a_tag_lasts_65536_seconds():
    assert temporary_key(bytes(16), 65_536) == temporary_key(bytes(16), 131_071) != temporary_key(bytes(16), 131_072)


@pytest.mark.parametrize("key", [b"", bytes(15), bytes(17), bytes(31), bytes(33)])
def test_a_key_of_another_length_is_refused(key):
    for derive in (dp3t_ids, rpi_key, aem_key, lambda k: next(bluezone_ids(k)), lambda k: daily_key_after(k, 1)):
        with pytest.raises(ValueError, match="bytes expected"):
            derive(key)
    for counter in (0, 1):
        with pytest.raises(ValueError, match="bytes expected"):
            eid(key, 10, counter)


@pytest.mark.parametrize(("exponent", "counter"), [(-1, 0), (16, 0), (0, -1), (0, 1 << 32), (15, 1 << 32)])
def test_a_rotation_or_a_counter_out_of_range_is_refused(exponent, counter):
    with pytest.raises(ValueError, match="expected"):
        eid(bytes(16), exponent, counter)


@pytest.mark.parametrize(("first", "count"), [(-1, 1), (1 << 32, 1), ((1 << 32) - 1, 2), (0, -1)])
def test_intervals_out_of_range_are_refused(first, count):
    with pytest.raises(ValueError, match="expected"):
        rpis(TEK, first, count)


def test_metadata_of_another_length_is_refused():
    with pytest.raises(ValueError, match="4 bytes"):
        aems(TEK, [], b"\x40")
    with pytest.raises(ValueError, match="4 bytes"):
        read_metadata(b"", bytes(16), bytes(16))
