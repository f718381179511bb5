"""Processes that start fast: forked from one interpreter that has loaded every library and done nothing else.

    with Nursery(tmp_path) as nursery:
        child = WarmChild(nursery, "agent", ["-m", "sync_agent", "run", ...], log)

A test that kills two hundred processes would spend its minutes on imports. A fork runs the same program from its own
`__main__` with its own pid, files and memory; only the import of the libraries lies behind it already. Children die
with the nursery, the nursery dies with the test.
"""

import atexit
import contextlib
import ctypes
import gc
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any, Self

from tests.parts.waits import wait_for

ROOT = Path(__file__).resolve().parents[2]
STOP_S = 8.0
_MODULES = (
    *("kiosk.commands.run", "kiosk.run", "kiosk.pages", "sync_agent.joining", "kiosk.devices.camera_files"),
    *("kiosk.devices.decoder_stream", "kiosk.devices.sound_file", "sync_agent.loop", "sync_agent.carry"),
    *("sync_agent.enrol", "sync_agent.report", "central.commands", "central.services", "central.web.app"),
    *("central.web.serve", "central.consumer", "central.vault.process", "central.jobs", "central.alerts.jobs"),
    *("central.zoning.jobs", "central.desks.jobs", "central.reports.jobs", "central.ruling.jobs"),
    *("central.rights.jobs", "ble_scanner.commands.run", "alembic.command", "sqlalchemy.dialects.sqlite", "waitress"),
    *("zxingcpp", "encodings.idna", "pyotp"),
)
_PR_SET_PDEATHSIG = 1


class Nursery:
    """The parent of all warm children; a context manager."""

    def __init__(self) -> None:
        self._lock = Lock()
        ours, theirs = socket.socketpair()
        self._talk = ours.makefile("rwb")
        ours.close()
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1"}
        argv = [sys.executable, "-m", "tests.parts.warm", str(theirs.fileno())]
        self._process = subprocess.Popen(argv, pass_fds=[theirs.fileno()], cwd=ROOT, env=environment)
        theirs.close()
        assert self._talk.readline() == b"warm\n"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._talk.close()
        self._process.wait(20)

    def start(self, argv: list[str], log: Path, out: Path, env: Mapping[str, str]) -> int:
        """Fork `python -m argv...`, with `env` on top of this environment; its process id."""
        with self._lock:
            self._talk.write(json.dumps([argv, str(log), str(out), dict(env)]).encode() + b"\n")
            self._talk.flush()
            return int(self._talk.readline())


class WarmChild:
    """As kiosk.bench.processes.Child, but forked. `argv` begins with the module's name."""

    def __init__(self, nursery: Nursery, name: str, argv: list[str], log: Path, **env: str) -> None:
        self.name, self.log = name, log
        self._nursery, self._argv, self._env = nursery, argv, env
        self._out = log.with_suffix(".out")
        self._pid, self._fd = 0, -1

    @property
    def pid(self) -> int | None:
        """Its process id while it lives."""
        if self._fd < 0 or select.select([self._fd], [], [], 0)[0]:
            return None
        return self._pid

    def start(self) -> None:
        """Start it unless it lives."""
        if self.pid is not None:
            return
        self._forget()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._out.unlink(missing_ok=True)
        self._pid = self._nursery.start(self._argv, self.log, self._out, self._env)
        with contextlib.suppress(ProcessLookupError):  # a command may be done already
            self._fd = os.pidfd_open(self._pid)

    def is_ready(self) -> bool:
        """Whether it said so."""
        try:
            return b'"ready": true' in self._out.read_bytes()
        except OSError:
            return False

    def signal(self, number: signal.Signals) -> None:
        """Send a signal if it lives."""
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._fd, number)

    def kill(self) -> None:
        """kill -9, and wait for its end."""
        self.signal(signal.SIGKILL)
        self.wait()

    def wait(self, seconds: float = 20.0) -> None:
        """Until it has ended."""
        if self._fd >= 0:
            assert select.select([self._fd], [], [], seconds)[0], f"{self.name} does not end"

    def stop(self) -> None:
        """End it politely, then not so politely."""
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        if self._fd >= 0 and not select.select([self._fd], [], [], STOP_S)[0]:
            self.kill()
        self._forget()

    def look_after(self, _now_s: float) -> None:
        """Restart it after a crash, at once."""
        self.start()

    def run(self) -> str:
        """Run a command to its end; what it printed. AssertionError when it failed."""
        self.start()
        assert self.status() == 0, self.log.read_text()[-3000:]
        return self.said()

    def status(self) -> int:
        """Wait until it has ended by itself; its exit status. Asked once after each start."""
        done = self._out.with_suffix(".rc")
        code = wait_for(lambda: done.exists() and done.read_text(), f"{self._argv[:3]} ends", seconds=60)
        done.unlink()
        self._forget()
        return int(code)

    def said(self) -> str:
        """What it has printed so far."""
        return self._out.read_text("utf-8") if self._out.exists() else ""

    def _forget(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
        self._fd = -1


def _serve(talk: socket.socket) -> list[str] | None:
    """Fork when told; in each child its argv, in the nursery None at the end."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the dead
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lines = talk.makefile("rwb")
    lines.write(b"warm\n")
    lines.flush()
    for line in lines:
        argv, log, out, env = json.loads(line)
        pid = os.fork()
        if pid == 0:
            os.environ.update(env)
            _become(log, out)
            return argv  # type: ignore[no-any-return]
        lines.write(b"%d\n" % pid)
        lines.flush()
    return None


def _become(log: str, out: str) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    for number, path in ((0, os.devnull), (1, out), (2, log)):
        fd = os.open(path, os.O_RDONLY if number == 0 else flags, 0o644)
        os.dup2(fd, number)
        os.close(fd)


def _run(argv: list[str], out: Path) -> None:
    sys.argv = argv
    code: Any = 0
    try:
        runpy.run_module(argv[0], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code or 0
        raise
    except BaseException:
        code = 1
        raise
    finally:
        sys.stdout.flush()
        half = out.with_suffix(".half")
        half.write_text(str(code))
        half.rename(out.with_suffix(".rc"))


def main() -> None:
    """The nursery's own process."""
    for name in _MODULES:
        import_module(name)
    fd = int(sys.argv[1])
    gc.collect()
    gc.freeze()  # no collector of a child touches, and so copies, what it shares with the others
    argv = _serve(socket.socket(fileno=fd))
    if argv is not None:
        try:
            _run(argv, Path("/proc/self/fd/1").readlink())
        except SystemExit as end:
            _leave(end.code)


def _leave(code: Any) -> None:
    """As the end of a Python: threads are waited for, exit functions run. But the shared libraries are not taken apart
    object by object: that would copy all their memory first."""
    if isinstance(code, str):
        print(code, file=sys.stderr)
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


def together(*jobs: Any) -> None:
    """Run callables on threads of their own; the first failure is raised when all have ended."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(len(jobs)) as pool:
        for done in [pool.submit(job) for job in jobs]:
            done.result()


if __name__ == "__main__":
    main()
