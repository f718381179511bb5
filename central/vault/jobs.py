"""The named jobs of central.vault."""

from central.jobs import Job

JOBS: tuple[Job, ...] = ()
