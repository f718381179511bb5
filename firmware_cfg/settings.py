"""kiosk.toml -> frozen Settings, or every error at once.

- Each section is a class below; a key's rule and default stand with it. `kiosk.toml` beside this file is an example.
- Unknown keys are errors: a misspelt `capacty` that is silently ignored lets a hall overflow.
- Simulated devices are errors unless `bench`: an installed kiosk must not show green to a picture file.
- What is not encrypted goes to this very machine only.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from firmware_cfg.hardware import Clock, Display
from firmware_cfg.inputs import Inputs
from firmware_cfg.keys import (
    Problem,
    Section,
    fingerprint,
    flag,
    list_of,
    matching,
    one_of,
    read_table,
    text,
    url,
    whole,
)
from firmware_cfg.network import Network
from firmware_cfg.radio import Radio
from firmware_cfg.served import Guard, Phone, Screen, port_of

MAX_BYTES = 64 * 1024
SIMULATED = ("files", "file")
CHECKS = ("market", "supermarket", "office", "restaurant", "lodging", "factory", "school", "hospital")
# Shipped inside a kiosk's read-only image, never on a desk: with it, simulated devices cannot be chosen at all.
INSTALLED_MARK = Path("/usr/lib/gatepost/installed")
# The same form as on the wire: a dot would be a level of its own inside one of the brokers.
_ID = matching("[a-z0-9][a-z0-9-]{0,31}", "1 đến 32 ký tự a-z, 0-9 và '-'", "1 to 32 characters of a-z, 0-9 and '-'")
_TAG = matching("[a-z]{2,3}(-[A-Za-z0-9]{2,8})?", "mã ngôn ngữ như vi, en, km", "a language tag such as vi, en, km")
_PATH = matching("/?[^\\0\n]{1,200}", "đường dẫn", "a path")
_OPTIONAL_CODE = matching("|[a-z0-9][a-z0-9-]{0,31}", "mã đơn vị hành chính", "the code of an administrative unit")
_POSTER = matching(
    "|HTTPS://[A-Z0-9.-]{1,100}(:[0-9]{1,5})?/GPV1/[A-Z2-7]{8,900}",
    "nội dung mã QR của áp phích: HTTPS://.../GPV1/...",
    "the text of a poster's code: HTTPS://.../GPV1/...",
)
_PIN = whole(0, 27)  # BCM numbers on the 40-pin header


def _refuse_simulated(kind: str, bench: bool) -> Iterator[Problem]:
    if kind in SIMULATED and not bench:
        yield Problem("kind", "thiết bị giả lập chỉ dùng trên bàn thử", "a simulated device is for the bench only")


@dataclass(frozen=True, slots=True)
class Device(Section):
    """The box itself. `id` is its name in every topic and certificate."""

    id: Annotated[str, _ID]


@dataclass(frozen=True, slots=True)
class Venue(Section):
    """The place. `name` is shown to visitors; `ward` and `province` say which bulletins concern it ("" for none).

    `check`: which self-check is answered at this gate (forms/library/check-*.json); "" follows `kind`, "none": none."""

    id: Annotated[str, _ID]
    name: Annotated[str, text(60)]
    kind: Annotated[str, one_of("market", "school", "hospital", "border", "office")]
    ward: Annotated[str, _OPTIONAL_CODE] = ""
    province: Annotated[str, _OPTIONAL_CODE] = ""
    languages: Annotated[tuple[str, ...], list_of(_TAG, least=1, most=8)] = ("vi", "en")
    check: Annotated[str, one_of("", "none", *CHECKS)] = ""


@dataclass(frozen=True, slots=True)
class Gate(Section):
    """One door. `capacity`: most people inside (None: no limit); `minimum_stay_s`: at a gate that is both in and out, a
    second showing before that is not yet a way out; `hold_s`: the same code again within it is the same visit."""

    id: Annotated[str, _ID]
    name: Annotated[str, text(40)]
    direction: Annotated[Literal["in", "out", "both"], one_of("in", "out", "both")]
    capacity: Annotated[int | None, whole(1, 1_000_000)] = None
    minimum_stay_s: Annotated[int, whole(0, 86_400)] = 60
    hold_s: Annotated[int, whole(1, 60)] = 4
    help_vi: Annotated[str, text(80, shortest=0)] = ""
    help_en: Annotated[str, text(80, shortest=0)] = ""

    def contradictions(self, bench: bool) -> Iterator[Problem]:
        if self.hold_s > self.minimum_stay_s > 0:
            yield Problem("hold_s", "không được lớn hơn minimum_stay_s", "must not be more than minimum_stay_s")


@dataclass(frozen=True, slots=True)
class Centre(Section):
    """Where to enrol and whom to trust. `brokers` may be empty: enrolment then names them. `poster`: the text of this
    door's poster, shown as a small code to whoever has no code but a phone; "" for none."""

    enrol_url: Annotated[str, url("https", "http", with_port=False)]
    root_fingerprint: Annotated[bytes, fingerprint]
    token: Annotated[str, text(200, shortest=0)] = ""
    brokers: Annotated[tuple[str, ...], list_of(url("mqtts", "mqtt", with_port=True), most=8)] = ()
    poster: Annotated[str, _POSTER] = ""


