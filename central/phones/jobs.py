"""The named jobs of central.phones."""

from central.jobs import Bench, Job
from central.phones.passes import revoke_ended
from central.phones.reminding import remind_well


def end_passes(bench: Bench) -> bool:
    """Gates are told of passes whose holders have ended them, a hundred in one list."""
    with bench.engine.begin() as connection:
        return revoke_ended(connection, bench.ring, bench.now_ms()) == 100


JOBS: tuple[Job, ...] = (
    Job("ended_passes", 5.0, end_passes),
    Job("well_reminders", 60.0, remind_well),
)
