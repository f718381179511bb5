"""The named jobs of central.tracing."""

from central.jobs import Job

JOBS: tuple[Job, ...] = ()
