"""The way of a tag and of a case with real processes: issued, tapped, near a case, told alone, sent up, ruled out."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

import kiosk.bench
from ble_scanner.rolling_id import bluezone_ids
from ble_scanner.simulated import Advert, trace_line
from store.exposures import exposed_passes
from store.radio_log import status
from store.sightings import Sightings, open_sightings
from tests.parts.site import Gate, Site
from tests.parts.waits import wait_for
from tests.parts.warm import Nursery

ORDER = Path(kiosk.bench.__file__).parent / "orders" / "mau-tu-nguyen.json"
CASE = "CA-THU-01"
DAILY_KEY = bytes(range(32))
DAY_S, SLOT_S = 86_400, 900
NEAR_MS = 10_000  # a case and a tag stand at the gate together for so long, with the turn of a minute in the middle
CLOCK_MS = 5_000  # until the radio process has noticed and said that its clock was put forward
LOOK_MS = 2_500  # the gate looks for exposures each second
LATER_MS = 20 * 60_000  # a stay is over: the clock of the bench is put forward
SOON_S = 40.0


class Radio:
    """The radio process of a gate, its simulated air, and what it keeps."""

    def __init__(self, site: Site, gate: Gate) -> None:
        self.gate, self._air, self._ahead_ms = gate, gate.sim / "radio", 0
        self._air.mkdir()
        argv = ["ble_scanner", "run", "--settings", str(gate.settings), "--bench"]
        self.process = site.child("radio", argv, gate.folder / "logs" / "radio.log")

    def start(self, tags: int) -> None:
        self.process.start()
        wait_for(lambda: self.read(lambda s: status(s).get("tags")) == tags, f"{tags} tags known", seconds=SOON_S)

    def now_ms(self) -> int:
        """By the clock of the bench."""
        return time.time_ns() // 1_000_000 + self._ahead_ms

    def put_forward(self, by_ms: int) -> None:
        """The clock of the bench."""
        self._ahead_ms += by_ms
        half = self.gate.sim / ".clock"
        half.write_text(json.dumps({"offset_ms": self._ahead_ms}), "utf-8")
        half.rename(self.gate.sim / "clock.json")

    def wait_clock(self) -> None:
        """Until the process has heard of the clock: it looks each second, and speaks each five."""
        wait_for(lambda: abs(self.read(status).get("at_ms", 0) - self.now_ms()) < 7_000, "the clock is known")

    def read(self, what: Any) -> Any:
        sightings: Sightings = open_sightings(self.gate.data, now_ms=self.now_ms)
        try:
            return what(sightings)
        finally:
            sightings.close()

    def exposed(self) -> dict[bytes, int]:
        return self.read(lambda s: exposed_passes(s, self.now_ms()))  # type: ignore[no-any-return]

    def put(self, name: str, text: str) -> None:
        half = self._air / ".half"
        half.write_text(text, "utf-8")
        half.rename(self._air / name)

    def hold(self, tag: dict[str, Any], **more: int) -> None:
        facts = {"key": tag["key"], "exponent": tag["exponent"], "epoch": tag["epoch"]}
        self.put("tap.json", json.dumps({**facts, **more}))

    def pass_by(self) -> None:
        """A phone with Bluezone whose key will be published."""
        own = list(bluezone_ids(DAILY_KEY))[self.now_ms() // 1000 % DAY_S // SLOT_S]
        payload = bytes.fromhex("0201020303564E0FFFB522") + own
        adverts = [Advert(ms, "C2:00:00:00:00:07", -58, payload) for ms in range(0, NEAR_MS, 200)]
        self.put("trace.jsonl", "\n".join(trace_line(advert, 0) for advert in adverts))


def keys_file(folder: Path) -> Path:
    day_s = int(time.time()) // DAY_S * DAY_S
    row = {"daily_key": DAILY_KEY.hex(), "time_start": day_s, "max": 96, "time_end": day_s + DAY_S - SLOT_S}
    path = folder / "case.json"
    path.write_text(json.dumps({"data": [row]}), "utf-8")
    return path


def sent_of(site: Site) -> list[dict[str, Any]]:
    """The case's encounter and its candidate, once both are there."""
    found = [json.loads(line) for line in site.central("encounters", CASE, *site.store).splitlines()]
    return found if len(found) == 2 else []


@pytest.mark.skipif(time.gmtime().tm_hour == 23 and time.gmtime().tm_min > 30, reason="the day of the key ends soon")
def test_a_tag_that_was_near_a_case_is_told_alone_until_the_case_is_ruled_out(nursery: Nursery, tmp_path: Path) -> None:
    with Site(tmp_path, nursery=nursery) as site:
        gate = site.add_kiosk("t-gate-1", changes='[radio]\nkind = "simulated"\nopens = 0\ncloses = 24')
        tag = json.loads(site.central("tag", "issue", "--venue", "t-venue", "--days", "30", *site.store))
        radio = Radio(site, gate)
        radio.start(tags=1)

        radio.put_forward(120_000 - radio.now_ms() % 60_000 - CLOCK_MS - NEAR_MS // 2)
        radio.wait_clock()
        radio.pass_by()
        radio.hold(tag, stays_ms=NEAR_MS)
        gate.wait_green(1)
        site.wait_arrived(gate, gate.greens())
        wait_for(lambda: radio.now_ms() % 60_000 in range(NEAR_MS, 40_000), "they have gone")
        radio.process.stop()
        assert radio.read(lambda s: sorted({w.system for day in s.days() for w in s.of_day(day)})) == [1, 4]

        site.central("order", "publish", ORDER, *site.store)
        publish = (
            "--order",
            "mau-tu-nguyen",
            "--case",
            CASE,
            "--standing",
            "suspected",
            "--upload",
            "--minutes",
            "1",
            "--scope",
            "all",
        )
        site.central("case-keys", "publish", keys_file(tmp_path), *publish, "--expires", "10", *site.store)
        radio.put_forward(LATER_MS)
        radio.start(tags=1)
        wait_for(lambda: set(radio.exposed()) == {bytes.fromhex(tag["pass_id"])}, "the tag is told", seconds=SOON_S)

        told_ms = radio.now_ms()
        wait_for(lambda: radio.now_ms() - told_ms > LOOK_MS, "the gate has looked")
        radio.hold(tag)
        gate.wait_lamp("yellow")
        sent = wait_for(lambda: sent_of(site), "what matched is at the centre", seconds=SOON_S)
        assert [(one["kind"], one["system"]) for one in sent] == [("encounter", "bluezone"), ("candidate", "tag")]

        site.central("case-keys", "rule-out", CASE, *site.store)
        wait_for(lambda: radio.exposed() == {}, "the case is forgotten", seconds=SOON_S)
        greens = len(gate.greens())
        wait_for(lambda: gate.lamp() == "idle", "the gate rests")
        radio.hold(tag)
        gate.wait_green(greens + 1)
        radio.process.stop()
