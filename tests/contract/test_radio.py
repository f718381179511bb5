"""What ble_scanner.radio.Radio promises, kept by each radio: the simulated one, and bleak on a fake BlueZ."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

import pytest

from ble_scanner.devices.scanner_bleak import BleakRadio, Waits
from ble_scanner.devices.scanner_simulated import SimulatedRadio
from ble_scanner.radio import Heard, Radio, RadioFailed
from ble_scanner.simulated import Advert, trace_line
from tests.parts.fake_bluez_desk import FakeBluez, bluez_desk, mono_ms, until

TRACING = bytes.fromhex("03036ffd17166ffd") + bytes(range(20))
HEADSET = bytes.fromhex("0201060a0954762d3132333435")
WAITS = Waits(call=5, look=0.1, silent=60)


class Rig(Protocol):
    """A radio, and the world around it."""

    radio: Radio

    async def send(self, rssi: int, payload: bytes) -> None:
        """One advertisement on air."""
        ...

    async def unplug(self) -> None:
        """The adapter is pulled out."""
        ...

    async def plug(self) -> None:
        """The adapter is put back."""
        ...


class SimulatedRig:
    def __init__(self, folder: Path) -> None:
        self.radio: Radio = SimulatedRadio(folder, mono_ms, lambda: time.time_ns() // 1_000_000)
        self.folder = folder

    async def send(self, rssi: int, payload: bytes) -> None:
        trace = self.folder / "trace.part"
        trace.write_text(trace_line(Advert(0, "C0:00:00:00:00:01", rssi, payload), 0))
        trace.replace(self.folder / "trace.jsonl")

    async def unplug(self) -> None:
        (self.folder / "unplugged").touch()

    async def plug(self) -> None:
        (self.folder / "unplugged").unlink()


class BleakRig:
    def __init__(self, fake: FakeBluez, passive: bool, duplicates: bool) -> None:
        self.radio: Radio = BleakRadio("hci0", mono_ms, passive=passive, duplicates=duplicates, waits=WAITS)
        self.fake = fake

    async def send(self, rssi: int, payload: bytes) -> None:
        await until(lambda: self._told(rssi, payload))

    async def _told(self, rssi: int, payload: bytes) -> bool:
        order = {"address": "C0:00:00:00:00:01", "rssi": rssi, "payload": payload.hex()}
        return bool(await self.fake.do("advertise", **order))

    async def unplug(self) -> None:
        await self.fake.do("remove_adapter")

    async def plug(self) -> None:
        await self.fake.do("add_adapter")


@asynccontextmanager
async def simulated(folder: Path) -> AsyncIterator[Rig]:
    yield SimulatedRig(folder)


@asynccontextmanager
async def bleak_passive(folder: Path) -> AsyncIterator[Rig]:
    async with bluez_desk() as fake:
        yield BleakRig(fake, passive=True, duplicates=False)


@asynccontextmanager
async def bleak_active(folder: Path) -> AsyncIterator[Rig]:
    async with bluez_desk() as fake:
        yield BleakRig(fake, passive=False, duplicates=False)


@asynccontextmanager
async def bleak_duplicates(folder: Path) -> AsyncIterator[Rig]:
    async with bluez_desk() as fake:
        yield BleakRig(fake, passive=True, duplicates=True)


Duty = Callable[[Rig], Awaitable[None]]
Keep = Callable[[Duty], None]


@pytest.fixture(params=[simulated, bleak_passive, bleak_active, bleak_duplicates], ids=lambda rig: rig.__name__)
def keep(request: pytest.FixtureRequest, tmp_path: Path) -> Keep:
    """Runs a duty with a fresh rig, and stops its radio."""

    async def run(duty: Duty) -> None:
        async with request.param(tmp_path) as rig:
            try:
                await duty(rig)
            finally:
                await rig.radio.stop()

    return lambda duty: asyncio.run(run(duty))


def test_what_is_on_air_is_heard_with_its_strength_and_time(keep: Keep) -> None:
    async def duty(rig: Rig) -> None:
        heard: list[Heard] = []
        await rig.radio.start(heard.append)
        before = mono_ms()
        await rig.send(-61, TRACING)
        await until(lambda: bool(heard))
        assert heard[0].rssi == -61 and before - 2000 <= heard[0].mono_ms <= mono_ms()
        (sighting,) = heard[0].sightings
        assert (sighting.kind, sighting.id, sighting.extra) == ("exposure-notification", TRACING[8:24], TRACING[24:])

    keep(duty)


def test_what_is_of_no_format_of_ours_is_heard_empty(keep: Keep) -> None:
    async def duty(rig: Rig) -> None:
        heard: list[Heard] = []
        await rig.radio.start(heard.append)
        await rig.send(-70, HEADSET)
        await until(lambda: bool(heard))
        assert heard[0].sightings == ()

    keep(duty)


def test_a_repetition_with_another_strength_is_heard_again(keep: Keep) -> None:
    async def duty(rig: Rig) -> None:
        heard: list[Heard] = []
        await rig.radio.start(heard.append)
        for count, rssi in enumerate((-80, -50, -30), 1):
            await rig.send(rssi, TRACING)
            await until(lambda count=count: len(heard) == count)  # type: ignore[misc]
        assert [it.rssi for it in heard] == [-80, -50, -30]
        assert len({it.sightings for it in heard}) == 1

    keep(duty)


def test_stop_ends_hearing_and_may_be_repeated(keep: Keep) -> None:
    async def duty(rig: Rig) -> None:
        await rig.radio.stop()
        heard: list[Heard] = []
        await rig.radio.start(heard.append)
        await rig.send(-61, TRACING)
        await until(lambda: bool(heard))
        await rig.radio.stop()
        await rig.radio.stop()
        assert rig.radio.fault is None
        count, later = len(heard), list[Heard]()
        await rig.radio.start(later.append)
        await rig.send(-41, TRACING)
        await until(lambda: bool(later))
        assert len(heard) == count

    keep(duty)


def test_a_second_start_is_a_restart_with_the_new_hearer(keep: Keep) -> None:
    async def duty(rig: Rig) -> None:
        first: list[Heard] = []
        second: list[Heard] = []
        await rig.radio.start(first.append)
        await rig.radio.start(second.append)
        await rig.send(-61, TRACING)
        await until(lambda: bool(second))
        assert not first

    keep(duty)


def test_without_an_adapter_start_says_so_and_may_be_tried_again(keep: Keep) -> None:
    async def duty(rig: Rig) -> None:
        heard: list[Heard] = []
        await rig.unplug()
        with pytest.raises(RadioFailed) as failed:
            await rig.radio.start(heard.append)
        assert failed.value.reason == "no_adapter" and rig.radio.fault is not None
        with pytest.raises(RadioFailed):
            await rig.radio.power_cycle()
        await rig.plug()
        await rig.radio.start(heard.append)
        assert rig.radio.fault is None
        await rig.send(-61, TRACING)
        await until(lambda: bool(heard))

    keep(duty)


def test_an_adapter_that_is_pulled_out_and_put_back_is_heard_again_by_itself(keep: Keep) -> None:
    async def duty(rig: Rig) -> None:
        heard: list[Heard] = []
        await rig.radio.start(heard.append)
        await rig.unplug()
        await until(lambda: rig.radio.fault is not None)
        assert rig.radio.fault and rig.radio.fault.reason == "no_adapter"
        await rig.plug()
        await until(lambda: rig.radio.fault is None)
        await rig.send(-61, TRACING)
        await until(lambda: bool(heard))

    keep(duty)


def test_a_power_cycle_stops_and_leaves_a_radio_that_starts(keep: Keep) -> None:
    async def duty(rig: Rig) -> None:
        heard: list[Heard] = []
        await rig.radio.start(heard.append)
        await rig.radio.power_cycle()
        await rig.radio.start(heard.append)
        await rig.send(-61, TRACING)
        await until(lambda: bool(heard))

    keep(duty)


def test_the_mode_is_one_of_the_two(keep: Keep) -> None:
    async def duty(rig: Rig) -> None:
        assert rig.radio.mode in ("passive", "active")
        await rig.radio.start(lambda heard: None)
        assert rig.radio.mode in ("passive", "active")

    keep(duty)


def test_the_private_bus_is_private() -> None:
    """A test must never reach the radio of the machine that it runs on."""

    async def run() -> None:
        before = os.environ.get("DBUS_SYSTEM_BUS_ADDRESS")
        async with bluez_desk(running=False) as fake:
            assert os.environ["DBUS_SYSTEM_BUS_ADDRESS"] == fake.address
            with pytest.raises(RadioFailed) as failed:
                await BleakRadio("hci0", mono_ms, waits=WAITS).start(lambda heard: None)
            assert failed.value.reason == "no_bluez"
        assert os.environ.get("DBUS_SYSTEM_BUS_ADDRESS") == before

    asyncio.run(run())
