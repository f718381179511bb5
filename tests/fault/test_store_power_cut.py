"""A power cut, as far as a test without a switch can show it.

What this shows: the bytes that lie in the two files at any moment (also in the middle of a commit), with the log cut at
any length behind what was flushed, open as a sound database that holds every visit whose commit had returned.
What it does not show: that the medium keeps what it said it had flushed (a card that lies), or what comes of writes
that it held back and wrote in another order. A card that lost flushed commits is what the new epoch is for.
"""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

from store.db import FILE
from store.epochs import current_epoch
from tests.parts.waits import wait_for
from tests.unit.store.desk import check_chain, desk_in, send_all, write

CUTS = 60 if os.environ.get("GATEPOST_FULL") == "1" else 12
WAL = f"{FILE}-wal"


def _open_after_cut(copy: Path, promised: int) -> None:
    (copy / f"{FILE}-shm").unlink(missing_ok=True)
    with desk_in(copy) as desk:
        store, moved = desk.start()
        assert moved is None
        epoch = current_epoch(store)
        rows = check_chain(store, epoch)
        assert rows >= promised
        assert len(send_all(store, epoch)) == rows
        assert store.execute("SELECT count(*) FROM visit").fetchone() == (rows,)


def test_every_commit_that_returned_is_in_the_bytes_whatever_follows_them(tmp_path: Path) -> None:
    chance = random.Random(5)
    folder = tmp_path / "data"
    with desk_in(folder) as desk:
        recorder = desk.recorder(desk.open())
        for cut in range(CUTS):
            promised = write(recorder, chance.randrange(1, 25))[-1].seq
            copy = tmp_path / str(cut)
            shutil.copytree(folder, copy)
            flushed = (copy / WAL).stat().st_size
            write(recorder, 1)
            # The next commit reached the medium up to some byte, or left other bytes there.
            after = (folder / WAL).read_bytes()
            torn = after[: flushed + chance.randrange(0, max(1, len(after) - flushed) + 1)]
            if len(after) > flushed:
                (copy / WAL).write_bytes(torn + chance.randbytes(chance.randrange(0, 300)))
            _open_after_cut(copy, promised)


def test_files_copied_in_the_middle_of_commits_hold_every_visit_that_was_green(tmp_path: Path) -> None:
    folder, out = tmp_path / "data", tmp_path / "greens"
    with desk_in(folder) as desk:
        desk.open().close()
    with out.open("wb") as stdout:
        child = subprocess.Popen([sys.executable, "-m", "tests.fault.store_child", "write", str(folder)], stdout=stdout)
    try:
        for cut in range(CUTS):
            seen = out.read_text().count("\n")
            wait_for(lambda s=seen: out.read_text().count("\n") > s + 5, "more visits")
            promised = out.read_text().count("\n")
            copy = tmp_path / str(cut)
            copy.mkdir()
            # The log is copied before the database would be: a checkpoint in between would tear them apart, but one
            # happens only each 1,000 pages, and then the log begins anew with another salt.
            shutil.copy(folder / FILE, copy / FILE)
            shutil.copy(folder / WAL, copy / WAL)
            if (folder / FILE).read_bytes() != (copy / FILE).read_bytes():
                continue
            _open_after_cut(copy, promised)
    finally:
        child.kill()
        child.wait(10)
