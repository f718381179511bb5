"""The named jobs of central.authority."""

from central.authority import once
from central.authority.cases import due_cases, end_case
from central.authority.following import make_daily
from central.authority.taking_back import take_back
from central.jobs import Bench, Job

_AT_ONCE = 20


def end_suspected(bench: Bench) -> bool:
    """Suspected cases that waited 72 hours for a result are over, and what came of them is taken back."""
    now_ms = bench.now_ms()
    with bench.engine.begin() as connection:
        due = due_cases(connection, now_ms, _AT_ONCE)
        for case in due:
            end_case(connection, case, "expired", "job:suspected", now_ms)
            take_back(connection, bench.ring, case.id, now_ms)
    return len(due) == _AT_ONCE


def follow_up(bench: Bench) -> bool:
    """Today's tasks of everybody who is followed up."""
    with bench.engine.begin() as connection:
        return make_daily(connection, bench.now_ms())


def forget_forms(bench: Bench) -> bool:
    """Tokens of forms that nobody sends again."""
    with bench.engine.begin() as connection:
        return once.forget(connection, bench.now_ms())


JOBS: tuple[Job, ...] = (
    Job("suspected", 60.0, end_suspected),
    Job("follow_up", 300.0, follow_up),
    Job("forget_forms", 3600.0, forget_forms),
)
