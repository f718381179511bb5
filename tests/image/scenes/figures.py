"""What the booted kiosk costs: times by unit, memory, open ports, bytes written to the card; then the cable is pulled.

The bare root is the same card with every unit of ours masked: what Debian alone needs to come up.
"""

import re
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from image_build.emulate.command import Parts
from image_build.emulate.grip import Grip
from image_build.emulate.machine import Machine
from tests.image.scenes.power import cable
from tests.image.scenes.scene import Failed, enrol
from tests.image.stage import BOOT_S, Stage, settings, show, wait_ready, with_centre
from tests.parts.ports import hold_port

IDLE_S = 180  # guest seconds of an idle gate from which a day is reckoned
OURS = ("kiosk.service", "ble-scanner.service", "sync-agent.service")
UNITS = Path(__file__).parents[3] / "systemd"
# The scanner is started for its memory at the end: it waits for an adapter that this machine does not have.
SCANNER_ON = (
    r"""sed -i 's/^\[radio\]$/[radio]\nkind = "bleak"/' /run/gatepost/kiosk.toml; systemctl restart ble-scanner"""
)
_PSS = (
    "for u in {units}; do for p in $(cat /sys/fs/cgroup/system.slice/$u/cgroup.procs); do "
    "echo $u $(sed -n 's/^Pss: *//p' /proc/$p/smaps_rollup); done; done"
)
GUARD = '[guard]\nsocket = "/run/gatepost/guard.sock"\nurl = "https://cua-a.local"'
GUARD_PORT = 443
# What a neighbour on the venue's network tries first: shells, pages, names, printers, brokers, databases, debuggers.
DOORS = (GUARD_PORT, 21, 22, 23, 25, 53, 80, 111, 139, 445, 631, 1883, 5000, 5353, 5900, 8000, 8080, 8081, 8090, 8443,
         8888, 9000, 9222)  # fmt: skip
ANSWER_S = 4.0
# What is promised, by the figure that shows it. A figure that is missing does not hold.
HOLDS: dict[str, Callable[[float], bool]] = {
    "first lamp, share of the way": lambda share: share <= 1 / 3,
    "boot, times the bare root": lambda ratio: ratio <= 1.6,
    "all ours PSS MB": lambda mb: mb <= 200,
    "idle MB a day, reckoned": lambda mb: mb <= 20,
    "kB written a visit": lambda kb: kb <= 40,
    "doors that answer beside the guards'": lambda count: count == 0,
    "guards' door answers": lambda answers: answers == 1,
}


def figures(stage: Stage) -> dict[str, Any]:
    """All of it on one card, after a start of the bare root. Raises Failed with every figure."""
    found: dict[str, Any] = {"s to the bare root": _bare(stage)}
    with stage.centre() as site:
        text = settings(enrol(site), more=GUARD)
        doors = {hold_port(): port for port in DOORS}
        with stage.machine(text, replace(with_centre(site), ports=doors)) as machine:
            found["first start"] = [f"{name}: {value}" for name, value in _start(machine).items()]
            machine.cut(Random(1))
            found |= _start(machine)
            hand = machine.grip(BOOT_S)
            found |= _ports(hand) | _doors(machine, doors) | _idle(machine) | _per_visit(machine) | cable(machine, site)
            hand.shell(SCANNER_ON, limit_s=120)
            found |= _memory(hand)
    found["first lamp, share of the way"] = round(found["s to the first lamp"] / found["s to scanning"], 2)
    found["boot, times the bare root"] = round(found["s to scanning"] / found["s to the bare root"], 2)
    broken = [name for name, holds in HOLDS.items() if name not in found or not holds(float(found[name]))]
    if broken:
        raise Failed(f"does not hold: {', '.join(broken)}", found)
    return found


def _start(machine: Machine) -> dict[str, Any]:
    """Power on until the gate is at rest. A card's first start makes its keys too."""
    machine.power_on()
    machine.wait("the first lamp", lambda: machine.lamps().yellow, BOOT_S)
    lamp, lamp_s = time.monotonic(), machine.guest_s()
    ready_s = wait_ready(machine)
    hand = machine.grip(BOOT_S)
    # The kernel's clock and the emulated one differ by what QEMU needed before the kernel's first.
    now = float(hand.run("cat", "/proc/uptime").out.split()[0])
    found = {"s to the first lamp": round(now - (time.monotonic() - lamp), 1), "guest s to the first lamp": lamp_s}
    return found | {"guest s to the gate at rest": ready_s} | _times(hand)


