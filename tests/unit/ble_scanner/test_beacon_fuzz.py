"""A short round of tests.fuzz.beacon; the million is run by hand."""

from tests.fuzz.beacon import fuzz


def test_damaged_advertisements_of_every_kind_raise_nothing():
    said = fuzz(4_000, seed=20261123)
    assert len(said) == 12
