"""The settings file that a new kiosk is handed, as text. What the kiosk makes of it is checked by a test."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

KINDS = ("market", "school", "hospital", "border", "office")
DIRECTIONS = ("in", "out", "both")


@dataclass(frozen=True, slots=True)
class Invitation:
    """Everything the file says. `bench` is the folder of simulated devices, None for a real kiosk."""

    device: str
    venue: str
    venue_name: str
    kind: str
    gate: str
    gate_name: str
    direction: str
    enrol_url: str
    fingerprint: bytes
    token: str
    brokers: Sequence[str]
    bench: Path | None = None
    storage: Path | None = None
    ward: str = ""
    province: str = ""
    poster: str = ""  # the text of this door's poster; "" for none


def write_kiosk_toml(invitation: Invitation) -> str:
    """The text of kiosk.toml."""
    i = invitation
    parts = [
        "# Tệp cài đặt của một ki-ốt, do trung tâm cấp. / Settings of one kiosk, made by the centre.",
        "# Mã token chỉ dùng được một lần. / The token serves once.",
        _section("device", id=i.device),
        _section("venue", **_venue(i)),
        _section("gate", id=i.gate, name=i.gate_name, direction=i.direction),
        _section(
            "centre",
            enrol_url=i.enrol_url,
            root_fingerprint=i.fingerprint.hex(),
            token=i.token,
            brokers=list(i.brokers),
            **({"poster": i.poster} if i.poster else {}),
        ),
        *_devices(i.bench),
    ]
    if i.storage is not None:
        parts.append(_section("storage", folder=str(i.storage)))
    return "\n\n".join(parts) + "\n"


def _venue(i: Invitation) -> dict[str, object]:
    lies = {"ward": i.ward, "province": i.province}  # whose bulletins concern it; left out while nobody has said
    known = {name: code for name, code in lies.items() if code}
    return {"id": i.venue, "name": i.venue_name, "kind": i.kind, "languages": ["vi", "en"], **known}


def _devices(bench: Path | None) -> list[str]:
    if bench is None:
        return [
            _section("devices.camera", kind="picamera2"),
            _section("devices.decoder", kind="zxing", zbar=True),
            _section("devices.lights", kind="gpiozero", green=17, yellow=27, red=22, buzzer=23),
            _section("devices.sound", kind="alsa"),
        ]
    return [
        _section("devices", folder=str(bench)),
        _section("devices.camera", kind="files"),
        _section("devices.decoder", kind="zxing", zbar=True),
        _section("devices.lights", kind="file"),
        _section("devices.sound", kind="file"),
    ]


def _section(header: str, /, **values: object) -> str:
    # JSON's strings, numbers, booleans and arrays of strings are TOML's too.
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return "\n".join([f"[{header}]", *lines])
