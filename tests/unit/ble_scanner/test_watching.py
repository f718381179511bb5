"""The ladder at work on a radio that breaks as told: what is done, recorded, and never done."""

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path

from ble_scanner.hearing import Hearing
from ble_scanner.ladder import Waits
from ble_scanner.radio import Hear, Heard, Mode, RadioFailed
from ble_scanner.recovery import FileRecovery
from ble_scanner.tag_table import TagTable
from ble_scanner.watching import Around, Watching
from ble_scanner.windows import Windows


@dataclass
class BreakingRadio:
    """A radio (ble_scanner.radio.Radio) that works, is gone, or cannot be switched, as the test says."""

    failing: RadioFailed | None = None
    stuck: bool = False
    did: list[str] = field(default_factory=list)
    fault: RadioFailed | None = None
    hear: Hear | None = None
    mode: Mode = "passive"

    async def start(self, hear: Hear) -> None:
        self.did.append("start")
        self.hear = None
        if self.failing is not None:
            raise self.failing
        self.hear = hear

    async def stop(self) -> None:
        self.did.append("stop")
        self.hear = None

    async def power_cycle(self) -> None:
        self.did.append("power_cycle")
        if self.stuck:
            raise RadioFailed("failed", "org.bluez.Error.Failed")


class Site:
    """One radio under the ladder, with a clock that the test moves."""

    def __init__(self, folder: Path, *, on_the_card: bool = True) -> None:
        self.folder, self.now_ms, self.on_the_card = folder, 0, on_the_card
        self.radio, self.recorded = BreakingRadio(), list[tuple[str, int]]()
        self.hearing = Hearing(Windows(), TagTable(), None, lambda held: None)
        recovery = FileRecovery(folder, lambda: self.now_ms, lambda step: None)
        around = Around(
            mono_ms=lambda: self.now_ms,
            is_open=lambda: True,
            visitor_ms=lambda: None,
            may_reboot=lambda: True,
            record=self._record,
            recover=True,
        )
        self.watching = Watching(self.radio, self.hearing, recovery, around, Waits())

    def _record(self, name: str, silent_s: int, detail: str) -> bool:
        assert json.loads(detail)["silent_s"] == silent_s
        self.recorded.append((name, silent_s))
        return self.on_the_card

    def live(self, seconds: int, *, hears: bool = False) -> None:
        async def live() -> None:
            if not self.radio.did:
                await self.watching.begin()
            for _ in range(seconds):
                self.now_ms += 1000
                if hears and self.radio.hear is not None:
                    self.radio.hear(Heard("AA:00:00:00:00:01", -70, self.now_ms, ()))
                await self.watching.turn()

        asyncio.run(live())

    def recovered(self) -> list[str]:
        path = self.folder / "recovery.jsonl"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        return [json.loads(line)["did"] for line in lines]


def test_each_step_starts_the_scanner_again_and_is_on_record_first(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.live(400)
    assert [name for name, _ in site.recorded] == ["restart_scanner", "power_cycle", "restart_bluetooth", "reboot"]
    assert site.radio.did == ["start", "start", "power_cycle", "start", "stop", "start", "start"]
    assert site.recovered() == ["restart_bluetooth", "reboot"]


def test_a_reboot_that_cannot_be_put_on_record_does_not_happen(tmp_path: Path) -> None:
    site = Site(tmp_path, on_the_card=False)
    site.live(400)
    assert site.recovered() == ["restart_bluetooth"]


def test_an_adapter_that_cannot_be_switched_does_not_stop_the_ladder(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.radio.stuck = True
    site.live(280)
    assert [name for name, _ in site.recorded] == ["restart_scanner", "power_cycle", "restart_bluetooth"]


def test_a_radio_that_reports_a_fault_is_not_left_waiting_for_silence(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.live(30, hears=True)
    assert (site.watching.state, site.watching.reason) == ("listening", None)
    site.radio.fault = site.radio.failing = RadioFailed("no_adapter")
    site.live(2)
    assert (site.watching.state, site.watching.reason) == ("failed", "no_adapter")
    site.live(60)
    assert [name for name, _ in site.recorded] == ["power_cycle"]
    site.radio.fault = site.radio.failing = None
    site.live(60, hears=True)
    assert site.recorded[-1][0] == "heard"
    assert site.watching.state == "listening"


def test_a_radio_that_was_never_there_is_told_from_one_that_is_starting(tmp_path: Path) -> None:
    site = Site(tmp_path)
    assert site.watching.state == "starting"
    site.radio.failing = RadioFailed("no_bluez")
    site.live(1)
    assert (site.watching.state, site.watching.reason) == ("failed", "no_bluez")
    site.live(60)
    assert [name for name, _ in site.recorded] == ["restart_bluetooth"], "there is nobody to switch the adapter"


def test_it_knows_when_something_was_heard_last(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.live(10)
    assert site.watching.heard_ms is None
    site.live(10, hears=True)
    site.live(5)
    assert site.watching.heard_ms == 20_000
