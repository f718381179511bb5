"""The drawn map: nobody is lost in a ring, rings do not hide each other, both island districts stand where they lie."""

import math
import random

import pytest

from central.map.drawing import NEAREST, apart, of_places, of_provinces, worst
from central.map.model import Facility, Shown
from central.map.outline import COUNTRY, Box, Land, at, islands
from tests.unit.central.map.test_shelf import facility

BOXES = {"Hoàng Sa": (111.19, 112.74, 15.69, 17.12), "Trường Sa": (109.47, 117.83, 7.18, 11.53)}


def some(count: int, seed: int = 3) -> list[tuple[Facility, Shown]]:
    draw = random.Random(seed)
    made = [facility(n, lat=draw.uniform(15, 17), lon=draw.uniform(107, 109)) for n in range(count)]
    return [(one, Shown(draw.randrange(4), 0)) for one in made]


@pytest.mark.parametrize("count", [0, 1, 2, 40, 1000])
def test_no_place_is_lost_in_a_ring(count: int) -> None:
    marks = of_places(some(count), COUNTRY)
    assert sum(mark.many for mark in marks) == count
    for mark in marks:
        assert not mark.arcs or math.isclose(sum(arc.length for arc in mark.arcs), 100, abs_tol=0.1)


def test_a_place_without_a_point_is_not_drawn() -> None:
    assert of_places([(facility(1, lat=None, lon=None), Shown(0, 0))], COUNTRY) == []


def test_a_ring_shows_its_most_serious_state() -> None:
    assert [worst(counts) for counts in ((3, 1, 1, 1), (3, 1, 0, 1), (3, 0, 0, 1), (3, 0, 0, 0), (0, 0, 0, 0))] == [
        *("unsafe", "at_risk", "not_assessed", "safe", "not_assessed")
    ]


def test_rings_do_not_lie_on_each_other() -> None:
    moved = apart([(0, 0), (1, 0), (0, 0), (100, 100)], 30)
    assert min(math.dist(a, b) for n, a in enumerate(moved) for b in moved[:n]) > 20
    assert moved[3] == (100, 100)


def test_a_province_without_places_has_no_ring() -> None:
    box = Box(0, 0, 10, 10)
    lands = [Land("48", "", 5, 5, box), Land("01", "", 5 + 2 * NEAREST, 5, box)]
    assert [mark.key for mark in of_provinces(lands, {"48": [1, 0, 0, 0], "01": [0, 0, 0, 0]}, {})] == ["48"]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_both_island_districts_stand_in_their_boxes(language: str) -> None:
    found = islands(language)
    assert [one.short for one in found] == list(BOXES)
    for one in found:
        west, east, south, north = BOXES[one.short]
        assert one.short in one.name
        assert at(west, north)[0] < one.x < at(east, south)[0] and at(west, north)[1] < one.y < at(east, south)[1]
        assert 0 < one.x < COUNTRY.width and 0 < one.y < COUNTRY.height
