"""The reset of a booted box: it keeps what nobody has confirmed, and only then begins anew.

The technician's page starts gatepost-reset.service; so does the scene.
"""

from functools import partial
from typing import Any

from image_build.emulate.grip import Done, Grip
from image_build.emulate.machine import Machine
from tests.image.scenes.scene import ARRIVE_S, Failed, enrol, wait_arrived
from tests.image.stage import BOOT_S, DEVICE, Stage, arrived, settings, show, wait_ready, with_centre
from tests.parts.site import Site

UNIT = "gatepost-reset.service"
RESET_S = 600.0
KEY = "/var/lib/gatepost/identity/device.key"
KEPT = "chưa xác nhận"  # kiosk/commands/reset.py


def reset(stage: Stage) -> dict[str, Any]:
    """Records wait: refused, the gate opens again. All confirmed: the box is empty, enrols anew, lets people in."""
    with stage.centre() as site, stage.machine(settings(enrol(site)), with_centre(site)) as machine:
        machine.power_on()
        wait_ready(machine)
        _green(machine, 1)
        wait_arrived(site, 1)
        refused_s = _refused(machine)
        machine.monitor.cable(True)
        wait_arrived(site, 2)
        machine.wait("the centre's receipt", partial(_confirmed, site), ARRIVE_S)
        before = _digest(machine.grip())
        machine.grip().run("systemctl", "--no-block", "start", UNIT)
        heard = machine.wait_off(RESET_S)
        if heard != "restart":
            raise Failed(f"after the reset the box ends with {heard!r}")
        machine.put("kiosk.toml", settings(enrol(site)).encode())
        machine.power_on()
        wait_ready(machine)
        left = _left(machine.grip(BOOT_S))
        if _digest(machine.grip()) == before or left:
            raise Failed(f"the reset has left {left} records, or the old key")
        _green(machine, 3)
        wait_arrived(site, 3)
        return {"guest s to the gate after a refusal": refused_s, "visits at the centre": arrived(site)}


def _refused(machine: Machine) -> int:
    """Cut off, with a record that waits: refused in words; guest seconds until the gate stands again."""
    machine.monitor.cable(False)
    _green(machine, 2)
    hand = machine.grip()
    began = machine.guest_s()
    status = hand.run("systemctl", "start", UNIT, limit_s=RESET_S).status
    said = _said(hand)
    if status == 0 or KEPT not in said:
        raise Failed(f"a reset while a record waits: status {status}, {said[-1000:]}")
    wait_ready(machine)
    return machine.guest_s() - began


def _said(hand: Grip) -> str:
    return hand.run("journalctl", "-b", "-u", UNIT, "-o", "cat").out


def _confirmed(site: Site) -> bool:
    """Whether the box tells the centre that nothing of its own waits any more."""
    rows = site.ask("SELECT backlog, away_ms FROM kiosk_now WHERE device = ?", DEVICE)
    return bool(rows) and rows[0] == (0, None)


def _digest(hand: Grip) -> str:
    """Of the key that signs what the box sends."""
    done: Done = hand.run("sha256sum", KEY)
    if done.status:
        raise Failed(f"no key: {done.err}")
    return done.out.split()[0]


def _left(hand: Grip) -> int:
    """Records in the box's database."""
    count = "execute('SELECT count(*) FROM visit').fetchone()[0]"
    code = f"import sqlite3;print(sqlite3.connect('/var/lib/gatepost/gatepost.db').{count})"
    return int(hand.run("python3", "-c", code).out)


def _green(machine: Machine, number: int) -> None:
    if not show(machine, number):
        raise Failed(f"visitor {number} saw no green")
