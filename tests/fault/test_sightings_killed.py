"""kill -9 of what writes the radio's file: what was kept is there, a purge goes on, a match does each thing once."""

import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

from store.retention import Limits, purge_sightings
from tests.fault.sightings_child import ROWS
from tests.parts.waits import wait_for
from tests.unit.store.heard import DAY, bytes_on_disk, sightings_in, window
from wire.envelope import ClockQuality

FULL = os.environ.get("GATEPOST_FULL") == "1"
ROUNDS = 20 if FULL else 4


def _child(duty: str, folder: Path, out: Path, *more: str) -> subprocess.Popen[bytes]:
    with out.open("wb") as stdout:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.fault.sightings_child", duty, str(folder), *more], stdout=stdout
        )


def _said(out: Path) -> list[str]:
    return out.read_text().split("\n")[:-1]


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(10)


def test_what_was_kept_before_a_kill_is_there_and_no_minute_is_half(tmp_path: Path) -> None:
    chance, pause = random.Random(4), threading.Event()
    for number in range(ROUNDS):
        folder, out = tmp_path / str(number), tmp_path / f"{number}.out"
        child = _child("keep", folder, out)
        wait_for(lambda o=out: len(_said(o)) > 30, "minutes are kept")
        pause.wait(chance.uniform(0.0, 0.2))
        _kill(child)
        promised = int(_said(out)[-1]) + 1
        with sightings_in(folder) as sightings:
            assert sightings.rows("PRAGMA integrity_check") == [("ok",)]
            found = [one for day in sightings.days() for one in sightings.of_day(day)]
        kept = len(found) // ROWS
        assert promised <= kept <= promised + 1 and sightings.unreadable == 0
        expected = [window(n, n // ROWS % 1440, DAY + n // ROWS // 1440) for n in range(kept * ROWS)]
        assert found == expected


def test_a_purge_killed_anywhere_has_destroyed_the_keys_first_and_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with sightings_in(folder) as sightings:
        for block in range(300):
            sightings.keep([window(block, block % 1440, DAY - 14)])
        sightings.keep([window(1, 1)])
        old = sightings.rows("SELECT key FROM day_key ORDER BY day")[0][0]
    for number in range(ROUNDS):
        with sightings_in(folder) as sightings:
            start = sightings.rows("SELECT count(*) FROM block")[0][0]
            child = _child("purge", folder, tmp_path / f"purge{number}")
            wait_for(
                lambda s=sightings, n=start: s.rows("SELECT count(*) FROM block")[0][0] < min(n, 300), "a block is gone"
            )
            _kill(child)
            assert list(sightings.of_day(DAY - 14)) == [], "without its key nothing of the day can be read"
            left = sightings.rows("SELECT count(*) FROM block")[0][0]
        if left == 1:
            break
    with sightings_in(folder) as sightings:
        purge_sightings(sightings, Limits(), ClockQuality.SYNCED)
        assert sightings.days() == [DAY] and list(sightings.of_day(DAY)) == [window(1, 1)]
        assert old not in bytes_on_disk(folder)


def test_a_match_job_killed_anywhere_tells_and_sends_the_same_each_once(tmp_path: Path) -> None:
    """The job is killed right before the n-th statement that it runs on either database."""
    out = tmp_path / "out"
    child = _child("match", tmp_path, out, "1" if FULL else "19")
    assert child.wait(600 if FULL else 150) == 0
    first, *rest = [line.split(" ", 2) for line in _said(out)]
    assert first[0] == "unkilled" and first[2].endswith(" 1 132 [(0,), (0,)]")
    assert len(rest) > 20
    for end, point, state in rest:
        assert (end, state) == ("killed", first[2]), f"killed before statement {point}"
