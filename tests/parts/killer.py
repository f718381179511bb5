"""Kills at a named point, from outside: the product has no hooks.

    python -m tests.parts.killer READER DATA SIM      then lines at stdin: PID POINT NTH DELAY_US

watches the reader's folder and the lamp's file with inotify(7), and sends SIGKILL `DELAY_US` after the POINT: taken
(the NTH code has left the reader's folder), lamp (then the lamp changed), commit. The last is a window of 0.4 ms: the
kiosk is stopped and let go in steps of 20 us (SIGSTOP, SIGCONT) until its WAL index tells of one more commit, and
killed there; nobody else may write to its database meanwhile. Answers `armed` and then `killed`, or `missed`.
"""

import ctypes
import os
import select
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.parts.site import Gate

_LIBC = ctypes.CDLL(None, use_errno=True)
_MODIFY, _DELETE = 0x2, 0x200
_HEADER_BYTES = 48
WAIT_S = 20.0
STEP_S, WAY_S, MOST_STEPS = 20e-6, 200e-6, 20_000


class Folders:
    """inotify on two folders; `wait(place, names)` is one event of that folder."""

    def __init__(self, reader: str, sim: str) -> None:
        self._fd = _LIBC.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
        folders = {"taken": (reader, _DELETE), "lamp": (sim, _MODIFY)}
        self._of = {
            _LIBC.inotify_add_watch(self._fd, folder.encode(), mask): n for n, (folder, mask) in folders.items()
        }
        self._names = {"taken": ".txt", "lamp": "lights.jsonl"}
        self._seen: list[str] = []

    def drain(self) -> None:
        """Forget what happened so far."""
        while select.select([self._fd], [], [], 0)[0]:
            os.read(self._fd, 65536)
        self._seen.clear()

    def wait(self, place: str, deadline: float) -> bool:
        """The next event of `place`; earlier ones of other places are passed over."""
        while True:
            while self._seen:
                if self._seen.pop(0) == place:
                    return True
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._fd], [], [], left)[0]:
                return False
            data, at = os.read(self._fd, 65536), 0
            while at < len(data):
                watch, _, _, size = struct.unpack_from("iIII", data, at)
                name = data[at + 16 : at + 16 + size].rstrip(b"\0").decode()
                at += 16 + size
                found = self._of.get(watch, "")
                if found and name.endswith(self._names[found]):
                    self._seen.append(found)


class Log:
    """Commits as other processes see them: the header of the WAL index (sqlite.org/walformat.html, section 2.1).

    A commit frame alone does not count: while another process holds the database open, a writer that dies before it has
    written this header has not committed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = b""

    def grown(self) -> bool:
        """Whether somebody committed since the last look."""
        with self._path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
        grown, self._seen = header != self._seen, header
        return grown


def stop(pid: int) -> None:
    """SIGSTOP, and wait until every thread stands still: the signal alone lets a busy one go on for a while."""
    os.kill(pid, signal.SIGSTOP)
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline and not all(_stands(path) for path in Path(f"/proc/{pid}/task").glob("*/stat")):
        time.sleep(0.001)


def _stands(stat: Path) -> bool:
    try:
        return stat.read_text().rpartition(")")[2].split()[0] in "TtZX"
    except OSError:
        return True  # that thread has ended meanwhile


def step_to_commit(pid: int, log: Log, reader: Path) -> bool:
    """Stop the process as soon as its log holds one more commit than now."""
    stop(pid)
    log.grown()
    print("armed", flush=True)
    deadline = time.monotonic() + WAIT_S
    for step in range(MOST_STEPS):
        taken = step > 0 and not any(reader.glob("*.txt"))
        if step == 0:
            while not any(reader.glob("*.txt")) and time.monotonic() < deadline:
                time.sleep(0.001)
        os.kill(pid, signal.SIGCONT)
        until = time.perf_counter() + (STEP_S if taken else WAY_S)
        while time.perf_counter() < until:
            pass
        os.kill(pid, signal.SIGSTOP)
        if log.grown():
            return True
    os.kill(pid, signal.SIGCONT)
    return False


def main(reader: str, data: str, sim: str) -> None:
    """Serve stdin."""
    folders, log = Folders(reader, sim), Log(Path(data) / "gatepost.db-shm")
    for line in sys.stdin:
        pid, point, nth, delay_us = line.split()
        folders.drain()
        if point == "commit":
            came = step_to_commit(int(pid), log, Path(reader))
        else:
            print("armed", flush=True)
            deadline = time.monotonic() + WAIT_S
            came = all(folders.wait("taken", deadline) for _ in range(int(nth)))
            came = came and (point != "lamp" or folders.wait(point, deadline))
        until = time.perf_counter() + int(delay_us) / 1e6
        while time.perf_counter() < until:
            pass
        if came:
            os.kill(int(pid), signal.SIGKILL)
        print("killed" if came else "missed", flush=True)


class Killer:
    """The killer of one gate's kiosk."""

    def __init__(self, gate: "Gate") -> None:
        folders = (gate.sim / "reader", gate.data, gate.sim)
        argv = [sys.executable, "-m", "tests.parts.killer", *map(str, folders)]
        self._process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def arm(self, pid: int, point: str, nth: int, delay_us: int) -> None:
        """Watch from now on."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{pid} {point} {nth} {delay_us}\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "armed\n"

    def done(self) -> bool:
        """Wait for the kill; False when its point never came."""
        assert self._process.stdout is not None
        return self._process.stdout.readline() == "killed\n"

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()


if __name__ == "__main__":
    main(*map(str, map(Path, sys.argv[1:4])))
