"""A damaged database is moved aside, never deleted; what can be read goes on unchanged; what cannot is reported."""

import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from store import outbox, receipts
from store.db import FILE, LEAVING, Leaving
from store.epochs import SEQ_MASK, current_epoch, ordinal_of
from tests.parts.waits import wait_for
from tests.unit.store.desk import Desk, desk_in, receive, send_all, write
from wire.envelope import parse
from wire.records import DeviceEvent

ROWS = 1000
DRAWS = 40 if os.environ.get("GATEPOST_FULL") == "1" else 8


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 1,000 visits, 200 of them received, closed and folded into one file."""
    folder = tmp_path_factory.mktemp("sound") / "data"
    with desk_in(folder) as desk:
        store = desk.open()
        store.execute("PRAGMA synchronous=OFF")
        epoch = write(desk.recorder(store), ROWS // 2)[0].epoch
        write(desk.recorder(store), ROWS // 2, ROWS // 2 + 1)
        receive(store, epoch, 200, 1)
        store.checkpoint()
    return folder


def _rows(folder: Path) -> dict[int, bytes]:
    with desk_in(folder) as desk:
        return dict(desk.open().execute("SELECT place, sealed FROM outbox").fetchall())


def _flip(at: Callable[[int], int], size: int = 64) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        with (folder / FILE).open("r+b") as file:  # in place: others have it open
            start = at(os.fstat(file.fileno()).st_size)
            file.seek(start)
            old = file.read(size)
            file.seek(start)
            file.write(bytes(byte ^ 0xA5 for byte in old))

    return damage


def _truncate(folder: Path) -> None:
    path = folder / FILE
    os.truncate(path, path.stat().st_size * 2 // 3 // 4096 * 4096)


DAMAGES = {
    "a broken header": _flip(lambda _: 0),
    "a broken first page": _flip(lambda _: 100, 200),
    "a truncated file": _truncate,
    **{
        f"broken page headers, draw {i}": _flip(lambda size, i=i: random.Random(i).randrange(1, size // 4096) * 4096)
        for i in range(DRAWS)
    },
}


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_moved_aside_and_readable_rows_go_on_unchanged(name: str, sound: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(sound, folder)
    before = _rows(folder)
    DAMAGES[name](folder)
    damaged = (folder / FILE).read_bytes()
    with desk_in(folder) as desk:
        store, moved = desk.start()
        if moved is None:  # a page on the free list, say: nothing was lost
            assert _rows(folder) == before
            return
        assert (folder / "aside" / moved.file).read_bytes()[: len(damaged)] == damaged
        after = dict(store.execute("SELECT place, sealed FROM outbox").fetchall())
        assert len(after) == moved.rows
        assert after.items() <= before.items(), "a row came back changed"
        old = [bytes(row[0]) for row in store.execute("SELECT epoch FROM epoch ORDER BY ordinal")][:-1]
        assert current_epoch(store) not in old
        recorder = desk.recorder(store)
        assert recorder.pay_owed_events() >= 1
        _check_accounts(desk, before, old)
        assert desk.start()[1] is None


def _check_accounts(desk: Desk, before: dict[int, bytes], old: list[bytes]) -> None:
    """Every row that waited is still there or told as lost, as far as anybody knows of it; the event counts them."""
    store = desk.stores[0]
    events = [e for e in send_all(store, current_epoch(store)).values() if isinstance(e, DeviceEvent)]
    moved = [e for e in events if e.name == "moved_aside"]
    assert len(moved) == 1
    lost = {
        seq
        for event in events
        if event.name == "lost"
        for seq in range(event.facts["from"], event.facts["through"] + 1)
    }
    assert moved[0].facts["lost"] == len(lost)
    for epoch in old:
        waiting = send_all_seqs(desk, epoch)
        ordinal = ordinal_of(store, epoch)
        seen = store.execute("SELECT max(place) FROM visit WHERE place >> 40 = ?", (ordinal,)).fetchone()[0] or 0
        last = max(waiting | {seen & SEQ_MASK})
        floor = 200 if receipts.last_receipt(store, epoch) else 0
        assert waiting | lost >= set(range(floor + 1, last + 1))
        assert not waiting & lost


def send_all_seqs(desk: Desk, epoch: bytes) -> set[int]:
    """The seqs that wait, over gaps."""
    found: set[int] = set()
    after = 0
    while (piece := outbox.pending(desk.stores[0], epoch, after, 200, 60_000)) is not None:
        assert [parse(sealed).envelope.seq for sealed in piece.sealed] == list(
            range(piece.first_seq, piece.first_seq + len(piece.sealed))
        )
        found |= set(range(piece.first_seq, piece.first_seq + len(piece.sealed)))
        after = piece.first_seq + len(piece.sealed) - 1
    return found


def test_most_rows_are_saved_when_one_leaf_is_broken(sound: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(sound, folder)
    data = (folder / FILE).read_bytes()
    place = data.index(next(iter(_rows(folder).values()))) // 4096
    _flip(lambda _: place * 4096)(folder)
    with desk_in(folder) as desk:
        store, moved = desk.start()
        assert moved is not None and moved.rows >= ROWS - 40
        assert store.execute("SELECT count(*) FROM receipt").fetchone() == (1,)


def test_a_lost_epoch_table_is_rebuilt_from_the_keys(sound: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(sound, folder)
    before = _rows(folder)
    with desk_in(folder) as desk:
        store = desk.open()
        epoch = current_epoch(store)
        page = store.execute("SELECT rootpage FROM sqlite_master WHERE name = 'epoch'").fetchone()[0]
    _flip(lambda _: (page - 1) * 4096)(folder)
    with desk_in(folder) as desk:
        store, moved = desk.start()
        assert moved is not None and moved.rows == len(before)
        assert len(send_all(store, epoch, 200)) == ROWS - 200


def test_a_broken_tail_of_the_log_costs_the_last_commits_and_no_others(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with desk_in(folder) as desk:
        written = write(desk.recorder(desk.open()), 50)
        copy = tmp_path / "copy"
        shutil.copytree(folder, copy)
    wal = copy / f"{FILE}-wal"
    data = bytearray(wal.read_bytes())
    for at in range(len(data) * 3 // 4, len(data), 97):
        data[at] ^= 0xFF
    wal.write_bytes(data)
    (copy / f"{FILE}-shm").unlink()
    with desk_in(copy) as desk:
        store, moved = desk.start()
        assert moved is None
        last = write(desk.recorder(store), 1)[0]
        assert 0 < last.seq < 50 and last.epoch == written[0].epoch
        # The centre may know better: then no number is given twice.
        assert receive(store, last.epoch, 50, 1).new_epoch


def test_other_processes_let_go_before_the_file_is_moved(sound: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "data", tmp_path / "out"
    shutil.copytree(sound, folder)
    with out.open("wb") as stdout:
        holder = subprocess.Popen([sys.executable, "-m", "tests.fault.store_child", "hold", str(folder)], stdout=stdout)
    wait_for(lambda: "open\n" in out.read_text(), "the other process has it open")
    _flip(lambda size: size - 4096, 64)(folder)
    _flip(lambda _: 100, 100)(folder)
    from store import salvage

    def let_go(_: float) -> None:
        assert (folder / LEAVING).exists()
        wait_for(lambda: "let go" in out.read_text(), "the other process lets go")
        with pytest.raises(Leaving), desk_in(folder) as desk:
            desk.open()

    store, moved = salvage.open_or_move_aside(folder, now_ms=lambda: 1, random_bytes=os.urandom, wait=let_go)
    try:
        assert moved is not None and not (folder / LEAVING).exists()
        wait_for(lambda: "again" in out.read_text(), "the other process opens the new one")
        assert f"again {moved.rows}" in out.read_text()
    finally:
        store.close()
        holder.wait(10)


@pytest.mark.parametrize("stage", ["marked", "database moved", "all moved", "new one begun", "carried over"])
def test_a_power_cut_while_moving_aside_loses_nothing(stage: str, sound: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(sound, folder)
    before = _rows(folder)
    with desk_in(folder) as desk:  # a log that belongs to the old database
        write(desk.recorder(desk.open()), 3, ROWS + 1)
        shutil.copytree(folder, tmp_path / "cut")
    folder = tmp_path / "cut"
    (folder / f"{FILE}-shm").unlink()
    aside = folder / "aside"
    aside.mkdir()
    (folder / LEAVING).write_text(f"7-{FILE}")
    if stage != "marked":
        (folder / FILE).rename(aside / f"7-{FILE}")
    if stage in ("all moved", "new one begun", "carried over"):
        (folder / f"{FILE}-wal").rename(aside / f"7-{FILE}-wal")
    if stage == "new one begun":
        from store.db import open_here

        open_here(folder, lambda: 1, os.urandom).close()
    if stage == "carried over":
        with desk_in(folder) as desk:
            desk.start()
        (folder / LEAVING).write_text(f"7-{FILE}")
    with desk_in(folder) as desk:
        store, moved = desk.start()
        assert (moved is None) == (stage == "marked")
        assert store.execute("SELECT count(*) FROM outbox").fetchone() == (len(before) + 3,)
        assert not (folder / LEAVING).exists()


def test_kill_9_at_any_moment_of_a_salvage_and_the_next_start_finishes_it(sound: Path, tmp_path: Path) -> None:
    chance = random.Random(3)
    for number in range(DRAWS):
        folder, out = tmp_path / str(number), tmp_path / f"out{number}"
        shutil.copytree(sound, folder)
        _flip(lambda size, n=number: (size // 4096 - 1 - n) * 4096, 16)(folder)
        with out.open("wb") as stdout:
            child = subprocess.Popen(
                [sys.executable, "-m", "tests.fault.store_child", "start", str(folder)], stdout=stdout
            )
        wait_for(lambda o=out: o.read_text() != "", "it has begun")
        try:
            child.wait(chance.uniform(0, 0.03))
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            child.wait(10)
        with desk_in(folder) as desk:
            store, _ = desk.start()
            kept = store.execute("SELECT count(*) FROM outbox").fetchone()[0]
            assert kept >= ROWS - 60, f"{kept} rows after kill {number}"
            assert not (folder / LEAVING).exists()
