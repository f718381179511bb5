"""A kiosk in QEMU from its power switch on: boots what its card says, shows its lamps, loses power when told.

    with Machine(image, folder, Parts()) as machine:
        machine.power_on()
        machine.wait_lamps(Lamps(green=False, yellow=True, red=False), 180)
        machine.cut(Random(1))          # SIGKILL, and what was not flushed is lost at random
        machine.power_on()

The Raspberry Pi's firmware is played here: autoboot.txt says which boot partition, `reboot "0 tryboot"` (the kernel
prints its argument on the console) tries the other one once.
"""

import re
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple, Self

from image_build.emulate.card import Card
from image_build.emulate.command import Parts, command
from image_build.emulate.grip import Grip
from image_build.emulate.monitor import PL031_SECONDS, PL061_DATA, Monitor, MonitorLost
from image_build.emulate.slot import Slot, parts, read_file, read_slot, write_file
from image_build.firmware import next_boot

# kiosk.toml of the emulated machine: lines of the PL061, of which line 3 is QEMU's power button.
GREEN, YELLOW, RED, BUZZER = 4, 5, 6, 7
LOOK_S = 0.05
_RESTART = re.compile(r"reboot: Restarting system(?: with command '([^']*)')?")
_HALT = re.compile(r"reboot: Power down")


class Lamps(NamedTuple):
    """What somebody in front of the box sees."""

    green: bool
    yellow: bool
    red: bool


class NeverSeen(TimeoutError):
    """What was waited for did not come."""


class Machine:
    """One box with one card. `image` is written to: give it a copy. `folder` is for sockets and logs, and short."""

    def __init__(self, image: Path, folder: Path, plugged: Parts) -> None:
        self.image, self.folder, self.plugged = image, folder, plugged
        folder.mkdir(parents=True, exist_ok=True)
        self.card = Card(image, folder / "card")
        self._process: subprocess.Popen[bytes] | None = None
        self._monitor: Monitor | None = None
        self._scanner: socket.socket | None = None
        self._grip: Grip | None = None
        self.argument = ""  # what the last reboot asked of the firmware
        self.slot = ""
        self.switched_on = 0.0
        self._began = 0
        self.boots = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._kill()
        self.card.close()

    # -- power -------------------------------------------------------------------------------------------------

    def power_on(self, slot: Slot | None = None) -> None:
        """Boot what the firmware would: the slot that autoboot.txt names, or `slot`."""
        if self._process is not None:
            raise RuntimeError("the machine is on")
        self.card.power_on()
        self.boots += 1
        (self.folder / "serial").unlink(missing_ok=True)
        chosen = self._firmware() if slot is None else slot
        with (self.folder / "qemu").open("ab") as log:
            words = command(self.plugged, chosen, self.folder)
            self._process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.switched_on = time.monotonic()
        self._monitor = Monitor(self.folder / "monitor")
        self._began = self._monitor.word(PL031_SECONDS)
        if self.plugged.hand:
            self._grip = Grip(self.folder / "hand")

    def cut(self, random: Random) -> int:
        """Pull the plug. How many unflushed writes were lost."""
        if self._process is not None:
            self._process.kill()
        lost = self.card.cut(random)
        self._kill()
        self.argument = ""
        return lost

    def wait_off(self, limit_s: float) -> str:
        """Wait until the guest has switched itself off: "" a power off, else the reboot's argument or "restart"."""
        process = self._process
        if process is None:
            raise RuntimeError("the machine is off")
        try:
            process.wait(timeout=limit_s)
        except subprocess.TimeoutExpired as error:
            raise NeverSeen(f"the guest did not go down within {limit_s:.0f} s\n{self.tail()}") from error
        self._kill()
        found = _RESTART.findall(self.serial())
        self.argument = found[-1] if found else ""
        if found:
            return self.argument or "restart"
        return "" if _HALT.search(self.serial()) else "stopped"

    def _kill(self) -> None:
        for part in (self._monitor, self._grip, self._scanner):
            if part is not None:
                part.close()
        self._monitor = self._grip = self._scanner = None
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def _firmware(self) -> Slot:
        table = parts(self.image)
        text = (read_file(self.image, table["GATEPOST"], "autoboot.txt") or b"").decode(errors="replace")
        number, self.argument = next_boot(text, self.argument), ""
        chosen = next(part for part in table.values() if part.number == number)
        self.slot = chosen.name
        return read_slot(self.image, chosen, self.folder)

    # -- what is seen and done from outside ---------------------------------------------------------------------

    def lamps(self) -> Lamps:
        """The lamp lines now, read out of the chip."""
        word = self.monitor.word(PL061_DATA)
        return Lamps(*(bool(word >> line & 1) for line in (GREEN, YELLOW, RED)))

    def guest_s(self) -> int:
        """Whole seconds of guest time since power on."""
        return self.monitor.word(PL031_SECONDS) - self._began

    @property
    def monitor(self) -> Monitor:
        """The emulator's monitor. Raises MonitorLost when the machine is off."""
        if self._monitor is None:
            raise MonitorLost("the machine is off")
        return self._monitor

    def wait(self, what: str, seen: Callable[[], bool], limit_s: float) -> float:
        """Look until `seen`; seconds since power on. Raises NeverSeen with the end of the console."""
        until = time.monotonic() + limit_s
        while not self._looked(what, seen):
            if time.monotonic() > until:
                raise NeverSeen(f"{what}: not within {limit_s:.0f} s\n{self.tail()}")
            time.sleep(LOOK_S)
        return time.monotonic() - self.switched_on

    def _looked(self, what: str, seen: Callable[[], bool]) -> bool:
        try:
            return seen()
        except MonitorLost as error:  # the guest has restarted or powered off: its last words say why
            raise NeverSeen(f"{what}: the machine went down: {error}\n{self.tail()}") from error

    def scan(self, text: str) -> None:
        """The hand scanner reads a code: its text and a carriage return come down its cable."""
        if self._scanner is None:
            self._scanner = socket.socket(socket.AF_UNIX)
            self._scanner.connect(str(self.folder / "scanner"))
        self._scanner.sendall(text.encode() + b"\r")

    def grip(self, limit_s: float = 240.0) -> Grip:
        """The hand inside, once the guest has started it."""
        if self._grip is None:
            raise MonitorLost("the machine is off, or has no hand")
        self._grip.wait(limit_s)
        return self._grip

    def put(self, name: str, data: bytes) -> None:
        """Put a file onto the technician's partition while the machine is off."""
        write_file(self.image, parts(self.image)["GATEPOST"], name, data)

    def serial(self) -> str:
        """Everything on the console since power on."""
        path = self.folder / "serial"
        return path.read_text(errors="replace") if path.exists() else ""

    def tail(self, lines: int = 25) -> str:
        """The end of the console, for a test's complaint."""
        return "\n".join(self.serial().splitlines()[-lines:])
