"""What is done when: windows each minute, the status each 5 s, tags as they change, the clock each second."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ble_scanner.at_the_gate import AtTheGate
from ble_scanner.devices.scanner_simulated import SimulatedRadio
from ble_scanner.hearing import Hearing
from ble_scanner.keeping import Keeping
from ble_scanner.ladder import Waits
from ble_scanner.match_child import MatchChild
from ble_scanner.radio import Heard
from ble_scanner.recovery import FileRecovery
from ble_scanner.rolling_id import eid
from ble_scanner.service import Parts, Service
from ble_scanner.sighting import Sighting
from ble_scanner.tag_table import TagTable
from ble_scanner.watching import Around, Watching
from ble_scanner.windows import Windows
from machine.clock import Clock
from store import bulletins
from store.db import open_store
from store.radio_log import status
from store.sightings import open_sightings
from wire.bulletin import Bulletin
from wire.sightings import SightingWindow
from wire.tags import Tag, tags_body

MINUTE = 1_790_000_040_000
BLUEZONE = Sighting("bluezone", b"b" * 12)
TAG = Tag(b"pass-of-the-tag!", bytes(range(16)), 9, MINUTE // 1000 - 40_000, MINUTE // 1000 + 86_400)


class Site:
    """One process without its loop: the test moves the clock and takes the turns. The radio's clock started later."""

    def __init__(self, folder: Path, *, synchronised: bool = True) -> None:
        self.folder, self.mono_ms, self.ahead_ms, self.synchronised = folder, 5_000_000, 0, synchronised
        self.alive = 0
        self.opening_hours: Callable[[], bool] = lambda: True
        self.clock = Clock(b"bootboot", self.wall_ms, lambda: self.mono_ms, lambda: self.synchronised, False)
        keeping = Keeping(folder / "data", self.clock.stamp, 1)
        gate = AtTheGate(folder / "data", "t-gate", b"", self.clock.stamp)
        windows, tags = Windows(), TagTable()
        self.radio = SimulatedRadio(folder / "radio", self.radio_ms, self.wall_ms)
        self.hearing = Hearing(windows, tags, None, keeping.add_tap)
        recovery = FileRecovery(folder / "radio", self.radio_ms, lambda step: None)
        around = Around(
            lambda: self.mono_ms,
            lambda: self.opening_hours(),
            lambda: None,
            lambda: False,
            lambda *_: True,
            recover=True,
        )
        watching = Watching(self.radio, self.hearing, recovery, around, Waits())
        matching = MatchChild(["false"])
        parts = (self.radio, self.hearing, windows, tags, watching, keeping, gate, matching, self.clock)
        self.keeping, self.gate, self.watching = keeping, gate, watching
        self.service = Service(Parts(*parts, self.radio_ms, self._beat))

    def wall_ms(self) -> int:
        return MINUTE + self.mono_ms - 5_000_000 + self.ahead_ms

    def radio_ms(self) -> int:
        return self.mono_ms - 1_234_567

    def _beat(self) -> None:
        self.alive += 1

    def live(self, seconds: int, *sightings: Sighting) -> None:
        """A report a second."""
        for _ in range(seconds):
            self.service.turn()
            if sightings:
                self.hearing.hear(Heard("AA:00:00:00:00:01", -70, self.radio_ms(), sightings))
            self.mono_ms += 1000
        self.service.turn()

    def publish(self, *tags: Tag, version: int = 1) -> None:
        store = open_store(self.folder / "data", now_ms=self.wall_ms)
        made = Bulletin("tags", "all", "tags", version, MINUTE, MINUTE * 2, tags_body(tags))
        bulletins.keep(store, made, b"signed", MINUTE)
        store.close()

    def kept(self) -> list[SightingWindow]:
        sightings = open_sightings(self.folder / "data", now_ms=self.wall_ms)
        found = [window for day in sightings.days() for window in sightings.of_day(day)]
        sightings.close()
        return found

    def status(self) -> dict[str, object]:
        sightings = open_sightings(self.folder / "data", now_ms=self.wall_ms)
        found: dict[str, object] = {**status(sightings)}
        sightings.close()
        return found


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    asyncio.run(made.service.close())


