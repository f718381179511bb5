"""Whatever is lost, cut, restored or delayed, in any order: once the weather clears, all of it arrives."""

from hypothesis import given, settings
from hypothesis import strategies as st

from sync_agent.state import Link
from tests.unit.sync_agent.world import World

_FAULTS = st.sampled_from(
    (
        "records",
        "cut",
        "broker_down",
        "broker_up",
        "mute",
        "speak",
        "lose",
        "keep",
        "restore",
        "acks",
        "no_acks",
        "reread",
    )
)


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.tuples(_FAULTS, st.integers(0, 900), st.integers(0, 40_000)), max_size=14),
    st.floats(0, 0.999),
)
def test_all_records_arrive_in_the_end(weather: list[tuple[str, int, int]], chance: float) -> None:
    world = World(records=300)
    world.chance = chance
    for fault, number, wait_ms in weather:
        _befall(world, fault, number)
        world.wait(wait_ms, every=500)
    for clear in ("keep", "speak", "acks", "broker_up"):
        _befall(world, clear, 0)
    for _ in range(1500):  # two hours: even what was set aside as poison gets its next try
        world.wait(5000, every=5000)
        if world.through == world.records and not world.state.runs:
            break
    assert world.centre == set(range(1, world.records + 1))
    assert world.through == world.records


def _befall(world: World, fault: str, number: int) -> None:
    match fault:
        case "records":
            world.add(number)
        case "cut" if world.state.link is Link.UP:
            world.break_connection()
        case "broker_down":
            world.broker_up = False
            if world.state.link is Link.UP:
                world.break_connection()
        case "broker_up":
            world.broker_up = True
        case "mute" | "speak":
            world.answers = fault == "speak"
        case "lose":
            world.loses = lambda first, last: (first + number) % 3 == 0
        case "keep":
            world.loses = lambda first, last: False
        case "restore":
            world.restore_centre(number)
        case "acks" | "no_acks":
            world.acks = fault == "acks"
        case "reread":
            world.changed = True
