"""The scenes: each boots a fresh copy of the card and says what it saw. Promises are those of issue 7's "How far"."""

import re
import time
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

from image_build.emulate.grip import Grip
from image_build.emulate.machine import Machine
from tests.image.stage import BOOT_S, DEVICE, VENUE, Stage, arrived, settings, show, wait_ready, with_centre
from tests.parts.site import Site, card

ARRIVE_S = 600.0
IDLE_S = 120  # guest seconds of an idle gate from which an hour is reckoned
OURS = ("kiosk.service", "ble-scanner.service", "sync-agent.service")


class Failed(AssertionError):
    """A promise does not hold; the words say which and how far."""


class Skipped(Exception):
    """The scene cannot run here; the words say what it lacks."""


class Scene(NamedTuple):
    """`play` gives the figures, or raises Failed, Skipped or one of the emulator's errors."""

    name: str
    promise: str
    short: bool
    play: Callable[[Stage], dict[str, Any]]


def power_cuts(stage: Stage) -> dict[str, Any]:
    """Visitors, the plug pulled at a random moment, and again; at last the centre is asked for every green seen."""
    random, seen, lost, waits = Random(stage.cuts), set[int](), 0, list[float]()
    with stage.centre() as site, stage.machine(settings(_enrol(site)), with_centre(site)) as machine:
        machine.power_on()
        wait_ready(machine)
        number = 0
        for _ in range(stage.cuts):
            for _ in range(random.randint(1, 4)):
                number += 1
                if show(machine, number):
                    seen.add(number)
            number += 1
            machine.scan(card(number))
            until = time.monotonic() + random.uniform(0.0, 3.0)
            while time.monotonic() < until and not machine.lamps().green:
                pass
            if machine.lamps().green:
                seen.add(number)
            lost += machine.cut(random)
            machine.power_on()
            waits.append(wait_ready(machine))
        _wait_arrived(site, len(seen))
        there = arrived(site)
    return {
        "cuts": stage.cuts, "writes lost with the power": lost, "greens seen": len(seen), "visits at the centre": there,
        "lost visits": max(0, len(seen) - there), "guest s to ready, worst": max(waits, default=0),
    }  # fmt: skip


def network_cut(stage: Stage) -> dict[str, Any]:
    """The cable pulled: greens go on; plugged in again: all of them reach the centre."""
    with stage.centre() as site, stage.machine(settings(_enrol(site)), with_centre(site)) as machine:
        machine.power_on()
        wait_ready(machine)
        first = show(machine, 1)
        machine.monitor.cable(False)
        dark = sum(show(machine, number) for number in range(2, 5))
        machine.monitor.cable(True)
        _wait_arrived(site, first + dark)
        if not first or dark != 3:
            raise Failed(f"{first + dark} of 4 visitors saw green; without the network {dark} of 3")
        return {"greens without network": dark, "visits at the centre": arrived(site)}


def figures(stage: Stage) -> dict[str, Any]:
    """Times by unit, memory of our processes, open ports, bytes written when nothing happens and for a visit."""
    with stage.centre() as site, stage.machine(settings(_enrol(site)), with_centre(site)) as machine:
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


def wrong_settings(stage: Stage) -> dict[str, Any]:
    """A kiosk.toml that is wrong: the lamps say so (three short yellows), the machine stays up."""
    with stage.machine(settings().replace('direction = "in"', 'direction = "sideways"')) as machine:
        machine.power_on()
        hand = machine.grip(BOOT_S)
        said = hand.run("cat", "/run/gatepost/settings-problems.json").out
        if "direction" not in said:
            raise Failed(f"the problem is not named: {said[:200]!r}")
        active = hand.run("systemctl", "is-active", "kiosk.service").out.strip()
        return {"problems": said.count('"path"'), "kiosk.service": active}


def _enrol(site: Site) -> dict[str, Any]:
    return site.enrol(DEVICE, "in", VENUE)


def _wait_arrived(site: Site, count: int) -> None:
    until = time.monotonic() + ARRIVE_S
    while (there := arrived(site)) < count:
        if time.monotonic() > until:
            raise Failed(f"{count - there} of {count} visits that were shown green are not at the centre")
        time.sleep(0.5)


SCENES = (
    Scene("power-cuts", "each cut boots to green, 0 lost visits", True, power_cuts),
    Scene("network-cut", "greens without a network; later all are at the centre", True, network_cut),
    Scene("figures", "lamp in the first third; PSS <= 200 MB; idle <= 20 MB a day; visit <= 40 kB", True, figures),
    Scene("wrong-settings", "every problem named; the machine stays up", False, wrong_settings),
)
