"""python -m machine rescue: the gate does not start. Restart the box, but never for ever.

    --counter FILE --run DIR          started by kiosk.service's OnFailure=, which tells why in the environment

- Only a gate that was tried MOST_TRIES times (kiosk.service's start limit) is a reason to restart the box. A wrong
  kiosk.toml is none, since the next boot reads the same file.
- A restart is written down first, and durably: where that cannot be done the box is not restarted.
- After MOST_RESTARTS of them the box stays up: the lamps say "fault" or "stalled", the gate is tried each AGAIN_S.
  An hour in which the gate stands (gatepost-steady.timer) forgives them all.
- On its trial a new system is not yet kept: its first restart goes back to the old one.
"""

import argparse
import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, TextIO

from machine.log import say
from machine.whole_file import replace_file

MOST_TRIES = 5  # StartLimitBurst= of kiosk.service, within 300 s
MOST_RESTARTS = 3
AGAIN_S = 600.0
SETTINGS = "78"  # EX_CONFIG, as kiosk/commands/run.py ends
CALL_S = 30.0
LAMPS = "lamps.env"  # read after the settings' own by gatepost-lamps.service

Step = Literal["nothing", "restart", "stay"]
REBOOT = ("systemctl", "--no-ask-password", "reboot")
LAMPS_AGAIN = ("systemctl", "--no-block", "restart", "gatepost-lamps.service")
FORGET_TRIES = ("systemctl", "reset-failed", "kiosk.service")
TRY_AGAIN = ("systemctl", "--no-block", "start", "kiosk.service")


def decide(result: str, exit_status: str, restarts: int | None) -> Step:
    """What to do. `result`: the gate's SERVICE_RESULT, "" when it was never begun; `restarts` None: not readable."""
    if result == "exit-code" and exit_status == SETTINGS:
        return "nothing"
    if restarts is None or restarts >= MOST_RESTARTS:
        return "stay"
    return "restart" if result in ("start-limit-hit", "") else "nothing"


def read_restarts(counter: Path) -> int | None:
    """Restarts since the gate last stood for an hour; None when that cannot be known."""
    try:
        return max(0, int(counter.read_text("ascii")))
    except FileNotFoundError:
        return 0 if counter.parent.is_dir() else None
    except (OSError, ValueError):
        return None


def note_restart(counter: Path, restarts: int) -> bool:
    """Whether `restarts` is on the card for good."""
    try:
        replace_file(counter, b"%d\n" % restarts, 0o640)
    except OSError:
        return False
    return True


def rescue(
    counter: Path,
    runtime: Path,
    why: Mapping[str, str],
    call: Callable[[Sequence[str]], None],
    wait: Callable[[float], None],
) -> Step:
    """Do what `decide` says; `call` runs a command and returns, `wait` sleeps. The step that was taken."""
    restarts = read_restarts(counter)
    step = decide(why.get("MONITOR_SERVICE_RESULT", ""), why.get("MONITOR_EXIT_STATUS", ""), restarts)
    if step == "restart" and not note_restart(counter, (restarts or 0) + 1):
        step = "stay"
    say("rescue", step=step, restarts=restarts, result=why.get("MONITOR_SERVICE_RESULT", ""))
    if step == "nothing":
        return step
    # Where the gate never began nobody has told the lamps; a gate that died left them its own child ("stalled").
    (runtime / LAMPS).write_text("PATTERN=fault\n", "ascii")
    call(LAMPS_AGAIN)
    if step == "restart":
        call(REBOOT)
        return step
    wait(AGAIN_S)
    call(FORGET_TRIES)
    call(TRY_AGAIN)
    return step


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Exit status: 0."""
    parser = argparse.ArgumentParser(prog="python -m machine rescue")
    parser.add_argument("--counter", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    found = parser.parse_args(argv)
    rescue(found.counter, found.run, os.environ, _call, time.sleep)
    return 0


def _call(argv: Sequence[str]) -> None:
    try:
        subprocess.run(argv, timeout=CALL_S, check=False, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as error:
        say("rescue_call", command=argv[0], failed=type(error).__name__)
