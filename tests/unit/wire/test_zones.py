"""Levels of areas as a kiosk reads them: nothing is made up, what is over has no level."""

from typing import Any

import pytest

from wire.refusal import Refused
from wire.zones import Zone, codes_by_level, read_zones, worst, zones_body

NOW = 1_790_000_000_000
DAY_MS = 86_400_000
WARD = Zone("ward-26740", "orange", NOW - DAY_MS, NOW + DAY_MS, 3)
VENUE = Zone("venue-cho-thu", "red", NOW, NOW + 2 * DAY_MS, 4)
PROVINCE = Zone("province-79", "green", 0, NOW + 9 * DAY_MS, 1)
AREAS = frozenset({"all", "venue-cho-thu", "ward-26740", "province-79"})


def test_what_is_signed_is_read_again() -> None:
    assert read_zones(zones_body([WARD, VENUE])) == (WARD, VENUE)
    assert read_zones(zones_body([])) == ()


def test_the_worst_level_around_a_place_counts_while_it_runs() -> None:
    assert worst([PROVINCE, VENUE, WARD], AREAS, NOW) == VENUE
    assert worst([PROVINCE, VENUE, WARD], AREAS - {"venue-cho-thu"}, NOW) == WARD
    assert worst([VENUE, WARD], AREAS, VENUE.to_ms) is None, "over"
    assert worst([VENUE], AREAS, NOW - 1) is None, "not begun"
    assert worst([PROVINCE], frozenset({"province-01"}), NOW) is None


def test_a_gate_that_does_not_know_the_time_knows_no_level() -> None:
    assert worst([PROVINCE, VENUE], AREAS, None) is None
    assert not any(codes_by_level([PROVINCE, VENUE], None).values())


def test_codes_are_those_of_wards_and_provinces_in_force() -> None:
    found = codes_by_level([PROVINCE, VENUE, WARD, Zone("ward-1", "red", NOW, NOW + 1, 9)], NOW)
    assert found == {"green": ("79",), "yellow": (), "orange": ("26740",), "red": ("1",)}


def test_no_zone_outlives_its_bulletin() -> None:
    (zone,) = read_zones(zones_body([WARD]), NOW + 5)
    assert zone.to_ms == NOW + 5


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        {"zones": []},
        {"zones": {"": ["red", 0, 1, 1]}},
        {"zones": {7: ["red", 0, 1, 1]}},
        {"zones": {"ward-1": ["blue", 0, 1, 1]}},
        {"zones": {"ward-1": ["red", 5, 5, 1]}},
        {"zones": {"ward-1": ["red", 0, True, 1]}},
        {"zones": {"ward-1": ["red", 0, 1]}},
        {"zones": {"ward-1": ["red", 0, 1 << 53, 1]}},
    ],
)
def test_what_is_not_of_this_form_is_refused(body: Any) -> None:
    with pytest.raises(Refused, match="bad_zones"):
        read_zones(body)
