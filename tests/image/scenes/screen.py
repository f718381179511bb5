"""The screen of the booted box: cage and chromium paint the gate's page, and a finger on the glass is answered."""

import time
from typing import Any

from PIL import Image

from image_build.emulate.command import Parts
from image_build.emulate.grip import Grip
from image_build.emulate.machine import Machine
from tests.image.scenes.scene import Failed, enrol
from tests.image.stage import BOOT_S, SCANNER, VIVID, Stage, settings, wait_ready, with_centre
from tests.image.touch import Panel

WIDE = (1280, 800)
MASKED = "systemd.mask=kiosk-screen.service"
PAINT_S, ANSWER_S, LOOK_S = 1500.0, 120.0, 2.0
# Colours of ui/static/visitor.css, at points of the page on a panel of WIDE pixels: beside the words, inside a button.
PAPER, PRIMARY, PLAIN, PRESSED = (246, 244, 238), (11, 85, 99), (255, 255, 255), (223, 233, 234)
CORNER, NO_CODE, VIETNAMESE, ENGLISH = (10, 10), (600, 690), (160, 690), (400, 690)
NEAR = 6  # of 255: a renderer rounds
Colour = tuple[int, int, int]
STARTING = {CORNER: PAPER, NO_CODE: PAPER}
GATE = {CORNER: PAPER, NO_CODE: PRIMARY, VIETNAMESE: PRESSED, ENGLISH: PLAIN}
GATE_IN_ENGLISH = {CORNER: PAPER, NO_CODE: PRIMARY, VIETNAMESE: PLAIN, ENGLISH: PRESSED}


def screen(stage: Stage) -> dict[str, Any]:
    """The starting page, the gate's page, a tap on "English": what was painted when, and what the browser takes."""
    plugged = Parts(
        counted=False, screen=WIDE, memory_mb=1024, units={"kiosk.service.d": SCANNER}, words=VIVID.replace(MASKED, "")
    )
    with stage.centre() as site, stage.machine(settings(enrol(site)), with_centre(site, plugged)) as machine:
        machine.power_on()
        found = {"guest s to the first page": _painted(machine, "a page", STARTING, PAINT_S)}
        wait_ready(machine)
        found["guest s to the gate's page"] = _painted(machine, "the gate's page", GATE, PAINT_S)
        hand = machine.grip(BOOT_S)
        with Panel(hand, WIDE) as panel:
            began = machine.guest_s()
            panel.tap(*ENGLISH)
            found["guest s from touch to answer"] = _painted(machine, "English", GATE_IN_ENGLISH, ANSWER_S) - began
        return found | _costs(hand)


def picture(machine: Machine) -> Image.Image:
    """What the panel shows now."""
    path = machine.folder / "screen.png"
    machine.monitor.ask("screendump", filename=str(path), format="png")
    with Image.open(path) as image:
        return image.convert("RGB")


def shows(image: Image.Image, page: dict[tuple[int, int], Colour]) -> bool:
    """Whether each of the page's points has its colour."""
    return image.size == WIDE and all(_is(image.getpixel(point), colour) for point, colour in page.items())


def _is(seen: Any, colour: Colour) -> bool:
    return all(abs(one - other) <= NEAR for one, other in zip(seen, colour, strict=True))


def _painted(machine: Machine, what: str, page: dict[tuple[int, int], Colour], limit_s: float) -> int:
    """Guest seconds until the panel shows a page. Raises Failed with the colours seen."""
    until = time.monotonic() + limit_s
    while not shows(image := picture(machine), page):
        if time.monotonic() > until:
            points = {point: image.getpixel(point) for point in page}
            raise Failed(f"{what}: not painted within {limit_s:.0f} s; {image.size} {points}")
        time.sleep(LOOK_S)
    return machine.guest_s()


def _costs(hand: Grip) -> dict[str, Any]:
    """Memory of the screen's unit, and how often it had to begin again."""
    peak = hand.run("cat", "/sys/fs/cgroup/system.slice/kiosk-screen.service/memory.peak").out.strip()
    again = hand.run("systemctl", "show", "kiosk-screen.service", "--value", "-p", "NRestarts").out.strip()
    return {"screen peak MB": round(int(peak) / 2**20) if peak.isdigit() else peak, "screen began again": again}
