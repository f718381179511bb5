"""The settings file that the centre writes is one that a kiosk can read."""

from pathlib import Path

import pytest

from central.kiosk_toml import DIRECTIONS, KINDS, Invitation, write_kiosk_toml
from firmware_cfg.settings import read_settings


def invitation(kind: str = "market", direction: str = "in", bench: Path | None = None) -> Invitation:
    """One that uses every field; quotes and backslashes must not break out."""
    return Invitation(
        "t-gate-1",
        "cho-mau",
        'Chợ "Mẫu" \\ số 1',
        kind,
        "a",
        "Cửa A",
        direction,
        "https://trung-tam.example/enrol",
        bytes(range(16)),
        "abcdefghijklmnopqrstuvwxyz",
        ["mqtts://trung-tam.example:8883", "mqtts://du-phong.example:8883"],
        bench,
        Path("/var/lib/gatepost-thu"),
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_a_kiosk_reads_what_the_centre_wrote(kind: str, direction: str) -> None:
    settings = read_settings(write_kiosk_toml(invitation(kind, direction)), bench=False)
    assert (settings.device.id, settings.venue.name, settings.gate.direction) == (
        "t-gate-1",
        'Chợ "Mẫu" \\ số 1',
        direction,
    )
    assert settings.centre.root_fingerprint == bytes(range(16))
    assert len(settings.centre.brokers) == 2
    assert settings.devices.camera.kind == "picamera2"


def test_a_bench_kiosk_has_simulated_devices() -> None:
    settings = read_settings(write_kiosk_toml(invitation(bench=Path("sim"))), bench=True)
    assert (settings.devices.camera.kind, settings.devices.lights.kind) == ("files", "file")
    assert settings.devices.folder == "sim"
