"""python -m kiosk check: is everything on the cable in order? A line of JSON each, in the order a hand would follow it.

    {"part": "camera", "ok": true, "vi": "...", "en": "...", "figure": {...}}

Sentences are for the technician on the ladder: what was found and, if it is not well, the next thing to try.
"""

import argparse
import fcntl
import json
import os
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

from firmware_cfg.settings import Settings
from kiosk.commands.settings_file import add_settings_arguments, read_settings_file
from store.db import FILE, StoreError, open_store

BROKER_WAIT_S = 5.0
AIR_WAIT_S = 12.0  # two readings
MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One part, and what a technician needs to know of it."""

    part: str
    ok: bool
    vi: str
    en: str
    figure: dict[str, object] = field(default_factory=dict)


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Exit status: 0 all is well, 1 something is not, 2 wrong usage or an unreadable kiosk.toml."""
    parser = argparse.ArgumentParser(prog="python -m kiosk check")
    add_settings_arguments(parser)
    arguments = parser.parse_args(argv)
    settings = read_settings_file(arguments, stderr)
    if settings is None:
        return 2
    well = True
    for finding in findings(settings, arguments.bench, arguments.runtime):
        well = well and finding.ok
        line = {"part": finding.part, "ok": finding.ok, "vi": finding.vi, "en": finding.en, "figure": finding.figure}
        print(json.dumps(line, ensure_ascii=False), file=stdout, flush=True)
    return 0 if well else 1


def findings(settings: Settings, bench: bool, runtime: Path) -> Iterator[Finding]:
    """Every part in turn; a part that fails in an unforeseen way is a finding too, not an end."""
    parts: tuple[tuple[str, Callable[[], Finding]], ...] = (
        ("camera", lambda: _camera(settings, bench)),
        ("decoder", _decoder),
        ("lights", lambda: _lights(settings, bench, runtime)),
        ("disk", lambda: _disk(settings)),
        ("store", lambda: _store(settings, bench)),
        ("forms", lambda: _forms(settings, bench)),
        ("radio", lambda: _radio(settings, bench)),
        ("air", lambda: _air(settings, bench)),
        ("clock", lambda: _clock(settings, bench)),
        *((f"broker {url}", lambda url=url: _broker(url)) for url in settings.centre.brokers),
    )
    for name, look in parts:
        try:
            yield look()
        except Exception as error:  # a self-test must go on to the next part, whatever a driver throws
            yield Finding(name, False, f"Không kiểm tra được ({error})", f"Could not be checked ({error})")


def _camera(settings: Settings, bench: bool) -> Finding:
    from kiosk.devices.choose import open_camera
    from kiosk.ports import CameraLost
    from kiosk.run import camera_config

    camera = open_camera(camera_config(settings), bench=bench)
    try:
        frame = camera.read()
    except CameraLost as error:
        return Finding("camera", False, f"Không có hình. Kiểm tra cáp camera. ({error})", f"No picture: {error}")
    finally:
        camera.close()
    height, width = frame.gray.shape
    light = round(float(frame.gray.mean()))
    dark = light < 20  # of 255: the lens cap, or no light at all
    figure: dict[str, object] = {"width": width, "height": height, "brightness": light}
    if dark:
        return Finding("camera", False, "Hình quá tối. Bỏ nắp ống kính, bật đèn.", "The picture is too dark.", figure)
    return Finding("camera", True, "Camera có hình", "The camera gives a picture", figure)


def _decoder() -> Finding:
    import numpy
    import segno

    from kiosk.devices.choose import open_decoder
    from kiosk.devices.config import DecoderConfig

    text = "099099000001||Trần Văn Thử|05061999|Nam|Xã Mẫu|15032022"
    modules = [[0 if dark else 255 for dark in row] for row in segno.make(text, error="m").matrix_iter(4, 4)]
    picture = numpy.array(modules, dtype=numpy.uint8)
    decoder = open_decoder(DecoderConfig(kind="thorough"))
    try:
        found = {symbol.decoder for symbol in decoder.decode(picture) if symbol.text == text}
    finally:
        decoder.close()
    figure: dict[str, object] = {"found_by": sorted(found)}
    if not found:
        return Finding("decoder", False, "Không đọc được mã thử", "The test code could not be read", figure)
    return Finding("decoder", True, "Đọc được mã thử", "The test code was read", figure)


