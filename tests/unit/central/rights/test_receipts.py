"""The code of a receipt as people read it out, and the one that the kiosk prints."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from central.phones.receipt import read_code
from kiosk.form_desk import spoken
from wire.refusal import Refused


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(min_size=16, max_size=16))
def test_what_the_kiosk_prints_is_read_here(record: bytes) -> None:
    assert read_code(spoken(record)) == int.from_bytes(record[:8], "big") >> 4


def test_a_code_may_be_read_out_with_o_for_nought() -> None:
    assert read_code("k7qf 2m9d 4oil") == read_code("K7QF-2M9D-4011")


@pytest.mark.parametrize("wrong", ["", "K7QF-2M9D-44T", "K7QF-2M9D-44TU", "⚠" * 12])
def test_what_is_no_code_is_refused(wrong: str) -> None:
    with pytest.raises(Refused, match="bad_code"):
        read_code(wrong)
