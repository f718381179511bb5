"""The CO2 sensor's bytes, by the examples of its datasheet; what a bad cable makes of them is no reading."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.scd4x import (
    READ,
    READY,
    START,
    STOP,
    BadWords,
    answer_bytes,
    crc8,
    encode,
    is_ready,
    reading_in,
    serial_in,
    words_in,
)

EXAMPLE = bytes.fromhex("01f433 6667a2 5eb93c")  # datasheet 3.5.2: 500 ppm, 25 degrees, 37 %


def test_the_checksum_is_the_datasheets() -> None:
    assert crc8(bytes.fromhex("beef")) == 0x92


def test_commands_are_the_datasheets() -> None:
    assert [encode(one).hex() for one in (START, STOP, READY, READ)] == ["21b1", "3f86", "e4b8", "ec05"]
    assert [answer_bytes(one) for one in (START, READY, READ)] == [0, 3, 9]


def test_the_datasheets_reading_is_500_ppm_at_25_degrees_and_37_per_cent() -> None:
    reading = reading_in(EXAMPLE)
    assert reading.co2 == 500
    assert reading.temperature == pytest.approx(25, abs=0.01)
    assert reading.humidity == pytest.approx(37, abs=0.01)


def test_readiness_stands_in_the_lower_eleven_bits() -> None:
    assert not is_ready(bytes.fromhex("8000a2"))  # datasheet 3.8.2
    assert is_ready(b"\x80\x06" + bytes([crc8(b"\x80\x06")]))


def test_the_datasheets_serial_number() -> None:
    assert serial_in(bytes.fromhex("f89631 9f07c2 3bbe89")) == 273_325_796_834_238


@given(st.integers(0, 71))
def test_one_flipped_bit_is_no_reading(bit: int) -> None:
    broken = bytearray(EXAMPLE)
    broken[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BadWords):
        reading_in(bytes(broken))


@given(st.binary(max_size=20))
def test_any_bytes_are_a_reading_or_refused(data: bytes) -> None:
    with suppress(BadWords):
        assert 0 < reading_in(data).co2 <= 40_000


def test_a_short_answer_and_a_value_that_no_air_has_are_refused() -> None:
    with pytest.raises(BadWords, match="bytes"):
        words_in(EXAMPLE[:8], 3)
    nothing = b"\0\0" + bytes([crc8(b"\0\0")])
    with pytest.raises(BadWords, match="ppm"):
        reading_in(nothing + EXAMPLE[3:])
