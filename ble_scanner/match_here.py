"""The match job put together for this kiosk: its clock, its databases, one run at a time. Prints one line of counts."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from ble_scanner.match_held import MatchHeld
from firmware_cfg.settings import INSTALLED_MARK, Settings, SettingsError, read_settings
from machine.clock import Clock, machine_clock, simulated_clock
from store import bulletins, meta
from store.db import FAILURES, Store, StoreError, open_store
from store.recorder import Recipients, Recorder
from store.sightings import open_sightings
from wire.envelope import ClockQuality
from wire.refusal import Refused

LOCK = "match.lock"
DONE, FAILED, WRONG_USAGE = 0, 1, 2


def match_here(path: Path, bench: bool, stdout: TextIO, stderr: TextIO) -> int:
    """Exit status: 0 done, or another run is at it; 1 a database failed (run again), 2 the settings cannot be read."""
    if bench and INSTALLED_MARK.exists():
        print("Máy này đã lắp đặt. / This kiosk is installed: --bench is refused.", file=stderr)
        return WRONG_USAGE
    try:
        settings = read_settings(path.read_text("utf-8"), bench=bench)
    except (OSError, UnicodeDecodeError, SettingsError) as error:
        print(error, file=stderr)
        return WRONG_USAGE
    folder = settings.devices.folder
    clock = simulated_clock(Path(folder)) if bench and folder else machine_clock()
    try:
        with _alone(Path(settings.storage.folder)) as mine:
            counts = _match(settings, clock) if mine else {"skipped": "running"}
    except (*FAILURES, OSError) as error:
        reason = error.reason if isinstance(error, StoreError) else type(error).__name__
        print(json.dumps({"error": reason}), file=stdout)
        return FAILED
    print(json.dumps(counts), file=stdout)
    return DONE


def _match(settings: Settings, clock: Clock) -> dict[str, int] | dict[str, str]:
    folder = Path(settings.storage.folder)
    now_ms = None if clock.quality is ClockQuality.UNSET else clock.now_ms()
    with closing(open_store(folder, now_ms=clock.now_ms)) as gate:
        recorder = _recorder(gate, settings, clock)
        with closing(open_sightings(folder, now_ms=clock.now_ms)) as sightings:
            return asdict(MatchHeld(gate, sightings, recorder, now_ms).run())


def _recorder(gate: Store, settings: Settings, clock: Clock) -> Recorder | None:
    """None while the kiosk is not enrolled, or its root is not the one that kiosk.toml names."""
    if meta.get(gate, "enrolled_ms") is None:
        return None
    try:
        root = bulletins.root(gate, settings.centre.root_fingerprint)
    except Refused:
        return None
    if root is None:
        return None
    to = Recipients(root.recipients["ingest"], root.recipients["case"])
    return Recorder(gate, settings.device.id, to, clock.stamp)


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether no other run is at work. The lock goes with the process, however it ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
