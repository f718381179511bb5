"""The named jobs of central.authority."""

from central.jobs import Job

JOBS: tuple[Job, ...] = ()
