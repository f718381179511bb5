"""The named jobs of central.safety."""

from central.jobs import Job

JOBS: tuple[Job, ...] = ()
