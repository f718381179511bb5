"""The matching with published keys runs in a child process of low priority: taps must not wait for it.

It is started when the published keys have changed, and once an hour while there are any. One at a time; a child that
takes longer than an hour is ended, and the next one goes on where it stopped.
"""

import json
import os
import subprocess
from collections.abc import Sequence

from machine.log import say

EACH_MS = 3_600_000
PATIENCE_MS = 3_600_000
NICENESS = 15


class MatchChild:
    """`argv` is the whole command; times are monotonic ms."""

    def __init__(self, argv: Sequence[str]) -> None:
        self._argv = argv
        self._child: subprocess.Popen[bytes] | None = None
        self._started_ms = 0
        self._keys: str | None = None
        self.done_ms: int | None = None
        self.failed = False

    def look(self, keys: str | None, mono_ms: int) -> None:
        """`keys` changes with the published keys; "" while there are none, None: not known yet."""
        if self._child is not None:
            self._look_after(mono_ms)
        elif keys is not None and (keys != self._keys or (keys and mono_ms - self._started_ms >= EACH_MS)):
            self._start(keys, mono_ms)

    def stop(self) -> None:
        """End it; it may be ended anywhere."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._close()

    def _start(self, keys: str, mono_ms: int) -> None:
        self._keys, self._started_ms = keys, mono_ms
        try:
            self._child = subprocess.Popen(
                self._argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                preexec_fn=_step_back,  # noqa: PLW1509 - one system call, nothing that could hold a lock
            )
        except OSError as error:
            self.failed = True
            say("matching", problem=type(error).__name__)

    def _look_after(self, mono_ms: int) -> None:
        child = self._child
        assert child is not None and child.stdout is not None
        status = child.poll()
        if status is None:
            if mono_ms - self._started_ms >= PATIENCE_MS:
                child.kill()
            return
        counts = _counts(child.stdout.read(65_536))  # one line of counts, far less than a pipe holds
        self.failed = status != 0
        self.done_ms = mono_ms if status == 0 else self.done_ms
        say("matched", status=status, **counts)
        self._close()

    def _close(self) -> None:
        if self._child is not None and self._child.stdout is not None:
            self._child.stdout.close()
        self._child = None


def _step_back() -> None:
    os.nice(NICENESS)


def _counts(line: bytes) -> dict[str, int]:
    try:
        facts = json.loads(line)
    except ValueError:
        return {}
    return {str(k): v for k, v in facts.items() if isinstance(v, int)} if isinstance(facts, dict) else {}