def _bare(stage: Stage) -> float:
    """Seconds from the kernel's first to multi-user.target with nothing of ours."""
    ours = sorted(path.name for path in UNITS.glob("*.service") if "@" not in path.name)
    masks = " ".join(f"systemd.mask={name}" for name in ours)
    with stage.machine(settings(), Parts(counted=False, words=masks)) as machine:
        machine.power_on()
        hand = machine.grip(BOOT_S)
        machine.wait("multi-user.target", lambda: _active_s(hand, "multi-user.target") > 0, BOOT_S)
        return _active_s(hand, "multi-user.target")


def _active_s(hand: Grip, unit: str) -> float:
    """Seconds from the kernel's first until `unit` was active; 0 while it is not. systemd's own clock, both ends."""
    began = hand.run("systemctl", "show", "--value", "-p", "KernelTimestampMonotonic").out.strip()
    done = hand.run("systemctl", "show", unit, "--value", "-p", "ActiveEnterTimestampMonotonic").out.strip()
    user = hand.run("systemctl", "show", "--value", "-p", "UserspaceTimestampMonotonic").out.strip()
    return round((int(done) - int(began or user)) / 1e6, 1) if done.isdigit() and int(done) else 0.0


def _times(hand: Grip) -> dict[str, Any]:
    chain = hand.run("systemd-analyze", "--no-pager", "critical-chain", "kiosk.service").out
    blame = hand.run("systemd-analyze", "--no-pager", "blame").out
    return {
        "s to scanning": _active_s(hand, "kiosk.service"),
        "s to the lamps' unit": _active_s(hand, "gatepost-lamps.service"),
        "critical chain": chain.splitlines(), "blame": blame.splitlines()[:25],
    }  # fmt: skip


def _memory(hand: Grip) -> dict[str, Any]:
    kilobytes: dict[str, int] = {}
    said = hand.shell(_PSS.format(units=" ".join(OURS))).out
    for unit, pss in re.findall(r"^(\S+) (\d+) kB$", said, re.MULTILINE):
        kilobytes[unit] = kilobytes.get(unit, 0) + int(pss)
    found: dict[str, Any] = {f"{unit} PSS MB": round(value / 1024, 1) for unit, value in kilobytes.items()}
    if len(kilobytes) == len(OURS):
        found["all ours PSS MB"] = round(sum(kilobytes.values()) / 1024, 1)
    return found


def _ports(hand: Grip) -> dict[str, Any]:
    said = hand.run("ss", "-H", "-l", "-t", "-u", "-n").out
    local = [line.split()[4] for line in said.splitlines() if len(line.split()) > 4]
    beyond = sorted(place for place in local if not place.startswith(("127.", "[::1]")))
    return {"listening beyond loopback": beyond}


def _doors(machine: Machine, doors: dict[int, int]) -> dict[str, Any]:
    """Every door is knocked at from outside, over the emulated network: who says a word?"""
    machine.wait("the guards' page", lambda: _answers(_at(doors, GUARD_PORT)), BOOT_S)
    others = [port for here, port in doors.items() if port != GUARD_PORT and _answers(here)]
    return {"guards' door answers": 1, "doors that answer beside the guards'": len(others), "they are": others}


def _at(doors: dict[int, int], port: int) -> int:
    return next(here for here, there in doors.items() if there == port)


def _answers(port: int) -> bool:
    """The emulator takes every call; only what the guest itself says counts. nginx answers a plain word with 400."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), ANSWER_S) as line:
        line.settimeout(ANSWER_S)
        line.sendall(b"GET / HTTP/1.0\r\n\r\n")
        return bool(line.recv(1))
    return False


def _idle(machine: Machine) -> dict[str, Any]:
    written, began = machine.card.counted.written, machine.guest_s()
    machine.wait("an idle while", lambda: machine.guest_s() - began >= IDLE_S, BOOT_S)
    rate = (machine.card.counted.written - written) / (machine.guest_s() - began)
    return {"idle kB an hour, reckoned": round(rate * 3600 / 1000), "idle MB a day, reckoned": round(rate * 0.0864, 1)}


def _per_visit(machine: Machine) -> dict[str, Any]:
    written = machine.card.counted.written
    green = sum(show(machine, number) for number in range(1, 11))
    if green < 10:
        raise Failed(f"{green} of 10 visitors saw green")
    return {"kB written a visit": round((machine.card.counted.written - written) / green / 1000, 1), "visits": green}
