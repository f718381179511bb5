"""The named jobs of central.visitor."""

from central.jobs import Job

JOBS: tuple[Job, ...] = ()
