"""The radio's hot path: 3,000 advertisements a second from 500 senders through bleak, and ten million in memory.

    python -m tests.bench.radio [--quick]

Speed: a fake BlueZ on a private D-Bus floods a process that counts in a bare bleak callback, and one that runs the
product's way (scanner_bleak -> hearing -> windows, tag table, taps), by turns; the processor time of each is its own.
Nothing may be lost: what the fake sent is what was heard. Memory: reports as bleak hands them on, of senders that take
new addresses and identifiers all the time, through reader, hearing and windows, without the D-Bus; and, fewer, with it.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from bleak import BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from ble_scanner.devices.reports import Reader
from ble_scanner.devices.scanner_bleak import BleakRadio
from ble_scanner.hearing import Hearing
from ble_scanner.radio import Heard
from ble_scanner.rolling_id import eid
from ble_scanner.tag_table import TagTable
from ble_scanner.tap import SETTINGS, Taps
from ble_scanner.windows import Windows
from tests.parts.fake_bluez_desk import FakeBluez, bluez_desk, mono_ms
from tests.parts.fake_bluez_flood import market_payload
from wire.tags import Tag

RATIO, GROWTH_MB = 1.3, 5.0
SENDERS, RATE = 500, 3000
SPEED_S, ROUNDS = 6.0, 5
SIGHTINGS, WARM = 10_000_000, 1_000_000
SAYS_BEFORE_ROTATING = 200  # a phone that advertises each 250 ms and takes a new address each minute or so
ROOT = Path(__file__).resolve().parents[2]
PASSING = 2000  # addresses that BlueZ knows at a time, before they time out
TAGS, EXPONENT = 100, 10
MONTH_S = 30 * 86_400


class Cost(NamedTuple):
    """What a child has cost so far: reports heard, processor seconds, resident memory in MB."""

    reports: int
    cpu_s: float
    rss_mb: float


def run(quick: bool) -> list[dict[str, Any]]:
    """Rows for the table; see tests.bench."""
    return [*asyncio.run(_speed(quick)), asyncio.run(_memory(quick)), asyncio.run(_passers_by(quick))]


# --- speed: the parent


async def _speed(quick: bool) -> list[dict[str, Any]]:
    seconds, rounds = (2.0, 3) if quick else (SPEED_S, ROUNDS)
    costs: dict[str, list[float]] = {"bare": [], "ours": []}
    ratios, lost, rates = [], 0, []
    async with bluez_desk() as fake:
        for _ in range(rounds):
            for way, found in costs.items():
                sent, heard, cpu_s, took_s = await _flooded(fake, way, seconds)
                found.append(cpu_s / max(1, heard) * 1e6)
                rates.append(sent / took_s)
                lost += abs(sent - heard)
            ratios.append(costs["ours"][-1] / costs["bare"][-1])
    spread = " ".join(f"{ratio:.2f}" for ratio in ratios)
    note = f"each round: {spread}; bare {median(costs['bare']):.1f} us, ours {median(costs['ours']):.1f} us a report"
    return [
        {"name": f"on air, from {SENDERS} senders", "value": round(median(rates)), "unit": "reports/s"}
        | {"bound": f">= {0.97 * RATE:.0f}", "holds": median(rates) >= 0.97 * RATE},
        {"name": "reports lost on the way to us", "value": lost, "unit": "reports", "bound": "= 0", "holds": lost == 0}
        | {"note": f"{2 * rounds} runs of {seconds:.0f} s"},
        {"name": "processor time, ours / a bare bleak callback", "value": median(ratios), "unit": "x"}
        | {"bound": f"<= {RATIO}", "holds": median(ratios) <= RATIO, "note": note},
    ]


async def _flooded(fake: FakeBluez, way: str, seconds: float) -> tuple[int, int, float, float]:
    """(sent, heard, processor seconds, seconds) of one child under the flood, after a first second that warms it."""
    async with _listening(way) as ask:
        payloads = [payload.hex() for payload in _payloads(int(time.time()))]
        flood = {"devices": SENDERS, "rate": RATE, "payloads": payloads}
        await fake.do("flood", seconds=1.0, **flood)
        before = await ask()
        told = await fake.do("flood", seconds=seconds, **flood)
        after = await ask()
    await fake.do("forget")
    return told["sent"], after.reports - before.reports, after.cpu_s - before.cpu_s, told["seconds"]


@asynccontextmanager
async def _listening(way: str) -> AsyncIterator[Callable[[], Awaitable[Cost]]]:
    """A child that listens; ask it for its cost, which it says once it has heard all that is under way."""
    pipe = asyncio.subprocess.PIPE
    line = [sys.executable, "-m", "tests.bench.radio", "--child", way]
    child = await asyncio.create_subprocess_exec(*line, stdin=pipe, stdout=pipe, cwd=ROOT)
    assert child.stdin and child.stdout
    asked, said = child.stdin, child.stdout

    async def ask() -> Cost:
        asked.write(b"\n")
        return Cost(*json.loads(await said.readline()))

    try:
        await said.readline()
        yield ask
    finally:
        asked.close()
        await child.wait()


def _payloads(now_s: int) -> list[bytes]:
    """A street, where the tags of this venue stand for a fifth of the senders."""
    tags = iter(_tags(now_s))
    payloads = []
    for number in range(SENDERS):
        payload = market_payload(number)
        if number % (SENDERS // TAGS) == 3:
            tag = next(tags)
            payload = bytes.fromhex("0201060303aafe0d16aafe30ee") + eid(tag.key, tag.exponent, now_s - tag.epoch_s)
        payloads.append(payload)
    return payloads


def _tags(now_s: int) -> list[Tag]:
    epoch_s = now_s // 86_400 * 86_400 - MONTH_S
    keys = [number.to_bytes(16, "big") for number in range(1, TAGS + 1)]
    return [Tag(key, key, EXPONENT, epoch_s, now_s + MONTH_S) for key in keys]


# --- speed: the child


async def _child(way: str) -> None:
    """Listen until the input ends; at each line of it say how much was heard and what it cost."""
    count, turn, end = await (_bare() if way == "bare" else _ours())
    print(json.dumps("listening"), flush=True)
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while await lines.readline():
        heard = -1
        while heard != count():
            heard = count()
            await asyncio.sleep(0.5)
        turn()
        print(json.dumps([heard, time.process_time(), _rss_mb()]), flush=True)
    await end()


Ways = tuple[Callable[[], int], Callable[[], None], Callable[[], Awaitable[None]]]


async def _bare() -> Ways:
    heard = [0]

    def on_report(device: BLEDevice, data: AdvertisementData) -> None:
        heard[0] += 1

    scanner = BleakScanner(on_report, bluez={"adapter": "hci0", "filters": {"DuplicateData": True}})
    await scanner.start()
    return lambda: heard[0], lambda: None, scanner.stop


async def _ours() -> Ways:
    hearing, windows, _ = _hearing()
    radio = BleakRadio("hci0", mono_ms, passive=False, duplicates=True)
    await radio.start(hearing.hear)

    def turn() -> None:  # what the process does each minute
        windows.take_all()
        hearing.take_senders()

    return lambda: hearing.heard, turn, radio.stop


def _hearing() -> tuple[Hearing, Windows, TagTable]:
    """The product's own, with the tags of the venue."""
    windows, now_s = Windows(), int(time.time())
    table = TagTable(_tags(now_s), now_s)
    table.renew(now_s, most=TAGS)
    hearing = Hearing(windows, table, Taps(SETTINGS["balanced"]), lambda held: None)
    hearing.guess_ms = hearing.offset_ms = time.time_ns() // 1_000_000 - mono_ms()
    return hearing, windows, table


