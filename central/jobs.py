"""`python -m central jobs`: the named jobs of the centre, one after the other, each in its own time.

- A job is bounded: it takes what is due, at most so much at once, and says whether more is waiting.
- One that fails is logged by its name and tried again; it never holds up the others.
- Several processes may run: a job takes a lock of its own on PostgreSQL, and SQLite has one writer anyway.
"""

import argparse
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from central.job_runs import KEEP_MS, keep_run
from central.keys import Keyring
from central.log import log, ready

# Packages that have a module `jobs` with JOBS.
PACKAGES = (
    "access",
    "people",
    "tracing",
    "authority",
    "alerts",
    "zoning",
    "desks",
    "reports",
    "ruling",
    "rights",
    "vault",
    "venues",
    "phones",
    "visitor",
    "safety",
    "feedback",
    "map",
    "fleet",
)


@dataclass(frozen=True, slots=True)
class Bench:
    """What a job works on."""

    engine: Engine
    ring: Keyring
    now_ms: Callable[[], int]


class Job(NamedTuple):
    """`run` does a bounded piece of work and returns whether more is waiting; it is called each `every_s` seconds."""

    name: str
    every_s: float
    run: Callable[[Bench], bool]


def all_jobs() -> list[Job]:
    """The jobs of every package, in the order of PACKAGES."""
    return [job for name in PACKAGES for job in import_module(f"central.{name}.jobs").JOBS]


def run_jobs(options: argparse.Namespace) -> int:
    """`jobs`: until SIGTERM; with --once each job until nothing waits, then the end."""
    from central.alerts.senders import FILE
    from central.services import open_centre, stop_event
    from central.vault.forgetting import start_forgetful

    if (options.keys / FILE).exists():
        start_forgetful()  # it opens addresses and texts to send them
    engine, ring = open_centre(options)
    bench = Bench(engine, ring, lambda: time.time_ns() // 1_000_000)
    if options.once:
        for job in all_jobs():
            for _ in range(_MOST_AT_ONCE):
                if not job.run(bench):
                    break
            _keep(bench, job, failed=False)
    else:
        stop = stop_event()
        ready(service="jobs", jobs=[job.name for job in all_jobs()])
        work(bench, all_jobs(), stop)
    engine.dispose()
    return 0


def work(bench: Bench, jobs: list[Job], stop: threading.Event) -> None:
    """Run each job when it is due, until `stop`."""
    due = {job.name: 0.0 for job in jobs}
    kept: dict[str, tuple[bool, int]] = {}
    while not stop.is_set():
        for job in jobs:
            if time.monotonic() >= due[job.name] and not stop.is_set():
                more, failed = _run_one(bench, job)
                before, now_ms = kept.get(job.name), bench.now_ms()
                if before is None or before[0] != failed or now_ms - before[1] >= KEEP_MS:
                    _keep(bench, job, failed)
                    kept[job.name] = (failed, now_ms)
                due[job.name] = time.monotonic() + (0.0 if more else job.every_s)
        stop.wait(max(0.0, min(_LONGEST_WAIT_S, min(due.values(), default=0.0) - time.monotonic())))


def _run_one(bench: Bench, job: Job) -> tuple[bool, bool]:
    """(whether more is waiting, whether it failed)."""
    try:
        return job.run(bench), False
    except Exception as error:
        log("job_failed", job=job.name, error=type(error).__name__)
        return False, True


def _keep(bench: Bench, job: Job, failed: bool) -> None:
    """For the health page; a database that is away is no reason to stop."""
    try:
        with bench.engine.begin() as connection:
            keep_run(connection, job.name, job.every_s, failed, bench.now_ms())
    except SQLAlchemyError as error:
        log("job_failed", job=job.name, error=type(error).__name__)


_LONGEST_WAIT_S = 1.0
_MOST_AT_ONCE = 100_000
