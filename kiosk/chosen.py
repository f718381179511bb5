"""From kiosk.toml to what each device is opened with: plain parameters, nothing is opened here but the clock."""

from pathlib import Path

from firmware_cfg.settings import Settings
from kiosk.devices.config import AirConfig, CameraConfig, LightsConfig, PrinterConfig
from machine.clock import Clock, machine_clock, simulated_clock


def camera_config(settings: Settings) -> CameraConfig:
    """The camera that kiosk.toml names."""
    camera, sim = settings.devices.camera, sim_folder(settings)
    folder = None if sim is None else sim / "camera"
    size = (camera.width, camera.height)
    return CameraConfig(camera.kind, folder, camera.device, camera.number, *size)


def lights_config(settings: Settings, runtime: Path) -> LightsConfig:
    """The lamps that kiosk.toml names."""
    lights = settings.devices.lights
    return LightsConfig(
        lights.kind,
        lock=runtime / "lights.lock",
        folder=sim_folder(settings),
        green=lights.green,
        yellow=lights.yellow,
        red=lights.red,
        buzzer=lights.buzzer,
        illuminator=settings.devices.camera.illuminator_pin,
        active_high=lights.active_high,
    )


def air_config(settings: Settings) -> AirConfig:
    """The sensor of the air that kiosk.toml names."""
    folder, air = sim_folder(settings), settings.devices.air
    return AirConfig(air.kind, None if folder is None else folder / "air", air.bus)


def open_clock(settings: Settings, bench: bool) -> Clock:
    """The machine's clock; on the bench one that files can bend."""
    folder = sim_folder(settings)
    return simulated_clock(folder) if bench and folder is not None else machine_clock()


def printer_config(settings: Settings) -> PrinterConfig:
    folder, printer = sim_folder(settings), settings.devices.printer
    return PrinterConfig(printer.kind, None if folder is None else folder / "printer", printer.device)


def sim_folder(settings: Settings) -> Path | None:
    return Path(settings.devices.folder) if settings.devices.folder else None
