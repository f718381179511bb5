"""The named jobs of central.venues."""

from central.jobs import Job

JOBS: tuple[Job, ...] = ()
