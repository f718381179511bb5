"""The named jobs of central.zoning."""

from central.jobs import Job

JOBS: tuple[Job, ...] = ()
