"""The named jobs of central.access."""

from central.jobs import Job

JOBS: tuple[Job, ...] = ()
