"""A private PostgreSQL in a temporary folder, on a unix socket alone, as an unprivileged user (it refuses root).

with running_postgres() as server:
    url = server.new_database()          # postgresql+psycopg://...
"""

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.needs import need

_USER = "postgres"


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    path = shutil.which("initdb")
    return Path(path).parent if path else None


@dataclass(slots=True)
class PostgresServer:
    """A running server; its socket lies in `folder`."""

    programs: Path
    folder: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs as the unprivileged user."""
        command = [str(self.programs / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", _USER, "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder)

    def new_database(self) -> str:
        """The URL of an empty database of its own."""
        name = f"test_{next(self._numbers)}"
        self.run("createdb", "-h", str(self.folder), "-U", _USER, name)
        return f"postgresql+psycopg://{_USER}@/{name}?host={self.folder}"


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """A server for the length of the block; skips (fails in CI) where PostgreSQL is not installed."""
    programs = _programs()
    need(programs is not None, "PostgreSQL server programs")
    assert programs is not None
    # Not under pytest's folders: those are closed to other users, and a socket's path must stay under 108 bytes.
    with tempfile.TemporaryDirectory(prefix="gp-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if os.geteuid() == 0:
            owner = pwd.getpwnam(_USER)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        server = PostgresServer(programs, folder)
        server.run(
            "initdb", "-D", f"{folder}/data", "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"
        )
        options = f"-c listen_addresses='' -c unix_socket_directories={folder}"
        server.run("pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", "-o", options, "start")
        try:
            yield server
        finally:
            server.run("pg_ctl", "-D", f"{folder}/data", "-w", "-m", "immediate", "stop")
