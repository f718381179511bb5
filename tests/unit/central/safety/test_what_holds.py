"""What holds of a place, from its checks, inspections, reports and measures: the whole of combining, by the clock."""

from central.safety.combining import Checked, Held, Known, Verdict, combine
from central.safety.periods import DAY_MS, HOUR_MS, remind_at, start_of_day, until_of
from central.safety.states import Cause, State

NOW = 1_790_000_500_000  # 21/09/2026 21:21 in Viet Nam
MIDNIGHT = start_of_day(NOW)
SAFE, RISK, UNSAFE, NONE = State.SAFE, State.AT_RISK, State.UNSAFE, State.NOT_ASSESSED


def whole(state: State = SAFE, at_ms: int = NOW - 2 * DAY_MS, number: int = 1) -> Checked:
    return Checked(number, at_ms, until_of("periodic", at_ms, 30), state, ("good",))


def short(state: State = SAFE, at_ms: int = NOW - HOUR_MS, number: int = 2) -> Checked:
    return Checked(number, at_ms, until_of("daily", at_ms, 30), state, ("daily_good",))


def verdict(state: State, at_ms: int = NOW - HOUR_MS, number: int = 9) -> Verdict:
    return Verdict(number, at_ms, until_of("periodic", at_ms, 30), until_of("daily", at_ms, 0), state, ("inspected",))


def test_both_checks_in_date_make_the_state_of_the_whole_one() -> None:
    for state in (SAFE, RISK, UNSAFE):
        found = combine(Known(whole(state), short()), NOW)
        assert (found.state, found.cause, found.until_ms) == (state, Cause.SELF_CHECK, short().until_ms)


def test_without_a_check_nothing_is_assessed() -> None:
    assert combine(Known(), NOW).reasons == ("check_missing",)
    assert combine(Known(short=short()), NOW).state is NONE


def test_a_day_without_its_check_is_not_assessed() -> None:
    assert combine(Known(whole(), short(at_ms=NOW - 2 * DAY_MS)), NOW).reasons == ("daily_over",)
    assert combine(Known(whole()), NOW).reasons == ("daily_over",)


def test_a_whole_check_that_ran_out_is_not_assessed_however_fresh_the_daily_one() -> None:
    assert combine(Known(whole(at_ms=NOW - 40 * DAY_MS), short()), NOW).reasons == ("check_over",)


def test_something_left_in_the_daily_check_makes_a_safe_place_at_risk_and_no_unsafe_one_better() -> None:
    assert combine(Known(whole(), short(RISK)), NOW).state is RISK
    assert combine(Known(whole(UNSAFE), short(RISK)), NOW).state is UNSAFE
    newer = whole(at_ms=NOW - HOUR_MS // 2)
    assert combine(Known(newer, short(RISK)), NOW).state is SAFE  # what was left has been looked at since


def test_an_inspection_stands_above_a_better_word_until_a_recheck() -> None:
    found = combine(Known(whole(at_ms=NOW - 60), short(), verdict(UNSAFE, NOW - 300 * DAY_MS)), NOW)
    assert (found.state, found.cause, found.about, found.until_ms) == (UNSAFE, Cause.INSPECTION, "9", None)
    assert combine(Known(whole(), short(), verdict(RISK)), NOW).state is RISK
    assert combine(Known(whole(), short(), verdict(SAFE)), NOW).state is SAFE
    assert combine(Known(inspected=verdict(UNSAFE)), NOW).state is UNSAFE  # nor does silence help


def test_a_worse_word_of_the_place_stands_beside_an_inspection() -> None:
    assert combine(Known(whole(UNSAFE), short(), verdict(RISK)), NOW).state is UNSAFE
    assert combine(Known(whole(UNSAFE, NOW - 60), short(), verdict(SAFE)), NOW).state is UNSAFE


def test_a_safe_inspection_counts_as_a_check_of_the_place() -> None:
    found = combine(Known(inspected=verdict(SAFE)), NOW)
    assert (found.state, found.cause) == (SAFE, Cause.INSPECTION)
    assert combine(Known(whole(RISK), short(), verdict(SAFE)), NOW).state is SAFE
    assert combine(Known(inspected=verdict(SAFE)), NOW + 2 * DAY_MS).state is NONE


def test_reports_and_measures_make_a_place_at_risk_and_never_better() -> None:
    held = [Held(Cause.FEEDBACK, "reports"), Held(Cause.MEASURED, "against:far_over_capacity", "3")]
    found = combine(Known(whole(), short(), held=held), NOW)
    assert (found.state, found.cause, found.until_ms) == (RISK, Cause.FEEDBACK, None)
    assert found.reasons == ("reports", "against:far_over_capacity")
    assert combine(Known(held=held), NOW).state is RISK
    assert combine(Known(whole(UNSAFE), short(), held=held), NOW).state is UNSAFE
    assert combine(Known(inspected=verdict(UNSAFE), held=held), NOW).cause is Cause.INSPECTION


def test_a_daily_check_holds_until_noon_of_the_next_day() -> None:
    for at_ms in (MIDNIGHT, MIDNIGHT + 12 * HOUR_MS, MIDNIGHT + DAY_MS - 1):
        assert until_of("daily", at_ms, 30) == MIDNIGHT + 36 * HOUR_MS
    assert until_of("daily", MIDNIGHT + DAY_MS, 30) == MIDNIGHT + 60 * HOUR_MS


def test_a_whole_check_holds_to_the_end_of_its_last_day_and_is_asked_for_three_days_ahead() -> None:
    until_ms = until_of("periodic", NOW, 30)
    assert until_ms == MIDNIGHT + 31 * DAY_MS
    assert remind_at("periodic", until_ms) == MIDNIGHT + 27 * DAY_MS + 7 * HOUR_MS
    assert remind_at("daily", until_of("daily", NOW, 30)) == MIDNIGHT + DAY_MS + 7 * HOUR_MS
