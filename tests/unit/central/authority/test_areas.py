"""Which rows an officer's areas reach."""

from central.authority.areas import rows_within


def test_all_reaches_everything() -> None:
    assert rows_within({"all", "ward-1"}) == ("1 = 1", ())


def test_no_area_and_a_venue_reach_nothing() -> None:
    assert rows_within(()) == ("1 = 0", ())
    assert rows_within({"venue-v-cho"}) == ("1 = 0", ())


def test_wards_and_provinces_are_values_never_text_of_the_statement() -> None:
    condition, values = rows_within({"province-79", "ward-1'; --", "ward-2"}, "c")
    assert condition == "(c.province IN (?) OR c.ward IN (?, ?))"
    assert values == ("79", "1'; --", "2")
