"""The named jobs of central.map."""

from central.jobs import Job

JOBS: tuple[Job, ...] = ()
