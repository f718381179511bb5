"""`python -m kiosk.devices.lights_child --adapter file|gpiozero --config JSON`: the process that alone owns the pins.

It outlives a gate that stalls or dies, so that the lamps never keep an old green:
- Lines at stdin: `beat`, `show PATTERN BUZZER REF|-`, `lamp on|off` (beside the lens), `bye` (lamps off, end).
  Each is answered with one line at stdout, `.`, by which the gate sees that this process lives.
- 0.75 s without a line: pattern "stalled". The next line ends it: the last pattern comes back, save green, which was
  meant for one person who may have gone; then the lamps show "idle".
- Stdin closed without `bye` (the gate died): "stalled" stays. With real pins the process then waits for its successor,
  since pins fall back when their owner ends; the simulated lamps need no one, and it ends.
- One owner: the file `lock` is locked and holds the owner's process id. A new child ends the old one first (SIGTERM,
  then SIGKILL), and gives up with status 3 when the pins are still held after that.
Imports little: this process is to stay under 15 MB.
"""

import fcntl
import json
import os
import select
import signal
import sys
import time
from pathlib import Path
from typing import Any

# The lamps must have changed within 1 s of the last sign of life; a quarter is left for a busy board.
SILENCE_S = 0.75
# A former owner needs a few ms to switch off; a stopped (SIGSTOP) one never answers and is killed.
TERM_S, KILL_S, POLL_S = 1.0, 1.0, 0.02
LONGEST_LINE = 256
HELD = 3


class Watch:
    """Lines and silence -> calls on `lights`. Times are monotonic seconds, given by the caller."""

    def __init__(self, lights: Any, now: float) -> None:
        self._lights = lights
        self._last, self._heard = "starting", now
        self._shown: tuple[str, str | None] | None = None
        self.stalled = False
        self._show("starting")

    def left(self, now: float) -> float:
        """Seconds of silence until the lamps say "stalled"; never negative."""
        return max(0.0, self._heard + SILENCE_S - now)

    def silence(self, now: float) -> None:
        """Time has passed without a line."""
        if not self.stalled and now - self._heard >= SILENCE_S:
            self.stall()

    def stall(self) -> None:
        """Show that nobody leads."""
        self.stalled = True
        self._show("stalled")

    def _show(self, pattern: str, buzzer: str = "none", ref: str | None = None) -> None:
        if buzzer != "none" or (pattern, ref) != self._shown:
            self._lights.show(pattern, buzzer, ref)
        self._shown = (pattern, ref)

    def line(self, text: str, now: float) -> bool:
        """One line from the gate; False for `bye`. Any other words are passed over: they are no sign of life."""
        words = text.split()
        if words == ["bye"]:
            return False
        if len(words) == 4 and words[0] == "show":
            try:
                self._show(words[1], words[2], None if words[3] == "-" else words[3])
            except ValueError:
                return True
            self._last, self.stalled = words[1], False
        elif len(words) == 2 and words[0] == "lamp":
            self._lights.illuminate(words[1] == "on")
        elif words != ["beat"]:
            return True
        self._heard = now
        if self.stalled:
            self.stalled = False
            self._last = "idle" if self._last == "green" else self._last
            self._show(self._last)
        return True


def take_over(lock: Path) -> int | None:
    """Lock `lock` for this process, ending the process that holds it. None when it cannot be had."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    fd = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    for number, patience in ((signal.SIGTERM, TERM_S), (signal.SIGKILL, KILL_S)):
        if _try_lock(fd):
            break
        holder = os.pread(fd, 20, 0).split(b"\n")[0]
        if holder.isdigit():
            _signal(int(holder), number)
        until = time.monotonic() + patience
        while not (held := _try_lock(fd)) and time.monotonic() < until:
            time.sleep(POLL_S)
        if held:
            break
    else:
        os.close(fd)
        return None
    os.ftruncate(fd, 0)
    os.pwrite(fd, b"%d\n" % os.getpid(), 0)
    return fd


def _try_lock(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return  # it has ended meanwhile, or is not ours to end: the lock tells


def open_lights(adapter: str, config: dict[str, Any]) -> Any:
    """The adapter named "file" or "gpiozero"; `config` holds its numbers."""
    if adapter == "file":
        from kiosk.devices.lights_file import FileLights

        return FileLights(Path(config["folder"]), time.time, time.monotonic)
    from kiosk.devices.lights_gpiozero import GpioLights, open_factory

    pins = {name: config[name] for name in ("green", "yellow", "red", "buzzer", "illuminator", "active_high")}
    return GpioLights(open_factory(config["factory"], config["chip"]), **pins)


def serve(watch: Watch, stdin: int, stdout: int) -> bool:
    """Follow the gate until it says `bye` (True) or its pipe closes (False)."""
    rest = b""
    poller = select.poll()
    poller.register(stdin, select.POLLIN | select.POLLHUP)
    while True:
        # Once stalled there is nothing to wait for but a line.
        timeout = None if watch.stalled else watch.left(time.monotonic()) * 1000 + 1
        if not poller.poll(timeout):
            watch.silence(time.monotonic())
            continue
        data = os.read(stdin, 4096)
        if not data:
            return False
        *lines, rest = (rest + data).split(b"\n")
        rest = rest[-LONGEST_LINE:]
        for line in lines:
            if not watch.line(line.decode(errors="replace"), time.monotonic()):
                return True
            try:
                os.write(stdout, b".\n")
            except OSError:
                continue  # nobody reads the answers: the end of stdin will tell


def main(argv: list[str]) -> int:
    """0: ended by `bye`, by SIGTERM or after the gate's death; 2: wrong words; 3: the lamps are held by another."""
    options = dict(zip(argv[::2], argv[1::2], strict=False))
    adapter = options.get("--adapter")
    if adapter not in ("file", "gpiozero"):
        print("usage: lights_child --adapter file|gpiozero --config JSON", file=sys.stderr)
        return 2
    config = json.loads(options.get("--config", "{}"))
    if take_over(Path(config["lock"])) is None:
        print("lights: the lamps are held by another process that does not end", file=sys.stderr)
        return HELD
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    os.set_blocking(1, False)
    lights = open_lights(adapter, config)
    closing = True
    try:
        watch = Watch(lights, time.monotonic())
        if not serve(watch, 0, 1):
            closing = adapter != "file"
            watch.stall()
            while closing:
                signal.pause()  # until the successor's SIGTERM
    finally:
        if closing:
            lights.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
