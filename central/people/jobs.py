"""The named jobs of central.people."""

from central.jobs import Job

JOBS: tuple[Job, ...] = ()
