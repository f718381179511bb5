"""The clock of a case runs from the result to the last contact reached, and stops there."""

from central.authority.clock import STAGES, WIDTH, bars, elapsed, stages

MINUTE = 60_000
DONE = {"result": 0, "opened": 8 * MINUTE, "signed": 16 * MINUTE, "traced": 17 * MINUTE, "released": 20 * MINUTE}


def test_every_stage_counts_from_the_one_before() -> None:
    found = stages({**DONE, "reached": 52 * MINUTE}, 90 * MINUTE)
    assert [stage.name for stage in found] == list(STAGES)
    assert [stage.took_ms // MINUTE for stage in found] == [0, 8, 8, 1, 3, 32]
    assert not any(stage.running for stage in found)


def test_the_first_stage_that_is_not_done_runs_until_now() -> None:
    found = stages(DONE, 30 * MINUTE)
    assert [stage.name for stage in found if stage.running] == ["reached"]
    assert found[-1].took_ms == 10 * MINUTE


def test_a_case_without_an_alert_passes_over_that_stage() -> None:
    times = {**DONE, "released": None, "reached": 40 * MINUTE}
    found = {stage.name: stage for stage in stages(times, 50 * MINUTE)}
    assert not found["released"].running
    assert found["released"].at_ms is None
    assert found["reached"].took_ms == 23 * MINUTE


def test_the_clock_stops_with_the_last_contact() -> None:
    assert elapsed({**DONE, "reached": 52 * MINUTE}, 90 * MINUTE) == 52 * MINUTE
    assert elapsed(DONE, 90 * MINUTE) == 90 * MINUTE
    assert elapsed({"opened": 5 * MINUTE}, 9 * MINUTE) == 4 * MINUTE


def test_a_result_that_was_entered_late_never_makes_time_run_backwards() -> None:
    found = stages({"result": 10 * MINUTE, "opened": 4 * MINUTE}, 12 * MINUTE)
    assert all(stage.took_ms >= 0 for stage in found)


def test_the_bars_fill_the_plot_and_each_can_be_seen() -> None:
    made = bars(stages({**DONE, "traced": 16 * MINUTE}, 30 * MINUTE))
    assert made[0].x == 0
    assert all(bar.width >= 6 for bar in made)
    assert abs(made[-1].x + made[-1].width - WIDTH) < 1
