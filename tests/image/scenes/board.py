"""The card as it is flashed, in a Raspberry Pi 3B of QEMU: its own card reader, its own pins.

Nothing is put onto the card, so its kiosk.toml is the one that a technician finds there: default pins, no centre. Two
things are seen from outside: the lamps on the BCM's lines, and on the console what a unit says that the kernel's words
bring in. This gate has neither a centre nor the camera that its kiosk.toml names, and says so: the pattern `fault`.
"""

import base64
import re
import time
from collections.abc import Sequence
from typing import Any

from image_build.emulate.board import Board
from image_build.emulate.machine import Lamps, NeverSeen
from kiosk.devices.patterns import GREEN, LAMPS, RED, YELLOW
from tests.image.scenes.scene import Failed
from tests.image.stage import Stage

# Four emulated cores share the two of a build machine: wall seconds.
STARTING_S, GATE_S, SAY_S = 900.0, 900.0, 300.0
CYCLES = 3
# A step of a pattern may be seen this much longer or shorter: a guest that starts is late, and so is who looks.
SHARE, LATE_S = 0.3, 0.1
WORDS = "systemd.mask=kiosk-screen.service systemd.default_device_timeout_sec=300 systemd.wants=say.service"
ASKED = {"gate": "systemctl is-active kiosk", "root": "dmsetup status root", "chip": "gpiodetect"}
SAY = "\n".join((
    "[Unit]", "After=kiosk.service", "[Service]", "StandardOutput=tty", "TTYPath=/dev/console",
    *(f"ExecStart=-/bin/sh -c 'echo say {name}: $({command})'" for name, command in ASKED.items()),
    "Type=oneshot",
))  # fmt: skip
Step = tuple[int, float]


def board(stage: Stage) -> dict[str, Any]:
    """Slot a starts on a Pi 3B, its root is verified, its gate drives the lamps on the BCM's pins."""
    image = stage.fresh()
    try:
        with Board(image, stage.folder / "board") as pi:
            coded = base64.b64encode(SAY.encode()).decode()
            pi.power_on(f"{WORDS} systemd.set_credential_binary=systemd.extra-unit.say.service:{coded}")
            starting = _await(pi, "starting", STARTING_S)
            fault = _await(pi, "fault", GATE_S)
            pi.wait("what lies inside", lambda: len(said(pi.console())) == len(ASKED), SAY_S)
            found = said(pi.console())
    finally:
        image.unlink()
    if found["gate"] != "active" or not re.search(r"\bverity V\b", found["root"]):
        raise Failed(f"the gate or its root is not as it should be: {found}")
    if "pinctrl-bcm2835" not in found["chip"]:
        raise Failed(f"the lamps are not on the BCM's own pins: {found['chip']}")
    return {"guest s to starting": round(starting, 1), "guest s to the gate's own lamps": round(fault, 1), **found}


def said(console: str) -> dict[str, str]:
    """What the unit has said so far, by name."""
    return {name: words.strip() for name, words in re.findall(r"^say (\w+): (.*?)\r?$", console, re.MULTILINE)}


def shown(steps: Sequence[Step]) -> str:
    """The pattern that the last CYCLES cycles of `steps` (lamps, seconds) fit best, "" for none."""
    off = {name: _off(steps[-CYCLES * len(cycle) :], cycle) for name, cycle in LAMPS.items() if len(cycle) > 1}
    fitting = {name: seconds for name, seconds in off.items() if seconds is not None}
    return min(fitting, key=lambda name: fitting[name], default="")


def _off(seen: Sequence[Step], cycle: Sequence[Step]) -> float | None:
    """Mean seconds by which each of `seen` differs from `cycle`; None when they do not fit."""
    wanted = [*cycle] * CYCLES
    if [lamps for lamps, _ in seen] != [lamps for lamps, _ in wanted]:
        return None
    apart = [abs(length - seconds) for (_, length), (_, seconds) in zip(seen, wanted, strict=True)]
    if any(off > SHARE * seconds + LATE_S for off, (_, seconds) in zip(apart, wanted, strict=True)):
        return None
    return sum(apart) / len(apart)


def _await(pi: Board, name: str, limit_s: float) -> float:
    """Look until the lamps show pattern `name`; guest seconds to the cycle in which it was known. Raises NeverSeen."""
    steps: list[Step] = []
    lamps, since = pi.lamps(), pi.guest_s()
    until = time.monotonic() + limit_s
    while shown(steps) != name:
        if time.monotonic() > until:
            raise NeverSeen(f"{name}: not within {limit_s:.0f} s; last {steps[-8:]}\n{pi.console()[-2000:]}")
        now = pi.lamps()
        if now != lamps:
            at = pi.guest_s()
            steps = [*steps[-40:], (_bits(lamps), at - since)]
            lamps, since = now, at
    return since


def _bits(lamps: Lamps) -> int:
    return sum(bit for bit, lit in zip((GREEN, YELLOW, RED), lamps, strict=True) if lit)
