"""How much of the disk's own speed a visit keeps: record() against a bare loop of single-row durable commits.

Both write to the same disk in turns, in short rounds, so that what else the machine does falls on both; each round
gives a ratio, the median counts. The bare loop inserts a row as large as a sealed visit (WAL, synchronous=FULL) and
nothing else; record() builds the Visit, seals it, chains it, and commits it with its readable row. This is the price
for somebody who comes alone; for people who wait and share a commit (ADR 0012) see tests/bench/gate.py.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from store import outbox
from store.db import connect, open_store
from store.recorder import Recipients, Recorder
from tests.parts.devices import CASE, INGEST
from wire.batch import Batch, decode_batch, encode_batch
from wire.crypto import SigningKey
from wire.envelope import ClockQuality, Stamp, open_trace, parse, unwrap_trace
from wire.records import Direction, IdentityKind, Signal, Source, Visit

DEVICE = "t-gate-1"
KEY = SigningKey(b"\3" * 32)
ROUND = 50
Row = dict[str, Any]


def run(quick: bool) -> list[Row]:
    """The rows of the bench's table; about 4 s when quick, 30 s else."""
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as folder:
        return [*_commits(Path(folder), 30 if quick else 300), *_opening(Path(folder), 2000 if quick else 20_000)]


def _stamp() -> Stamp:
    now = time.time_ns() // 1_000_000
    return Stamp(now, ClockQuality.SYNCED, b"boot 001", time.monotonic_ns() // 1_000_000)


def _visit(i: int) -> Visit:
    return Visit(Direction.IN, Signal.ALLOW, IdentityKind.CCCD, f"099{i:09d}", (1,), 0, Source.CAMERA)


def _rate(work: Callable[[int], object], count: int = ROUND) -> float:
    """Calls a second."""
    begin = time.perf_counter()
    for i in range(count):
        work(i)
    return count / (time.perf_counter() - begin)


def _commits(folder: Path, rounds: int) -> list[Row]:
    store = open_store(folder / "ours", now_ms=lambda: _stamp().at_ms)
    recorder = Recorder(store, DEVICE, Recipients(INGEST.public, CASE.public), _stamp)
    bare = connect(folder / "bare.db")
    bare.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, sealed BLOB)")
    row = (bytes(160),)

    def plain(_: int) -> None:
        bare.execute("INSERT INTO t (sealed) VALUES (?)", row)

    def ours(i: int) -> None:
        recorder.record(_visit(i), visitor=bytes(16))

    for work in (plain, ours):
        _rate(work)
    pairs = [(_rate(plain), _rate(ours)) for _ in range(rounds)]
    bare.close()
    store.close()
    ratio = statistics.median(b / a for a, b in pairs)
    rate, bare_rate = statistics.median(b for _, b in pairs), statistics.median(a for a, _ in pairs)
    return [
        _row(
            "record: one at a time, to a bare commit loop", ratio, "ratio", 0.75, f"{rounds} rounds of {ROUND}, median"
        ),
        _row("record: one at a time, seal included", rate, "1/s", None, f"bare loop {bare_rate:.0f}/s"),
    ]


def _opening(folder: Path, count: int) -> list[Row]:
    """What a record costs on its way: cut and signed at the edge, verified, parsed and opened at the centre."""
    store = open_store(folder / "waiting", now_ms=lambda: _stamp().at_ms)
    store.execute("PRAGMA synchronous=OFF")
    recorder = Recorder(store, DEVICE, Recipients(INGEST.public, CASE.public), _stamp)
    for i in range(count):
        epoch = recorder.record(_visit(i), visitor=bytes(16)).epoch
    begin, messages, after = time.perf_counter(), [], 0
    while (piece := outbox.pending(store, epoch, after, 200, 60_000)) is not None:
        keys = outbox.wrapped_keys(store, epoch, piece.key_ids)
        cut = Batch(DEVICE, epoch, piece.first_seq, piece.h_before, keys, piece.sealed, piece.h_after)
        messages.append(encode_batch(cut, KEY))
        after = piece.first_seq + len(piece.sealed) - 1
    sent = time.perf_counter()
    opened = sum(_open(message) for message in messages)
    end = time.perf_counter()
    store.close()
    assert opened == count
    return [
        _row("outbox: us a record, read, cut and signed", (sent - begin) / count * 1e6, "us", None, "batches of 200"),
        _row(
            "centre: us a record, verified and opened", (end - sent) / count * 1e6, "us", None, "without its database"
        ),
        _row("wire: bytes a visit, least data", sum(map(len, messages)) / count, "B", 120, "batches of 200"),
    ]


def _open(message: bytes) -> int:
    batch = decode_batch(message, {KEY.kid: KEY.public})
    keys = {w.key_id: unwrap_trace(w, batch.device, batch.epoch, INGEST) for w in batch.keys}
    for sealed in map(parse, batch.records):
        open_trace(sealed, batch.device, batch.epoch, keys[sealed.key_id])
    assert batch.chain_holds()
    return len(batch.records)


def _row(name: str, value: float, unit: str, bound: float | None, note: str) -> Row:
    holds = None if bound is None else value >= bound if unit == "ratio" else value <= bound
    return {"name": name, "value": round(value, 3), "unit": unit, "bound": bound, "holds": holds, "note": note}


if __name__ == "__main__":
    for line in run(quick=True):
        print(line)
