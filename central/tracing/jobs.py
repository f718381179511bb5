"""The named jobs of central.tracing."""

from central.jobs import Bench, Job
from central.tracing.stays import derive_stays


def _stays(bench: Bench) -> bool:
    with bench.engine.begin() as connection:
        return derive_stays(connection, bench.now_ms())


JOBS: tuple[Job, ...] = (Job("stays", 2.0, _stays),)
