"""The named jobs of central.feedback."""

from central.jobs import Job

JOBS: tuple[Job, ...] = ()
