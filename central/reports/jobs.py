"""The named jobs of central.reports."""

from central.jobs import Job

JOBS: tuple[Job, ...] = ()
