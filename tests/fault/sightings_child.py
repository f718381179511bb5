"""A process that works on the radio's file until it is killed: `python -m tests.fault.sightings_child DUTY FOLDER`.

- keep: keeps a minute after the other, and says each one that is kept
- purge: destroys what is past its limit, a block at a time
- match STEP: for every STEPth statement that the match job runs, lets a job be killed right before it, another one run
  to its end, and says what came of it; the first line is what comes of a job that nobody kills
"""

import hashlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from store import retention
from store.exposures import exposures
from tests.unit.ble_scanner.held import (
    LATER_MS,
    Gate,
    case_key,
    case_windows,
    gate_in,
    minutes,
    stranger_windows,
    tag_windows,
)
from tests.unit.store.heard import DAY, sightings_in, window
from wire.envelope import ClockQuality

ROWS = 50
OTHER_SEED = b"\7" * 32


def _say(words: str) -> None:
    os.write(1, f"{words}\n".encode())


def keep(folder: Path) -> None:
    """Keep minutes for ever, ROWS windows each."""
    with sightings_in(folder) as sightings:
        for minute in range(100_000):
            sightings.keep([window(minute * ROWS + row, minute % 1440, DAY + minute // 1440) for row in range(ROWS)])
            _say(str(minute))


def purge(folder: Path) -> None:
    """Destroy in small steps."""
    retention.BLOCKS_AT_ONCE = 1
    with sightings_in(folder) as sightings:
        _say("purging")
        retention.purge_sightings(sightings, retention.Limits(), ClockQuality.SYNCED)
        _say("purged")


def hear(gate: Gate) -> None:
    """Two cases, one of them to be forgotten, with enough people around for two batches."""
    gate.sightings.keep([*case_windows(minutes(-10, 30)), *tag_windows(1, minutes(-10, 30))])
    gate.sightings.keep([*case_windows(minutes(100, 20), OTHER_SEED), *tag_windows(2, minutes(100, 20))])
    gate.sightings.keep([row for number in range(130) for row in stranger_windows(number, minutes(0, 3))])
    gate.publish(case_key(), case_key("case-2", OTHER_SEED))
    gate.match(minutes(15, 1)[0])
    gate.publish(case_key(), cases={"case-1": "confirmed", "case-2": "ruled_out"})


def match(folder: Path, step: int) -> None:
    """See above."""
    whole = folder / "whole"
    with gate_in(whole) as gate:
        hear(gate)
    total = _in_a_fork(lambda: _run(_copy(whole, folder / "unkilled"), 0))
    _say(f"unkilled {total} {_state(folder / 'unkilled')}")
    for point in range(1, total + 1, step):
        killed = _copy(whole, folder / f"killed{point}")
        end = _in_a_fork(lambda place=killed, at=point: _run(place, at))  # type: ignore[misc]
        _in_a_fork(lambda place=killed: _run(place, 0))  # type: ignore[misc]
        _say(f"{'killed' if end < 0 else 'not killed'} {point} {_state(killed)}")
        shutil.rmtree(killed)


def _copy(whole: Path, to: Path) -> Path:
    shutil.copytree(whole, to)
    return to


def _run(folder: Path, kill_before: int) -> int:
    """One job; killed right before its statement of that number. How many statements there were."""
    count = 0

    def counted(_: str) -> None:
        nonlocal count
        count += 1
        if count == kill_before:
            os.kill(os.getpid(), signal.SIGKILL)

    with gate_in(folder) as gate:
        for store in (gate.store, gate.sightings):
            store.connection.set_trace_callback(counted)
        gate.match(LATER_MS)
    return count


def _in_a_fork(work: Callable[[], int]) -> int:
    """What it returned, by a pipe; -1 when it was killed."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, str(work()).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answers:
        answer = answers.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return -1
    return int(answer)


def _state(folder: Path) -> str:
    """A hash of who is told and of every record that waits, whatever their order."""
    with gate_in(folder) as gate:
        told = sorted((one.pass_id.hex(), one.case, one.ends_ms) for one in exposures(gate.sightings))
        sent = sorted(repr([getattr(one, name) for name in one.__dataclass_fields__]) for one in gate.sent())
        left = gate.sightings.rows("SELECT count(*) FROM sending") + gate.sightings.rows(
            "SELECT count(*) FROM sent WHERE batch <> 0"
        )
    return hashlib.sha256(json.dumps([told, sent, left]).encode()).hexdigest() + f" {len(told)} {len(sent)} {left}"


if __name__ == "__main__":
    _folder = Path(sys.argv[2])
    if sys.argv[1] == "match":
        match(_folder, int(sys.argv[3]))
    else:
        {"keep": keep, "purge": purge}[sys.argv[1]](_folder)
