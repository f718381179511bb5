"""A ward that an officer typed: by its name or number, in the province that was chosen, or not at all."""

import unicodedata

import pytest

from central.authority.area_names import read_ward
from wire.refusal import Refused


@pytest.mark.parametrize("typed", ["00004", "Phường Ba Đình", "ba đình", unicodedata.normalize("NFD", " Ba  Đình ")])
def test_a_ward_is_found_by_its_number_and_by_its_name(typed: str) -> None:
    assert read_ward(typed, "01") == "00004"


@pytest.mark.parametrize("typed", ["99999", "4", "000004", "٠٠٠٠٤", "26740", "Phường Không Có"])
def test_a_number_that_no_ward_of_the_province_has_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="ward_unknown"):
        read_ward(typed, "01")


def test_no_ward_may_be_left_out() -> None:
    assert read_ward("  ", "01") == ""
