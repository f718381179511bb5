"""python -m machine tamper: when the housing is opened, the keys are destroyed; the records stay, sealed as they are.

- Armed once the lid has been closed for ARM_S. From then on open means opened, also at a start: a lid that was lifted
  while the power was off is found open, or stays unseen when it was closed again before (docs/threat-model.md).
- A technician who has given PIN and button may open it: for SERVICE_S nothing happens; closed again, it is armed again.
- Opened: a note first, written for good, so that a pulled plug does not undo the rest; half a moment for the gate to
  tell the centre; then the keys; then the gate starts anew without them. Every step may be repeated.
- Never touched: the database. Unsent records are sealed to the centre's keys, which were never in this box.
- Flash keeps old blocks for a while: what is overwritten may still be read by who opens the card's own chip. So the day
  key lies in RAM, and a revoked device key serves nobody.
"""

import argparse
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from firmware_cfg.settings import INSTALLED_MARK, Settings, SettingsError, read_settings
from machine.lines import Line, open_line
from machine.log import say
from machine.notify import notify
from machine.whole_file import replace_file

OPENED = "opened.json"  # in the storage folder; the gate and the first start look for it
NOTED = "opened.noted"  # in the runtime folder: the gate has written its record
ARMED = "lid.closed"
SERVICE = "service"  # in the runtime folder, touched by the technician's page
POLL_S = 0.1
ARM_S = 10.0
SERVICE_S = 1800.0
TOLD_S = 2.0
# Under the storage folder. enrolment.json too: without its key the box must be given a new token, not try the old name.
SECRETS = ("identity/device.key", "identity/tls.key", "identity/enrolment.json", "pass.key", "guard.key")
AFTER = (("stop", "sync-agent.service"), ("restart", "kiosk.service"))


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Exit status: 0 no switch here or stopped, 1 the switch cannot be read, 2 wrong usage or settings."""
    parser = argparse.ArgumentParser(prog="python -m machine tamper")
    parser.add_argument("--settings", type=Path, required=True, metavar="kiosk.toml")
    parser.add_argument("--runtime", type=Path, default=Path("/run/gatepost/kiosk"), metavar="FOLDER")
    parser.add_argument("--bench", action="store_true", help="allow simulated devices")
    arguments = parser.parse_args(argv)
    if arguments.bench and INSTALLED_MARK.exists():
        print("Máy này đã lắp đặt. / This kiosk is installed: --bench is refused.", file=stderr)
        return 2
    try:
        settings = read_settings(arguments.settings.read_text("utf-8"), bench=arguments.bench)
    except (OSError, UnicodeDecodeError, SettingsError) as error:
        print(error, file=stderr)
        return 2
    lid = _lid(settings)
    if lid is None:
        return 0
    notify("READY=1")
    after = (lambda: None) if arguments.bench else _restart
    return watch(lid, Path(settings.storage.folder), arguments.runtime, after)


def watch(
    lid: Callable[[], Line],
    folder: Path,
    runtime: Path,
    after: Callable[[], None],
    now: Callable[[], float] = time.monotonic,
    rest: Callable[[float], None] = time.sleep,
) -> int:
    """Until the housing is opened; then do what is due, run `after` and end."""
    if (folder / OPENED).exists():  # the plug was pulled in the middle: the rest is done now
        destroy(folder, runtime)
        return 0
    try:
        line = lid()
    except OSError as error:
        say("tamper", error=type(error).__name__)
        return 1
    closed_at: float | None = None
    while True:
        try:
            closed = line.joined()
        except OSError:
            line.close()
            return 1
        if closed:
            closed_at = now() if closed_at is None else closed_at
            if now() - closed_at >= ARM_S and not (folder / ARMED).exists():
                with suppress(OSError):
                    (folder / ARMED).touch()
                say("tamper", armed=True)
        elif (folder / ARMED).exists():
            if not in_service(runtime):
                line.close()
                opened(folder, runtime, now, rest)
                after()
                return 0
            (folder / ARMED).unlink(missing_ok=True)
            say("tamper", service=True)
        if not closed:
            closed_at = None
        rest(POLL_S)


def opened(folder: Path, runtime: Path, now: Callable[[], float], rest: Callable[[float], None]) -> None:
    """The note, a moment for the gate to record it, then the keys."""
    replace_file(folder / OPENED, json.dumps({"at_ms": time.time_ns() // 1_000_000}).encode())
    say("tamper", opened=True)
    ends = now() + TOLD_S
    while now() < ends and not (runtime / NOTED).exists():
        rest(POLL_S)
    destroy(folder, runtime)


def destroy(folder: Path, runtime: Path) -> int:
    """Destroy every key that is in this box; how many there were. May be repeated."""
    paths = [folder / name for name in SECRETS] + sorted(runtime.glob("day-*.key"))
    gone = sum(_shred(path) for path in paths)
    (folder / ARMED).unlink(missing_ok=True)
    say("tamper", destroyed=gone)
    return gone


def in_service(runtime: Path) -> bool:
    """Whether a technician has given PIN and button within SERVICE_S."""
    try:
        return 0 <= time.time() - (runtime / SERVICE).stat().st_mtime <= SERVICE_S
    except OSError:
        return False


def _lid(settings: Settings) -> Callable[[], Line] | None:
    inputs = settings.devices.inputs
    number = inputs.tamper
    if inputs.kind == "none" or number is None:
        return None
    file = Path(settings.devices.folder) / "lid"
    return lambda: open_line(inputs.kind, number, file)


def _shred(path: Path) -> bool:
    """Overwrite, flush and remove one file; whether it was there."""
    try:
        with path.open("r+b") as file:
            file.write(os.urandom(max(1, path.stat().st_size)))
            file.flush()
            os.fsync(file.fileno())
    except FileNotFoundError:
        return False
    except OSError:
        pass  # read-only or damaged: removing it is what is left
    with suppress(OSError):
        path.unlink()
    return True


def _restart() -> None:
    """Content keys live in the RAM of the gate and the agent: both end now."""
    systemctl = shutil.which("systemctl")
    for verb, unit in AFTER if systemctl else ():
        subprocess.run([str(systemctl), "--no-block", verb, unit], check=False, timeout=10)
