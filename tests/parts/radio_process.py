"""The radio process as a process of its own, on a simulated radio; what the tests steer and what they look at."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ble_scanner.rolling_id import eid
from store import bulletins
from store.db import open_store
from store.radio_log import Plain, Step, status, steps
from store.sightings import FILE, Sightings, open_sightings
from store.taps import TapRow, taps_after
from tests.parts.waits import wait_for
from wire.bulletin import Bulletin
from wire.sightings import SightingWindow
from wire.tags import Tag, tags_body

START_S = 30.0
VENUE = "cho-thu"
KIOSK_TOML = """\
[device]
id = "t-radio"
[venue]
id = "cho-thu"
name = "Chợ Thử"
kind = "market"
[gate]
id = "a"
name = "Cửa A"
direction = "both"
[centre]
enrol_url = "https://centre.example/enrol"
root_fingerprint = "00000000000000000000000000000000"
[devices]
folder = "{sim}"
[devices.camera]
kind = "files"
[devices.lights]
kind = "file"
[storage]
folder = "{store}"
minimum_free_mb = {minimum_free_mb}
[radio]
kind = "simulated"
opens = 0
closes = 24
{radio}
"""


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def make_tag(number: int = 1, *, days: int = 30) -> Tag:
    """A tag that was set up an hour ago."""
    now_s = now_ms() // 1000
    pass_id, key = f"pass of tag {number:4}".encode(), f"key of tag  {number:4}".encode()
    return Tag(pass_id, key, 9, now_s - 3600, now_s + days * 86_400)


def current_eid(tag: Tag) -> bytes:
    """What the tag sends now."""
    return eid(tag.key, tag.exponent, now_ms() // 1000 - tag.epoch_s)


class RadioProcess:
    """`folder` holds kiosk.toml, the simulated devices and (or `store`) the databases."""

    def __init__(
        self, folder: Path, *, hurry: int = 60, radio: str = "", store: Path | None = None, minimum_free_mb: int = 64
    ) -> None:
        self.folder, self.sim, self.store = folder, folder / "sim", store or folder / "store"
        self.air = self.sim / "radio"
        self.air.mkdir(parents=True)
        self.settings = folder / "kiosk.toml"
        facts = {"sim": self.sim, "store": self.store, "minimum_free_mb": minimum_free_mb, "radio": radio}
        self.settings.write_text(KIOSK_TOML.format(**facts), "utf-8")
        self._hurry = hurry
        self._process: subprocess.Popen[str] | None = None
        self._version = 0
        self.ready: dict[str, Any] = {}

    def argv(self, *more: str) -> Sequence[str]:
        return [sys.executable, "-m", "ble_scanner", "run", "--settings", str(self.settings), "--bench", *more]

    def start(self, env: dict[str, str] | None = None) -> None:
        """Start it and wait for its ready line."""
        with (self.folder / "log").open("a", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                self.argv("--hurry", str(self._hurry)),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, **(env or {})},
            )
        assert self._process.stdout is not None
        self.ready = json.loads(self._process.stdout.readline())

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """As a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Politely; its exit status."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(number)
        try:
            return process.wait(START_S)
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()

    def put(self, name: str, facts: object = None) -> None:
        """Put a file before the simulated radio, or (`name` with a folder) elsewhere among the devices."""
        half = self.air / ".half"
        half.write_text("" if facts is None else json.dumps(facts), "utf-8")
        half.rename(self.air / name)

    def take_away(self, name: str) -> None:
        (self.air / name).unlink(missing_ok=True)

    def bend_clock(self, offset_ms: int, *, synchronised: bool = True) -> None:
        half = self.sim / "clock.half"
        half.write_text(json.dumps({"offset_ms": offset_ms, "synchronised": synchronised}), "utf-8")
        half.rename(self.sim / "clock.json")

    def hold(self, tag: Tag, hold_ms: int = 1200, near: int = -33) -> None:
        """Hold a tag to the gate, where it is heard with `near` dBm."""
        facts = {"key": tag.key.hex(), "exponent": tag.exponent, "epoch": tag.epoch_s}
        self.put("tap.json", {**facts, "hold_ms": hold_ms, "near": near})

    def publish(self, kind: str, body: object) -> None:
        """A bulletin arrives in the gate's database, as the agent would have put it there."""
        self._version += 1
        store = open_store(self.store, now_ms=now_ms)
        at = now_ms()
        made = Bulletin(kind, f"venue-{VENUE}", kind, self._version, at, at + 86_400_000, body)
        bulletins.keep(store, made, b"signed", at)
        store.close()

    def publish_tags(self, *tags: Tag) -> None:
        self.publish("tags", tags_body(tags))

    def sightings(self) -> Sightings:
        return open_sightings(self.store, now_ms=now_ms)

    def status(self) -> dict[str, Plain]:
        """What it said last, {} before the first word."""
        if not (self.store / FILE).exists():
            return {}
        sightings = self.sightings()
        try:
            return status(sightings)
        finally:
            sightings.close()

    def wait_status(self, what: str, **facts: Plain) -> dict[str, Plain]:
        """Its word when all of `facts` are in it."""

        def ask() -> dict[str, Plain]:
            said = self.status()
            return said if said and all(said.get(name) == value for name, value in facts.items()) else {}

        return wait_for(ask, what, every=0.1)

    def steps(self) -> list[Step]:
        """The steps of the ladder, oldest first."""
        sightings = self.sightings()
        try:
            return steps(sightings)[::-1]
        finally:
            sightings.close()

    def wait_steps(self, *names: str) -> list[Step]:
        """All steps, once these are among them, one after the other."""

        def ask() -> list[Step]:
            taken = self.steps()
            found = [step.name for step in taken]
            return taken if any(found[at : at + len(names)] == list(names) for at in range(len(found))) else []

        return wait_for(ask, f"the steps {names}", every=0.1)

    def taps(self) -> list[TapRow]:
        sightings = self.sightings()
        try:
            return taps_after(sightings, 0, 64)
        finally:
            sightings.close()

    def wait_taps(self, count: int) -> list[TapRow]:
        return wait_for(lambda: rows if len(rows := self.taps()) >= count else [], f"{count} taps", every=0.02)

    def windows(self) -> list[SightingWindow]:
        sightings = self.sightings()
        try:
            return [window for day in sightings.days() for window in sightings.of_day(day)]
        finally:
            sightings.close()

    def log(self) -> list[dict[str, Any]]:
        """What it wrote into the journal."""
        return [json.loads(line) for line in (self.folder / "log").read_text("utf-8").splitlines()]
