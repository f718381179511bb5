"""The parts of a kiosk that the self-test looks at by using them: one function each, one finding each.

Sentences are for the technician on the ladder: what was found and, if it is not well, the next thing to try.
"""

import fcntl
import os
import time
from pathlib import Path

from firmware_cfg.settings import Settings
from kiosk.commands.check_finding import Finding
from kiosk.focus import SOFT, sharpness
from store.db import FILE, StoreError, open_store

AIR_WAIT_S = 12.0  # two readings
MEGABYTE = 1 << 20


def camera_finding(settings: Settings, bench: bool, runtime: Path) -> Finding:
    from kiosk.chosen import camera_config
    from kiosk.devices.choose import open_camera
    from kiosk.ports import CameraLost

    if is_locked(runtime / "lights.lock"):  # the running gate has the camera too
        return Finding("camera", "ok", "Cửa đang chạy và giữ camera: xem trang kỹ thuật", "The gate has the camera")
    camera = open_camera(camera_config(settings), bench=bench)
    try:
        frame = camera.read()
    except CameraLost as error:
        return Finding("camera", "fail", f"Không có hình. Kiểm tra cáp camera. ({error})", f"No picture: {error}")
    finally:
        camera.close()
    height, width = frame.gray.shape
    light = round(float(frame.gray.mean()))
    dark = light < 20  # of 255: the lens cap, or no light at all
    sharp = sharpness(frame.gray)
    figure: dict[str, object] = {"width": width, "height": height, "brightness": light, "sharpness": sharp}
    if dark:
        return Finding("camera", "fail", "Hình quá tối. Bỏ nắp ống kính, bật đèn.", "The picture is too dark.", figure)
    if sharp is not None and sharp < SOFT:
        return Finding("camera", "warn", "Hình mờ. Vặn ống kính.", "The picture is not sharp. Turn the lens.", figure)
    return Finding("camera", "ok", "Camera có hình", "The camera gives a picture", figure)


def decoder_finding() -> Finding:
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
        return Finding("decoder", "fail", "Không đọc được mã thử", "The test code could not be read", figure)
    return Finding("decoder", "ok", "Đọc được mã thử", "The test code was read", figure)


def lights_finding(settings: Settings, bench: bool, runtime: Path) -> Finding:
    from kiosk.chosen import lights_config
    from kiosk.devices.choose import open_lamps

    config = lights_config(settings, runtime)
    if is_locked(config.lock):
        # Two owners would take the lamps from each other, and a guard is watching them.
        return Finding("lights", "ok", "Cửa đang chạy và giữ đèn: hãy nhìn đèn", "The running gate has the lamps")
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
        return Finding("lights", "fail", "Đèn không trả lời. Kiểm tra dây và chân cắm.", "The lamps do not answer")
    return Finding(
        "lights",
        "ok",
        "Đã bật lần lượt xanh, vàng, đỏ: hãy nhìn đèn",
        "Green, yellow and red were lit in turn: look at the lamps",
    )


def is_locked(path: Path) -> bool:
    """Whether a lights child owns the lamps now."""
    if not path.exists():
        return False
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def disk_finding(settings: Settings) -> Finding:
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
        return Finding("disk", "fail", "Thẻ nhớ gần đầy", "The disk is nearly full", figure)
    return Finding("disk", "ok", f"Còn trống {free_mb} MB", f"{free_mb} MB free", figure)


def store_finding(settings: Settings, bench: bool) -> Finding:
    from kiosk.chosen import open_clock
    from store import meta, outbox
    from store.contents import row_counts

    folder = Path(settings.storage.folder)
    if not (folder / FILE).exists():
        return Finding("store", "ok", "Chưa có dữ liệu (máy mới)", "No records yet (a new kiosk)")
    try:
        store = open_store(folder, now_ms=open_clock(settings, bench).now_ms)
    except StoreError as error:
        return Finding("store", "fail", "Cơ sở dữ liệu hỏng: khởi động lại máy", f"The database is damaged: {error}")
    waiting = outbox.backlog(store).rows
    enrolled = meta.get(store, "enrolled_ms") is not None
    figure: dict[str, object] = {"waiting": waiting, "enrolled": enrolled, "rows": row_counts(store)}
    store.close()
    if not enrolled:
        return Finding("store", "fail", "Máy chưa được cấp", "Not enrolled yet: check token and network", figure)
    return Finding("store", "ok", f"{waiting} lượt chờ gửi", f"{waiting} records wait to be sent", figure)


def forms_finding(settings: Settings, bench: bool) -> Finding:
    """Whether the form of every order that runs has arrived."""
    from kiosk.board import Board
    from kiosk.chosen import open_clock
    from kiosk.duties import form_name

    folder = Path(settings.storage.folder)
    if not (folder / FILE).exists():
        return Finding("forms", "ok", "Chưa có lệnh khai báo", "No order to declare yet")
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
            "fail",
            f"Chưa có biểu mẫu của lệnh. Cho khai trên giấy, kiểm tra mạng. ({names})",
            f"The form of an order has not arrived. Use paper forms, check the network. ({names})",
            {"missing": len(missing)},
        )
    return Finding("forms", "ok", "Đủ biểu mẫu cho các lệnh đang hiệu lực", "Every order that runs has its form")


def radio_finding(settings: Settings, bench: bool) -> Finding:
    if settings.radio.kind == "none":
        return Finding("radio", "ok", "Cửa này không có Bluetooth", "This gate has no radio")
    from kiosk.chosen import open_clock
    from kiosk.commands.check_radio import look_at_radio

    told = look_at_radio(settings, open_clock(settings, bench))
    return Finding("radio", "ok" if told.ok else "fail", told.vi, told.en, told.figure)


def air_finding(settings: Settings, bench: bool) -> Finding:
    """One reading; an installed sensor measures each 5 s, so that the first is waited for."""
    if settings.devices.air.kind == "none":
        return Finding("air", "ok", "Cửa này không có cảm biến CO2", "This gate has no CO2 sensor")
    from kiosk.chosen import air_config
    from kiosk.devices.choose import open_air
    from kiosk.ports import AirLost

    air = open_air(air_config(settings), bench=bench)
    ends = time.monotonic() + AIR_WAIT_S
    try:
        reading = None
        while air is not None and (reading := air.read()) is None and time.monotonic() < ends:
            time.sleep(0.5)
    except AirLost as error:
        vi = f"Cảm biến CO2 không trả lời. Kiểm tra dây SDA, SCL và bật I2C. ({error})"
        return Finding("air", "fail", vi, f"The CO2 sensor does not answer. Check SDA and SCL, enable I2C. ({error})")
    finally:
        if air is not None:
            air.close()
    if reading is None:
        return Finding("air", "fail", "Cảm biến CO2 chưa đo được", "The CO2 sensor gave no reading")
    return Finding("air", "ok", f"CO2: {reading} ppm", f"CO2: {reading} ppm", {"co2": reading})


def clock_finding(settings: Settings, bench: bool) -> Finding:
    from kiosk.chosen import open_clock

    clock = open_clock(settings, bench)
    quality = clock.quality.name.lower()
    figure: dict[str, object] = {"quality": quality, "time": clock.words()}
    words = {
        "synced": ("Giờ đã đồng bộ", "The time is synchronised"),
        "holdover": ("Giờ chưa đồng bộ lại, vẫn dùng được", "The time is kept, not synchronised lately"),
        "unset": ("Chưa biết giờ: nối mạng hoặc lắp pin đồng hồ", "Time unknown: connect the network"),
    }
    return Finding("clock", "fail" if quality == "unset" else "ok", *words[quality], figure)
