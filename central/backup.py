"""A copy of the centre, database and keys in one sealed file, and the way back.

- SQLite is copied by its backup API while ingest goes on; PostgreSQL by pg_dump in one snapshot.
- Restoring raises the generation: kiosks then believe a receipt that says less than the last one, and send again what
  the copy had not seen. They keep received rows for 14 days for this.
- Keys lie in the same file, since a database without the ingest key is unreadable; offline keys only where they have
  not been moved to a safe yet. That a case key lies in a backup is written down: `keys destroy` asks for it.
- The number of rows of each table, from the same snapshot, lies beside the copy: central.verifying restores it apart
  and counts.
- Restoring ends every session and is noted in the audit log.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, Engine, inspect
from sqlalchemy.engine import Connection

from central.access.audit import Look, note
from central.access.roles import Purpose
from central.database import migrate, open_database
from central.files import sync_folder, write_private
from central.registry import raise_generation
from central.sealed_file import SealedReader, SealedWriter
from central.statements import run
from central.vault.destroying import own_files
from central.vault.register import held_at
from wire.crypto import kid_of
from wire.refusal import Refused

SUFFIX = ".gatepost-backup"
ROWS = "rows.json"


def back_up(engine: Engine, keys: Path, to: Path, passphrase: str, now_ms: int) -> Path:
    """Write one sealed file into `to` and return its path. Raises Refused, OSError or CalledProcessError."""
    if len(passphrase) < 12:
        raise Refused("weak_passphrase", "at least 12 characters")
    to.mkdir(parents=True, exist_ok=True)
    when = datetime.fromtimestamp(now_ms / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
    path = to / f"centre-{when}{SUFFIX}"
    unfinished = path.with_name(path.name + ".new")
    with tempfile.TemporaryDirectory(dir=to) as folder:
        copy, rows = Path(folder) / "database", Path(folder) / ROWS
        rows.write_text(json.dumps(_copy_database(engine, copy)))
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            sealed = SealedWriter(file, passphrase)
            with tarfile.open(fileobj=sealed, mode="w|") as archive:  # type: ignore[call-overload]
                archive.add(copy, engine.dialect.name)
                archive.add(rows, ROWS)
                archive.add(keys, "keys")
            sealed.close()
            file.flush()
            os.fsync(file.fileno())
    for key in own_files(keys):
        held_at(keys, kid_of(key.public), f"backup {path.name}")
    unfinished.replace(path)
    sync_folder(to)
    return path


def newest_backup(folder: Path) -> Path:
    """The newest backup in a folder. Raises FileNotFoundError."""
    found = sorted(folder.glob(f"*{SUFFIX}"))
    if not found:
        raise FileNotFoundError(f"no *{SUFFIX} in {folder}")
    return found[-1]


def restore(engine: Engine, keys: Path, backup: Path, passphrase: str, now_ms: int) -> int:
    """Put a backup in place and return the new generation. Nothing is lost: what stands there now is moved aside first.

    Raises Refused (centre_runs where a process still has a SQLite database open), OSError or CalledProcessError.
    """
    _refuse_while_used(engine)
    with tempfile.TemporaryDirectory(dir=backup.parent) as name:
        folder = Path(name)
        unpack(backup, passphrase, folder)
        copy = folder / engine.dialect.name
        if not copy.exists():
            raise Refused("wrong_database", f"this backup is not of {engine.dialect.name}")
        _restore_keys(folder / "keys", keys, now_ms)
        _restore_database(engine, copy, now_ms)
    migrate(engine)
    with engine.begin() as connection:
        generation = raise_generation(connection, now_ms)
        # Whoever has signed out or was put out since the copy was made must not be in again.
        ended = run(connection, "DELETE FROM session").rowcount
        detail = {"generation": generation, "sessions_ended": ended}
        note(connection, Look("command", "centre_restored", Purpose.UPKEEP, "", detail=detail), now_ms)
    return generation


def unpack(backup: Path, passphrase: str, folder: Path) -> None:
    """The parts of a backup into `folder`. Raises Refused."""
    with backup.open("rb") as file, tarfile.open(fileobj=SealedReader(file, passphrase), mode="r|") as archive:  # type: ignore[call-overload]
        archive.extractall(folder, filter="data")


def load_copy(engine: Engine, copy: Path) -> None:
    """Put the copy of a database into the empty one at `engine`. Raises OSError or CalledProcessError."""
    if engine.dialect.name == "postgresql":
        options = ("--no-owner", "--exit-on-error", "--single-transaction")
        _postgres("pg_restore", engine.url, *options, str(copy))
    else:
        write_private(Path(str(engine.url.database)), copy.read_bytes())


def count_rows(connection: Connection) -> dict[str, int]:
    """table -> rows, of every table that is there."""
    names = sorted(inspect(connection).get_table_names())
    return {name: int(run(connection, f'SELECT count(*) FROM "{name}"').scalar_one()) for name in names}


def _copy_database(engine: Engine, copy: Path) -> dict[str, int]:
    """Copy it, and count what is in the copy."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            snapshot = run(connection, "SELECT pg_export_snapshot()").scalar_one()
            options = ("--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={copy}")
            _postgres("pg_dump", engine.url, *options)
            return count_rows(connection)
    with closing(sqlite3.connect(str(engine.url.database))) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target, pages=2048)
        target.execute("PRAGMA journal_mode = DELETE")  # one file, whole by itself
    counted = open_database(f"sqlite:///{copy}")
    with counted.connect() as connection:
        rows = count_rows(connection)
    counted.dispose()
    return rows


def _refuse_while_used(engine: Engine) -> None:
    """A process that has the file open would go on writing into the one that is moved aside: looks and records lost.

    SQLite leaves WAL mode only where nobody else is connected. Raises Refused("centre_runs").
    """
    engine.dispose()
    path = Path(str(engine.url.database))
    if engine.dialect.name != "sqlite" or not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=1)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise Refused(
                "centre_runs",
                "Xin dừng opener, web, ingest và jobs rồi phục hồi lại. / Stop opener, web, ingest and jobs first.",
            ) from None  # a damaged file is what a backup is for


def _restore_database(engine: Engine, copy: Path, now_ms: int) -> None:
    engine.dispose()
    if engine.dialect.name == "postgresql":
        schema = f"before_restore_{now_ms}"
        with engine.begin() as connection:
            connection.exec_driver_sql(f"ALTER SCHEMA public RENAME TO {schema}")
            connection.exec_driver_sql("CREATE SCHEMA public")
        load_copy(engine, copy)
        return
    path = Path(str(engine.url.database))
    for suffix in ("-wal", "-shm", ""):
        old = path.with_name(path.name + suffix)
        if old.exists():
            old.rename(path.with_name(f"{path.name}.before-restore-{now_ms}{suffix}"))
    path.parent.mkdir(parents=True, exist_ok=True)
    load_copy(engine, copy)


def _restore_keys(copy: Path, keys: Path, now_ms: int) -> None:
    if keys.exists():
        keys.rename(keys.with_name(f"{keys.name}.before-restore-{now_ms}"))
    keys.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(copy, keys)
    for path in (keys, *keys.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)


def _postgres(program: str, url: URL, *arguments: str) -> None:
    path = shutil.which(program)
    if path is None:
        raise FileNotFoundError(f"{program} is missing: install the package postgresql-client")
    plain = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    environment = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    subprocess.run([path, f"--dbname={plain}", *arguments], env=environment, check=True)
