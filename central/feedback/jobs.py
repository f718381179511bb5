"""The named jobs of central.feedback."""

from central.feedback.sealing import make_keys
from central.jobs import Bench, Job


def have_keys(bench: Bench) -> bool:
    """The pair of the moderators and the key of codes, made once."""
    make_keys(bench.ring.folder)
    return False


JOBS: tuple[Job, ...] = (Job("feedback_keys", 3_600, have_keys),)
