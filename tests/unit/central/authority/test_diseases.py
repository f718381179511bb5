"""Windows, labels and follow-up are data: read strictly, dated, and tied to no disease."""

from datetime import date

import pytest

from central.authority.days import DAY_MS, HOUR_MS, ms_of_day, start_of
from central.authority.diseases import FOLDER, FollowUp, calls, diseases, read_disease
from central.authority.following import ends_ms, span_of
from wire.refusal import Refused

TEXT = (FOLDER / "covid-19.toml").read_text(encoding="utf-8")
NOON = ms_of_day("2026-09-21") + 12 * HOUR_MS


@pytest.mark.parametrize("code", sorted(diseases()))
def test_what_ships_is_in_force_today(code: str) -> None:
    disease = diseases()[code]
    assert disease.window("onset", NOON).name.startswith(f"{code}/onset/")
    assert disease.window("sample", NOON).name.startswith(f"{code}/sample/")
    assert disease.contact_rule(NOON).hops in (1, 2, 3)
    assert set(disease.definition(NOON).labels) == {"F1", "F2", "F3"}
    assert disease.follow_up(NOON).days > 0


def test_a_window_begins_and_ends_at_midnight_in_viet_nam() -> None:
    late = ms_of_day("2026-09-21") + 23 * HOUR_MS + 59 * 60_000
    early = ms_of_day("2026-09-21")
    window = diseases()["covid-19"].window("onset", NOON)
    assert window.around(late) == window.around(early) == (ms_of_day("2026-09-19"), ms_of_day("2026-10-02"))


def test_a_later_version_counts_from_its_first_day_and_the_older_one_before() -> None:
    newer = TEXT.replace(
        "[[contact]]",
        '[[window]]\nname = "covid-19/onset/2"\nanchor = "onset"\nfrom = 2026-09-20\n'
        "before_days = 3\nafter_days = 5\n\n[[contact]]",
        1,
    )
    disease = read_disease(newer)
    assert disease.window("onset", NOON).name == "covid-19/onset/2"
    assert disease.window("onset", NOON - 3 * DAY_MS).name == "covid-19/onset/1"


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("before_days = 2", "before_days = -1"),
        ("before_days = 2", "before_days = 61"),
        ("before_days = 2\n", ""),
        ('anchor = "onset"', 'anchor = "birth"'),
        ("hops = 1", "hops = 4"),
        ("suspect_hours = 72", "suspect_hours = 0"),
        ("suspect_hours = 72", 'suspect_hours = "72"'),
        ("days = 10\nhour", "days = 0\nhour"),
    ],
)
def test_a_rule_out_of_bounds_is_refused(was: str, becomes: str) -> None:
    assert was in TEXT
    with pytest.raises(Refused, match="bad_rules"):
        read_disease(TEXT.replace(was, becomes, 1))


def test_a_disease_without_a_rule_for_that_day_is_refused() -> None:
    with pytest.raises(Refused, match="no_rule"):
        read_disease(TEXT).window("onset", ms_of_day("2019-12-31"))


def test_whoever_is_called_has_deadlines() -> None:
    assert calls().tries >= 2
    assert 0 < calls().call_back_ms < calls().first_ms < calls().visit_ms


def test_follow_up_runs_from_the_day_after_the_last_exposure() -> None:
    rule = FollowUp("x", date(2020, 1, 1), 10, 9, frozenset({"F1"}))
    exposed = ms_of_day("2026-09-21") + 23 * HOUR_MS
    span = span_of(rule, exposed)
    assert (start_of(span.first), start_of(span.last)) == (ms_of_day("2026-09-22"), ms_of_day("2026-10-01"))
    assert ends_ms(rule, exposed) == ms_of_day("2026-10-02")
