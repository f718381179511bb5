"""The gate's side of the technician's page: looks at the box beside the running gate, and takes nothing from it."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from credentials.types import Credential, Unreadable
from firmware_cfg.settings import Settings
from kiosk.button import Button
from kiosk.events import LampsTested
from kiosk.focus import SOFT, FocusMeter
from kiosk.live import LivePreview
from kiosk.loop import GateLoop
from kiosk.ports import Sound
from kiosk.technician_pin import TechnicianPin
from kiosk.technician_report import packed, page_of
from machine import health
from machine.clock import Clock
from machine.tamper import SERVICE
from store.db import FAILURES, StoreError
from store.radio_log import status
from store.sightings import FILE as SIGHTINGS
from store.sightings import open_sightings

FRESH_S = 10.0  # whoever taps "again" twice waits once
SHOWN_S = 5.0
PICTURE_S = 2.0
RADIO_KEYS = ("state", "mode", "silent_s", "per_minute", "senders", "tags", "taps", "rssi")
# Page's name -> pattern. They flicker: nobody in the queue may take one for a signal.
LAMPS = {"green": "test_green", "yellow": "test_yellow", "red": "test_red", "test": "test", "off": "off"}


class Seen(NamedTuple):
    """What kind of code was before the camera: never what it says."""

    kind: str
    length: int
    at: float


class Bench(NamedTuple):
    """What the page may touch."""

    loop: GateLoop
    clock: Clock
    preview: LivePreview
    focus: FocusMeter
    button: Button
    sound: Sound
    lamps_well: Callable[[], bool]
    read: Callable[[str], Credential | Unreadable]


class KioskTechnician:
    """The Technician of one gate. `options`: (bench, runtime folder)."""

    def __init__(self, settings: Settings, options: tuple[bool, Path], parts: Bench) -> None:
        self._settings, (self._bench, self._runtime), self._parts = settings, options, parts
        self._folder = Path(settings.storage.folder)
        self._pin = TechnicianPin(self._folder)
        self._testing = Lock()
        self._found: tuple[float, list[dict[str, object]]] = (-FRESH_S, [])
        self._seen: Seen | None = None
        self._pictures = 0

    def faults(self) -> frozenset[str]:
        """See Technician."""
        faults = self._parts.loop.state.faults
        return faults if self._parts.lamps_well() else faults | {"lamps_lost"}

    def pressed_s(self) -> float | None:
        """See Technician."""
        return self._parts.button.pressed_s()

    def forget_press(self) -> None:
        """See Technician."""
        self._parts.button.forget()

    def has_pin(self) -> bool:
        """See Technician."""
        return self._pin.is_set()

    def fits(self, pin: str) -> bool:
        """See Technician. Whoever is let in may open the housing for a while (machine.tamper)."""
        right = self._pin.fits(pin)
        if right:
            with suppress(OSError):
                (self._runtime / SERVICE).touch()
        return right

    def choose_pin(self, pin: str) -> bool:
        """See Technician."""
        return self._pin.choose(pin)

    def findings(self) -> list[dict[str, object]]:
        """See Technician. One test at a time: a second page waits for the first one's result."""
        # What only a self-test uses, TLS and name resolution among it: not at the start of a gate that nobody tests.
        from kiosk.commands.check import findings
        from kiosk.commands.check_finding import remember

        with self._testing:
            made_at, lines = self._found
            if time.monotonic() - made_at > FRESH_S:
                found = list(findings(self._settings, self._bench, self._runtime))
                remember(self._folder, found)
                lines = [one.line() for one in found]
                self._found = (time.monotonic(), lines)
            return lines

    def noting(self, take: Callable[[str], None]) -> Callable[[str], None]:
        """`take` for the camera's thread; while somebody watches the page, what kind of code it was is noted too."""

        def taken(text: str) -> None:
            take(text)
            if self._parts.focus.awake():
                code = self._parts.read(text)
                kind = str(code.kind) if isinstance(code, Credential) else "unknown"
                self._seen = Seen(kind, len(text), time.monotonic())

        return taken

    def live(self) -> Mapping[str, object]:
        """See Technician."""
        sharp, best = self._parts.focus.read()
        seen = self._seen
        code = None
        if seen is not None:
            code = {"kind": seen.kind, "length": seen.length, "ago_s": round(time.monotonic() - seen.at, 1)}
        return {"sharpness": sharp, "best": best, "soft": SOFT, "code": code, "radio": self._radio()}

    def picture(self) -> bytes | None:
        """See Technician."""
        newest = self._parts.preview.wait(self._pictures, PICTURE_S)
        if newest is None:
            return None
        self._pictures = newest[0]
        return newest[1]

    def light(self, pattern: str) -> bool:
        """See Technician. The pattern flickers: nobody in the queue may take it for a signal."""
        shown = LAMPS[pattern]
        if self._parts.loop.state.view.page in ("result", "choose"):
            return False
        answer = self._parts.loop.ask(lambda _, asked: LampsTested("technician", asked, shown))
        return not answer.failed

    def sound(self) -> bool:
        """See Technician."""
        self._parts.sound.play("ok")
        return self._settings.devices.sound.kind != "none"

    def report(self) -> tuple[str, str]:
        """See Technician."""
        clock = self._parts.clock
        at_ms = None if clock.known_now() is None else clock.now_ms()
        facts = (self._settings.device.id, at_ms, health.facts(self._folder), self.findings())
        return page_of(*facts), packed(*facts)

    def _radio(self) -> Mapping[str, object]:
        """What the radio process said last; {} where there is none."""
        if self._settings.radio.kind == "none" or not (self._folder / SIGHTINGS).exists():
            return {}
        try:
            sightings = open_sightings(self._folder, now_ms=self._parts.clock.now_ms)
            try:
                said = status(sightings)
            finally:
                sightings.close()
        except (StoreError, *FAILURES):
            return {}
        return {name: said[name] for name in RADIO_KEYS if name in said}
