"""A radio that a test or the bench page steers by files in a folder (each put there by rename):

- `market.json` {"phones": n}: a market of so many phones, while it lies there.
- `tap.json` {"key": hex, "exponent": n, "epoch": Unix s, "hold_ms"?, "stays_ms"?, "near"? dBm}: a tag is held to the
  gate and then carried on. The file is taken away when it begins; two tags may be held at a time.
- `trace.jsonl` (ble_scanner.simulated): replayed from when it is put there, once; `speed.json` {"speed": n}, put there
  before it, says how many times as fast.
- `silent`: nothing is heard. If its text is the name of a step of the ladder, that step mends it.
- `unplugged`: there is no adapter.

Payloads pass through the same parser as those of a real adapter.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path

from ble_scanner.beacon import parse_payload
from ble_scanner.market import MOST_PHONES, Market, noise
from ble_scanner.radio import Hear, Heard, Mode, RadioFailed
from ble_scanner.simulated import NEAR_DBM, Advert, BadTrace, HeldTag, read_trace

TURN_S = 0.1
MOST_LATE_MS = 1000  # what a frozen process missed is not made up for
MOST_TAGS = 8
MOST_SPEED = 1000
_parse = lru_cache(maxsize=4096)(parse_payload)


class SimulatedRadio:
    """`mono_ms` and `unix_ms` are the clocks of the process; `speed` is how fast a trace goes."""

    def __init__(
        self,
        folder: Path,
        mono_ms: Callable[[], int],
        unix_ms: Callable[[], int],
        *,
        mode: Mode = "passive",
        speed: float = 1.0,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._mono_ms, self._unix_ms, self._speed = folder, mono_ms, unix_ms, speed
        self._mode: Mode = mode
        self._fault: RadioFailed | None = None
        self._task: asyncio.Task[None] | None = None
        self._market = Market(0)
        self._held: deque[HeldTag] = deque(maxlen=MOST_TAGS)
        self._trace: Iterator[Advert] = iter(())
        self._next: Advert | None = None
        self._heard_until_ms = 0

    @property
    def mode(self) -> Mode:
        """See Radio."""
        return self._mode

    @property
    def fault(self) -> RadioFailed | None:
        """See Radio."""
        return self._fault

    async def start(self, hear: Hear) -> None:
        """See Radio."""
        await self.stop()
        if (self._folder / "unplugged").exists():
            self._fault = RadioFailed("no_adapter", "unplugged")
            raise self._fault
        mend(self._folder, "restart_scanner")
        self._heard_until_ms = self._unix_ms()
        self._task = asyncio.get_running_loop().create_task(self._listen(hear))

    async def stop(self) -> None:
        """See Radio."""
        task, self._task, self._fault = self._task, None, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def power_cycle(self) -> None:
        """See Radio."""
        await self.stop()
        if (self._folder / "unplugged").exists():
            raise RadioFailed("no_adapter", "unplugged")
        mend(self._folder, "power_cycle")

    async def _listen(self, hear: Hear) -> None:
        while True:
            self._turn(hear)
            await asyncio.sleep(TURN_S)

    def _turn(self, hear: Hear) -> None:
        gone = (self._folder / "unplugged").exists()
        self._fault = RadioFailed("no_adapter", "unplugged") if gone else None
        now_ms = self._unix_ms()
        from_ms = max(min(self._heard_until_ms, now_ms), now_ms - MOST_LATE_MS)
        self._heard_until_ms = now_ms
        self._steer(now_ms)
        adverts = self._adverts(from_ms, now_ms)
        if gone or (self._folder / "silent").exists():
            return
        ago_ms = now_ms - self._mono_ms()
        for advert in adverts:
            hear(Heard(advert.address, advert.rssi, advert.at_ms - ago_ms, _parse(advert.payload)))

    def _steer(self, now_ms: int) -> None:
        phones = _read(self._folder / "market.json").get("phones", 0)
        self._market.phones = min(phones, MOST_PHONES) if isinstance(phones, int) else 0
        tap = self._folder / "tap.json"
        if tap.exists():
            with suppress(KeyError, ValueError, TypeError):
                self._held.append(_held_tag(_read(tap), now_ms))
            tap.unlink(missing_ok=True)
        trace = self._folder / "trace.jsonl"
        if trace.exists():
            lines = trace.read_text("utf-8").splitlines()
            trace.unlink()
            asked = _read(self._folder / "speed.json").get("speed")
            speed = asked if isinstance(asked, int | float) and 0 < asked <= MOST_SPEED else self._speed
            self._trace = read_trace(lines, now_ms, speed)
            self._next = self._after()

    def _adverts(self, from_ms: int, until_ms: int) -> list[Advert]:
        found = self._market.adverts(from_ms, until_ms)
        for tag in self._held:
            if tag.ends_ms >= from_ms:
                found.extend(tag.adverts(from_ms, until_ms, partial(noise, tag.key)))
        while self._next is not None and self._next.at_ms < until_ms:
            found.append(self._next)
            self._next = self._after()
        return sorted(found)

    def _after(self) -> Advert | None:
        try:
            return next(self._trace, None)
        except BadTrace:
            return None


def mend(folder: Path, step: str) -> None:
    """What the ladder's `step` does to a simulated silence that names it."""
    silent = folder / "silent"
    with suppress(OSError, UnicodeDecodeError):
        if silent.read_text("ascii").strip() == step:
            silent.unlink()


def _held_tag(facts: dict[str, object], now_ms: int) -> HeldTag:
    """Raises KeyError, ValueError, TypeError."""
    key = bytes.fromhex(str(facts["key"]))
    if len(key) != 16:
        raise ValueError("a key of 16 bytes expected")
    exponent, epoch_s = int(str(facts["exponent"])), int(str(facts["epoch"]))
    hold_ms, stays_ms = int(str(facts.get("hold_ms", 1200))), int(str(facts.get("stays_ms", 0)))
    near = int(str(facts.get("near", NEAR_DBM)))
    return HeldTag(key, exponent, epoch_s, now_ms, hold_ms=hold_ms, near=near, stays_ms=stays_ms)


def _read(path: Path) -> dict[str, object]:
    try:
        facts = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}
