"""The named jobs of central.alerts."""

from central.jobs import Job

JOBS: tuple[Job, ...] = ()
