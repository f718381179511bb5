"""The named jobs of central.desks."""

from central.jobs import Job

JOBS: tuple[Job, ...] = ()
