"""A Raspberry Pi of QEMU: the same card in the Pi's own card reader, lamps on the pins of its own chip.

    with Board(image, folder) as board:
        board.power_on()
        board.wait("starting", lambda: board.lamps().yellow, 600)

machine.py has QEMU's general machine, where most things are tried. Here is what only a Pi's device tree and drivers
show: does the card's own slot find its verified root, do the lamps hang on the right pins. What is different here:
- The card is a plain file: nothing is counted, nothing is lost. QEMU takes cards of 2^n bytes only, so the file grows
  at its end, as it does for an image that is written onto a larger card.
- The console is the small UART: the large one (PL011) is the Pi's Bluetooth.
- Overlays and dtparam of config.txt are the firmware's work, and no firmware runs here: the device tree is that of the
  boot slot, as it lies there.
- QEMU's watchdog does not count; to start it is to reset (hw/misc/bcm2835_powermgt.c). PID 1 is told not to. The
  driver stays, for it also restarts the Pi and switches it off.
A Pi 3B only: in QEMU 10.0's Pi 4B Debian's kernel stops at chips that are not there (brcmstb's interrupts and I2C).
"""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Self

from image_build.emulate.command import DROPPED
from image_build.emulate.machine import LOOK_S, Lamps, NeverSeen
from image_build.emulate.monitor import BCM_LEVELS, Monitor, MonitorLost
from image_build.emulate.slot import Part, Slot, parts, read_file, read_slot
from image_build.firmware import next_boot

QEMU, MACHINE, TREE = "qemu-system-aarch64", "raspi3b", "bcm2837-rpi-3-b.dtb"
# BCM2835 ARM Peripherals, at the Pi 3's 0x3f000000. 12.1: CLO, the lower 32 bits of a count of microseconds; 2.1: the
# small UART.
MICROSECONDS, SMALL_UART = 0x3F003004, 0x3F215040
WORDS = "loglevel=5 panic=-1 systemd.watchdog_sec=0"


class Pins(NamedTuple):
    """BCM numbers of the lamps, those of firmware_cfg/kiosk.toml."""

    green: int = 17
    yellow: int = 27
    red: int = 22


PINS = Pins()


class Board:
    """One Pi with one card. `image` is written to: give it a copy. `folder` is for sockets and logs, and short."""

    def __init__(self, image: Path, folder: Path) -> None:
        self.image, self.folder = image, folder
        folder.mkdir(parents=True, exist_ok=True)
        os.truncate(image, card_size(image.stat().st_size))
        self._process: subprocess.Popen[bytes] | None = None
        self._monitor: Monitor | None = None
        self.switched_on = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.off()

    def power_on(self, more: str = "") -> None:
        """Boot the slot that autoboot.txt names; `more`: further words for the kernel. Raises FileNotFoundError."""
        if self._process is not None:
            raise RuntimeError("the board is on")
        table = parts(self.image)
        autoboot = (read_file(self.image, table["GATEPOST"], "autoboot.txt") or b"").decode(errors="replace")
        chosen = next(part for part in table.values() if part.number == next_boot(autoboot))
        slot = read_slot(self.image, chosen, self.folder)
        words = command(slot, self._tree(chosen), self.image, self.folder, more)
        with (self.folder / "qemu").open("ab") as log:
            self._process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.switched_on = time.monotonic()
        self._monitor = Monitor(self.folder / "monitor")

    def off(self) -> None:
        """Pull the plug."""
        monitor, self._monitor = self._monitor, None
        process, self._process = self._process, None
        if monitor is not None:
            monitor.close()
        if process is not None:
            process.kill()
            process.wait()

    @property
    def monitor(self) -> Monitor:
        """The emulator's monitor. Raises MonitorLost when the board is off."""
        if self._monitor is None:
            raise MonitorLost("the board is off")
        return self._monitor

    def lamps(self, pins: Pins = PINS) -> Lamps:
        """The lamp lines now, read out of the chip."""
        word = self.monitor.word(BCM_LEVELS)
        return Lamps(*(bool(word >> line & 1) for line in pins))

    def guest_s(self) -> float:
        """Seconds of guest time since power on, for the first 71 minutes."""
        return self.monitor.word(MICROSECONDS) / 1e6

    def wait(self, what: str, seen: Callable[[], bool], limit_s: float) -> float:
        """Look until `seen`; seconds since power on. Raises NeverSeen with the end of the console."""
        until = time.monotonic() + limit_s
        while not seen():
            if time.monotonic() > until:
                raise NeverSeen(f"{what}: not within {limit_s:.0f} s\n{self.console()[-2000:]}")
            time.sleep(LOOK_S)
        return time.monotonic() - self.switched_on

    def console(self) -> str:
        """Everything on the console since power on."""
        path = self.folder / "serial"
        return path.read_text(errors="replace") if path.exists() else ""

    def _tree(self, part: Part) -> Path:
        data = read_file(self.image, part, TREE)
        if data is None:
            raise FileNotFoundError(f"{part.name} holds no {TREE}")
        place = self.folder / TREE
        place.write_bytes(data)
        return place


def card_size(size: int) -> int:
    """The smallest card that QEMU takes for `size` bytes: a power of two."""
    return 1 << (size - 1).bit_length()


def command(slot: Slot, tree: Path, card: Path, folder: Path, more: str = "") -> list[str]:
    """QEMU's command line: socket `monitor`, files `serial` (the console) and `bluetooth` (the PL011) in `folder`."""
    words = [
        QEMU, "-M", MACHINE, "-display", "none", "-no-reboot",
        "-kernel", str(slot.kernel), "-dtb", str(tree), "-append", kernel_words(slot.words, more),
        "-drive", f"file={card},if=sd,format=raw",
        "-serial", f"file:{folder}/bluetooth", "-serial", f"file:{folder}/serial",
        "-qmp", f"unix:{folder}/monitor,server=on,wait=off",
    ]  # fmt: skip
    return words if slot.initrd is None else [*words, "-initrd", str(slot.initrd)]


def kernel_words(slot_words: str, more: str = "") -> str:
    """The slot's own words without the screen's, and the console on the small UART from the first line on."""
    own = [word for word in slot_words.split() if not word.startswith(DROPPED)]
    console = f"console=ttyS1,115200 earlycon=bcm2835aux,mmio32,{SMALL_UART:#x}"
    return " ".join([*own, console, WORDS, more]).strip()
