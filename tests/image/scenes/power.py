"""The plug is pulled, the network cable is pulled: what was shown green is kept, and arrives."""

import time
from random import Random
from typing import Any

from image_build.emulate.machine import Machine
from tests.image.scenes.scene import Failed, enrol, wait_arrived
from tests.image.stage import Stage, arrived, settings, show, wait_ready, with_centre
from tests.parts.site import Site, card


def power_cuts(stage: Stage) -> dict[str, Any]:
    """Visitors, the plug pulled at a random moment, and again; at last the centre is asked for every green seen."""
    random, seen, lost, waits = Random(stage.cuts), set[int](), 0, list[float]()
    with stage.centre() as site, stage.machine(settings(enrol(site)), with_centre(site)) as machine:
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
        wait_arrived(site, len(seen))
        there = arrived(site)
    return {
        "cuts": stage.cuts, "writes lost with the power": lost, "greens seen": len(seen), "visits at the centre": there,
        "lost visits": max(0, len(seen) - there), "guest s to ready, worst": max(waits, default=0),
    }  # fmt: skip


def cable(machine: Machine, site: Site) -> dict[str, Any]:
    """The network cable pulled: greens go on; plugged in again: all of them reach the centre. Raises Failed."""
    before, first = arrived(site), 101
    machine.monitor.cable(False)
    dark = sum(show(machine, number) for number in range(first, first + 3))
    machine.monitor.cable(True)
    if dark != 3:
        raise Failed(f"without the network {dark} of 3 visitors saw green")
    wait_arrived(site, before + dark)
    return {"greens without network": dark, "visits at the centre": arrived(site)}


def network_cut(stage: Stage) -> dict[str, Any]:
    """The cable is pulled in a boot of its own; scene "figures" does it in passing."""
    with stage.centre() as site, stage.machine(settings(enrol(site)), with_centre(site)) as machine:
        machine.power_on()
        wait_ready(machine)
        if not show(machine, 1):
            raise Failed("the first visitor saw no green")
        wait_arrived(site, 1)
        return cable(machine, site)
