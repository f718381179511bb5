"""The named jobs of central.reports."""

from central.jobs import Bench, Job
from central.reports.counting import count_places, make_day


def daily_counts(bench: Bench) -> bool:
    """Count what came since the last time; then make the days that changed, today always."""
    now_ms = bench.now_ms()
    with bench.engine.begin() as connection:
        if count_places(connection, now_ms):
            return True
    with bench.engine.begin() as connection:
        return make_day(connection, now_ms)


JOBS: tuple[Job, ...] = (Job("daily_counts", 60.0, daily_counts),)
