"""The radio process on bleak and a fake BlueZ: what is on air is kept, a tag is a tap, a lost adapter is used again."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.parts.fake_bluez_desk import FakeBluez, bluez_desk, until
from tests.parts.radio_process import RadioProcess, current_eid, make_tag
from wire.sightings import SYSTEMS

TRACING = "03036ffd17166ffd" + "8be6cd371c5c891604bfbe49df84509672033874"
ANDROID = "0201020303564e0fffb522130cea6472130c185d8643df"
IPHONE = "020106110767a607add1172fa1c44bf573564e0000"
PHONE = {
    "service": "00004e56-73f5-4bc4-a12f-17d1ad07a667",
    "characteristic": "00004e56-73f5-4bc4-a12f-17d1ad07a689",
    "value": "490c085d937456a4dd07e710",
}
Story = Callable[[FakeBluez, RadioProcess], Awaitable[None]]


def with_the_process(folder: Path, story: Story, radio: str = "") -> None:
    async def run() -> None:
        async with bluez_desk() as fake:
            process = RadioProcess(folder, radio=radio)
            text = process.settings.read_text("utf-8").replace('kind = "simulated"', 'kind = "bleak"')
            process.settings.write_text(text, "utf-8")
            try:
                await story(fake, process)
            finally:
                process.kill()

    asyncio.run(run())


async def listening(fake: FakeBluez) -> bool:
    state = await fake.do("state")
    return bool(state["discovering"] or state["patterns"])


async def on_air(fake: FakeBluez, address: str, payload: str, rssi: int = -60) -> None:
    await until(lambda: _told(fake, address, payload, rssi))


async def _told(fake: FakeBluez, address: str, payload: str, rssi: int) -> bool:
    return bool(await fake.do("advertise", address=address, rssi=rssi, payload=payload))


@pytest.mark.parametrize("radio", ["", "duplicates = false", "passive = false\nduplicates = false"])
def test_what_is_on_air_is_kept(tmp_path: Path, radio: str) -> None:
    async def story(fake: FakeBluez, process: RadioProcess) -> None:
        await asyncio.to_thread(process.start)
        assert process.ready == {"ready": True, "radio": "bleak", "state": "listening"}
        await on_air(fake, "C0:00:00:00:00:01", TRACING)
        await on_air(fake, "C0:00:00:00:00:02", ANDROID)
        await until(lambda: process.status().get("per_minute") == 2)
        assert process.status()["mode"] == ("passive" if radio == "duplicates = false" else "active")
        assert process.stop() == 0
        kept = {(window.system, window.identifier.hex()) for window in process.windows()}
        assert kept == {(SYSTEMS["exposure-notification"], TRACING[16:]), (SYSTEMS["bluezone"], ANDROID[-24:])}

    with_the_process(tmp_path, story, radio)


def test_an_iphone_is_asked_for_its_identifier_where_that_is_allowed(tmp_path: Path) -> None:
    async def story(fake: FakeBluez, process: RadioProcess) -> None:
        await asyncio.to_thread(process.start)
        await fake.do("advertise", address="C0:00:00:00:00:03", rssi=-50, payload=IPHONE, phone=PHONE)
        await until(lambda: process.status().get("kind.bluezone") == 1)
        assert process.stop() == 0
        assert (await fake.do("state"))["calls"]["ReadValue"] == 1

    with_the_process(tmp_path, story, "read_bluezone_ios = true")


def test_nobody_is_asked_unless_it_is_switched_on(tmp_path: Path) -> None:
    async def story(fake: FakeBluez, process: RadioProcess) -> None:
        await asyncio.to_thread(process.start)
        await fake.do("advertise", address="C0:00:00:00:00:03", rssi=-50, payload=IPHONE, phone=PHONE)
        await until(lambda: process.status().get("kind.bluezone-ios") == 1)
        assert process.stop() == 0
        assert "Connect" not in (await fake.do("state"))["calls"]

    with_the_process(tmp_path, story)


def test_a_tag_held_to_the_gate_is_a_tap(tmp_path: Path) -> None:
    async def story(fake: FakeBluez, process: RadioProcess) -> None:
        tag = make_tag()
        process.publish_tags(tag)
        await fake.do("switch", strict_filter=True)  # as a real adapter drops repetitions
        await asyncio.to_thread(process.start)
        await until(lambda: process.status().get("tags") == 1)
        await until(lambda: listening(fake))
        payload = "0201060303aafe0d16aafe30ee" + current_eid(tag).hex()
        carried, held = asyncio.create_task(_levels(fake, payload)), asyncio.to_thread(process.wait_taps, 1)
        (tap,) = await held
        assert tap.pass_id == tag.pass_id
        await carried
        assert process.stop() == 0

    with_the_process(tmp_path, story)


async def _levels(fake: FakeBluez, payload: str) -> None:
    """A hand comes to the mark, rests, and goes: a report each 100 ms."""
    for rssi in (*range(-74, -34, 4), *[-33] * 15, *range(-36, -76, -8)):
        await fake.do("advertise", address="C0:00:00:00:00:09", rssi=rssi, payload=payload)
        await asyncio.sleep(0.1)


def test_an_adapter_that_is_replugged_is_used_again(tmp_path: Path) -> None:
    async def story(fake: FakeBluez, process: RadioProcess) -> None:
        await asyncio.to_thread(process.start)
        await on_air(fake, "C0:00:00:00:00:01", TRACING)
        await fake.do("remove_adapter")
        await until(lambda: process.status().get("state") == "failed")
        assert process.status()["reason"] == "no_adapter"
        await fake.do("add_adapter")
        await on_air(fake, "C0:00:00:00:00:02", ANDROID)
        await until(lambda: process.status().get("state") == "listening")
        assert process.stop() == 0

    with_the_process(tmp_path, story)
