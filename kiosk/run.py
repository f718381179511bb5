"""The gate process put together: the one place that chooses devices and hands plain parameters down."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from firmware_cfg.settings import Settings
from kiosk.air_watch import AirWatch
from kiosk.button import Button
from kiosk.chosen import air_config, camera_config, lights_config, open_clock, printer_config, sim_folder
from kiosk.devices.choose import open_air, open_camera, open_decoder, open_lamps, open_printer, open_sound
from kiosk.devices.config import DecoderConfig, SoundConfig
from kiosk.devices.lamps import Lamps
from kiosk.devices.ocr_tesseract import find_tesseract
from kiosk.devices.preview import small_jpeg
from kiosk.disk import DiskGuard
from kiosk.events import Event, FaultChanged
from kiosk.focus import FocusMeter
from kiosk.gate import Rules
from kiosk.ledger import Ledger
from kiosk.lid_mark import LidMark
from kiosk.lightway import LightWay
from kiosk.live import LivePreview
from kiosk.loop import GateLoop, Outputs
from kiosk.measures import Measures
from kiosk.opening import Close, Gate, Opening
from kiosk.ports import Camera, Decoder, Frame, Reader
from kiosk.reading import ReaderWatch
from kiosk.stick_mark import StickMark
from kiosk.tapping import TapWatch
from kiosk.technician_desk import Bench, KioskTechnician
from kiosk.temporary_passes import TemporaryPasses
from kiosk.touches import LookAgain
from kiosk.upkeep import Upkeep
from kiosk.visitors import DayKeys, Visitors
from kiosk.watch import CameraWatch
from kiosk.wifiway import WifiWay, set_up
from machine.clock import Clock
from machine.lines import open_line
from machine.log import say
from machine.notify import notify
from store.db import FAILURES
from store.salvage import Moved, open_or_move_aside
from store.taps import TapRow
from ui.screen import Feed
from wire.bulletin import scopes_of
from wire.records import Source

if TYPE_CHECKING:
    from kiosk.devices.passport_reader import PassportReader

MEGABYTE = 1 << 20
OCR_B = Path("/usr/share/fonts/opentype/ocr-b/OCRB.otf")  # Debian's fonts-ocr-b
RESTART_ME = 75  # EX_TEMPFAIL: the unit starts the gate again, and the start puts a damaged file aside


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line adds to kiosk.toml. `runtime` is a folder in RAM (RuntimeDirectory= of the unit)."""

    bench: bool
    runtime: Path
    framed_by: tuple[str, ...] = ()


def run(settings: Settings, options: Options) -> int:
    """The gate, until SIGTERM. The exit status: 0 stopped, 75 start me again (the database must be put aside)."""
    lamps = open_lamps(lights_config(settings, options.runtime), bench=options.bench)
    try:
        return _run(settings, options, lamps)
    except FAILURES as error:
        say("store", error=type(error).__name__)
        return RESTART_ME
    finally:
        lamps.close()


class _Closes(Protocol):
    def close(self) -> None: ...


class _Part(_Closes, Protocol):
    def start(self) -> None: ...


def _run(settings: Settings, options: Options, lamps: Lamps) -> int:
    clock = open_clock(settings, options.bench)
    storage = settings.storage
    folder = Path(storage.folder)
    store, moved = open_or_move_aside(folder, now_ms=clock.now_ms, random_bytes=os.urandom)
    _tell(moved)
    disk = DiskGuard(folder, storage.reserve_mb * MEGABYTE, storage.minimum_free_mb * MEGABYTE)
    visitors = Visitors(DayKeys(options.runtime))
    ledger = Ledger(store, settings.device.id, settings.centre.root_fingerprint, clock, visitors, disk)
    passes = TemporaryPasses(folder, lambda: clock.now_ms() // 1000)
    ledger.give_passes(passes)
    feed = Feed()
    config = settings.devices.sound
    sound = open_sound(SoundConfig(config.kind, sim_folder(settings), config.device), bench=options.bench)
    loop = GateLoop(_rules(settings), ledger, clock, Outputs(lamps, sound, feed, lambda: notify("WATCHDOG=1")))
    air = _air(settings, options)
    upkeep = _upkeep(settings, options, loop, ledger, clock, disk, air, moved is not None)
    focus = FocusMeter(time.monotonic)
    preview = LivePreview(partial(_preview, focus))
    camera = open_camera(camera_config(settings), bench=options.bench, switch=lamps.illuminate)
    way = LightWay(clock, loop.see, loop.put, lambda: ledger.root, lambda: ledger.board.duties.orders)
    decoder = open_decoder(DecoderConfig(zbar=settings.devices.decoder.zbar))
    passports = _passports(loop, ledger)
    wifi = WifiWay(clock, way.take, loop.put, partial(set_up, options.runtime, lambda: ledger.root is None), folder)
    button = _button(settings, options, lambda: loop.put(LookAgain()))
    parts = Bench(loop, clock, preview, focus, button, sound, lambda: lamps.healthy, ledger.read)
    technician = KioskTechnician(settings, (options.bench, options.runtime), parts)
    take = technician.noting(wifi.take)
    watch = _watch(camera, decoder, preview, loop, take, passports.offer if passports is not None else None)
    taps = _taps(settings, folder, loop, ledger, clock)
    printer = open_printer(printer_config(settings), bench=options.bench)
    tags_down = (lambda: False) if taps is None else taps.down
    gate = Gate(loop, ledger, clock, feed, preview, passes, printer, tags_down, technician)
    pages = Opening(partial(_open_pages, settings, options, gate), loop.stop)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: loop.stop())
    readers = ReaderWatch(_readers(settings, options), partial(loop.see, source=Source.READER), loop.busy)
    begin: tuple[_Part | None, ...] = (watch, readers, air, taps, button)
    for part in begin:
        if part is not None:
            part.start()
    notify("READY=1")
    pages.start()
    try:
        loop.run(_each_turn(upkeep, watch, loop))
    finally:
        notify("STOPPING=1")
        _close(taps, watch, passports, readers, air, button, pages, printer, sound, store)
    pages.check()
    return 0


