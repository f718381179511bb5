"""python -m ble_scanner run: the radio process, put together by kiosk.toml.

    --settings FILE [--bench] [--calibrate]

--calibrate listens for 20 s for a tag of this venue held at the mark, keeps what it says of the receiver, and ends.
"""

import argparse
import asyncio
import json
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TextIO

from ble_scanner.at_the_gate import AtTheGate
from ble_scanner.calibrating import LISTEN_S, keep_correction, measure, read_correction
from ble_scanner.hearing import Hearing
from ble_scanner.keeping import Keeping
from ble_scanner.ladder import Waits, is_open, may_reboot
from ble_scanner.match_child import MatchChild
from ble_scanner.radio import REASONS, Hear, PhoneReader, Radio, RadioFailed
from ble_scanner.recovery import FileRecovery, Recovery, SystemRecovery
from ble_scanner.service import Parts, Service
from ble_scanner.tag_table import TagTable
from ble_scanner.tap import SETTINGS, Taps
from ble_scanner.watching import Around, Watching
from ble_scanner.windows import Windows
from firmware_cfg.settings import INSTALLED_MARK, Settings, SettingsError, read_settings
from machine.clock import Clock, machine_clock, simulated_clock
from machine.notify import notify
from wire.records import DeviceEvent

DEFAULT = Path("/run/gatepost/kiosk.toml")
MEGABYTE = 1 << 20
FAILED, WRONG_USAGE, UNREADABLE_SETTINGS = 1, 2, 78  # EX_CONFIG: starting again will not help


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line adds to kiosk.toml. `hurry`: the bench's ladder is so many times as quick."""

    settings: Path
    bench: bool
    hurry: int


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Exit status: 0 stopped, 1 the calibration failed, 2 wrong usage, 78 kiosk.toml must be mended first."""
    parser = argparse.ArgumentParser(prog="python -m ble_scanner run")
    parser.add_argument("--settings", type=Path, default=DEFAULT, metavar="FILE", help=f"kiosk.toml ({DEFAULT})")
    parser.add_argument("--bench", action="store_true", help="allow a simulated radio (not on an installed kiosk)")
    parser.add_argument("--calibrate", action="store_true", help="measure the receiver with a tag held at the mark")
    parser.add_argument("--hurry", type=int, default=1, help=argparse.SUPPRESS)
    found = parser.parse_args(argv)
    if found.bench and INSTALLED_MARK.exists():
        print("Máy này đã lắp đặt. / This kiosk is installed: --bench is refused.", file=stderr)
        return UNREADABLE_SETTINGS
    try:
        settings = read_settings(found.settings.read_text("utf-8"), bench=found.bench)
    except (OSError, UnicodeDecodeError, SettingsError) as error:
        print(error, file=stderr)
        return UNREADABLE_SETTINGS
    if settings.radio.kind == "none":
        print("Cửa này không có Bluetooth (radio.kind). / This gate has no radio (radio.kind).", file=stderr)
        notify("READY=1")  # else the service manager takes the end for a failed start, and starts it for ever
        return 0
    options = Options(found.settings, found.bench, max(1, found.hurry) if found.bench else 1)
    if found.calibrate:
        return asyncio.run(_calibrate(settings, options, stdout, stderr))
    return asyncio.run(_serve(settings, options, stdout))


async def _serve(settings: Settings, options: Options, stdout: TextIO) -> int:
    parts = _assemble(settings, options)
    service = Service(parts)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    service.look_at_the_clock()
    await parts.watching.begin()
    notify("READY=1")
    ready = {"ready": True, "radio": settings.radio.kind, "state": parts.watching.state}
    print(json.dumps(ready), file=stdout, flush=True)
    await service.run(stop)
    notify("STOPPING=1")
    return 0


def _assemble(settings: Settings, options: Options) -> Parts:
    """Choose the radio, and hand plain parameters down."""
    clock, folder = _open_clock(settings, options), Path(settings.storage.folder)
    keeping = Keeping(folder, clock.stamp, settings.storage.minimum_free_mb * MEGABYTE)
    gate = AtTheGate(folder, settings.device.id, settings.centre.root_fingerprint, clock.stamp)
    radio, windows, tags, taps = _open_radio(settings, clock), Windows(), TagTable(), None
    if settings.radio.tap != "off":
        taps = Taps(SETTINGS[settings.radio.tap], read_correction(folder))
    hearing = Hearing(windows, tags, taps, keeping.add_tap)
    reader = _open_reader(settings, hearing.hear, clock)
    if reader is not None:
        hearing.ask = reader.offer
    waits = Waits().hurried(options.hurry)
    around = _around(settings, clock, keeping, gate, waits)
    watching = Watching(radio, hearing, _open_recovery(settings, clock), around, waits)
    match = [sys.executable, "-m", "ble_scanner", "match", "--settings", str(options.settings)]
    matching = MatchChild([*match, *(["--bench"] if options.bench else [])])
    alive = partial(notify, "WATCHDOG=1")
    return Parts(radio, hearing, windows, tags, watching, keeping, gate, matching, clock, _mono_ms, alive, reader)


def _around(settings: Settings, clock: Clock, keeping: Keeping, gate: AtTheGate, waits: Waits) -> Around:
    radio = settings.radio
    return Around(
        mono_ms=clock.mono_ms,
        is_open=lambda: is_open(clock.minute(), radio.opens, radio.closes),
        visitor_ms=lambda: _latest(keeping.tapped_ms, gate.last_visit_ms()),
        may_reboot=lambda: may_reboot(*keeping.past_steps(), clock.boot, clock.mono_ms(), waits),
        record=partial(_record, keeping, gate),
        recover=radio.recover,
    )


async def _calibrate(settings: Settings, options: Options, stdout: TextIO, stderr: TextIO) -> int:
    clock = _open_clock(settings, options)
    folder = Path(settings.storage.folder)
    gate = AtTheGate(folder, settings.device.id, settings.centre.root_fingerprint, clock.stamp)
    gate.look()
    gate.close()
    now_s, offset_ms = clock.now_ms() // 1000, clock.now_ms() - _mono_ms()
    tags = TagTable(gate.tags, now_s)
    tags.renew(now_s, most=len(gate.tags))
    print("Áp thẻ vào vạch và giữ yên 5 giây. / Hold a tag still at the mark for 5 seconds.", file=stderr, flush=True)
    try:
        measured = await measure(_open_radio(settings, clock), tags, offset_ms, max(8.0, LISTEN_S / options.hurry))
    except RadioFailed as failed:
        print("\n".join(REASONS[failed.reason]), file=stderr)
        return FAILED
    if not measured.reason:
        keep_correction(folder, measured)
    print(json.dumps(measured._asdict()), file=stdout, flush=True)
    return FAILED if measured.reason else 0


def _record(keeping: Keeping, gate: AtTheGate, name: str, silent_s: int, detail: str) -> bool:
    """A step of the ladder: on the card first, then, where the gate is enrolled, for the centre."""
    noted = keeping.note_step(name, detail)
    gate.tell(DeviceEvent("radio", {"step": name, "silent_s": silent_s}))
    return noted


def _open_radio(settings: Settings, clock: Clock) -> Radio:
    radio = settings.radio
    if radio.kind == "simulated":
        from ble_scanner.devices.scanner_simulated import SimulatedRadio

        folder = _radio_folder(settings)
        return SimulatedRadio(folder, _mono_ms, clock.now_ms, mode="passive" if radio.passive else "active")
    from ble_scanner.devices.scanner_bleak import BleakRadio

    return BleakRadio(radio.adapter, _mono_ms, passive=radio.passive, duplicates=radio.duplicates)


def _open_reader(settings: Settings, hear: Hear, clock: Clock) -> PhoneReader | None:
    radio = settings.radio
    if radio.kind != "bleak" or not radio.read_bluezone_ios:
        return None
    from ble_scanner.devices.gatt_bleak import BleakPhoneReader

    return BleakPhoneReader(radio.adapter, hear, _mono_ms, clock.now_ms)


def _open_recovery(settings: Settings, clock: Clock) -> Recovery:
    if settings.radio.kind != "simulated":
        return SystemRecovery()
    from ble_scanner.devices.scanner_simulated import mend

    folder = _radio_folder(settings)
    return FileRecovery(folder, clock.mono_ms, partial(mend, folder))


def _open_clock(settings: Settings, options: Options) -> Clock:
    folder = settings.devices.folder
    return simulated_clock(Path(folder)) if options.bench and folder else machine_clock()


def _radio_folder(settings: Settings) -> Path:
    return Path(settings.devices.folder or settings.storage.folder) / "radio"


def _latest(*times: int | None) -> int | None:
    return max((time for time in times if time is not None), default=None)


def _mono_ms() -> int:
    return time.monotonic_ns() // 1_000_000
