"""The named jobs of central.ruling."""

from central.jobs import Bench, Job
from central.ruling.proposals import end_old


def end_proposals(bench: Bench) -> bool:
    """End what nobody signed in time."""
    with bench.engine.begin() as connection:
        end_old(connection, bench.now_ms())
    return False


JOBS: tuple[Job, ...] = (Job("rule_proposals_end", 600.0, end_proposals),)
