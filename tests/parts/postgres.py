"""A private PostgreSQL in a temporary folder, on a unix socket alone, as an unprivileged user (it refuses root).

with running_postgres() as server:
    url = server.new_database()          # postgresql+psycopg://..., empty
    copy = server.new_database(url)      # a copy of it; nobody may be connected to the first one meanwhile
    server.drop(copy)
"""

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

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

    def new_database(self, like: str = "") -> str:
        """The URL of a database of its own: empty, or a copy of the one whose URL is `like`."""
        name = f"test_{next(self._numbers)}"
        template = _name_in(like) if like else "template1"
        self._ask(sql.SQL("CREATE DATABASE {} TEMPLATE {}"), name, template)
        return f"postgresql+psycopg://{_USER}@/{name}?host={self.folder}"

    def kept_database(self, name: str) -> str:
        """The URL of the database of that name, made when it is not there yet."""
        where = f"host={self.folder} user={_USER} dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return f"postgresql+psycopg://{_USER}@/{name}?host={self.folder}"

    def drop(self, url: str) -> None:
        """Destroy a database, whoever is still connected: hundreds of them would be gigabytes."""
        self._ask(sql.SQL("DROP DATABASE {} WITH (FORCE)"), _name_in(url))

    def _ask(self, statement: sql.SQL, *names: str) -> None:
        where = f"host={self.folder} user={_USER} dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(statement.format(*map(sql.Identifier, names)))


def _name_in(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


def _passing() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="gp-pg-", ignore_cleanup_errors=True)


@contextmanager
def running_postgres(keep: Path | None = None) -> Iterator[PostgresServer]:
    """A server for the length of the block; skips (fails in CI) where PostgreSQL is not installed.

    `keep` is a folder in which its data stay, to be served again.
    """
    programs = _programs()
    need(programs is not None, "PostgreSQL server programs")
    assert programs is not None
    # Not under pytest's folders: those are closed to other users, and a socket's path must stay under 108 bytes.
    with _passing() if keep is None else nullcontext(str(keep)) as name:
        folder = Path(name).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            owner = pwd.getpwnam(_USER)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        server = PostgresServer(programs, folder)
        if not (folder / "data").exists():
            server.run(
                "initdb", "-D", f"{folder}/data", "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"
            )
        # Nobody pulls the plug of this machine during a test: what would be lost then need not reach the disk.
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off -c full_page_writes=off"
        server.run("pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", "-o", options, "start")
        try:
            yield server
        finally:
            how = "immediate" if keep is None else "fast"
            server.run("pg_ctl", "-D", f"{folder}/data", "-w", "-m", how, "stop")
