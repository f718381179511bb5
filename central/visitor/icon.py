"""The icon of the installed page, drawn: a door in a square of the house's colour."""

import io

from PIL import Image, ImageDraw

ICON_SIDES = (180, 192, 512)
_GROUND, _LINE = (11, 85, 99), (255, 255, 255)


def draw_icon(side: int) -> bytes:
    """A PNG of `side` x `side`; the drawing keeps to the middle 60 %, which every mask of a home screen leaves."""
    picture = Image.new("RGB", (side, side), _GROUND)
    pen = ImageDraw.Draw(picture)
    unit, width = side / 24, max(2, round(side / 16))

    def line(*points: tuple[float, float]) -> None:
        pen.line([(x * unit, y * unit) for x, y in points], _LINE, width, joint="curve")

    line((7.5, 17.5), (7.5, 6.5), (16.5, 6.5), (16.5, 17.5))
    line((5.5, 17.5), (18.5, 17.5))
    line((12, 6.5), (12, 17.5))
    knob = 0.8 * unit
    pen.ellipse([14.2 * unit - knob, 12.5 * unit - knob, 14.2 * unit + knob, 12.5 * unit + knob], _LINE)
    held = io.BytesIO()
    picture.quantize(16).save(held, "PNG", optimize=True)
    return held.getvalue()
