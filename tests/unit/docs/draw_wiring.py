"""Draws docs/pictures/wiring.svg from the default pins of kiosk.toml: `python -m tests.unit.docs.draw_wiring`.

A technician counts pins from the corner with the square pad: the picture shows the header as it is seen from above.
"""

from dataclasses import fields
from pathlib import Path
from typing import NamedTuple

from firmware_cfg.inputs import Inputs
from firmware_cfg.keys import Section
from firmware_cfg.settings import Lights
from tests.unit.docs.pages import ROOT

PICTURE = ROOT / "docs" / "pictures" / "wiring.svg"
TAMPER, LENS = 6, 24  # the example's; neither has a default
# BCM number -> place on the 40-pin header (the same on every Pi since 2014).
HEADER = {2: 3, 3: 5, 4: 7, 17: 11, 18: 12, 27: 13, 22: 15, 23: 16, 24: 18, 25: 22, 5: 29, 6: 31, 12: 32, 13: 33}
STEP, TOP, LEFT = 26, 70, 300


class Wire(NamedTuple):
    """From a place on the header to a part."""

    part: str
    label: str
    place: int
    colour: str


def _default(section: type[Section], name: str) -> int:
    return int(next(field.default for field in fields(section) if field.name == name))  # type: ignore[arg-type]


def wires() -> list[Wire]:
    """Every wire, from the settings' own defaults."""
    pins: dict[str, int] = {name: _default(Lights, name) for name in ("green", "yellow", "red", "buzzer")}
    relay = "Bo rơ-le 4 kênh / 4-channel relay"
    clock = "Đồng hồ RTC / clock DS3231"
    found = [Wire(relay, "VCC 5 V", 2, "#a8101a"), Wire(relay, "GND", 6, "#10202b")]
    names = (("green", "xanh / green"), ("yellow", "vàng / yellow"), ("red", "đỏ / red"), ("buzzer", "còi / buzzer"))
    found += [Wire(relay, f"IN {words} · BCM {pins[name]}", HEADER[pins[name]], "#0b5563") for name, words in names]
    found += [Wire(clock, label, place, colour) for label, place, colour in (
        ("3,3 V", 1, "#a8101a"), ("SDA · BCM 2", 3, "#0b5563"), ("SCL · BCM 3", 5, "#0b5563"), ("GND", 9, "#10202b"),
    )]  # fmt: skip
    button = _default(Inputs, "button")
    found += [
        Wire("Đèn soi / lamp at the lens", f"BCM {LENS}", HEADER[LENS], "#0b5563"),
        Wire("Nút kỹ thuật / button", f"BCM {button}", HEADER[button], "#0b5563"),
        Wire("Nút kỹ thuật / button", "GND", 39, "#10202b"),
        Wire("Công tắc nắp / lid switch", f"BCM {TAMPER}", HEADER[TAMPER], "#0b5563"),
        Wire("Công tắc nắp / lid switch", "GND", 39, "#10202b"),
    ]
    return found


def draw() -> str:
    """The picture, 900 wide."""
    ends = wires()
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 640" font-family="Noto Sans, sans-serif" '
        'font-size="15">',
        "<title>Nối dây / Wiring</title>",
        '<rect width="900" height="640" fill="#f6f4ee"/>',
        '<text x="20" y="34" font-size="22" font-weight="700" fill="#10202b">Nối dây / Wiring</text>',
        f'<rect x="{LEFT - 40}" y="{TOP - 16}" width="80" height="{20 * STEP + 12}" rx="8" fill="#10202b"/>',
    ]
    for place in range(1, 41):
        x, y = _at(place)
        shape = (
            f'<rect x="{x - 7}" y="{y - 7}" width="14" height="14"'
            if place == 1
            else f'<circle cx="{x}" cy="{y}" r="7"'
        )
        parts.append(f'{shape} fill="#ffc42e"/>')
        side = -34 if place % 2 else 34
        parts.append(
            f'<text x="{x + side}" y="{y + 5}" text-anchor="middle" fill="#3c4f5c" font-size="12">{place}</text>'
        )
    y, last = TOP - 10, ""
    for wire in ends:
        if wire.part != last:
            y += 34 if last else 0
            parts.append(f'<text x="560" y="{y}" font-weight="700" fill="#10202b">{wire.part}</text>')
            last = wire.part
        y += 22
        x0, y0 = _at(wire.place)
        parts.append(
            f'<path d="M{x0} {y0}C{x0 + 110} {y0} 440 {y - 5} 552 {y - 5}" fill="none" '
            f'stroke="{wire.colour}" stroke-width="2"/>'
        )
        parts.append(f'<text x="560" y="{y}" fill="#10202b">{wire.label} · {wire.place}</text>')
    parts.append(
        '<text x="20" y="622" fill="#3c4f5c" font-size="13">'
        "Số sau cùng: vị trí trên hàng 40 chân, ô vuông là chân 1. / "
        "Last number: place on the header, the square is pin 1.</text></svg>"
    )
    return "\n".join(parts) + "\n"


def _at(place: int) -> tuple[int, int]:
    return LEFT + (14 if place % 2 == 0 else -14), TOP + (place - 1) // 2 * STEP


if __name__ == "__main__":
    Path(PICTURE).write_text(draw(), "utf-8")
