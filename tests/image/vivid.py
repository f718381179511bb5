"""A camera that sees what the test holds before it: the kernel's test camera with its output joined to its input.

Needs nothing on the card but its own Python and Debian's vivid. The picture is drawn and packed on this machine.
"""

import io
import zlib
from pathlib import Path
from typing import Self

from PIL import Image

from image_build.emulate.grip import Grip
from kiosk.bench.drawing import FRAME, draw_code

# One S-Video input and one S-Video output: 25 pictures a second, where HDMI has 60 of them at this size.
LOOPED = (
    "modules_load=vivid vivid.n_devs=1 vivid.node_types=0x101 vivid.num_inputs=1 vivid.input_types=2 "
    "vivid.num_outputs=1 vivid.output_types=0 systemd.default_device_timeout_sec=300"
)
INSIDE = Path(__file__).with_name("vivid_inside.py")
_PROGRAM, _PICTURE, _LOG = "/run/lens.py", "/run/lens.frame", "/run/lens.log"


class Lens:
    """What is before the camera. `grip` is the hand in a guest that was started with LOOPED."""

    def __init__(self, grip: Grip) -> None:
        self._grip = grip
        self._pid = ""

    def __enter__(self) -> Self:
        self._grip.put(_PROGRAM, INSIDE.read_bytes())
        self.show("")
        width, height = FRAME
        words = f"python3 {_PROGRAM} {_PICTURE} {width} {height}"
        self._pid = self._grip.shell(f"{words} > {_LOG} 2>&1 & echo $!").out.strip()
        return self

    def __exit__(self, *_: object) -> None:
        self._grip.run("kill", self._pid)

    def show(self, text: str) -> None:
        """Hold a card with this code before the lens; "" takes it away."""
        self._grip.put(f"{_PICTURE}.half", zlib.compress(frame(text)))
        self._grip.run("mv", f"{_PICTURE}.half", _PICTURE)

    def said(self) -> str:
        """What the program in the guest printed."""
        return self._grip.run("cat", _LOG).out


def frame(text: str) -> bytes:
    """FRAME pixels of three equal bytes each: a gray picture with a QR code of `text`, plain gray for ""."""
    picture = Image.open(io.BytesIO(draw_code(text, {}))) if text else Image.new("L", FRAME, 128)
    return picture.convert("RGB").tobytes()
