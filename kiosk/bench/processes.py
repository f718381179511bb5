"""Children of the demo, looked after as systemd looks after units: started, restarted after a crash, ended together.

A child is ready when it prints a line of JSON with "ready": true, or when its port answers. Children die with their
parent, whatever kills it.
"""

import ctypes
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import IO

RESTART_S = 1.0  # as RestartSec in the units
STOP_S = 8.0
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


@dataclass(slots=True)
class Child:
    """One process of the demo. `wanted` says whether it should run; a crash is then followed by a restart."""

    name: str
    argv: Sequence[str]
    log: Path
    port: int | None = None
    env: dict[str, str] = field(default_factory=dict)
    wanted: bool = False
    restarts: int = 0
    facts: dict[str, object] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None
    _ready: bool = False
    _down_since: float = 0.0

    @property
    def pid(self) -> int | None:
        """Its process id while it lives."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    @property
    def state(self) -> str:
        """running, starting or stopped."""
        if self.pid is None:
            return "starting" if self.wanted else "stopped"
        return "running" if self.is_ready() else "starting"

    def start(self) -> None:
        """Start it unless it lives."""
        self.wanted = True
        if self.pid is not None:
            return
        self._ready = False
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, **self.env},
                preexec_fn=die_with_parent,  # noqa: PLW1509 - one prctl call, nothing that could hold a lock
            )
        assert self._process.stdout is not None
        Thread(target=self._listen, args=(self._process.stdout,), daemon=True).start()

    def is_ready(self) -> bool:
        """Whether it said so, or its port answers."""
        if not self._ready and self.port is not None and self.pid is not None:
            with socket.socket() as probe:
                probe.settimeout(0.2)
                self._ready = probe.connect_ex(("127.0.0.1", self.port)) == 0
        return self._ready

    def signal(self, number: signal.Signals) -> None:
        """Send a signal if it lives."""
        if self.pid is not None:
            os.kill(self.pid, number)

    def stop(self) -> None:
        """End it politely, then not so politely; it stays down."""
        self.wanted = False
        if self._process is None:
            return
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(STOP_S)

    def look_after(self, now_s: float) -> None:
        """Restart it some time after a crash."""
        if not self.wanted or self.pid is not None:
            self._down_since = 0.0
        elif self._down_since == 0.0:
            self._down_since = now_s
        elif now_s - self._down_since >= RESTART_S:
            self.restarts += 1
            self.start()

    def _listen(self, lines: IO[bytes]) -> None:
        for line in lines:
            try:
                said = json.loads(line)
            except ValueError:
                continue
            if isinstance(said, dict) and said.get("ready"):
                self.facts = said
                self._ready = True
        lines.close()


def wait_until(condition: Callable[[], bool], timeout_s: float) -> bool:
    """Look ten times a second until `condition` holds; False when it never did."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def free_port(preferred: int) -> int:
    """`preferred` if nobody listens there, else any free port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", preferred))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def die_with_parent() -> None:
    """For `preexec_fn`: the child is killed when the thread that started it ends."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
