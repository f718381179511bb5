"""Gate, radio and agent are three accounts of one group on a card: whoever comes first makes a database for all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from store.db import open_store

GROUP, ACCOUNTS = 64_901, (64_902, 64_903, 64_904)
WRITE = """
import os, sys, time
from pathlib import Path
from store.db import open_store
os.setgroups([])
os.setgid(int(sys.argv[3]))
os.setuid(int(sys.argv[2]))
os.umask(0o007)
store = open_store(Path(sys.argv[1]), now_ms=lambda: time.time_ns() // 1_000_000)
with store.transaction():
    store.execute("INSERT INTO meta (key, value) VALUES (?, 'x')", (sys.argv[2],))
print(store.execute("SELECT count(*) FROM meta WHERE value = 'x'").fetchone()[0])
"""


VISIT = """
import sys, time
from pathlib import Path
from store.db import open_store
open_store(Path(sys.argv[1]), now_ms=lambda: time.time_ns() // 1_000_000).close()
"""


def test_a_second_connection_of_one_process_keeps_the_locks_of_the_first(tmp_path: Path) -> None:
    """Or another process, leaving, believes that nobody is there and deletes the log under the first."""
    first = open_store(tmp_path, now_ms=lambda: 1)
    second = open_store(tmp_path, now_ms=lambda: 1)
    try:
        with first.transaction():
            first.execute("INSERT INTO meta (key, value) VALUES ('k', 'before')")
        log = (tmp_path / "gatepost.db-wal").stat().st_ino
        subprocess.run([sys.executable, "-c", VISIT, str(tmp_path)], cwd=Path(__file__).parents[2], check=True)
        assert (tmp_path / "gatepost.db-wal").stat().st_ino == log
    finally:
        second.close()
        first.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start programs of three accounts")
def test_each_account_writes_into_the_database_that_another_made(tmp_path: Path) -> None:
    for part in (tmp_path, *tmp_path.parents[:-2]):
        part.chmod(part.stat().st_mode | 0o011)
    home = tmp_path / "gatepost"
    home.mkdir()
    os.chown(home, 0, GROUP)
    home.chmod(0o2770)
    for number, account in enumerate(ACCOUNTS, 1):
        said = subprocess.run(
            [sys.executable, "-c", WRITE, str(home), str(account), str(GROUP)],
            cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (said.returncode, said.stdout.strip()) == (0, str(number)), said.stderr
    made = {path.name: (path.stat().st_mode & 0o777, path.stat().st_gid) for path in home.glob("gatepost.db*")}
    assert set(made.values()) == {(0o660, GROUP)}
