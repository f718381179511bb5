"""A tap is a tag that is held to the gate: once, soon, and never somebody who stands or walks at 1 m."""

import random

import pytest

from ble_scanner.tap import AT_1M_DB, MOST_TAGS, SETTINGS, TYPICAL_POWER_DBM, Tap, Taps, calibrate

HERS, HIS = b"h" * 16, b"i" * 16
POWER = -12
STEP_MS = 200


def rssi(level_db: float, power: int = POWER) -> int:
    """What a tag of this power is heard with, `level_db` above what it gives at 1 m."""
    return round(level_db + power - AT_1M_DB)


def hear(taps: Taps, levels: list[float], begin_ms: int = 0, who: bytes = HERS, step_ms: int = STEP_MS) -> list[Tap]:
    """A tag is heard with these levels, one each `step_ms`; the taps that it made."""
    told = [taps.report(who, rssi(level), begin_ms + number * step_ms, POWER) for number, level in enumerate(levels)]
    return [tap for tap in told if tap is not None]


WALK_UP = [-14.0, -12.0, -9.0, -7.0, -4.0, -2.0, 0.0, 1.0]
HELD = [16.0, 20.0, 21.0, 20.0, 21.0, 20.0]


@pytest.mark.parametrize("name", SETTINGS)
def test_a_tag_held_to_the_gate_is_one_tap_within_a_second(name: str) -> None:
    (tap,) = hear(Taps(SETTINGS[name]), WALK_UP + HELD)
    assert tap.pass_id == HERS
    assert tap.mono_ms - len(WALK_UP) * STEP_MS <= 1_000
    assert tap.level_db >= 8
    assert tap.rise_db >= 8


@pytest.mark.parametrize("name", SETTINGS)
def test_standing_at_a_metre_for_minutes_is_no_tap(name: str) -> None:
    rng = random.Random(3)
    assert hear(Taps(SETTINGS[name]), WALK_UP + [rng.gauss(1, 3) for _ in range(900)]) == []


@pytest.mark.parametrize("name", SETTINGS)
def test_turning_round_with_a_lanyard_is_no_tap(name: str) -> None:
    turns = ([-15.0] * 10 + [1.0] * 10) * 10
    assert hear(Taps(SETTINGS[name]), turns) == []


def test_standing_close_and_then_tapping_is_a_tap() -> None:
    assert len(hear(Taps(SETTINGS["balanced"]), WALK_UP + [3.0] * 40 + HELD)) == 1


def test_a_strong_tag_is_no_nearer_than_a_weak_one() -> None:
    taps = Taps(SETTINGS["balanced"])
    told = [taps.report(HERS, rssi(level, 0), at * STEP_MS, 0) for at, level in enumerate(WALK_UP + [2.0] * 40)]
    assert told == [None] * len(told)
    taps = Taps(SETTINGS["balanced"])
    told = [taps.report(HERS, rssi(level, -20), at * STEP_MS, -20) for at, level in enumerate(WALK_UP + HELD)]
    assert sum(tap is not None for tap in told) == 1


def test_a_tag_that_names_no_power_is_taken_for_a_typical_one() -> None:
    taps = Taps(SETTINGS["balanced"])
    levels = WALK_UP + HELD
    told = [taps.report(HERS, rssi(level, TYPICAL_POWER_DBM), at * STEP_MS) for at, level in enumerate(levels)]
    assert sum(tap is not None for tap in told) == 1


def test_a_tag_counts_once_until_it_has_left() -> None:
    taps = Taps(SETTINGS["balanced"])
    lingers = [20.0, 9.0, 22.0, 8.0, 12.0, 21.0] * 50
    assert len(hear(taps, WALK_UP + HELD + lingers)) == 1
    at_ms = (len(WALK_UP) + len(HELD) + len(lingers)) * STEP_MS
    assert len(hear(taps, WALK_UP * 3 + HELD, at_ms)) == 1


def test_a_radio_that_drops_reports_for_seconds_is_not_a_visitor_who_has_left() -> None:
    taps = Taps(SETTINGS["balanced"])
    assert len(hear(taps, WALK_UP + HELD)) == 1
    assert hear(taps, HELD, (len(WALK_UP) + len(HELD)) * STEP_MS + 8_000) == []


def test_who_comes_back_after_minutes_taps_again() -> None:
    taps = Taps(SETTINGS["balanced"])
    assert len(hear(taps, WALK_UP + HELD)) == 1
    assert len(hear(taps, WALK_UP + HELD, 600_000)) == 1


