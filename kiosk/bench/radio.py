"""The radio of the demo's desk: a market with a slider, tags to hold to the gate, a plug to pull; what it says.

The simulated radio is steered by files (ble_scanner.devices.scanner_simulated); its state is read from ble.db.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kiosk.bench.processes import Child
from store.db import StoreError
from store.radio_log import Plain, Step, status, steps
from store.sightings import FILE, open_sightings

MOST_PHONES = 300
LAST_STEPS = 8
STALE_MS = 12_000  # the process speaks each 5 s
HOLD_MS = 1_200  # as long as people hold a card who have done it before
STAYS_MS = 60_000  # the visitor stands about for a minute and is heard there
TAGS = "tags.json"
# Who carries the demo's tags: people who do not exist, of the kinds that need one.
CARRIERS = (
    ("NGUYỄN THỊ THỬ", "grandmother"),
    ("TRẦN VĂN MẪU", "porter"),
    ("LÊ THỊ VÍ DỤ", "stallholder"),
    ("PHẠM VĂN THỬ", "child"),
)


@dataclass(frozen=True, slots=True)
class DemoTag:
    """A tag that the demo's centre issued, with its key: the simulated radio sends what the tag would."""

    short: str
    key: str
    exponent: int
    epoch_s: int


class DemoRadio:
    """Called from the bench page's threads; every method returns at once."""

    def __init__(self, child: Child, sim: Path, store: Path) -> None:
        self.child, self._folder, self._store = child, sim / "radio", store
        self._folder.mkdir(parents=True, exist_ok=True)

    def state(self) -> dict[str, object]:
        """See ui.bench.Desk.state."""
        said, taken = self._from_store()
        told_ms = said.get("mono_ms")
        now_ms = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
        fresh = isinstance(told_ms, int) and now_ms - told_ms <= STALE_MS and self.child.pid is not None
        return {
            "process": {"name": self.child.name, "state": self.child.state, "pid": self.child.pid},
            "status": said if fresh else None,
            "steps": [_step(step) for step in taken],
            "phones": self._phones(),
            "most_phones": MOST_PHONES,
            "tags": [
                {"id": tag.short, "name": name, "who": who}
                for tag, (name, who) in zip(read_tags(self._folder), CARRIERS, strict=False)
            ],
            "unplugged": (self._folder / "unplugged").exists(),
            "silent": (self._folder / "silent").exists(),
        }

    def fill(self, phones: int) -> None:
        """So many phones in the market."""
        put(self._folder / "market.json", {"phones": max(0, min(phones, MOST_PHONES))})

    def hold(self, name: str) -> None:
        """Hold the tag with that number to the gate, then walk on with it. Raises KeyError."""
        tag = {tag.short: tag for tag in read_tags(self._folder)}[name]
        facts = {"key": tag.key, "exponent": tag.exponent, "epoch": tag.epoch_s}
        put(self._folder / "tap.json", {**facts, "hold_ms": HOLD_MS, "stays_ms": STAYS_MS})

    def unplug(self, on: bool) -> None:
        """Pull the adapter out, or put it back."""
        self._switch("unplugged", on)

    def silence(self, on: bool) -> None:
        """A receiver that is up and hears nothing, as a stuck one does."""
        self._switch("silent", on)

    def _switch(self, name: str, on: bool) -> None:
        if on:
            (self._folder / name).touch()
        else:
            (self._folder / name).unlink(missing_ok=True)

    def _phones(self) -> int:
        try:
            return int(json.loads((self._folder / "market.json").read_text("utf-8"))["phones"])
        except (OSError, ValueError, KeyError):
            return 0

    def _from_store(self) -> tuple[dict[str, Plain], list[Step]]:
        if not (self._store / FILE).exists():
            return {}, []
        try:
            sightings = open_sightings(self._store, now_ms=lambda: time.time_ns() // 1_000_000)
        except StoreError:
            return {}, []
        try:
            return status(sightings), steps(sightings, LAST_STEPS)
        except StoreError:
            return {}, []
        finally:
            sightings.close()


def keep_tags(sim: Path, issued: str) -> None:
    """Give the simulated radio the tags that the centre printed when it issued them: a JSON object a line."""
    found = [json.loads(line) for line in issued.splitlines() if line.startswith("{")]
    rows = [{name: tag[name] for name in ("short", "key", "exponent", "epoch")} for tag in found]
    (sim / "radio").mkdir(parents=True, exist_ok=True)
    put(sim / "radio" / TAGS, {"tags": rows})


def read_tags(folder: Path) -> list[DemoTag]:
    """The tags that were kept; none before the first."""
    try:
        rows = json.loads((folder / TAGS).read_text("utf-8"))["tags"]
    except (OSError, ValueError, KeyError):
        return []
    return [DemoTag(str(row["short"]), row["key"], row["exponent"], row["epoch"]) for row in rows]


def put(path: Path, facts: Mapping[str, object]) -> None:
    """Atomically, since another process is watching."""
    half = path.with_name(f".{path.name}.half")
    half.write_text(json.dumps(facts), "utf-8")
    half.rename(path)


def _step(step: Step) -> dict[str, object]:
    try:
        detail = json.loads(step.detail)
    except ValueError:
        detail = {}
    return {"name": step.name, "at_ms": step.at_ms, "silent_s": detail.get("silent_s"), "reason": detail.get("reason")}
