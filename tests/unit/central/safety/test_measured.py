"""Hours of a place over its devices and from stays; which pledges they speak against; the bars of the week."""

from typing import Any

from central.safety.contradicting import Hour, Pledged, against, measure_rules
from central.safety.measuring import hours_of_devices, hours_of_stays
from central.safety.periods import DAY_MS, HOUR_MS, start_of_day
from central.safety.plots import HEIGHT, week_plot
from central.safety.schemes import schemes

NOW = 1_790_000_500_000
H0 = start_of_day(NOW) + 8 * HOUR_MS
RULES = measure_rules()
AIRED = Pledged("restaurant-2026", frozenset({"7"}))


def row(
    hour: int, source: str, ins: int, outs: int, *, most: int | None = None, co2: int | None = None
) -> tuple[Any, ...]:
    return (H0 + hour * HOUR_MS, source, ins, outs, 0, most, 3600, co2, co2)


def crowd(*occupancy: int | None, co2: int | None = None) -> list[Hour]:
    return [Hour(H0 + n * HOUR_MS, most, co2) for n, most in enumerate(occupancy)]


def names(hours: list[Hour], capacity: int | None = 100, pledged: Pledged | None = None) -> list[tuple[str, int]]:
    return [(one.rule.id, one.worst) for one in against(hours, capacity, pledged or Pledged(), RULES)]


def test_130_percent_for_two_hours_speaks_against_the_capacity_and_changes_nothing() -> None:
    found = against(crowd(90, 130, 131, 100), 100, Pledged(), RULES)
    assert [(one.rule.id, one.worst, one.criterion, one.holds_ms) for one in found] == [
        ("over_capacity", 131, "", None)
    ]
    assert (found[0].first_ms, found[0].last_ms) == (H0 + HOUR_MS, H0 + 3 * HOUR_MS)


def test_one_crowded_hour_or_a_gap_between_two_is_no_contradiction() -> None:
    assert names(crowd(130, 100, 130)) == []
    assert names(crowd(130, None, 130)) == []
    assert names(crowd(110, 110)) == []  # counting at doors errs by a few percent
    assert names(crowd(500, 500), capacity=None) == []


def test_three_hours_far_beyond_hold_the_place_at_risk_for_three_days() -> None:
    found = {one.rule.id: one for one in against(crowd(160, 170, 160), 100, Pledged(), RULES)}
    assert found["far_over_capacity"].holds_ms == H0 + 3 * HOUR_MS + 3 * DAY_MS


def test_stale_air_counts_only_against_whom_airing_is_a_pledge_that_is_met() -> None:
    stale = crowd(None, None, co2=1600)
    assert names(stale, pledged=AIRED) == [("stale_air", 1600)]
    assert names(stale, pledged=Pledged("restaurant-2026", frozenset({"1"}))) == []
    assert names(stale) == []
    assert names(crowd(None, None, co2=1500), pledged=AIRED) == []


def test_every_pledge_of_a_rule_is_a_criterion_of_its_scheme() -> None:
    for rule in RULES:
        for scheme, criterion in rule.pledges.items():
            assert scheme == "*" or criterion in {one.id for one in schemes()[scheme].criteria}, (rule.id, scheme)


def test_one_device_is_believed_and_several_are_added_up() -> None:
    alone = hours_of_devices([row(0, "a", 50, 10, most=47), row(1, "a", 0, 5, most=40)])
    assert [hour.occupancy for hour in alone] == [47, 40]
    two = [row(0, "in", 60, 0, most=60), row(0, "out", 0, 20, most=0), row(1, "in", 10, 0, most=70)]
    assert [hour.occupancy for hour in hours_of_devices(two)] == [40, 50]


def test_what_is_inside_begins_anew_each_day_and_is_never_less_than_nobody() -> None:
    days = [row(0, "a", 5, 0), row(0, "b", 0, 50), row(24, "a", 7, 0)]
    assert [hour.occupancy for hour in hours_of_devices(days)] == [0, 7]


def test_stays_are_counted_at_their_most_crowded_moment() -> None:
    minute = 60_000
    stays = [(H0, H0 + 30 * minute), (H0 + 20 * minute, H0 + 90 * minute), (H0 + 40 * minute, H0 + 50 * minute)]
    found = hours_of_stays(stays, H0, H0 + 5 * HOUR_MS)
    assert [(hour.occupancy, hour.ins, hour.outs) for hour in found] == [(2, 3, 2), (1, 0, 1)]
    assert hours_of_stays([], H0, NOW) == []


def test_somebody_who_stays_for_hours_is_inside_in_each_of_them() -> None:
    found = hours_of_stays([(H0, H0 + 3 * HOUR_MS + 1)], H0, H0 + 9 * HOUR_MS)
    assert [hour.occupancy for hour in found] == [1, 1, 1, 1]


def test_the_tallest_bar_or_the_limit_fills_the_picture() -> None:
    plot = week_plot([(NOW // HOUR_MS * HOUR_MS, 150), (H0, None)], 100, NOW)
    assert len(plot.bars) == 1 and plot.bars[0][1] == 12 and plot.bars[0][4]
    assert plot.limit_y is not None and 12 < plot.limit_y < HEIGHT
    assert week_plot([], None, NOW).bars == () and len(week_plot([], None, NOW).days) == 7