@dataclass(frozen=True, slots=True)
class Camera(Section):
    """`device` serves v4l2, `number` picamera2; size in pixels; `illuminator_pin` is a BCM number."""

    kind: Annotated[Literal["picamera2", "v4l2", "files"], one_of("picamera2", "v4l2", "files")]
    device: Annotated[str, _PATH] = "/dev/video0"
    number: Annotated[int, whole(0, 3)] = 0
    width: Annotated[int, whole(320, 1920)] = 640
    height: Annotated[int, whole(240, 1080)] = 480
    illuminator_pin: Annotated[int | None, _PIN] = None

    def contradictions(self, bench: bool) -> Iterator[Problem]:
        yield from _refuse_simulated(self.kind, bench)


@dataclass(frozen=True, slots=True)
class Decoder(Section):
    """zxing reads every frame; `zbar` adds a second look where it pays."""

    kind: Annotated[Literal["zxing"], one_of("zxing")] = "zxing"
    zbar: Annotated[bool, flag] = True


@dataclass(frozen=True, slots=True)
class Lights(Section):
    """Three lamps and a buzzer at BCM pins; `active_high` false for relay boards that switch on low."""

    kind: Annotated[Literal["gpiozero", "file"], one_of("gpiozero", "file")]
    green: Annotated[int, _PIN] = 17
    yellow: Annotated[int, _PIN] = 27
    red: Annotated[int, _PIN] = 22
    buzzer: Annotated[int, _PIN] = 23
    active_high: Annotated[bool, flag] = True

    def contradictions(self, bench: bool) -> Iterator[Problem]:
        yield from _refuse_simulated(self.kind, bench)


@dataclass(frozen=True, slots=True)
class Sound(Section):
    """`device` is an ALSA name as `aplay -L` lists it."""

    kind: Annotated[Literal["alsa", "file", "none"], one_of("alsa", "file", "none")] = "none"
    device: Annotated[str, text(80)] = "default"

    def contradictions(self, bench: bool) -> Iterator[Problem]:
        yield from _refuse_simulated(self.kind, bench)


@dataclass(frozen=True, slots=True)
class Reader(Section):
    """A hand scanner or passport line reader on a serial line; `device` is a name under /dev that does not change."""

    kind: Annotated[Literal["serial", "none"], one_of("serial", "none")] = "none"
    device: Annotated[str, _PATH] = "/dev/gatepost-reader"
    baud: Annotated[int, whole(1200, 921_600)] = 115_200


@dataclass(frozen=True, slots=True)
class Printer(Section):
    """A receipt printer that speaks ESC/POS."""

    kind: Annotated[Literal["escpos", "file", "none"], one_of("escpos", "file", "none")] = "none"
    device: Annotated[str, _PATH] = "/dev/usb/lp0"

    def contradictions(self, bench: bool) -> Iterator[Problem]:
        yield from _refuse_simulated(self.kind, bench)


@dataclass(frozen=True, slots=True)
class Air(Section):
    """A CO2 sensor (Sensirion SCD40 or SCD41) on I2C bus number `bus`."""

    kind: Annotated[Literal["scd4x", "file", "none"], one_of("scd4x", "file", "none")] = "none"
    bus: Annotated[int, whole(0, 20)] = 1

    def contradictions(self, bench: bool) -> Iterator[Problem]:
        yield from _refuse_simulated(self.kind, bench)