def test_each_minute_is_kept_when_it_is_over(site: Site) -> None:
    site.live(61, BLUEZONE)
    assert site.kept() == [SightingWindow(1, b"b" * 12, MINUTE, -70, -70, 60)]


def test_the_minute_that_runs_is_kept_when_the_process_stops(site: Site) -> None:
    site.live(10, BLUEZONE)
    assert site.kept() == []
    asyncio.run(site.service.close())
    assert [window.heard for window in site.kept()] == [10]
    assert site.status()["state"] == "stopped"


def test_the_status_tells_what_is_heard_now(site: Site) -> None:
    site.live(130, BLUEZONE, Sighting("ibeacon", b"n" * 20))
    said = site.status()
    assert (said["per_minute"], said["per_second"], said["senders"]) == (60, 1.0, 1)
    assert (said["kind.bluezone"], said["kind.ibeacon"]) == (60, 60)
    assert (said["boot"], said["mono_ms"]) == (b"bootboot".hex(), site.mono_ms)


def test_tags_that_were_just_published_are_known_within_a_second(site: Site) -> None:
    site.publish(TAG)
    site.live(2)
    heard = Sighting("eddystone-eid", eid(TAG.key, 9, site.wall_ms() // 1000 - TAG.epoch_s), -20)
    site.live(1, heard)
    assert site.hearing.counts["tag"] == 1
    site.publish(version=2)
    site.live(2)
    site.live(1, heard)
    assert site.hearing.counts["tag"] == 1, "it is in the list no more"


def test_a_clock_that_stands_behind_by_a_night_still_knows_the_tags(tmp_path: Path) -> None:
    site = Site(tmp_path, synchronised=False)
    site.publish(TAG)
    site.live(2)
    in_truth_s = site.wall_ms() // 1000 + 7 * 3600
    site.live(1, Sighting("eddystone-eid", eid(TAG.key, 9, in_truth_s - TAG.epoch_s), -20))
    assert site.hearing.counts["tag"] == 1
    asyncio.run(site.service.close())
    assert site.kept() == [], "nobody knows of which day it was"


def test_a_clock_that_is_set_right_moves_what_is_heard_from_then_on(site: Site) -> None:
    site.live(5, BLUEZONE)
    site.ahead_ms = 600_000
    site.live(5, BLUEZONE)
    asyncio.run(site.service.close())
    assert sorted({window.at_ms for window in site.kept()}) == [MINUTE, MINUTE + 600_000]


def test_the_service_manager_hears_of_it_each_ten_seconds(site: Site) -> None:
    site.live(31)
    assert site.alive == 4


def test_a_fault_is_told_with_the_sentences_for_the_technician(site: Site) -> None:
    (site.folder / "radio" / "unplugged").touch()
    asyncio.run(site.watching.begin())
    said = site.service.status(site.watching.state)
    assert (said["state"], said["reason"]) == ("failed", "no_adapter")
    assert "bộ thu" in str(said["vi"]) and "adapter" in str(said["en"])


def test_an_unforeseen_error_of_the_ladder_ends_the_process_and_what_was_heard_is_kept(site: Site) -> None:
    """The service manager starts it again; a process whose ladder is dead would be deaf for ever."""

    async def run() -> None:
        site.service.look_at_the_clock()
        site.hearing.hear(Heard("AA:00:00:00:00:01", -70, site.radio_ms(), (BLUEZONE,)))
        site.mono_ms += 40_000  # the ladder's look is due
        await asyncio.wait_for(site.service.run(asyncio.Event()), 20)

    site.opening_hours = lambda: bool(1 // 0)
    with pytest.raises(ZeroDivisionError):
        asyncio.run(run())
    assert [window.heard for window in site.kept()] == [1]
