"""Draw a code as a tired card shows it: size, tilt, blur, crease and glare by slider values of the bench page."""

import io
import math
from collections.abc import Mapping

import segno
from PIL import Image, ImageChops, ImageDraw, ImageFilter

FRAME = (640, 480)
GROUND = 128
QUIET_MODULES = 4


def draw_code(text: str, style: Mapping[str, object]) -> bytes:
    """A PNG of 640x480 gray pixels with a QR code of `text` in its middle.

    style: size 2..9 pixels a module, tilt in degrees, blur (Gaussian sigma in pixels), crease and glare 0..10.
    Raises ValueError (segno.DataOverflowError) when no QR code holds the text.
    """
    code = _modules(text, _number(style, "size", 6, 2, 12))
    code = _crease(code, _number(style, "crease", 0, 0, 10))
    code = code.rotate(-_number(style, "tilt", 0, -90, 90), Image.Resampling.BICUBIC, expand=True, fillcolor=GROUND)
    frame = Image.new("L", FRAME, GROUND)
    frame.paste(code, ((FRAME[0] - code.width) // 2, (FRAME[1] - code.height) // 2))
    frame = _glare(frame, _number(style, "glare", 0, 0, 10))
    blur = _number(style, "blur", 0, 0, 12)
    if blur:
        frame = frame.filter(ImageFilter.GaussianBlur(blur))
    out = io.BytesIO()
    frame.save(out, "PNG")
    return out.getvalue()


def _modules(text: str, size: float) -> Image.Image:
    matrix = [list(row) for row in segno.make_qr(text, error="m").matrix_iter(border=QUIET_MODULES)]
    code = Image.new("L", (len(matrix), len(matrix)), 255)
    code.putdata([0 if dark else 255 for row in matrix for dark in row])
    edge = round(len(matrix) * size)
    return code.resize((edge, edge), Image.Resampling.NEAREST)


def _crease(code: Image.Image, strength: float) -> Image.Image:
    """A fold across the middle: two halves lean apart and the fold itself is worn white."""
    if not strength:
        return code
    lean = strength * 0.012
    half = code.height // 2
    top = code.transform(code.size, Image.Transform.AFFINE, (1, lean, -lean * half, 0, 1, 0), fillcolor=GROUND)
    bottom = code.transform(code.size, Image.Transform.AFFINE, (1, -lean, lean * half, 0, 1, 0), fillcolor=GROUND)
    folded = top.copy()
    folded.paste(bottom.crop((0, half, code.width, code.height)), (0, half))
    ImageDraw.Draw(folded).line((0, half, code.width, half), fill=235, width=1 + round(strength * 0.35))
    return folded


def _glare(frame: Image.Image, strength: float) -> Image.Image:
    """A lamp mirrored in the lamination, up and left of the middle."""
    if not strength:
        return frame
    light = Image.new("L", frame.size, 0)
    radius = 18 + 6 * strength
    centre = (frame.width * 0.42, frame.height * 0.4)
    box = (centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius)
    ImageDraw.Draw(light).ellipse(box, fill=min(255, round(60 + 20 * strength)))
    return ImageChops.add(frame, light.filter(ImageFilter.GaussianBlur(radius / 3)))


def _number(style: Mapping[str, object], name: str, default: float, low: float, high: float) -> float:
    value = style.get(name, default)
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not math.isfinite(value):
        return default
    return min(high, max(low, float(value)))
