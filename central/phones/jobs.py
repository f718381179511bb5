"""The named jobs of central.phones."""

from central.jobs import Job

JOBS: tuple[Job, ...] = ()
