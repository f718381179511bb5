"""The named jobs of central.ruling."""

from central.jobs import Job

JOBS: tuple[Job, ...] = ()
