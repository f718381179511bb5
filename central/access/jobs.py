"""The named jobs of central.access."""

from central.jobs import Bench, Job


def publish_head(bench: Bench) -> bool:
    """Sign today's tree head."""
    from central.access import heads

    with bench.engine.begin() as connection:
        if heads.is_due(connection, bench.now_ms()):
            heads.publish_head(connection, bench.ring, bench.now_ms())
    return False


def count_month(bench: Bench) -> bool:
    """Count a month of looks that is over."""
    from central.access.counts import count_month

    with bench.engine.begin() as connection:
        return count_month(connection, bench.now_ms())


def tidy(bench: Bench) -> bool:
    """Delete sessions, steps, first codes and purses whose time is over."""
    from central.access.accounts import forget_ended

    with bench.engine.begin() as connection:
        forget_ended(connection, bench.now_ms())
    return False


JOBS: tuple[Job, ...] = (
    Job("tree_head", 600, publish_head),
    Job("look_counts", 3600, count_month),
    Job("sessions", 300, tidy),
)