def _lights(settings: Settings, bench: bool, runtime: Path) -> Finding:
    from kiosk.devices.choose import open_lamps
    from kiosk.run import lights_config

    config = lights_config(settings, runtime)
    if _is_locked(config.lock):
        # Two owners would take the lamps from each other, and a guard is watching them.
        return Finding("lights", True, "Cửa đang chạy và giữ đèn: hãy nhìn đèn", "The running gate has the lamps")
    lamps = open_lamps(config, bench=bench)
    try:
        for pattern in ("green", "yellow", "red", "idle"):
            lamps.show(pattern, "none", None)
            lamps.beat()
            time.sleep(0.4)  # long enough for a person on the ladder to see each lamp
        well = lamps.healthy
    finally:
        lamps.close()
    if not well:
        return Finding("lights", False, "Đèn không trả lời. Kiểm tra dây và chân cắm.", "The lamps do not answer")
    return Finding(
        "lights",
        True,
        "Đã bật lần lượt xanh, vàng, đỏ: hãy nhìn đèn",
        "Green, yellow and red were lit in turn: look at the lamps",
    )


def _is_locked(path: Path) -> bool:
    """Whether a lights child owns the lamps now."""
    if not path.exists():
        return False
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def _disk(settings: Settings) -> Finding:
    from store.reserve import free_bytes

    folder = Path(settings.storage.folder)
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / "check.tmp"
    began = time.perf_counter()
    with probe.open("wb") as file:
        file.write(os.urandom(4096))
        file.flush()
        os.fsync(file.fileno())
    took_ms = round((time.perf_counter() - began) * 1000, 1)
    probe.unlink()
    free_mb = free_bytes(folder) // MEGABYTE
    figure: dict[str, object] = {"free_mb": free_mb, "write_ms": took_ms}
    if free_mb < settings.storage.minimum_free_mb:
        return Finding("disk", False, "Thẻ nhớ gần đầy", "The disk is nearly full", figure)
    return Finding("disk", True, f"Còn trống {free_mb} MB", f"{free_mb} MB free", figure)


def _store(settings: Settings, bench: bool) -> Finding:
    from kiosk.run import open_clock
    from store import meta, outbox
    from store.contents import row_counts

    folder = Path(settings.storage.folder)
    if not (folder / FILE).exists():
        return Finding("store", True, "Chưa có dữ liệu (máy mới)", "No records yet (a new kiosk)")
    try:
        store = open_store(folder, now_ms=open_clock(settings, bench).now_ms)
    except StoreError as error:
        return Finding("store", False, "Cơ sở dữ liệu hỏng: khởi động lại máy", f"The database is damaged: {error}")
    waiting = outbox.backlog(store).rows
    enrolled = meta.get(store, "enrolled_ms") is not None
    figure: dict[str, object] = {"waiting": waiting, "enrolled": enrolled, "rows": row_counts(store)}
    store.close()
    if not enrolled:
        return Finding("store", False, "Máy chưa được cấp", "Not enrolled yet: check token and network", figure)
    return Finding("store", True, f"{waiting} lượt chờ gửi", f"{waiting} records wait to be sent", figure)


