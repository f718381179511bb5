"""The named jobs of central.rights."""

from central.jobs import Job

JOBS: tuple[Job, ...] = ()