def _open_pages(settings: Settings, options: Options, gate: Gate) -> Close:
    # Flask and all that hangs on it: loaded on the thread that opens the pages, while the gate answers.
    from kiosk.pages import open_pages

    close = open_pages(settings, options.framed_by, gate)
    print(f'{{"ready": true, "screen": "http://{settings.screen.host}:{settings.screen.port}/"}}', flush=True)
    return close


def _upkeep(
    settings: Settings,
    options: Options,
    loop: GateLoop,
    ledger: Ledger,
    clock: Clock,
    disk: DiskGuard,
    air: AirWatch | None,
    moved: bool,
) -> Upkeep:
    counts_days = settings.venue.kind not in ("hospital", "border")  # places that never close
    capacity, sensor = settings.gate.capacity, air.take if air else lambda: None
    measures = Measures(ledger, capacity, lambda: not loop.state.faults, sensor)
    marks = StickMark(options.runtime), LidMark(Path(settings.storage.folder), options.runtime)
    return Upkeep(ledger, clock, disk, lambda: loop.state.faults, counts_days, moved, measures, *marks)


def _preview(focus: FocusMeter, frame: Frame) -> bytes:
    focus.take(frame.gray)
    return small_jpeg(frame.gray)


def _button(settings: Settings, options: Options, pressed: Callable[[], None]) -> Button:
    """The technician's; one that is never pressed where there is none."""
    inputs, folder = settings.devices.inputs, sim_folder(settings)
    file = (options.runtime if folder is None else folder) / "button"
    opener = None if inputs.kind == "none" else partial(open_line, inputs.kind, inputs.button, file)
    return Button(opener, options.runtime, pressed)


def _close(*parts: _Closes | None) -> None:
    """One after the other; a kiosk need not have all of them."""
    for part in parts:
        if part is not None:
            part.close()


def _watch(
    camera: Camera,
    decoder: Decoder,
    preview: LivePreview,
    loop: GateLoop,
    take: Callable[[str], None],
    offer: Callable[[Frame], None] | None,
) -> CameraWatch:
    def lost(away: bool) -> None:
        loop.put(FaultChanged("camera_lost", away))
        say("camera", away=away)

    return CameraWatch(camera, decoder, preview, take, lost, offer)


def _taps(settings: Settings, folder: Path, loop: GateLoop, ledger: Ledger, clock: Clock) -> TapWatch | None:
    """Who looks at the radio's file; None where this gate has no radio."""
    radio = settings.radio
    if radio.kind == "none":
        return None

    def take(tap: TapRow) -> None:
        loop.tap(tap.pass_id, tap.expires_s, tap.companions)

    return TapWatch(folder, clock, ledger.nearby, take, loop.busy, radio.tap != "off")


def _passports(loop: GateLoop, ledger: Ledger) -> "PassportReader | None":
    """Passports before the camera fill forms, they never check in; None where nothing that reads them is installed."""
    tesseract = find_tesseract()
    if tesseract is None and not OCR_B.is_file():
        return None
    # These load OpenCV, 40 MB: at the start, since a gate at work may not stand still for it.
    from kiosk.devices.ocr_font import open_font
    from kiosk.devices.passport_reader import PassportReader

    font = open_font(OCR_B)
    say("passports", font=font is not None, tesseract=tesseract is not None)

    def seen(text: str) -> None:
        loop.cards.offer(ledger.read(text))

    return PassportReader(seen, lambda: loop.cards.wanted, [ocr for ocr in (font, tesseract) if ocr is not None])


def _each_turn(upkeep: Upkeep, watch: CameraWatch, loop: GateLoop) -> Callable[[], list[Event]]:
    def turn() -> list[Event]:
        events = upkeep.each_turn()
        if not watch.alive() and "camera_lost" not in loop.state.faults:
            events.append(FaultChanged("camera_lost", True))
        return events

    return turn


def _air(settings: Settings, options: Options) -> AirWatch | None:
    air = open_air(air_config(settings), bench=options.bench)
    return None if air is None else AirWatch(air)


def _readers(settings: Settings, options: Options) -> list[Reader]:
    folder, reader = sim_folder(settings), settings.devices.reader
    found: list[Reader] = []
    if options.bench and folder is not None:
        from kiosk.devices.reader_files import ReaderFiles  # a simulated device: not on a card

        found.append(ReaderFiles(folder / "reader"))
    if reader.kind == "serial":
        from kiosk.devices.reader_serial import SerialReader, open_serial

        found.append(SerialReader(partial(open_serial, reader.device, reader.baud), _mono_ms))
    return found


def _mono_ms() -> int:
    return time.monotonic_ns() // 1_000_000


def _rules(settings: Settings) -> Rules:
    gate, times, venue = settings.gate, settings.times, settings.venue
    return Rules(
        gate.direction,
        gate.capacity,
        gate.minimum_stay_s * 1000,
        gate.hold_s * 1000,
        times.allow_ms,
        times.ask_ms,
        times.stop_ms,
        times.fault_ms,
        venue=venue.kind,
        areas=scopes_of(settings.device.id, venue.id, venue.ward, venue.province),
    )


def _tell(moved: Moved | None) -> None:
    if moved is not None:
        say("database_moved", file=moved.file, rows=moved.rows, lost=moved.lost)
