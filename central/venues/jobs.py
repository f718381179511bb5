"""The named jobs of central.venues."""

from central.jobs import Job
from central.venues.closing import close_due

JOBS: tuple[Job, ...] = (Job("venue_closings", 60.0, close_due),)