def test_one_advertisement_heard_twice_is_one_report() -> None:
    taps = Taps(SETTINGS["balanced"])
    hear(taps, WALK_UP)
    at_ms = len(WALK_UP) * STEP_MS
    assert [taps.report(HERS, rssi(20), at_ms + late, POWER) for late in (0, 0, 3, 8)] == [None] * 4
    assert taps.report(HERS, rssi(20), at_ms + 200, POWER) is not None


def test_a_single_strong_report_is_no_tap() -> None:
    assert hear(Taps(SETTINGS["quick"]), [*WALK_UP, 25.0, *[0.0] * 5]) == []


def test_late_reports_change_nothing() -> None:
    plain, late = Taps(SETTINGS["balanced"]), Taps(SETTINGS["balanced"])
    for at, level in enumerate(WALK_UP + HELD):
        told = plain.report(HERS, rssi(level), 10_000 + at * STEP_MS, POWER)
        assert late.report(HERS, rssi(level), 10_000 + at * STEP_MS, POWER) == told
        assert late.report(HERS, rssi(30), 10_000 + at * STEP_MS - 500, POWER) is None


def test_half_of_the_reports_lost_is_still_a_tap() -> None:
    assert len(hear(Taps(SETTINGS["balanced"]), (WALK_UP + HELD)[::2], step_ms=400)) == 1


def test_of_two_tags_the_nearer_one_is_taken() -> None:
    taps = Taps(SETTINGS["balanced"])
    told = []
    for at, level in enumerate(WALK_UP + HELD):
        told += [taps.report(HIS, rssi(level - 8), at * STEP_MS, POWER)]
        told += [taps.report(HERS, rssi(level), at * STEP_MS + 60, POWER)]
    assert [tap.pass_id for tap in told if tap][:1] == [HERS]


def test_two_tags_that_are_equally_near_are_not_guessed_between() -> None:
    taps = Taps(SETTINGS["sure"])
    told = []
    for at, level in enumerate(WALK_UP + HELD):
        told += [taps.report(who, rssi(level), at * STEP_MS + late, POWER) for who, late in ((HIS, 0), (HERS, 60))]
    assert [tap for tap in told if tap] == []


def test_a_tag_that_was_recognised_does_not_stand_in_the_way_of_the_next() -> None:
    taps = Taps(SETTINGS["balanced"])
    hear(taps, WALK_UP + HELD)
    at_ms = (len(WALK_UP) + len(HELD)) * STEP_MS
    told = []
    for at, level in enumerate(WALK_UP + HELD):
        told += [taps.report(HERS, rssi(20), at_ms + at * STEP_MS, POWER)]
        told += [taps.report(HIS, rssi(level), at_ms + at * STEP_MS + 60, POWER)]
    assert [tap.pass_id for tap in told if tap] == [HIS]


def test_a_crowd_of_thousands_is_bounded_and_the_near_tag_is_followed() -> None:
    taps = Taps(SETTINGS["balanced"])
    rng = random.Random(5)
    told = []
    for at, level in enumerate(WALK_UP + HELD):
        for number in range(MOST_TAGS + 50):
            taps.report(number.to_bytes(16, "big"), rssi(rng.uniform(-30, -10)), at * STEP_MS, POWER)
        told += [taps.report(HERS, rssi(level), at * STEP_MS + 50, POWER)]
    assert len(taps) <= MOST_TAGS
    assert sum(tap is not None for tap in told) == 1


@pytest.mark.parametrize("offset_db", [-6, 6])
def test_a_calibrated_gate_hears_a_tap_as_any_other_does(offset_db: int) -> None:
    held = [(rssi(12 + offset_db + wobble), POWER) for wobble in (-1, 0, 1) * 8]
    found = calibrate(held)
    assert (found.correction_db, found.reason, found.reports) == (offset_db, "", 24)
    taps = Taps(SETTINGS["balanced"], found.correction_db)
    assert len(hear(taps, [level + offset_db for level in WALK_UP + HELD])) == 1
    assert hear(Taps(SETTINGS["balanced"], found.correction_db), [offset_db + 1.0] * 600) == []


def test_a_calibration_that_says_nothing_is_refused() -> None:
    assert calibrate([]).reason == "too_few"
    assert calibrate([(rssi(12), POWER)] * 5).reason == "too_few"
    assert calibrate([(rssi(level), POWER) for level in range(40)]).reason == "unsteady"
    assert calibrate([(rssi(-20), POWER)] * 20).reason == "implausible"
    assert {calibrate([(rssi(-20), POWER)] * 20).correction_db} == {0.0}
