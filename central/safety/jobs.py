"""The named jobs of central.safety. Each does a bounded piece and says whether more is waiting."""

from central.jobs import Bench, Job
from central.safety.from_kiosks import score_sent
from central.safety.measuring import put_down, spoken_against
from central.safety.reminder_ways import forget_strangers
from central.safety.reminding import remind
from central.safety.standing import restate
from central.statements import run

_AT_ONCE = 100  # a second of writing at most: SQLite has one writer, and ingest must not wait for it


def score_kiosks(bench: Bench) -> bool:
    """`kiosk_checks`: self-checks that kiosks sent, scored."""
    with bench.engine.begin() as connection:
        return score_sent(connection, bench.now_ms())


def end_checks(bench: Bench) -> bool:
    """`self_check_ends`: a state older than its period becomes "not assessed", as an event of its own."""
    now_ms = bench.now_ms()
    with bench.engine.begin() as connection:
        sql = "SELECT place FROM facility_now WHERE until_ms <= ? ORDER BY until_ms LIMIT ?"
        over = run(connection, sql, (now_ms, _AT_ONCE)).all()
        for (place,) in over:
            restate(connection, place, now_ms)
    return len(over) == _AT_ONCE


def remind_managers(bench: Bench) -> bool:
    """`check_reminders`: who runs a place is told that a check runs out or has run out; who does not, is forgotten."""
    with bench.engine.begin() as connection:
        forget_strangers(connection, bench.now_ms())
        return remind(connection, bench.ring, bench.now_ms())


def look_at_hours(bench: Bench) -> bool:
    """`measures`: which pledges the last day speaks against; read first, since ingest must not wait for it."""
    now_ms = bench.now_ms()
    with bench.engine.connect().execution_options(reads_only=True) as connection:
        found, through = spoken_against(connection, now_ms)
    with bench.engine.begin() as connection:
        put_down(connection, found, through, now_ms)
    return False


JOBS: tuple[Job, ...] = (
    Job("kiosk_checks", 2, score_kiosks),
    Job("self_check_ends", 5, end_checks),
    Job("check_reminders", 600, remind_managers),
    Job("measures", 60, look_at_hours),
)
