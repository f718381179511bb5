"""Levels from figures, how long a zone lasts, what is proposed and what is not said twice."""

import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import pytest

from central.zoning.covering import Point
from central.zoning.life import Event, shown_state, state_after, state_of
from central.zoning.pictures import time_line, ward_bars
from central.zoning.proposing import Area, Standing, figures_of, proposals
from central.zoning.rule import DAY_MS, judge, read_rule, shipped_rule, until_ms, worse
from central.zoning.words import WORDS
from wire.refusal import Refused

RULE = shipped_rule()
NOW = 1_790_000_500_000
MARKET = Area("venue-cho", "26740", "79", 300, 1, 900)
WARD = Area("ward-26740", "26740", "79", 5_000, 20, 15_000, 10_000)
PROVINCE = Area("province-79", "", "79", 90_000, 400, 270_000)
AREAS = {area.name: area for area in (MARKET, WARD, PROVINCE)}


def _touched(areas: Sequence[str]) -> tuple[int, int]:
    return sum(AREAS[area].people for area in areas), len(areas)


def _document(**changes: Any) -> dict[str, Any]:
    text = files("central.zoning").joinpath("rules/area-levels.json").read_text(encoding="utf-8")
    return json.loads(text) | changes  # type: ignore[no-any-return]


def _cases(n: int, days_ago: float = 1) -> list[Point]:
    return [Point(f"ca-{i}", NOW - int(days_ago * DAY_MS), "79", "26740", "cho", 10) for i in range(n)]


@pytest.mark.parametrize(
    ("kind", "figures", "level"),
    [
        ("venue", {"cases_7": 0, "cases_14": 0}, "green"),
        ("venue", {"cases_7": 1, "cases_14": 1}, "yellow"),
        ("venue", {"cases_7": 2, "cases_14": 2, "contacts_14": 50}, "orange"),
        ("venue", {"cases_7": 8, "cases_14": 8}, "red"),
        ("ward", {"cases_7": 2, "cases_14": 2, "per_100k_7": 149.9}, "yellow"),
        ("ward", {"cases_7": 6, "cases_14": 6, "per_100k_7": 150}, "red"),
        ("province", {"cases_7": 19, "per_100k_7": 49.9}, "yellow"),
        ("province", {"cases_7": 19}, "green"),
    ],
)
def test_the_highest_line_that_holds_gives_the_level(kind: str, figures: dict[str, float], level: str) -> None:
    assert judge(kind, figures, RULE)[0] == level


def test_a_figure_that_nobody_knows_is_not_reached() -> None:
    assert "per_100k_7" not in figures_of(_cases(3), None, (7, 14), NOW)
    assert figures_of(_cases(3), 10_000, (7, 14), NOW)["per_100k_7"] == 30.0


def test_figures_count_people_once_and_only_within_their_days() -> None:
    points = [*_cases(2), Point("ca-0", NOW - 2 * DAY_MS, "79", "26740", "truong", 1), *_cases(5, 10)]
    figures = figures_of(points, None, (7, 14), NOW)
    assert (figures["cases_7"], figures["cases_14"], figures["venues_7"], figures["contacts_7"]) == (2, 5, 2, 21)


@pytest.mark.parametrize(("level", "days"), [("yellow", 7), ("orange", 10), ("red", 14)])
def test_a_zone_is_as_short_as_the_last_exposure_allows(level: str, days: int) -> None:
    assert until_ms(level, NOW - DAY_MS, NOW, RULE) == NOW + (days - 1) * DAY_MS
    assert until_ms(level, NOW - 60 * DAY_MS, NOW, RULE) == NOW + DAY_MS
    assert until_ms(level, NOW + 90 * DAY_MS, NOW, RULE) == NOW + RULE.most_days * DAY_MS


def test_the_market_is_proposed_with_its_reasons() -> None:
    (made,) = proposals(_cases(3), AREAS, [], RULE, NOW, _touched)
    assert (made.area, made.level, made.replaces) == (MARKET, "orange", None)
    assert made.grounds.figures["cases_7"] == 3
    assert made.grounds.venues == [("cho", 3, NOW - DAY_MS, NOW - DAY_MS)]
    assert json.loads(made.grounds.text())["covers"]["wards"][4] == 5_000


