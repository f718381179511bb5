"""A tag's number on the telephone: what is misheard is refused, so that nobody ends somebody else's tag."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.radio.tags import number_of, short_of
from wire.refusal import Refused

NUMBERS = st.integers(1, 9_999_999)


def test_the_check_digit_is_that_of_the_standard() -> None:
    """ISO/IEC 7064 gives 0794 with its check digit 5 as the example of MOD 11,10."""
    assert short_of(794) == "0794-5"


@given(NUMBERS)
def test_a_number_that_was_read_aloud_comes_back(number: int) -> None:
    assert number_of(short_of(number).replace("-", "")) == number


@given(NUMBERS, st.data())
def test_a_wrong_digit_is_never_another_tag(number: int, data: st.DataObject) -> None:
    said = short_of(number).replace("-", "")
    at = data.draw(st.integers(0, len(said) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != said[at]]))
    with pytest.raises(Refused, match="misheard"):
        number_of(said[:at] + other + said[at + 1 :])


@pytest.mark.parametrize("said", ["", "0", "0013", "00013x", "１２３４５", "0" * 40, "-"])
def test_what_is_no_number_is_refused(said: str) -> None:
    with pytest.raises(Refused, match="misheard"):
        number_of(said)
