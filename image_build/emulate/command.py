"""The command line of QEMU, and what of it stands for which part of a Pi."""

import base64
from dataclasses import dataclass, field
from pathlib import Path

from image_build.emulate.slot import Slot

# The port reads as ended while nobody holds its other end: then the unit tries again.
_READ = "port=open('/dev/virtio-ports/gatepost.hand','r+b',0);exec(__import__('base64').b64decode(port.readline()))"
HAND_UNIT = f"""[Unit]
StartLimitIntervalSec=0
[Service]
Type=idle
Restart=always
RestartSec=1
ExecStart=/usr/bin/python3 -c "{_READ}"
"""
# QEMU's own console words that the kernel must hear: where to print, and to stop rather than to hang.
CONSOLE = "console=ttyAMA0 loglevel=5 panic=-1"
# Guest time counts instructions, 2^0 ns each: one core of 1,000 million instructions a second, about one of a Pi 4's.
# A busy host slows the guest's world down with its processor, so that no watchdog fires because others compute here,
# and a boot takes the same guest time on each machine. It allows one core only.
COUNTED = ("-smp", "1", "-icount", "shift=0,sleep=on")
QUICK = ("-smp", "2", "-accel", "tcg,thread=multi")
# The Pi's words that mean nothing here, or send the console elsewhere.
DROPPED = ("console=", "quiet", "loglevel=", "logo.", "vt.")


@dataclass(frozen=True, slots=True)
class Parts:
    """What is plugged in.

    counted: guest time counts instructions; else two cores in the host's own time.
    ports: host port -> guest port. bluetooth: a TCP port of this machine with a controller.
    screen: width and height in pixels of a screen, which `Monitor` can take a picture of.
    scanner: a unix socket that stands for the hand scanner's cable. hand: the test's hand inside.
    units: name -> text of a systemd unit or drop-in ("kiosk.service.d") that enters as a credential.
    words: more words for the kernel.
    """

    memory_mb: int = 1024
    counted: bool = True
    ports: dict[int, int] = field(default_factory=dict)
    bluetooth: int | None = None
    screen: tuple[int, int] | None = None
    scanner: bool = True
    hand: bool = True
    units: dict[str, str] = field(default_factory=dict)
    words: str = ""


def command(parts: Parts, slot: Slot, folder: Path) -> list[str]:
    """QEMU's command line for `-M virt`: sockets `card`, `monitor`, `hand`, `scanner` and file `serial` in `folder`."""
    forwards = "".join(f",hostfwd=tcp:127.0.0.1:{host}-:{guest}" for host, guest in parts.ports.items())
    words = [
        "qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a72", *(COUNTED if parts.counted else QUICK),
        "-rtc", "base=utc,clock=vm", "-m", str(parts.memory_mb), "-display", "none", "-no-reboot", "-nodefaults",
        "-kernel", str(slot.kernel), "-append", kernel_words(parts, slot.words),
        "-drive", f"file=nbd+unix:///?socket={folder}/card,if=none,id=card,format=raw,cache=none",
        "-device", "virtio-blk-pci,drive=card,addr=2",
        "-device", "virtio-rng-pci,addr=3",
        "-netdev", f"user,id=net0{forwards}", "-device", "virtio-net-pci,netdev=net0,romfile=,addr=4",
        "-serial", f"file:{folder}/serial",
        "-qmp", f"unix:{folder}/monitor,server=on,wait=off",
    ]  # fmt: skip
    if slot.initrd is not None:
        words += ["-initrd", str(slot.initrd)]
    if parts.hand:
        words += ["-device", "virtio-serial-pci,addr=5"]
        words += ["-chardev", f"socket,id=hand,path={folder}/hand,server=on,wait=off"]
        words += ["-device", "virtserialport,chardev=hand,name=gatepost.hand,nr=1"]
    if parts.scanner:
        words += ["-chardev", f"socket,id=scanner,path={folder}/scanner,server=on,wait=off"]
        words += ["-device", "pci-serial,chardev=scanner,addr=6"]
    if parts.bluetooth is not None:
        words += ["-chardev", f"socket,id=bt,host=127.0.0.1,port={parts.bluetooth}"]
        words += ["-device", "pci-serial,chardev=bt,addr=7"]
    if parts.screen is not None:
        width, height = parts.screen
        words += ["-device", f"virtio-gpu-pci,xres={width},yres={height},addr=8"]
    return words


def kernel_words(parts: Parts, slot_words: str) -> str:
    """The slot's own words without the Pi's consoles, ours, and the units that come from outside."""
    own = [word for word in slot_words.split() if not word.startswith(DROPPED)]
    units = dict(parts.units)
    wants = [name for name in units if not name.endswith(".d")]
    if parts.hand:
        units["gatepost-hand.service"] = HAND_UNIT
        wants.append("gatepost-hand.service")
    return " ".join([*own, CONSOLE, *(_unit(name, text) for name, text in units.items()),
                     *(f"systemd.wants={name}" for name in wants), parts.words]).strip()  # fmt: skip


def _unit(name: str, text: str) -> str:
    kind, name = ("unit-dropin", name.removesuffix(".d")) if name.endswith(".d") else ("extra-unit", name)
    return f"systemd.set_credential_binary=systemd.{kind}.{name}:{base64.b64encode(text.encode()).decode()}"
