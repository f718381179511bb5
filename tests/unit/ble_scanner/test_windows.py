"""Reports become one row for an identifier in a minute, whatever the clock and the crowd do."""

from time import perf_counter

import pytest

from ble_scanner.windows import Windows
from wire.sightings import SYSTEMS, WINDOW_MS, SightingWindow

BLUEZONE = SYSTEMS["bluezone"]
TEN = 1_790_000_040_000 // WINDOW_MS * WINDOW_MS  # some full minute
A, B = b"A" * 12, b"B" * 12


def test_a_minute_is_one_row_with_its_strongest_and_its_mean() -> None:
    windows = Windows()
    for rssi, second in ((-80, 0), (-60, 15), (-71, 59)):
        windows.add(BLUEZONE, A, rssi, TEN + second * 1000)
    assert windows.take(TEN + WINDOW_MS) == [SightingWindow(BLUEZONE, A, TEN, -60, -70, 3)]


def test_a_minute_that_still_runs_is_not_handed_out() -> None:
    windows = Windows()
    windows.add(BLUEZONE, A, -70, TEN + 1)
    assert windows.take(TEN + WINDOW_MS - 1) == []
    assert len(windows) == 1


def test_what_was_handed_out_is_forgotten() -> None:
    windows = Windows()
    windows.add(BLUEZONE, A, -70, TEN)
    windows.take(TEN + WINDOW_MS)
    assert windows.take(TEN + 2 * WINDOW_MS) == []
    assert len(windows) == 0


def test_a_late_report_makes_a_second_part_of_its_minute_and_is_not_lost() -> None:
    windows = Windows()
    windows.add(BLUEZONE, A, -70, TEN)
    windows.take(TEN + WINDOW_MS)
    windows.add(BLUEZONE, A, -65, TEN + 59_000)
    assert windows.take(TEN + WINDOW_MS) == [SightingWindow(BLUEZONE, A, TEN, -65, -65, 1)]


def test_the_same_identifier_of_two_systems_is_two_rows() -> None:
    windows = Windows()
    windows.add(1, A, -70, TEN)
    windows.add(2, A, -50, TEN)
    assert {(w.system, w.strongest) for w in windows.take_all()} == {(1, -70), (2, -50)}


@pytest.mark.parametrize("jump_ms", [-3_600_000, 3_600_000, -30 * 86_400_000, 30 * 86_400_000])
def test_a_clock_that_jumps_holds_nothing_back(jump_ms: int) -> None:
    windows = Windows()
    windows.add(BLUEZONE, A, -70, TEN)
    windows.add(BLUEZONE, B, -71, TEN + jump_ms)
    assert [w.at_ms for w in windows.take(TEN + jump_ms + 1000)] == [TEN]
    windows.add(BLUEZONE, A, -72, TEN + 1000)  # and back again
    assert sorted(w.at_ms for w in windows.take_all()) == sorted([TEN, TEN + jump_ms])
    assert len(windows) == 0


def test_the_running_minute_goes_on_after_others_were_taken() -> None:
    windows = Windows()
    windows.add(BLUEZONE, A, -70, TEN)
    windows.add(BLUEZONE, A, -70, TEN + WINDOW_MS)
    windows.take(TEN + WINDOW_MS)
    windows.add(BLUEZONE, A, -60, TEN + WINDOW_MS + 1)
    assert windows.take_all() == [SightingWindow(BLUEZONE, A, TEN + WINDOW_MS, -60, -65, 2)]


def test_a_flood_of_made_up_identifiers_is_bounded_and_counted() -> None:
    windows = Windows(most_rows=100)
    for n in range(1000):
        windows.add(BLUEZONE, n.to_bytes(12, "big"), -70, TEN)
    windows.add(BLUEZONE, (5).to_bytes(12, "big"), -40, TEN)  # who was there before is still heard
    assert (len(windows), windows.crowded_out) == (100, 900)
    assert max(w.strongest for w in windows.take(TEN + WINDOW_MS)) == -40
    windows.add(BLUEZONE, A, -70, TEN + WINDOW_MS)
    assert len(windows) == 1


@pytest.mark.parametrize(("rssi", "kept"), [(127, -127), (-128, -127), (20, 20), (21, -127), (-300, -127)])
def test_a_strength_that_no_radio_can_mean_is_kept_as_the_weakest(rssi: int, kept: int) -> None:
    windows = Windows()
    windows.add(BLUEZONE, A, rssi, TEN)
    assert [(w.strongest, w.mean) for w in windows.take_all()] == [(kept, kept)]


@pytest.mark.parametrize("identifier", [b"", b"x" * 21])
def test_an_identifier_that_the_store_could_not_hold_is_dropped(identifier: bytes) -> None:
    windows = Windows()
    windows.add(BLUEZONE, identifier, -70, TEN)
    windows.add(BLUEZONE, A, -70, -1)
    assert windows.take_all() == []


def test_a_thousand_reports_in_a_minute_are_255_or_more() -> None:
    windows = Windows()
    for _ in range(1000):
        windows.add(BLUEZONE, A, -70, TEN)
    assert windows.take_all()[0].heard == 255


def test_a_report_costs_little() -> None:
    """1.5 us is the budget on a quiet machine; five times that is a fault of the code, not of the neighbours."""
    identifiers = [n.to_bytes(12, "big") for n in range(500)]
    best = 1.0
    for _ in range(5):
        windows = Windows()
        began = perf_counter()
        for at_ms in range(TEN, TEN + 20):
            for identifier in identifiers:
                windows.add(BLUEZONE, identifier, -70, at_ms)
        best = min(best, (perf_counter() - began) / 10_000)
    assert best < 7.5e-6, f"{best * 1e6:.2f} us"
