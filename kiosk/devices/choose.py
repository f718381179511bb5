"""Configuration -> device. The only place that names adapters; the rest of the gate sees ports.

Simulated devices are refused unless the caller is the bench: an installed kiosk that took its pictures from a folder
would let in whoever can write there.
"""

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

from kiosk.devices.children import start_child
from kiosk.devices.config import AirConfig, CameraConfig, DecoderConfig, LightsConfig, PrinterConfig, SoundConfig
from kiosk.devices.lamps import Lamps
from kiosk.ports import Air, Camera, Decoder, Printer, Sound


class DeviceRefused(ValueError):
    """This device cannot be chosen; the text says which setting and what it may be."""


def _simulated(port: str, folder: Path | None, bench: bool) -> Path:
    if not bench:
        raise DeviceRefused(f"{port}: a simulated device cannot be chosen on an installed kiosk")
    if folder is None:
        raise DeviceRefused(f"{port}: the simulated device needs a folder")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def open_camera(config: CameraConfig, *, bench: bool = False, switch: Callable[[bool], None] | None = None) -> Camera:
    """The camera; `switch` turns the lamp beside its lens. No device is opened before the first `read`."""
    size = {"width": config.width, "height": config.height, "fps": config.fps}
    if config.kind == "files":
        from kiosk.devices.camera_files import FilesCamera

        folder = _simulated("camera", config.folder, bench)
        return FilesCamera(folder, time.sleep, time.monotonic, **size)
    if config.kind == "v4l2":
        from kiosk.devices.camera_v4l2 import V4l2Camera, open_v4l2

        opener = partial(open_v4l2, config.device, **size)
        return V4l2Camera(opener, time.monotonic, time.sleep, fps=config.fps, switch=switch, name=config.device)
    if config.kind == "picamera2":
        from kiosk.devices.camera_picamera2 import Picamera2Camera, open_picamera2

        return Picamera2Camera(
            partial(open_picamera2, config.number),
            time.monotonic,
            time.sleep,
            exposure_us=config.exposure_us,
            gain=config.gain,
            switch=switch,
            **size,
        )
    raise DeviceRefused(f"camera: no such kind {config.kind!r} (files, v4l2, picamera2)")


def open_decoder(config: DecoderConfig) -> Decoder:
    """The decoder for a camera's frames ("stream") or for single pictures ("thorough"); zbar starts at need."""
    from kiosk.devices.decoder_zbar import STARTED_S, ZbarDecoder

    # Only a single picture is worth waiting for the child's start; a live picture goes on without it.
    patience = 0.0 if config.kind == "stream" else STARTED_S
    zbar = ZbarDecoder(config.wait_s, patience) if config.zbar else None
    if config.kind == "stream":
        from kiosk.devices.decoder_stream import StreamDecoder

        return StreamDecoder(zbar)
    if config.kind == "thorough":
        from kiosk.devices.decoder_thorough import ThoroughDecoder

        return ThoroughDecoder(zbar)
    raise DeviceRefused(f"decoder: no such kind {config.kind!r} (stream, thorough)")


def open_lamps(config: LightsConfig, *, bench: bool = False) -> Lamps:
    """The handle on a new lights child. It takes the lamps over from a child that a killed gate left behind."""
    if config.kind == "file":
        _simulated("lights", config.folder, bench)
    elif config.kind != "gpiozero":
        raise DeviceRefused(f"lights: no such kind {config.kind!r} (file, gpiozero)")
    elif config.factory == "mock" and not bench:
        raise DeviceRefused("lights: the mock pin factory cannot be chosen on an installed kiosk")
    # The child may run in another folder: paths are made absolute here.
    numbers = json.dumps({name: _absolute(value) for name, value in asdict(config).items()})
    return Lamps(partial(start_child, "kiosk.devices.lights_child", "--adapter", config.kind, "--config", numbers))


def _absolute(value: object) -> object:
    return str(value.absolute()) if isinstance(value, Path) else value


def open_sound(config: SoundConfig, *, bench: bool = False) -> Sound:
    """The loudspeaker; a missing one is silent, never an error."""
    if config.kind == "file":
        from kiosk.devices.sound_file import FileSound

        return FileSound(_simulated("sound", config.folder, bench), time.time)
    if config.kind == "alsa":
        from kiosk.devices.sound_alsa import AlsaSound

        return AlsaSound(config.device, config.volume)
    if config.kind == "none":
        from kiosk.devices.sound_none import NoSound

        return NoSound()
    raise DeviceRefused(f"sound: no such kind {config.kind!r} (file, alsa, none)")


def open_printer(config: PrinterConfig, *, bench: bool = False) -> Printer | None:
    """The receipt printer; None where there is none. No device is opened before the first receipt."""
    if config.kind == "file":
        from kiosk.devices.printer_file import FilePrinter

        return FilePrinter(_simulated("printer", config.folder, bench))
    if config.kind == "escpos":
        from kiosk.devices.printer_escpos import EscposPrinter

        return EscposPrinter(config.device)
    if config.kind == "none":
        return None
    raise DeviceRefused(f"printer: no such kind {config.kind!r} (file, escpos, none)")


def open_air(config: AirConfig, *, bench: bool = False) -> Air | None:
    """The sensor of the air; None where there is none. No device is opened before the first `read`."""
    if config.kind == "file":
        from kiosk.devices.air_file import FileAir

        return FileAir(_simulated("air", config.folder, bench))
    if config.kind == "scd4x":
        from kiosk.devices.air_scd4x import Scd4xAir, SmBus

        return Scd4xAir(partial(SmBus, config.bus), time.monotonic, time.sleep)
    if config.kind == "none":
        return None
    raise DeviceRefused(f"air: no such kind {config.kind!r} (file, scd4x, none)")
