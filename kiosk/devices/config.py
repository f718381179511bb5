"""Which device stands behind each port, and with which numbers. Filled from kiosk.toml by the composition root."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class CameraConfig:
    """kind: "files" (simulated), "v4l2" or "picamera2".

    folder: of the simulated camera. device: "/dev/video0" or a /dev/v4l/by-id path, v4l2 only. number: picamera2 only,
    which of the board's camera connectors.
    width, height: pixels of the picture that is decoded. fps: pictures a second.
    exposure_us, gain: fixed exposure (picamera2); None leaves it to the camera. A code held by a walking person smears
    above about 8,000 us at 3 pixels a module.
    """

    kind: str
    folder: Path | None = None
    device: str = "/dev/video0"
    number: int = 0
    width: int = 640
    height: int = 480
    fps: int = 15
    exposure_us: int | None = None
    gain: float | None = None


@dataclass(frozen=True, slots=True)
class DecoderConfig:
    """kind: "stream" (the gate's: zxing-cpp on each picture, second looks within a budget) or "thorough" (a file).

    zbar: whether the second decoder may be started. wait_s: longest wait for one look of its child.
    """

    kind: str = "stream"
    zbar: bool = True
    wait_s: float = 1.0


@dataclass(frozen=True, slots=True)
class LightsConfig:
    """kind: "file" (simulated: appends to folder/lights.jsonl) or "gpiozero".

    lock: the file whose lock says who owns the lamps; one per set of lamps. Pins are BCM numbers; None where there is
    no such part. active_high: False for relay boards that switch on at 0 V. factory: "gpiod" on the card, "mock" in
    tests. chip: gpiochip number (0 on all current kernels, 4 on a Pi 5 before kernel 6.6.45).
    """

    kind: str
    lock: Path
    folder: Path | None = None
    factory: str = "gpiod"
    chip: int = 0
    green: int = 17
    yellow: int = 27
    red: int = 22
    buzzer: int | None = 23
    illuminator: int | None = None
    active_high: bool = True


@dataclass(frozen=True, slots=True)
class SoundConfig:
    """kind: "file" (simulated: appends to folder/sound.jsonl), "alsa" or "none". device: ALSA name, None = default."""

    kind: str
    folder: Path | None = None
    device: str | None = None
    volume: float = 0.6


@dataclass(frozen=True, slots=True)
class PrinterConfig:
    """kind: "file" (simulated: pictures in folder), "escpos" or "none". device: the node that takes ESC/POS bytes."""

    kind: str
    folder: Path | None = None
    device: str = "/dev/usb/lp0"


@dataclass(frozen=True, slots=True)
class AirConfig:
    """kind: "file" (simulated: folder/co2), "scd4x" or "none". bus: number of the I2C bus, 1 on the 40-pin header."""

    kind: str
    folder: Path | None = None
    bus: int = 1
