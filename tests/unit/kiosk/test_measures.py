"""What a gate measures of an hour: its own rows and its own time, over restarts, and without the time."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.events import Overridden
from kiosk.measures import Measures
from kiosk.measuring import HOUR_MS, Hour, facts_of, flow_of, hour_of, read_back, written
from tests.unit.kiosk.site import CARD, OTHER, Kiosk, Time
from wire.records import DeviceEvent


def told(kiosk: Kiosk) -> list[dict[str, object]]:
    """The facts of every `measured` event that was committed."""
    return [one.facts for one in kiosk.opened_records() if isinstance(one, DeviceEvent) and one.name == "measured"]


def wait_until(time: Time, into_ms: int) -> None:
    """To that many ms into the next hour."""
    time.pass_ms(hour_of(time.wall_ms) + HOUR_MS + into_ms - time.wall_ms)


def live(kiosk: Kiosk, time: Time, measures: Measures, ms: int, *, step: int = 1000) -> None:
    """So many ms, with a look each second as the gate takes it."""
    for _ in range(ms // step):
        time.pass_ms(step)
        measures.look(kiosk.clock.mono_ms(), kiosk.clock.now_ms())


def test_an_hour_is_told_once_with_what_its_rows_and_its_air_say(kiosk: Kiosk, time: Time) -> None:
    wait_until(time, 3_500_000)
    air = iter([900, 1500])
    measures = Measures(kiosk.ledger, 30, lambda: True, lambda: next(air, None))
    assert kiosk.show(CARD) == "green"
    kiosk.show("not a code at all")
    kiosk.loop.take(Overridden("THỬ", True, 1))
    live(kiosk, time, measures, 50_000)
    assert kiosk.show(OTHER) == "green"
    live(kiosk, time, measures, 49_000)
    assert told(kiosk) == []
    live(kiosk, time, measures, 10_000)
    assert told(kiosk) == [
        {
            "hour": hour_of(time.wall_ms) - HOUR_MS,
            "in": 3,
            "out": 0,
            "by_hand": 1,
            "occupancy_max": 3,
            "capacity": 30,
            "per_min_max": 2,
            "up_s": 98,
            "co2_max": 1500,
            "co2_mean": 1200,
        }
    ]
    live(kiosk, time, measures, 60_000)
    assert len(told(kiosk)) == 1


def test_a_restart_in_the_hour_and_a_night_without_power_lose_no_hour_that_was_lived(kiosk: Kiosk, time: Time) -> None:
    wait_until(time, 0)
    measures = Measures(kiosk.ledger, None, lambda: True)
    assert kiosk.show(CARD) == "green"
    live(kiosk, time, measures, 600_000, step=10_000)
    measures = Measures(kiosk.ledger, None, lambda: True)  # started again
    live(kiosk, time, measures, 600_000, step=10_000)
    measures = Measures(kiosk.ledger, None, lambda: True)
    time.pass_ms(9 * HOUR_MS)
    live(kiosk, time, measures, 30_000, step=10_000)
    assert [(one["in"], one["up_s"], one["co2_max"]) for one in told(kiosk)] == [
        (1, 1080, None)
    ]  # a restart costs a minute at most


def test_time_in_a_fault_is_no_time_at_work(kiosk: Kiosk, time: Time) -> None:
    wait_until(time, HOUR_MS - 40_000)
    serving = [True]
    measures = Measures(kiosk.ledger, None, lambda: serving[0])
    live(kiosk, time, measures, 20_000)
    serving[0] = False
    live(kiosk, time, measures, 30_000)
    assert told(kiosk)[0]["up_s"] == 19


def test_while_the_clock_is_unset_no_hour_is_named(kiosk: Kiosk, time: Time) -> None:
    measures = Measures(kiosk.ledger, None, lambda: True)
    for _ in range(3):
        time.pass_ms(2 * HOUR_MS)
        measures.look(kiosk.clock.mono_ms(), None)
    assert told(kiosk) == []


def test_a_clock_that_was_set_back_names_no_hour_twice(kiosk: Kiosk, time: Time) -> None:
    measures = Measures(kiosk.ledger, None, lambda: True)
    live(kiosk, time, measures, 5_000)
    time.wall_ms -= 3 * HOUR_MS
    kiosk.clock.look()
    live(kiosk, time, measures, 5_000)
    assert told(kiosk) == []


def test_what_could_not_be_recorded_is_told_later(kiosk: Kiosk, time: Time) -> None:
    wait_until(time, HOUR_MS - 5_000)
    measures = Measures(kiosk.ledger, None, lambda: True)
    live(kiosk, time, measures, 4_000)
    kiosk.store.execute("PRAGMA query_only=1")
    live(kiosk, time, measures, 4_000)
    kiosk.store.execute("PRAGMA query_only=0")
    assert told(kiosk) == []
    live(kiosk, time, measures, 4_000)
    assert len(told(kiosk)) == 1


def test_people_from_the_hour_before_count_as_inside_and_nobody_is_less_than_nobody() -> None:
    assert flow_of([(0, 2, 3), (1, 1, 2), (70_000, 2, 9)], 4) == (2, 12, 4, 9)
    assert facts_of(Hour(0, by_hand=9), flow_of([(0, 1, 2)], 0), None)["by_hand"] == 2


@given(st.one_of(st.text(max_size=60), st.dictionaries(st.sampled_from(["start_ms", "up_ms"]), st.integers()).map(str)))
def test_a_note_is_an_hour_or_nothing(note: str) -> None:
    assert read_back(note) is None


@given(st.builds(Hour, st.integers(0, 9).map(lambda n: n * HOUR_MS), *[st.integers(0, 10**9)] * 5))
def test_an_hour_comes_back_from_its_note(hour: Hour) -> None:
    assert read_back(written(hour)) == hour
