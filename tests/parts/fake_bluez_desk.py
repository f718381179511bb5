"""A private D-Bus with a fake BlueZ on it, for one test: `async with bluez_desk() as fake: await fake.do(...)`.

Meanwhile DBUS_SYSTEM_BUS_ADDRESS names that bus, so bleak in this process and in its children talks to the fake. Needs
the program dbus-daemon (Debian: dbus), no root and no adapter.
"""

import asyncio
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.needs import need

SLOW_S = 20.0  # a machine that also runs the other tests
ADDRESS = "DBUS_SYSTEM_BUS_ADDRESS"
ROOT = Path(__file__).resolve().parents[2]
Process = asyncio.subprocess.Process


def mono_ms() -> int:
    """The clock that radios are given."""
    return time.monotonic_ns() // 1_000_000


async def until(ask: Callable[[], Awaitable[bool] | bool], seconds: float = SLOW_S) -> None:
    """Wait until `ask` says yes; TimeoutError when it does not in time."""
    async with asyncio.timeout(seconds):
        while True:
            answer = ask()
            if answer if isinstance(answer, bool) else await answer:
                return
            await asyncio.sleep(0.02)


class FakeBluez:
    """The fake's remote control."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._process: Process | None = None

    async def start(self) -> None:
        """bluetoothd starts; for one that runs nothing happens."""
        if self._process is None:
            line = [sys.executable, "-m", "tests.parts.fake_bluez", self.address]
            pipe = asyncio.subprocess.PIPE
            self._process = await asyncio.create_subprocess_exec(*line, stdin=pipe, stdout=pipe, cwd=ROOT)
            await self._answer(SLOW_S)

    async def kill(self) -> None:
        """bluetoothd dies: org.bluez is gone from the bus."""
        process, self._process = self._process, None
        if process is not None:
            await _end(process)

    async def do(self, order: str, **details: Any) -> Any:
        """Give one order of tests.parts.fake_bluez and wait for its result."""
        assert self._process and self._process.stdin
        self._process.stdin.write(json.dumps({"do": order, **details}).encode() + b"\n")
        await self._process.stdin.drain()
        return await self._answer(SLOW_S + details.get("seconds", 0))

    async def _answer(self, seconds: float) -> Any:
        assert self._process and self._process.stdout
        async with asyncio.timeout(seconds):
            answer = json.loads(await self._process.stdout.readline())
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer["ok"]


@asynccontextmanager
async def bluez_desk(running: bool = True) -> AsyncIterator[FakeBluez]:
    """The bus and the fake on it (`running` False: a bus without BlueZ); both end at the end."""
    need(shutil.which("dbus-daemon") is not None, "dbus-daemon")
    before = os.environ.get(ADDRESS)
    with tempfile.TemporaryDirectory(prefix="bluez-") as folder:
        line = [
            "dbus-daemon",
            "--session",
            "--nofork",
            "--nopidfile",
            "--print-address=1",
            f"--address=unix:dir={folder}",
        ]
        bus = await asyncio.create_subprocess_exec(*line, stdout=asyncio.subprocess.PIPE)
        assert bus.stdout
        async with asyncio.timeout(SLOW_S):
            address = (await bus.stdout.readline()).decode().strip()
        os.environ[ADDRESS] = address
        fake = FakeBluez(address)
        try:
            if running:
                await fake.start()
            yield fake
        finally:
            await fake.kill()
            await _end(bus)
            os.environ.pop(ADDRESS) if before is None else os.environ.__setitem__(ADDRESS, before)
            await _settle()


async def _end(process: Process) -> None:
    if process.stdin:
        process.stdin.close()
    if process.returncode is None:
        process.terminate()
    await process.wait()


async def _settle() -> None:
    """Clients see that the bus is gone, and close their sockets, before the loop ends."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        await asyncio.wait(others, timeout=5)
