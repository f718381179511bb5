"""Backward tracing points at the hour where many were infected, says how sure it is, and finds more than forward."""

from random import Random

from central.tracing.backward import Crowd, Suspect, find_sources, likelihood_ratio
from central.tracing.model import DAY_MS, HOUR_MS, Stay
from tests.unit.central.tracing.found import compare
from tests.unit.central.tracing.outbreaks import simulate

WEDDING = 9


def crowd(chance: Random) -> list[Stay]:
    """300 people at 20 places for six days, and a wedding of 40 in an hour of the third."""
    stays = [
        Stay(chance.randrange(8), person, day * DAY_MS + hour * HOUR_MS, day * DAY_MS + (hour + 1) * HOUR_MS - 1)
        for person in range(300)
        for day in range(6)
        for hour in (chance.randrange(0, 12),)
    ]
    return stays + [Stay(WEDDING, person, 2 * DAY_MS + 13 * HOUR_MS, 2 * DAY_MS + 14 * HOUR_MS) for person in range(40)]


def test_the_wedding_that_explains_most_cases_is_first_and_sure() -> None:
    cases = [Suspect(person, 0, 4 * DAY_MS) for person in (*range(8), 100, 150, 200)]
    sources = find_sources(Crowd(crowd(Random(1))), cases, Random(2))
    assert sources[0].place == WEDDING
    assert set(sources[0].cases) == set(range(8))
    assert sources[0].visitors == 40
    assert sources[0].chance <= 0.02
    low, observed, high = sources[0].ratio
    assert 1 < low <= observed <= high
    assert sources[0].first > 0.5


def test_cases_at_random_point_nowhere_with_confidence() -> None:
    chance = Random(3)
    cases = [Suspect(person, 0, 6 * DAY_MS) for person in chance.sample(range(40, 300), 12)]
    assert all(one.chance > 0.05 for one in find_sources(Crowd(crowd(chance)), cases, chance))


def test_what_was_before_the_time_of_exposure_explains_nothing() -> None:
    cases = [Suspect(person, 4 * DAY_MS, 6 * DAY_MS) for person in range(8)]
    assert all(one.place != WEDDING for one in find_sources(Crowd(crowd(Random(1))), cases, Random(2)))


def test_one_case_or_none_has_no_source() -> None:
    stays = crowd(Random(1))
    assert find_sources(Crowd(stays), [Suspect(1, 0, 6 * DAY_MS)], Random(1)) == []
    assert find_sources(Crowd([]), [], Random(1)) == []


def test_the_score_is_kulldorffs_and_zero_where_there_are_no_more_than_usual() -> None:
    assert likelihood_ratio(2, 2.0, 10) == 0
    assert round(likelihood_ratio(5, 1.0, 10), 4) == round(5 * 1.6094379 + 5 * -0.5877867, 4)
    assert likelihood_ratio(10, 1.0, 10) > likelihood_ratio(5, 1.0, 10)


def test_over_dispersed_outbreaks_give_up_more_of_their_infected_than_to_forward_tracing_alone() -> None:
    told = [compare(simulate(seed, 0.2), seed, runs=9) for seed in range(1, 5)]
    found = [one for one in told if one is not None]
    forward, both = sum(one.forward for one in found), sum(one.both for one in found)
    more_called = sum(one.both_called - one.forward_called for one in found)
    assert len(found) >= 2
    assert both > forward
    assert (both - forward) / more_called > forward / sum(one.forward_called for one in found)
