"""What the booted kiosk costs: times by unit, memory, open ports, bytes written to the card."""

import re
from typing import Any

from image_build.emulate.grip import Grip
from image_build.emulate.machine import Machine
from tests.image.scenes.scene import Failed, enrol
from tests.image.stage import BOOT_S, Stage, settings, show, wait_ready, with_centre

IDLE_S = 120  # guest seconds of an idle gate from which an hour is reckoned
OURS = ("kiosk.service", "ble-scanner.service", "sync-agent.service")


def figures(stage: Stage) -> dict[str, Any]:
    """Times by unit, memory of our processes, open ports, bytes written when nothing happens and for a visit."""
    with stage.centre() as site, stage.machine(settings(enrol(site)), with_centre(site)) as machine:
        machine.power_on()
        first = machine.wait("the first lamp", lambda: machine.lamps().yellow, BOOT_S)
        lamp_s = machine.guest_s()
        ready_s = wait_ready(machine)
        hand = machine.grip(BOOT_S)
        found: dict[str, Any] = {"guest s to the first lamp": lamp_s, "guest s to the gate at rest": ready_s}
        found |= {"wall s to the first lamp": round(first)} | _times(hand) | _memory(hand) | _ports(hand)
        return found | _idle(machine) | _per_visit(machine)


def _times(hand: Grip) -> dict[str, Any]:
    ready = hand.run("systemctl", "show", "kiosk.service", "--value", "-p", "ActiveEnterTimestampMonotonic").out
    chain = hand.run("systemd-analyze", "--no-pager", "critical-chain", "kiosk.service").out
    blame = hand.run("systemd-analyze", "--no-pager", "blame").out
    return {
        "s after the kernel to kiosk.service": int(ready) / 1e6 if ready.strip().isdigit() else None,
        "critical chain": chain.splitlines(), "blame": blame.splitlines()[:25],
    }  # fmt: skip


def _memory(hand: Grip) -> dict[str, Any]:
    script = "for u in %s; do for p in $(cat /sys/fs/cgroup/system.slice/$u/cgroup.procs); do echo $u $(sed -n 's/^Pss: *//p' /proc/$p/smaps_rollup); done; done"  # noqa: E501
    kilobytes: dict[str, int] = {}
    for unit, pss in re.findall(r"^(\S+) (\d+) kB$", hand.shell(script % " ".join(OURS)).out, re.MULTILINE):
        kilobytes[unit] = kilobytes.get(unit, 0) + int(pss)
    return {f"{unit} PSS MB": round(value / 1024, 1) for unit, value in kilobytes.items()} | {
        "all ours PSS MB": round(sum(kilobytes.values()) / 1024, 1)
    }


def _ports(hand: Grip) -> dict[str, Any]:
    lines = hand.run("ss", "-H", "-l", "-t", "-u", "-n").out.splitlines()
    local = [line.split()[4] for line in lines if len(line.split()) > 4]
    # What listens only inside the box cannot be reached from outside.
    return {"listening beyond loopback": sorted(p for p in local if not p.startswith(("127.", "[::1]")))}


def _idle(machine: Machine) -> dict[str, Any]:
    written, began = machine.card.counted.written, machine.guest_s()
    machine.wait("an idle while", lambda: machine.guest_s() - began >= IDLE_S, BOOT_S)
    rate = (machine.card.counted.written - written) / (machine.guest_s() - began)
    return {"idle kB an hour, reckoned": round(rate * 3600 / 1000), "idle MB a day, reckoned": round(rate * 0.0864, 1)}


def _per_visit(machine: Machine) -> dict[str, Any]:
    written = machine.card.counted.written
    green = sum(show(machine, number) for number in range(1, 11))
    if not green:
        raise Failed("no visitor saw green")
    return {"kB written a visit": round((machine.card.counted.written - written) / green / 1000, 1), "visits": green}
