"""kill -9 of processes that write, mark and purge one database: every commit that returned is there, once."""

import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

from store import outbox
from store.epochs import current_epoch
from tests.parts.waits import wait_for
from tests.unit.store.desk import Desk, check_chain, desk_in, receive, send_all, write
from wire.records import DeviceEvent

FULL = os.environ.get("GATEPOST_FULL") == "1"
ROUNDS = 20 if FULL else 4


def _child(duty: str, folder: Path, out: Path) -> subprocess.Popen[bytes]:
    with out.open("ab") as stdout:
        return subprocess.Popen([sys.executable, "-m", "tests.fault.store_child", duty, str(folder)], stdout=stdout)


def _said(out: Path) -> list[str]:
    # The last line may be cut by the kill: what was not said in full was not promised.
    return [line for line in out.read_text().split("\n")[:-1] if line] if out.exists() else []


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(10)


def test_two_writers_and_an_agent_killed_at_random_lose_and_double_nothing(tmp_path: Path) -> None:
    folder, chance, pause = tmp_path / "data", random.Random(1), threading.Event()
    with desk_in(folder) as desk:
        desk.open().close()
    outs = [tmp_path / "a", tmp_path / "b", tmp_path / "agent"]
    for number in range(ROUNDS):
        before = len(_said(outs[0])) + len(_said(outs[1]))
        children = [_child("write", folder, outs[0]), _child("write", folder, outs[1]), _child("mark", folder, outs[2])]
        wait_for(lambda b=before: len(_said(outs[0])) + len(_said(outs[1])) > b + 20, f"visits of round {number}")
        pause.wait(chance.uniform(0.0, 0.2))
        for child in chance.sample(children, 3):
            _kill(child)
            pause.wait(chance.uniform(0.0, 0.02))
    assert _said(outs[2]) == []
    promised = _said(outs[0]) + _said(outs[1])
    assert len(set(promised)) == len(promised) > 20 * ROUNDS, "a number given twice"
    with desk_in(folder) as desk:
        store, moved = desk.start()
        epoch = current_epoch(store)
        assert moved is None
        rows = check_chain(store, epoch)
        assert {line.split()[0] for line in promised} == {epoch.hex()}
        assert {int(line.split()[1]) for line in promised} <= set(range(1, rows + 1))
        # A commit may have returned to nobody: at most one for each kill of a writer.
        assert rows - len(promised) <= 2 * ROUNDS
        # The centre, restored from nothing, asks for all of it: every record opens.
        state = outbox.epochs(store)[-1]
        receive(store, epoch, 0, 1, generation=state.generation + 1)
        assert len(send_all(store, epoch)) == rows


def test_a_purge_killed_between_slices_goes_on_where_it_was(tmp_path: Path) -> None:
    with desk_in(tmp_path / "data") as desk:
        store = desk.open()
        store.execute("PRAGMA synchronous=OFF")
        epoch = write(desk.recorder(store), 3000)[0].epoch
        receive(store, epoch, 2900, 1)
        counts = [3000]
        for number in range(ROUNDS):
            out = tmp_path / f"purge{number}"
            child = _child("purge", desk.folder, out)
            start = counts[-1]
            wait_for(lambda s=start, o=out: _rows(desk) < s or "purged" in _said(o), "a slice is gone")
            _kill(child)
            counts.append(_rows(desk))
            assert (counts[-1] - 100) % 20 == 0, "a slice is destroyed whole or not at all"
        last = tmp_path / "last"
        _child("purge", desk.folder, last).wait(30)
        assert _said(last) == ["purging", "purged"]
        assert _rows(desk) == 100
        assert sorted(send_all(store, epoch)) == list(range(2901, 3001))


def _rows(desk: Desk) -> int:
    return int(desk.stores[0].execute("SELECT count(*) FROM outbox").fetchone()[0])


def test_an_expiry_killed_between_slices_still_tells_the_centre_of_every_row(tmp_path: Path) -> None:
    with desk_in(tmp_path / "data") as desk:
        store = desk.open()
        store.execute("PRAGMA synchronous=OFF")
        epoch = write(desk.recorder(store), 2000)[0].epoch
        for number in range(ROUNDS):
            out, start = tmp_path / f"expire{number}", _rows(desk)
            child = _child("expire", desk.folder, out)
            wait_for(lambda s=start, o=out: _rows(desk) < s or "purged" in _said(o), "a slice is gone")
            _kill(child)
        assert _child("expire", desk.folder, tmp_path / "last").wait(30) == 0
        assert _rows(desk) == 0
        assert desk.recorder(store).pay_owed_events() >= 1
        told: set[int] = set()
        for event in send_all(store, epoch).values():
            assert isinstance(event, DeviceEvent) and event.name == "expired"
            told |= set(range(event.facts["from"], event.facts["through"] + 1))
        assert told == set(range(1, 2001))
