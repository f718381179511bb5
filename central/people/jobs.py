"""The named jobs of central.people."""

from central.jobs import Bench, Job
from central.opening import Pseudonyms
from central.people.pass_links import link_passes


def _link_passes(bench: Bench) -> bool:
    with bench.engine.begin() as connection:
        return link_passes(connection, Pseudonyms(bench.ring.secret("pepper")), bench.now_ms())


JOBS: tuple[Job, ...] = (Job("pass_links", 30.0, _link_passes),)
