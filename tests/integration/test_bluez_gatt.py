"""Reading the identifier of Bluezone on an iPhone: phones that answer, hang, refuse, leave, or are no such phone."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ble_scanner.devices.asking import SLOT_MS
from ble_scanner.devices.gatt_bleak import CHARACTERISTIC, SERVICE, BleakPhoneReader
from ble_scanner.devices.scanner_bleak import BleakRadio, Waits
from ble_scanner.radio import Heard
from ble_scanner.sighting import Sighting
from tests.parts.fake_bluez_desk import FakeBluez, bluez_desk, mono_ms, until

IPHONE = "020106110767a607add1172fa1c44bf573564e0000"
IDENTIFIER = "130cea6472130c185d8643df"
FIRST, SECOND = "C0:00:00:00:00:01", "C0:00:00:00:00:02"


def phone(trouble: str = "", value: str = IDENTIFIER, service: str = SERVICE) -> dict[str, Any]:
    return {"service": service, "characteristic": CHARACTERISTIC, "value": value, "trouble": trouble}


class Desk:
    """A radio whose phones are handed to a reader, as the radio process does; a wall clock that a test can turn."""

    def __init__(self, fake: FakeBluez, limit_s: float) -> None:
        self.fake = fake
        self.unix_ms = 100 * SLOT_MS
        self.answers: list[Heard] = []
        self.reader = BleakPhoneReader(
            "hci0", self.answers.append, mono_ms, lambda: self.unix_ms, limit_s=limit_s, look_s=0.05
        )
        self.radio = BleakRadio("hci0", mono_ms, passive=False, waits=Waits(call=5, look=5))

    def hear(self, heard: Heard) -> None:
        if any(sighting.kind == "bluezone-ios" for sighting in heard.sightings):
            self.reader.offer(heard)

    async def on_air(self, address: str, rssi: int, about: dict[str, Any] | None = None) -> None:
        assert await self.fake.do("advertise", address=address, rssi=rssi, payload=IPHONE, phone=about)

    async def calls(self, method: str) -> int:
        return int((await self.fake.do("state"))["calls"].get(method, 0))


def at_the_desk(story: Callable[[Desk], Awaitable[None]], limit_s: float = 10.0) -> None:
    async def run() -> None:
        async with bluez_desk() as fake:
            desk = Desk(fake, limit_s)
            await desk.radio.start(desk.hear)
            await story(desk)
            await desk.reader.stop()
            await desk.reader.stop()
            await desk.radio.stop()

    asyncio.run(run())


def test_a_phone_is_asked_once_in_a_slot_and_stands_for_what_it_said() -> None:
    async def story(desk: Desk) -> None:
        await desk.on_air(FIRST, -55, phone())
        await until(lambda: bool(desk.answers))
        answer = desk.answers[0]
        assert answer.sightings == (Sighting("bluezone", bytes.fromhex(IDENTIFIER)),)
        assert (answer.address, answer.rssi) == (FIRST, -55)
        await desk.on_air(FIRST, -40)
        await until(lambda: any(it.rssi == -40 for it in desk.answers))
        assert await desk.calls("ReadValue") == 1
        desk.unix_ms += SLOT_MS
        await desk.on_air(FIRST, -41)
        await until(lambda: any(it.rssi == -41 for it in desk.answers))
        assert await desk.calls("ReadValue") == 2

    at_the_desk(story)


def test_the_connection_is_closed_after_the_answer() -> None:
    async def story(desk: Desk) -> None:
        await desk.on_air(FIRST, -55, phone())
        await until(lambda: bool(desk.answers))
        await until(lambda: _is_alone(desk))

    at_the_desk(story)


async def _is_alone(desk: Desk) -> bool:
    return not (await desk.fake.do("state"))["connected"]


@pytest.mark.parametrize("trouble", ["connect hangs", "services hang", "read hangs", "refuses", "leaves"])
def test_a_phone_in_trouble_is_let_go_and_the_next_one_is_asked(trouble: str) -> None:
    async def story(desk: Desk) -> None:
        await desk.on_air(FIRST, -40, phone(trouble))
        await until(lambda: _called(desk, "Connect", 1))
        await desk.on_air(SECOND, -70, phone())
        await until(lambda: bool(desk.answers))
        assert [it.address for it in desk.answers] == [SECOND]
        await until(lambda: _is_alone(desk))
        await desk.on_air(FIRST, -41)  # within its minute of rest
        await desk.on_air(SECOND, -71)
        await until(lambda: len(desk.answers) > 1)
        assert await desk.calls("Connect") == 2

    at_the_desk(story, limit_s=0.7)


async def _called(desk: Desk, method: str, times: int) -> bool:
    return await desk.calls(method) >= times


@pytest.mark.parametrize(
    "about", [phone(value="00"), phone(service="0000180f-0000-1000-8000-00805f9b34fb"), phone(service="")]
)
def test_who_is_no_phone_of_that_kind_gives_no_identifier(about: dict[str, Any]) -> None:
    if about["service"] != SERVICE:
        about["characteristic"] = "00002a19-0000-1000-8000-00805f9b34fb"

    async def story(desk: Desk) -> None:
        await desk.on_air(FIRST, -40, about)
        await until(lambda: _called(desk, "Connect", 1))
        await desk.on_air(SECOND, -70, phone())
        await until(lambda: bool(desk.answers))
        assert {it.address for it in desk.answers} == {SECOND}

    at_the_desk(story)


def test_a_service_that_hangs_does_not_hold_the_reader_for_ever(capfd: pytest.CaptureFixture[str]) -> None:
    async def story(desk: Desk) -> None:
        await desk.on_air(FIRST, -40, phone("connect hangs"))
        await until(lambda: _called(desk, "Connect", 1))
        await desk.fake.do("switch", stalled=True)
        began = time.monotonic()
        await desk.reader.stop()
        assert time.monotonic() - began < 15
        await desk.fake.do("switch", stalled=False)

    at_the_desk(story, limit_s=0.5)
    assert FIRST.replace(":", "_") not in capfd.readouterr().err
