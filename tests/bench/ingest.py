"""How fast the centre takes batches, against a bare executemany of the very same rows, in one run.

The bare loop writes what ingest has made of the batches (raw_record and visit with all their indexes and checks, 20
batches to a commit, WAL, synchronous=FULL) and does nothing else: no signature, no opening, no dedupe, no receipt.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Table

from central.ahead import Ahead
from central.database import insert_sql, migrate, open_database
from central.ingest import Delivery, Ingest
from central.opening import Opener
from central.registry import Device, add_device
from central.schema import raw_record, visit
from tests.parts.devices import INGEST, INGEST_SECRET, SyntheticDevice
from wire.crypto import SigningKey

GROUP = 20
NOW_MS = 1_790_000_500_000
_TABLES = (raw_record, visit)


def run(quick: bool) -> list[dict[str, Any]]:
    """Rows for the table of `make bench`."""
    total = 40_000 if quick else 100_000
    rounds = 3
    device = SyntheticDevice("t-gate-1")
    messages = device.batches(total)
    ours, bare, again, alone, ours_cpu, bare_cpu = [], [], [], [], [], []
    ahead = Ahead(INGEST_SECRET, b"p" * 32)
    with tempfile.TemporaryDirectory() as name:
        for number in range(rounds):
            engine = _centre(Path(name) / f"ours-{number}.db", device)
            take = _taker(engine, messages, device.device, ahead)
            cpu = time.process_time()
            ours.append(_seconds(take))
            ours_cpu.append(time.process_time() - cpu)
            again.append(_seconds(take))
            rows = _rows(engine)
            other = _centre(Path(name) / f"bare-{number}.db", device)
            cpu = time.process_time()
            bare.append(_seconds(_bare(other, rows)))
            bare_cpu.append(time.process_time() - cpu)
            single = _centre(Path(name) / f"alone-{number}.db", device)
            alone.append(_seconds(_taker(single, messages, device.device, None)))
            for each in (engine, other, single):
                each.dispose()
    ahead.close()
    ratio = statistics.median(b / o for b, o in zip(bare, ours, strict=True))
    note = f"{total} visits in batches of 200, SQLite, median of {rounds}"
    by_cpu = statistics.median(b / o for b, o in zip(bare_cpu, ours_cpu, strict=True))
    return [
        _row("centre: committed / bare executemany", ratio, "x", 0.5, ratio >= 0.5, note),
        _row("centre: the same by CPU of the committing process", by_cpu, "x", None, None, "needs a second free core"),
        _row("centre: visits committed", total / statistics.median(ours), "1/s", None, None, note),
        _row("centre: visits committed by one process", total / statistics.median(alone), "1/s", None, None, note),
        _row("centre: bare executemany", total / statistics.median(bare), "1/s", None, None, note),
        _row("centre: duplicates answered", total / statistics.median(again), "1/s", None, None, note),
    ]


def _row(name: str, value: float, unit: str, bound: float | None, holds: bool | None, note: str) -> dict[str, Any]:
    shown = round(value, 3 if unit == "x" else 0)
    return {"name": name, "value": shown, "unit": unit, "bound": bound, "holds": holds, "note": note}


def _seconds(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _centre(path: Path, device: SyntheticDevice) -> Engine:
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    row = Device(device.device, "v-cho-mau", "g-1", device.public, device.kid, "active", NOW_MS, "0a")
    with engine.begin() as connection:
        add_device(connection, row)
    return engine


def _taker(engine: Engine, messages: Sequence[bytes], topic: str, ahead: Ahead | None) -> Callable[[], None]:
    ingest = Ingest(Opener(INGEST, b"p" * 32), SigningKey(b"r" * 32), (lambda: ahead) if ahead else None)
    deliveries = [Delivery(message, topic) for message in messages]
    groups = [deliveries[start : start + GROUP] for start in range(0, len(deliveries), GROUP)]

    def take() -> None:
        # As the worker does under load: the next group is being opened while this one is committed.
        for group, following in zip_longest(groups, groups[1:]):
            ingest.collect()
            if following:
                ingest.look_ahead(engine, following)
            ingest.take_all(engine, group, NOW_MS)

    return take


def _rows(engine: Engine) -> dict[Table, list[tuple[Any, ...]]]:
    with engine.connect() as connection:
        return {
            table: [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table.name} ORDER BY 1, 2")]
            for table in _TABLES
        }


def _bare(engine: Engine, rows: dict[Table, list[tuple[Any, ...]]]) -> Callable[[], None]:
    size = GROUP * 200
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO stream (id, device, epoch, n, through_seq, opened_through, rejected, clock_fixes, first_ms,"
            " last_ms) SELECT 1, id, x'0000000000000000', 0, 0, 0, 0, 0, 0, 0 FROM device"
        )
        statements = {table: insert_sql(connection, table) for table in _TABLES}
    plain: Any = engine.raw_connection().driver_connection

    def write() -> None:
        for start in range(0, len(rows[visit]), size):
            plain.execute("BEGIN IMMEDIATE")
            for table in _TABLES:
                plain.executemany(statements[table], rows[table][start : start + size])
            plain.execute("COMMIT")

    return write
