"""The named jobs of central.fleet."""

from central.fleet.rollouts import carry_on, end_old, running
from central.fleet.watching import watch
from central.jobs import Bench, Job


def look_after(bench: Bench) -> bool:
    """Alarms of what has begun at a kiosk."""
    with bench.engine.begin() as connection:
        watch(connection, bench.now_ms())
    return False


def roll_out(bench: Bench) -> bool:
    """Each running roll-out a step further, or stopped; each in a transaction of its own."""
    with bench.engine.begin() as connection:
        end_old(connection, bench.now_ms())
        numbers = running(connection)
    for number in numbers:
        with bench.engine.begin() as connection:
            carry_on(connection, bench.ring, number, bench.now_ms())
    return False


JOBS: tuple[Job, ...] = (Job("fleet_watch", 60.0, look_after), Job("fleet_roll_out", 30.0, roll_out))
