"""The tap detector on a few hundred generated people: tests/bench/tap.py proves it on thousands, on other seeds."""

from ble_scanner.tap import SETTINGS, calibrate
from tests.bench.tap import prove
from tests.parts.tap_traces import PROOF_SEED, SHORT_SEED, TUNING_SEED, Venue, held, passers_by, taps

TAPS, PEOPLE = 150, 600
DEAF = Venue(offset_db=-6, step_db=2, lost=0.2, exponent=2, k_db=7)
KEEN = Venue(offset_db=6, step_db=1, lost=0.2, exponent=2, k_db=7)


def test_taps_are_recognised_within_two_seconds_and_passers_by_are_let_pass() -> None:
    sure, balanced, quick = prove(SHORT_SEED, [SETTINGS[name] for name in ("sure", "balanced", "quick")], TAPS, PEOPLE)
    assert balanced.taps == TAPS
    assert balanced.people >= PEOPLE
    assert balanced.recognised >= 0.95
    assert balanced.false_taps <= 2
    assert balanced.wait(0.95) <= 1_000
    assert sure.recognised <= balanced.recognised <= quick.recognised
    assert sure.false_taps <= balanced.false_taps <= quick.false_taps
    assert quick.wait(0.5) <= balanced.wait(0.5) <= sure.wait(0.5)


def test_a_receiver_that_is_6_db_off_is_put_right_by_holding_a_tag_to_the_mark() -> None:
    for venue in (DEAF, KEEN):
        corrections = [calibrate(held(SHORT_SEED + number, venue)) for number in range(20)]
        assert {found.reason for found in corrections} == {""}
        mean = sum(found.correction_db for found in corrections) / len(corrections)
        assert abs(mean - venue.offset_db) <= 1.0
        assert max(abs(found.correction_db - venue.offset_db) for found in corrections) <= 6


def test_the_traces_are_the_same_from_the_same_seed_and_others_from_another() -> None:
    assert list(taps(SHORT_SEED, 3)) == list(taps(SHORT_SEED, 3))
    assert list(taps(SHORT_SEED, 3)) != list(taps(SHORT_SEED + 1, 3))
    assert len({TUNING_SEED, PROOF_SEED, SHORT_SEED}) == 3


def test_nobody_of_the_passers_by_comes_nearer_than_a_metre_and_every_tap_does() -> None:
    scenes = {trace.scene for trace in passers_by(SHORT_SEED, 60)}
    assert scenes == {"walk", "crowd", "queue", "turn"}
    for trace in taps(SHORT_SEED, 30):
        assert trace.near_ms is not None
        assert trace.near_for_ms >= 300
        assert 1 <= trace.held_cm <= 25
        assert list(trace.rows) == sorted(trace.rows)
