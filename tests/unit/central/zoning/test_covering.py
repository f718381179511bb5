"""The smallest cover: exact against every other choice of areas, and what other sizes would do."""

from itertools import chain, combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from central.zoning.covering import Affected, Point, smallest

_VENUES = {"a": "1", "b": "1", "c": "2", "d": "2", "e": "3"}
Places = list[tuple[str, str, str]]


def _add(people: dict[str, int]) -> Affected:
    """Nobody is at two places; no place is known."""
    return lambda areas: (sum(people[area] for area in areas), len(areas))


_AREAS = [*(f"venue-{v}" for v in _VENUES), *(f"ward-{w}" for w in "123"), "province-79"]
points = st.lists(
    st.one_of(
        st.sampled_from(sorted(_VENUES)).map(lambda v: ("79", _VENUES[v], v)),
        st.sampled_from("123").map(lambda w: ("79", w, "")),
        st.just(("79", "", "")),
    ),
    min_size=1,
    max_size=6,
)
people = st.fixed_dictionaries({area: st.integers(0, 50) for area in _AREAS})


def _points(places: list[tuple[str, str, str]]) -> list[Point]:
    return [Point(f"ca-{i}", i, *place, contacts=i) for i, place in enumerate(places)]


@settings(max_examples=80, deadline=None)
@given(points, people)
def test_no_other_choice_of_areas_covers_every_case_with_fewer_people(
    places: list[tuple[str, str, str]], affected: dict[str, int]
) -> None:
    found = _points(places)
    best = smallest(found, affected, _add(affected), spread=99).best
    assert (best.open_cases, best.open_contacts, best.contacts) == (0, 0, sum(range(len(found))))
    choices = chain.from_iterable(combinations(_AREAS, n) for n in range(len(_AREAS) + 1))
    costs = [
        sum(affected[area] for area in choice)
        for choice in choices
        if all(set(choice) & set(point.areas) for point in found)
    ]
    assert best.people == min(costs)


def test_one_market_is_closed_and_not_its_ward() -> None:
    found = [Point("ca-1", 1, "79", "1", "a", 5), Point("ca-2", 2, "79", "1", "a", 7)]
    affected = {"venue-a": 300, "ward-1": 9_000, "province-79": 900_000}
    plan = smallest(found, affected, _add(affected), spread=4)
    assert plan.best.areas == ("venue-a",)
    assert (plan.best.cases, plan.best.contacts, plan.best.people, plan.best.venues) == (2, 12, 300, 1)
    assert plan.wards.people == 9_000


def test_cases_at_many_places_of_a_ward_make_it_the_ward() -> None:
    found = [Point(f"ca-{v}", 1, "79", "1", v) for v in "abcde"]
    affected = {f"venue-{v}": 1 for v in "abcde"} | {"ward-1": 1_000, "province-79": 2_000}
    assert smallest(found, affected, _add(affected), spread=4).best.areas == ("ward-1",)
    assert len(smallest(found, affected, _add(affected), spread=5).best.areas) == 5


def test_a_case_without_a_known_stay_is_covered_by_its_ward_and_left_out_by_places_alone() -> None:
    found = [Point("ca-1", 1, "79", "1", "a", 3), Point("ca-2", 2, "79", "2")]
    affected = {"venue-a": 5, "ward-1": 9, "ward-2": 9, "province-79": 99}
    plan = smallest(found, affected, _add(affected), spread=4)
    assert plan.best.areas == ("venue-a", "ward-2")
    assert (plan.venues_only.cases, plan.venues_only.open_cases) == (1, 1)
    assert plan.provinces.areas == ("province-79",)


def test_no_risk_needs_no_area() -> None:
    assert smallest([], {}, _add({}), spread=4).best == ((), 0, 0, 0, 0, 0, 0)
