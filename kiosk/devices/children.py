"""How the gate starts its small child processes: this Python, one module, out of the terminal's reach."""

import os
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent.parent


def start_child(module: str, *args: str) -> subprocess.Popen[bytes]:
    """Run `python -m module args` with pipes at stdin and stdout.

    A session of its own: Ctrl-C in a terminal reaches the gate alone, which then ends its children in order.
    """
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(
        [sys.executable, "-m", module, *args],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        start_new_session=True,
        bufsize=0,
    )


def end_child(child: subprocess.Popen[bytes], grace_s: float) -> None:
    """Close the child's pipes, wait `grace_s` for it to end by itself, then kill it; leaves no zombie."""
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            pipe.close()
    try:
        child.wait(grace_s)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


class BackOff:
    """When a dead child may be started again: at once, then after 0.25 s, doubled up to 10 s; calm for 30 s resets it.

    Times are monotonic seconds, given by the caller.
    """

    FIRST_S, LONGEST_S, CALM_S = 0.25, 10.0, 30.0

    def __init__(self) -> None:
        self._delay = 0.0
        self._not_before = float("-inf")

    def ready(self, now: float) -> bool:
        """Whether a start is allowed now."""
        return now >= self._not_before

    def started(self, now: float) -> None:
        """Note a start."""
        calm = now - self._not_before > self.CALM_S
        self._delay = self.FIRST_S if calm or not self._delay else min(self._delay * 2, self.LONGEST_S)
        self._not_before = now + self._delay