@dataclass(frozen=True, slots=True)
class Devices(Section):
    """What hangs on the box. `folder` is where simulated devices are poked through files."""

    camera: Camera
    lights: Lights
    decoder: Decoder
    sound: Sound
    reader: Reader
    printer: Printer
    air: Air
    inputs: Inputs
    folder: Annotated[str, _PATH] = ""

    def contradictions(self, bench: bool) -> Iterator[Problem]:
        if not self.folder and set(SIMULATED) & {
            *(self.camera.kind, self.lights.kind, self.sound.kind, self.printer.kind, self.air.kind, self.inputs.kind)
        }:
            yield Problem("folder", "còn thiếu cho thiết bị giả lập", "is missing for the simulated devices")
        pins = [self.lights.green, self.lights.yellow, self.lights.red, self.lights.buzzer]
        felt = () if self.inputs.kind == "none" else (self.inputs.button, self.inputs.tamper)
        pins += [pin for pin in (self.camera.illuminator_pin, *felt) if pin is not None]
        if len(set(pins)) < len(pins):
            yield Problem("lights", "hai bộ phận dùng chung một chân", "two parts share a pin")


@dataclass(frozen=True, slots=True)
class Storage(Section):
    """Where the database lies, how much disk is kept free, and how long rows stay (days)."""

    folder: Annotated[str, _PATH] = "/var/lib/gatepost"
    reserve_mb: Annotated[int, whole(1, 4096)] = 64
    minimum_free_mb: Annotated[int, whole(1, 65_536)] = 256
    # Law or promise sets these: a technician may shorten them, not stretch them.
    received_days: Annotated[int, whole(1, 14)] = 14
    unsent_days: Annotated[int, whole(1, 30)] = 30
    visitor_days: Annotated[int, whole(1, 2)] = 2
    sighting_days: Annotated[int, whole(1, 14)] = 14

    def contradictions(self, bench: bool) -> Iterator[Problem]:
        if self.received_days > self.unsent_days:
            yield Problem("received_days", "không được lớn hơn unsent_days", "must not be more than unsent_days")


@dataclass(frozen=True, slots=True)
class Times(Section):
    """How long a result stays, by signal, in ms; the next code always replaces it."""

    allow_ms: Annotated[int, whole(1000, 10_000)] = 3000
    ask_ms: Annotated[int, whole(2000, 30_000)] = 8000
    stop_ms: Annotated[int, whole(2000, 30_000)] = 8000
    fault_ms: Annotated[int, whole(2000, 30_000)] = 8000


@dataclass(frozen=True, slots=True)
class Settings(Section):
    """All of kiosk.toml."""

    device: Device
    venue: Venue
    gate: Gate
    centre: Centre
    devices: Devices
    storage: Storage
    screen: Screen
    guard: Guard
    phone: Phone
    radio: Radio
    network: Network
    display: Display
    clock: Clock
    times: Times

    def contradictions(self, bench: bool) -> Iterator[Problem]:
        guard, phone = self.guard, self.phone
        if self.radio.kind == "simulated" and not self.devices.folder:
            yield Problem("devices.folder", "còn thiếu cho thiết bị giả lập", "is missing for the simulated devices")
        if phone.url and guard.socket:
            if phone.socket == guard.socket:
                yield Problem("phone.socket", "trùng với guard.socket", "is that of guard.socket")
            if port_of(phone.url) == port_of(guard.url):
                yield Problem("phone.url", "dùng chung cổng với guard.url", "shares its port with guard.url")


class SettingsError(ValueError):
    """Everything that is wrong with a kiosk.toml. `str(error)` has one line for each problem, in both languages."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(f"{p.path}: {p.vi} / {p.en}" for p in problems))
        self.problems = tuple(problems)


def read_settings(text: str, *, bench: bool) -> Settings:
    """The settings in `text` (TOML 1.0, at most 64 KiB). `bench` allows simulated devices.

    Raises SettingsError with all problems at once, whatever the text.
    """
    if len(text) > MAX_BYTES:
        raise SettingsError([Problem("kiosk.toml", "quá dài", "is too long")])
    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError([Problem("kiosk.toml", f"không đọc được: {error}", f"cannot be read: {error}")]) from None
    problems: list[Problem] = []
    settings = read_table(Settings, found, "", bench, problems)
    if settings is None:
        raise SettingsError(problems)
    return settings