def _forms(settings: Settings, bench: bool) -> Finding:
    """Whether the form of every order that runs has arrived."""
    from kiosk.board import Board
    from kiosk.duties import form_name
    from kiosk.run import open_clock

    folder = Path(settings.storage.folder)
    if not (folder / FILE).exists():
        return Finding("forms", True, "Chưa có lệnh khai báo", "No order to declare yet")
    clock = open_clock(settings, bench)
    store = open_store(folder, now_ms=clock.now_ms)
    try:
        board = Board(store, clock.now_ms)
        board.refresh()
        missing = board.missing(None if clock.known_now() is None else clock.now_ms())
    finally:
        store.close()
    if missing:
        names = "; ".join(f"{form_name(order)}, {order.id}" for order in missing)
        return Finding(
            "forms",
            False,
            f"Chưa có biểu mẫu của lệnh. Cho khai trên giấy, kiểm tra mạng. ({names})",
            f"The form of an order has not arrived. Use paper forms, check the network. ({names})",
            {"missing": len(missing)},
        )
    return Finding("forms", True, "Đủ biểu mẫu cho các lệnh đang hiệu lực", "Every order that runs has its form")


def _radio(settings: Settings, bench: bool) -> Finding:
    if settings.radio.kind == "none":
        return Finding("radio", True, "Cửa này không có Bluetooth", "This gate has no radio")
    from kiosk.commands.check_radio import look_at_radio
    from kiosk.run import open_clock

    told = look_at_radio(settings, open_clock(settings, bench))
    return Finding("radio", told.ok, told.vi, told.en, told.figure)


def _air(settings: Settings, bench: bool) -> Finding:
    """One reading; an installed sensor measures each 5 s, so that the first is waited for."""
    if settings.devices.air.kind == "none":
        return Finding("air", True, "Cửa này không có cảm biến CO2", "This gate has no CO2 sensor")
    from kiosk.devices.choose import open_air
    from kiosk.ports import AirLost
    from kiosk.run import air_config

    air = open_air(air_config(settings), bench=bench)
    ends = time.monotonic() + AIR_WAIT_S
    try:
        reading = None
        while air is not None and (reading := air.read()) is None and time.monotonic() < ends:
            time.sleep(0.5)
    except AirLost as error:
        vi = f"Cảm biến CO2 không trả lời. Kiểm tra dây SDA, SCL và bật I2C. ({error})"
        return Finding("air", False, vi, f"The CO2 sensor does not answer. Check SDA and SCL, enable I2C. ({error})")
    finally:
        if air is not None:
            air.close()
    if reading is None:
        return Finding("air", False, "Cảm biến CO2 chưa đo được", "The CO2 sensor gave no reading")
    return Finding("air", True, f"CO2: {reading} ppm", f"CO2: {reading} ppm", {"co2": reading})


def _clock(settings: Settings, bench: bool) -> Finding:
    from kiosk.run import open_clock

    clock = open_clock(settings, bench)
    quality = clock.quality.name.lower()
    figure: dict[str, object] = {"quality": quality, "time": clock.words()}
    words = {
        "synced": ("Giờ đã đồng bộ", "The time is synchronised"),
        "holdover": ("Giờ chưa đồng bộ lại, vẫn dùng được", "The time is kept, not synchronised lately"),
        "unset": ("Chưa biết giờ: nối mạng hoặc lắp pin đồng hồ", "Time unknown: connect the network"),
    }
    return Finding("clock", quality != "unset", *words[quality], figure)


def _broker(url: str) -> Finding:
    parts = urlsplit(url)
    port = parts.port or (8883 if parts.scheme == "mqtts" else 1883)
    began = time.perf_counter()
    try:
        socket.create_connection((parts.hostname or "", port), BROKER_WAIT_S).close()
    except OSError as error:
        return Finding(
            f"broker {url}",
            False,
            "Chưa tới được máy chủ. Cửa vẫn làm việc, lượt sẽ gửi sau.",
            f"Not reached ({error.strerror or error}). The gate works on; records are sent later.",
        )
    took = round((time.perf_counter() - began) * 1000, 1)
    return Finding(f"broker {url}", True, "Tới được máy chủ", "Reached", {"connect_ms": took})
