"""The named jobs of central.desks."""

from central.desks.desk import close_done
from central.desks.queue import triage_exposed, triage_missing, triage_new
from central.desks.said import day_of
from central.desks.triage import shipped_triage
from central.desks.warnings import standing_out, warn, warning_rule
from central.jobs import Bench, Job


def new_declarations(bench: Bench) -> bool:
    """What came in goes through the triage rules."""
    with bench.engine.begin() as connection:
        return triage_new(connection, shipped_triage(), bench.now_ms())


def late_facts(bench: Bench) -> bool:
    """What changed since: new contacts, missing reports, tasks that a station has closed."""
    with bench.engine.begin() as connection:
        triage_exposed(connection, shipped_triage(), bench.now_ms())
        triage_missing(connection, shipped_triage(), bench.now_ms())
        close_done(connection, bench.now_ms())
    return False


def early_warning(bench: Bench) -> bool:
    """Yesterday, and today as far as it has come. Read first: SQLite has one writer, and ingest must not wait."""
    now_ms, rule = bench.now_ms(), warning_rule()
    with bench.engine.connect().execution_options(reads_only=True) as connection:
        found = [one for day in (day_of(now_ms) - 1, day_of(now_ms)) for one in standing_out(connection, day, rule)]
    if found:
        with bench.engine.begin() as connection:
            warn(connection, found, rule, now_ms)
    return False


JOBS: tuple[Job, ...] = (
    Job("triage", 5, new_declarations),
    Job("triage_late", 300, late_facts),
    Job("early_warning", 1_800, early_warning),
)