def test_the_same_is_not_proposed_again_but_a_higher_one_and_a_longer_one_are() -> None:
    until = until_ms("orange", NOW - DAY_MS, NOW, RULE)
    assert proposals(_cases(3), AREAS, [Standing(7, MARKET.name, "orange", until)], RULE, NOW, _touched) == []
    (higher,) = proposals(_cases(9), AREAS, [Standing(7, MARKET.name, "orange", until)], RULE, NOW, _touched)
    assert (higher.level, higher.replaces) == ("red", 7)
    (longer,) = proposals(
        _cases(3), AREAS, [Standing(7, MARKET.name, "orange", until - 3 * DAY_MS)], RULE, NOW, _touched
    )
    assert (longer.level, longer.to_ms) == ("orange", until)


def test_a_zone_without_cases_is_proposed_to_come_down() -> None:
    (made,) = proposals([], AREAS, [Standing(7, MARKET.name, "red", NOW + 9 * DAY_MS)], RULE, NOW, _touched)
    assert (made.level, made.replaces, made.grounds.line) == ("green", 7, {})


@pytest.mark.parametrize(
    "changes",
    [
        {"windows": [0]},
        {"windows": "x"},
        {"days": {"green": 1}},
        {"from": "2027-01-01", "to": "2026-01-01"},
        {"from": "soon"},
        {"levels": {"venue": [], "ward": []}},
        {"levels": {"venue": [{"level": "blue", "when": {"cases_7": 1}}], "ward": [], "province": []}},
        {"levels": {"venue": [{"level": "red", "when": {}}], "ward": [], "province": []}},
        {"levels": {"venue": [{"level": "red", "when": {"mood_7": 1}}], "ward": [], "province": []}},
        {"most_days": 0},
        {"spread_venues": None},
    ],
)
def test_a_rule_that_is_not_whole_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="bad_zone_rule"):
        read_rule(_document(**changes))
    with pytest.raises(Refused, match="bad_zone_rule"):
        read_rule(None)


def test_worse_is_the_higher_level() -> None:
    assert worse("green", "red") == "red" and worse("orange", "yellow") == "orange"


def _events(*whats: str) -> list[Event]:
    return [Event(NOW + i, what, "ai-do", "") for i, what in enumerate(whats)]


@pytest.mark.parametrize(
    ("whats", "state"),
    [
        ((), "proposed"),
        (("refused",), "refused"),
        (("decided",), "in_force"),
        (("decided", "ended"), "ended"),
        (("decided", "ended", "restored"), "in_force"),
        (("decided", "undone"), "undone"),
        (("decided", "undone", "restored", "ended"), "ended"),
    ],
)
def test_the_events_leave_a_state(whats: tuple[str, ...], state: str) -> None:
    assert state_of(_events(*whats)) == state == state_after(whats[-1] if whats else None)


@pytest.mark.parametrize("whats", [("ended",), ("decided", "decided"), ("refused", "decided"), ("decided", "refused")])
def test_an_event_out_of_turn_is_refused(whats: tuple[str, ...]) -> None:
    with pytest.raises(Refused, match="zone_state"):
        state_of(_events(*whats))


def test_time_ends_a_zone_whatever_its_events_say() -> None:
    assert shown_state("in_force", 0, 10, 10) == "over"
    assert shown_state("in_force", 5, 10, 4) == "coming"
    assert shown_state("in_force", 5, 10, 5) == "running"
    assert shown_state("proposed", 0, 10, 11) == "over"
    assert shown_state("ended", 0, 10, 5) == "ended"


def test_the_bars_are_scaled_and_bounded() -> None:
    cases = {f"ward-{i:05}": i for i in range(1, 20)}
    bars = ward_bars(cases, {}, {"ward-99999": "red"})
    assert (len(bars.bars), bars.rest, bars.bars[0].cases) == (12, 8, 19)
    assert bars.bars[0].length == 19 * ward_bars({"x": 1, "y": 19}, {}, {}).bars[1].length


def test_the_line_ends_where_the_zone_was_ended() -> None:
    line = time_line(NOW, NOW, NOW, NOW + 100, _events("decided", "ended"), NOW + 50)
    assert line.zone[1] < time_line(NOW, NOW, NOW, NOW + 100, _events("decided"), NOW + 50).zone[1] == 950.0
    assert [mark.what for mark in line.marks] == ["decided", "ended", "now"]


def test_every_sentence_stands_in_both_languages() -> None:
    import re

    for key, (vi, en) in WORDS.items():
        assert key.startswith("zoning.") and vi and en
        assert set(re.findall(r"{\w+}", vi)) == set(re.findall(r"{\w+}", en)), key
