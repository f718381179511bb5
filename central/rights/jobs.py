"""The named jobs of central.rights."""

from central.jobs import Bench, Job


def _retention(bench: Bench) -> bool:
    from central.rights.retention import work

    return work(bench)


JOBS: tuple[Job, ...] = (Job("retention", 60.0, _retention),)