# --- memory


async def _memory(quick: bool) -> dict[str, Any]:
    count = SIGHTINGS // 10 if quick else SIGHTINGS
    line = [sys.executable, "-m", "tests.bench.radio", "--memory", str(count)]
    child = await asyncio.create_subprocess_exec(*line, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
    out, _ = await child.communicate()
    found = json.loads(out)
    note = "{warm:.1f} MB after {after} of them, {peak:.1f} MB at the most; {identifiers} identifiers, {us:.1f} us each"
    return {
        "name": f"memory growth over {count} sightings",
        "value": found["peak"] - found["warm"],
        "unit": "MB",
        "bound": f"<= {GROWTH_MB}",
        "holds": found["peak"] - found["warm"] <= GROWTH_MB,
        "note": note.format(**found),
    }


async def _passers_by(quick: bool) -> dict[str, Any]:
    """Senders that come, say a few things and go, as addresses rotate: what stays in bleak and in us."""
    waves, warm = (4, 1) if quick else (14, 4)
    heard = sent = 0
    sizes: list[float] = []
    async with bluez_desk() as fake, _listening("ours") as ask:
        for wave in range(waves):
            sent += (await fake.do("flood", devices=PASSING, rate=RATE, seconds=0.3, first=wave * PASSING))["sent"]
            await fake.do("forget")
            cost = await ask()
            heard, sizes = cost.reports, [*sizes, cost.rss_mb]
    growth = max(sizes[warm:]) - sizes[warm - 1]
    return {"name": f"memory growth through bleak, {(waves - warm) * PASSING} addresses", "value": growth} | {
        "unit": "MB",
        "bound": f"<= {GROWTH_MB}",
        "holds": growth <= GROWTH_MB and heard == sent,
        "note": f"{sizes[warm - 1]:.1f} MB after {warm * PASSING} addresses; {sent - heard} of {sent} reports lost",
    }


def _remember(count: int) -> dict[str, float]:
    """Hear `count` reports in the simulated time that they take: memory after a tenth of them, and at the most."""
    hearing, windows, _ = _hearing()
    reader, offset_ms = Reader(), hearing.offset_ms or 0
    after, warm, peak, kept = min(WARM, count // 10), 0.0, 0.0, 0
    began, first_ms, last_minute = time.process_time(), mono_ms(), 0
    for number, (address, props) in enumerate(_rotating(count)):
        now_ms = first_ms + number * 1000 // RATE
        hearing.hear(Heard(address, -90 + number % 50, now_ms, reader.read(address, props) or ()))
        if now_ms // 60_000 != last_minute:
            last_minute = now_ms // 60_000
            kept += len(windows.take(now_ms + offset_ms))
            hearing.take_senders()
        if number % 50_000 == 0 and number >= after:
            warm = warm or _rss_mb()
            peak = max(peak, _rss_mb())
    us = (time.process_time() - began) / count * 1e6
    return {"warm": warm, "peak": max(peak, _rss_mb()), "after": after, "identifiers": kept, "us": us}


def _rotating(count: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """What bleak hands on: new objects each time, though a sender says the same until it rotates."""
    for number in range(count):
        sender = number % SENDERS
        own = (sender << 32) + number // SENDERS // SAYS_BEFORE_ROTATING
        address = f"C0:{own:010X}"
        match sender % 3:
            case 0:
                uuid = "0000fd6f-0000-1000-8000-00805f9b34fb"
                yield address, {"ServiceData": {uuid: own.to_bytes(20, "big")}, "UUIDs": [uuid]}
            case 1:
                uuid = "00004e56-0000-1000-8000-00805f9b34fb"
                yield address, {"ManufacturerData": {0x22B5: own.to_bytes(12, "big")}, "UUIDs": [uuid]}
            case _:
                yield address, {"ManufacturerData": {0x004C: b"\x10\x06" + own.to_bytes(6, "big")}}


def _rss_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main(argv: list[str]) -> int:
    """The bench, or one of its children."""
    match argv:
        case ["--child", way]:
            asyncio.run(_child(way))
        case ["--memory", count]:
            print(json.dumps(_remember(int(count))))
        case _:
            rows = run("--quick" in argv)
            print(json.dumps(rows, indent=1, ensure_ascii=False))
            return 0 if all(row["holds"] for row in rows) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
