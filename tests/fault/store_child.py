"""A process that works on the edge database until it is killed: `python -m tests.fault.store_child DUTY FOLDER`.

- write: records visits; after each commit it writes "<epoch hex> <seq>" to stdout, unbuffered, as a light would shine
- mark: applies receipts for whatever is there, as the agent does
- purge, expire: destroys what was received, or never sent, in small slices
- hold: keeps the database open until it is being moved aside, then opens the new one
- start: opens as the kiosk does at start
"""

import os
import sys
import time
from pathlib import Path

from store import outbox, retention, salvage
from store.db import Leaving, StoreError, open_store
from store.recorder import Recorder
from tests.unit.store.desk import DAY_MS, DEVICE, RECIPIENTS, START_MS, make_visit, receive
from wire.envelope import ClockQuality, Stamp
from wire.refusal import Refused


def _stamp() -> Stamp:
    return Stamp(START_MS, ClockQuality.SYNCED, b"boot 001", time.monotonic_ns() // 1_000_000)


def _say(words: str) -> None:
    os.write(1, f"{words}\n".encode())


def write(folder: Path) -> None:
    """Record visits for ever."""
    recorder = Recorder(open_store(folder, now_ms=lambda: START_MS), DEVICE, RECIPIENTS, _stamp)
    for i in range(1_000_000):
        written = recorder.record(make_visit(i), visitor=bytes(16))
        _say(f"{written.epoch.hex()} {written.seq}")


def mark(folder: Path) -> None:
    """Apply a receipt for each state of the outbox, as fast as it goes."""
    store = open_store(folder, now_ms=lambda: START_MS)
    for n in range(1, 1_000_000):
        state = outbox.epochs(store)[-1]
        if state.through_seq == state.last_seq:
            time.sleep(0.001)
            continue
        try:
            receive(store, state.epoch, state.last_seq, state.n + 1)
        except (Refused, StoreError) as error:
            _say(f"error {error} {n}")


def purge(folder: Path, days: int = 15) -> None:
    """Destroy what was received, in slices of 20 rows."""
    store = open_store(folder, now_ms=lambda: START_MS + days * DAY_MS)
    retention.SLICE_ROWS = 20
    _say("purging")
    retention.purge(store, retention.Limits(), ClockQuality.SYNCED)
    _say("purged")


def expire(folder: Path) -> None:
    """Destroy what was never sent, in slices of 20 rows."""
    purge(folder, 31)


def hold(folder: Path) -> None:
    """Hold the database open and let go when it is being moved aside, then open the new one."""
    store = open_store(folder, now_ms=lambda: START_MS)
    _say("open")
    while True:
        try:
            store.data_version()
            time.sleep(0.01)
        except Leaving:
            break
    store.close()
    _say("let go")
    while True:
        try:
            store = open_store(folder, now_ms=lambda: START_MS)
            break
        except Leaving:
            time.sleep(0.01)
    _say(f"again {store.execute('SELECT count(*) FROM outbox').fetchone()[0]}")


def start(folder: Path) -> None:
    """Open as the kiosk does."""
    salvage.open_or_move_aside(folder, now_ms=lambda: START_MS, random_bytes=os.urandom, wait=lambda _: _say("moving"))
    _say("open")


if __name__ == "__main__":
    _DUTIES = {"write": write, "mark": mark, "purge": purge, "expire": expire, "hold": hold, "start": start}
    _DUTIES[sys.argv[1]](Path(sys.argv[2]))
