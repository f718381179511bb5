"""When each job ran last, for the health page: one row a job, overwritten."""

from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.statements import run

KEEP_MS = 60_000  # so often at most a row is written for a job that runs each half second
_LATE_TIMES = 3.0
_LATE_LEAST_MS = 120_000
_MOST = 200


class JobRun(NamedTuple):
    """`failed_ms`: when it failed last, None while it never did; `good_ms`: when it ran to its end."""

    name: str
    every_s: float
    good_ms: int | None
    failed_ms: int | None

    @property
    def fails(self) -> bool:
        """Whether its last run failed."""
        return self.failed_ms is not None and (self.good_ms is None or self.failed_ms > self.good_ms)

    def late(self, now_ms: int) -> bool:
        """Whether it should have run again by now: three times its pace, and two minutes at least."""
        last = max(self.good_ms or 0, self.failed_ms or 0)
        return now_ms - last > max(_LATE_LEAST_MS, self.every_s * 1000 * _LATE_TIMES)


def keep_run(connection: Connection, name: str, every_s: float, failed: bool, now_ms: int) -> None:
    """It ran just now."""
    column = "failed_ms" if failed else "good_ms"
    sql = (
        f"INSERT INTO job_run (name, every_ms, {column}) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE"
        f" SET {column} = excluded.{column}, every_ms = excluded.every_ms"
    )
    run(connection, sql, (name, int(every_s * 1000), now_ms))


def last_runs(connection: Connection) -> list[JobRun]:
    """Of every job that has run, by name."""
    sql = "SELECT name, every_ms, good_ms, failed_ms FROM job_run ORDER BY name LIMIT ?"
    return [
        JobRun(name, every_ms / 1000, good, failed) for name, every_ms, good, failed in run(connection, sql, (_MOST,))
    ]
