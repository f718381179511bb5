"""bleak's scanner on a BlueZ that refuses, stays deaf, hangs, dies, or floods. The fake speaks on a private D-Bus."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from ble_scanner.devices.bluez import Adapter
from ble_scanner.devices.power_bleak import power_cycle
from ble_scanner.devices.scanner_bleak import PATTERNS, BleakRadio, Waits
from ble_scanner.radio import Heard, RadioFailed
from tests.parts.fake_bluez_air import matches
from tests.parts.fake_bluez_desk import FakeBluez, bluez_desk, mono_ms, until

WAITS = Waits(call=5, look=0.1, silent=60)
TRACING = "03036ffd17166ffd" + "11" * 20
ADDRESS = "C0:00:00:00:00:01"


def on_the_desk(story: Callable[[FakeBluez], Awaitable[None]], running: bool = True) -> None:
    async def run() -> None:
        async with bluez_desk(running) as fake:
            await story(fake)

    asyncio.run(run())


async def told(fake: FakeBluez, payload: str = TRACING, rssi: int = -60, address: str = ADDRESS) -> bool:
    return bool(await fake.do("advertise", address=address, rssi=rssi, payload=payload))


async def reason_of(work: Awaitable[None]) -> str:
    with pytest.raises(RadioFailed) as failed:
        await work
    return failed.value.reason


def radio(passive: bool = True, duplicates: bool = False, waits: Waits = WAITS) -> BleakRadio:
    return BleakRadio("hci0", mono_ms, passive=passive, duplicates=duplicates, waits=waits)


def test_passive_asks_for_sixteen_patterns_and_discovers_nothing() -> None:
    async def story(fake: FakeBluez) -> None:
        it = radio()
        await it.start(lambda heard: None)
        await until(lambda: told(fake))
        state = await fake.do("state")
        assert it.mode == "passive" and state["discovering"] == 0
        assert len(state["patterns"]) == len(PATTERNS) <= 16
        await it.stop()
        assert not (await fake.do("state"))["patterns"]

    on_the_desk(story)


@pytest.mark.parametrize(
    "payload",
    [
        "0201020303564e0fffb522130cea6472130c185d8643df",
        "020106110767a607add1172fa1c44bf573564e0000",
        "14ff4c000108" + "00" * 15,
        "03036ffd17166ffd" + "22" * 20,
        "02011a03036ffd17166ffd" + "22" * 20,
        "0201060303aafe0d16aafe30e7ec31ae4cb8abc2d8",
        "02011a1bff1801beac2f234454cf6d4a0fadf2f4911ba9ffa600010002c509",
        "1aff4c0002152f234454cf6d4a0fadf2f4911ba9ffa600010002c5",
        "0303f6fc",
        "020106",
    ],
)
def test_the_patterns_reach_each_format(payload: str) -> None:
    assert matches(bytes.fromhex(payload), [(p.start_position, p.ad_data_type, p.content_of_pattern) for p in PATTERNS])


def test_without_monitors_it_listens_actively() -> None:
    async def story(fake: FakeBluez) -> None:
        await fake.do("switch", offers_monitors=False)
        heard: list[Heard] = []
        it = radio()
        await it.start(heard.append)
        assert it.mode == "active" and await told(fake)
        await until(lambda: bool(heard))
        await it.stop()

    on_the_desk(story)


def test_a_monitor_that_is_refused_makes_it_listen_actively() -> None:
    async def story(fake: FakeBluez) -> None:
        await fake.do("fail", method="RegisterMonitor", error="org.bluez.Error.Failed", text="no resources")
        it = radio()
        await it.start(lambda heard: None)
        assert it.mode == "active"
        await it.stop()

    on_the_desk(story)


def test_a_monitor_that_the_kernel_rejected_in_silence_is_given_up() -> None:
    async def story(fake: FakeBluez) -> None:
        await fake.do("switch", monitors_are_deaf=True)
        heard: list[Heard] = []
        it = radio(waits=WAITS._replace(silent=0.5))
        await it.start(heard.append)
        modes = [it.mode]
        await until(lambda: told(fake))
        await until(lambda: bool(heard))
        modes.append(it.mode)
        await it.start(heard.append)
        assert [*modes, it.mode] == ["passive", "active", "active"]  # for an hour, not for a moment
        await it.stop()

    on_the_desk(story)


def test_duplicates_get_every_repetition_past_the_filter_of_the_adapter() -> None:
    async def story(fake: FakeBluez) -> None:
        await fake.do("switch", strict_filter=True)
        heard: list[Heard] = []
        it = radio(duplicates=True)
        await it.start(heard.append)
        await until(lambda: _has_patterns(fake))
        assert all([await told(fake, rssi=rssi) for rssi in range(-80, -30, 5)])
        await until(lambda: len(heard) == 10)
        state = await fake.do("state")
        assert state["filters"] == {"Transport": "le", "DuplicateData": True} and state["discovering"] == 1
        await it.stop()

    on_the_desk(story)


def test_duplicates_without_a_monitor_are_heard_as_the_adapter_lets_them_and_said_in_the_journal(
    capfd: pytest.CaptureFixture[str],
) -> None:
    async def story(fake: FakeBluez) -> None:
        await fake.do("fail", method="RegisterMonitor", error="org.bluez.Error.Failed")
        heard: list[Heard] = []
        it = radio(duplicates=True)
        await it.start(heard.append)
        assert await told(fake)
        await until(lambda: bool(heard))
        await it.stop()

    on_the_desk(story)
    assert '{"event": "repetitions_filtered", "why": "failed"' in capfd.readouterr().err


def test_without_duplicates_the_adapter_may_filter() -> None:
    async def story(fake: FakeBluez) -> None:
        await fake.do("switch", strict_filter=True)
        it = radio(passive=False)
        await it.start(lambda heard: None)
        assert [await told(fake), await told(fake)] == [True, False]
        await it.stop()

    on_the_desk(story)


def test_passive_is_told_of_a_strength_only_when_it_has_changed_much() -> None:
    async def story(fake: FakeBluez) -> None:
        heard: list[Heard] = []
        it = radio()
        await it.start(heard.append)
        await until(lambda: told(fake, rssi=-60))
        assert [await told(fake, rssi=rssi) for rssi in (-58, -53, -52, -51)] == [False, False, True, False]
        await until(lambda: len(heard) == 2)
        assert [it.rssi for it in heard] == [-60, -52]
        await it.stop()

    on_the_desk(story)


async def _has_patterns(fake: FakeBluez) -> bool:
    return bool((await fake.do("state"))["patterns"])


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("org.bluez.Error.InProgress", "in_progress"),
        ("org.bluez.Error.NotReady", "not_ready"),
        ("org.freedesktop.DBus.Error.AccessDenied", "no_permission"),
        ("org.bluez.Error.Failed", "failed"),
    ],
)
def test_an_error_of_bluez_becomes_a_reason_and_the_next_start_is_free(error: str, reason: str) -> None:
    async def story(fake: FakeBluez) -> None:
        await fake.do("fail", method="StartDiscovery", error=error)
        it = radio(passive=False)
        assert await reason_of(it.start(lambda heard: None)) == reason
        assert it.fault is not None and it.fault.reason == reason
        await it.start(lambda heard: None)
        assert it.fault is None
        await it.stop()

    on_the_desk(story)


def test_an_adapter_that_is_switched_off_is_not_ready_and_a_power_cycle_cures_it() -> None:
    async def story(fake: FakeBluez) -> None:
        await fake.do("power", on=False)
        it = radio()
        assert await reason_of(it.start(lambda heard: None)) == "not_ready"
        await it.power_cycle()
        await it.start(lambda heard: None)
        await it.stop()

    on_the_desk(story)


def test_an_adapter_that_is_switched_off_while_it_listens_is_told_and_used_again() -> None:
    async def story(fake: FakeBluez) -> None:
        heard: list[Heard] = []
        it = radio(passive=False)
        await it.start(heard.append)
        await fake.do("power", on=False)
        await until(lambda: it.fault is not None and it.fault.reason == "not_ready")
        await fake.do("power", on=True)
        await until(lambda: it.fault is None)
        await until(lambda: told(fake))
        await until(lambda: bool(heard))
        await it.stop()

    on_the_desk(story)


def test_a_soft_block_is_told_as_such() -> None:
    async def story(fake: FakeBluez) -> None:
        await fake.do("switch", blocked=True)
        await fake.do("power", on=False)
        it = radio()
        assert await reason_of(it.start(lambda heard: None)) == "blocked"
        assert await reason_of(it.power_cycle()) == "blocked"

    on_the_desk(story)


def test_a_soft_block_is_told_by_the_kernel_where_bluez_is_too_old_to_say(tmp_path: Path) -> None:
    async def story(fake: FakeBluez) -> None:
        await fake.do("power", on=False)
        await fake.do("fail", method="Set", error="org.bluez.Error.Failed", text="Failed", times=2)
        line = Adapter("hci0", rfkill=tmp_path)
        await line.open()
        assert await reason_of(_look(line)) == "blocked"
        line.close()
        assert await reason_of(power_cycle("hci0", off_s=0, rfkill=tmp_path)) == "blocked"

    for switch, kind, soft in (("rfkill0", "wlan", "0"), ("rfkill1", "bluetooth", "1")):
        for name, text in (("type", kind), ("soft", soft), ("hard", "0")):
            (tmp_path / switch).mkdir(exist_ok=True)
            (tmp_path / switch / name).write_text(text + "\n")
    (tmp_path / "rfkill2").mkdir()  # unplugged at this moment
    on_the_desk(story)


async def _look(line: Adapter) -> None:
    await line.look()


def test_without_bluez_start_says_so() -> None:
    async def story(fake: FakeBluez) -> None:
        assert await reason_of(radio().start(lambda heard: None)) == "no_bluez"

    on_the_desk(story, running=False)


@pytest.mark.parametrize("duplicates", [True, False])
def test_a_service_that_dies_and_comes_back_is_heard_again(duplicates: bool) -> None:
    async def story(fake: FakeBluez) -> None:
        heard: list[Heard] = []
        it = radio(duplicates=duplicates)
        await it.start(heard.append)
        await fake.kill()
        await until(lambda: it.fault is not None and it.fault.reason == "no_bluez")
        await fake.start()
        await until(lambda: told(fake))
        await until(lambda: bool(heard))
        assert it.fault is None
        await it.stop()

    on_the_desk(story)


def test_an_adapter_that_is_gone_for_a_blink_is_noticed() -> None:
    async def story(fake: FakeBluez) -> None:
        heard: list[Heard] = []
        it = radio(waits=WAITS._replace(look=1.0))
        await it.start(heard.append)
        await until(lambda: told(fake))
        await fake.do("remove_adapter")
        await fake.do("add_adapter")
        await until(lambda: told(fake, address="C0:00:00:00:00:02"))
        await until(lambda: heard[-1].address == "C0:00:00:00:00:02")
        await it.stop()

    on_the_desk(story)


def test_a_discovery_that_somebody_else_ended_is_begun_anew() -> None:
    async def story(fake: FakeBluez) -> None:
        it = radio(passive=False)
        await it.start(lambda heard: None)
        await fake.do("power", on=False)
        await fake.do("power", on=True)
        await until(lambda: told(fake))
        await it.stop()

    on_the_desk(story)


def test_a_service_that_hangs_ends_start_and_stop_in_time() -> None:
    async def story(fake: FakeBluez) -> None:
        it = radio(waits=WAITS._replace(call=2.0))
        await it.start(lambda heard: None)
        await fake.do("switch", stalled=True)
        began = time.monotonic()
        await until(lambda: it.fault is not None and it.fault.reason == "no_answer")
        await it.stop()
        assert await reason_of(it.start(lambda heard: None)) == "no_answer"
        assert await reason_of(it.power_cycle()) == "no_answer"
        assert time.monotonic() - began < 25
        await fake.do("switch", stalled=False)
        await until(lambda: _starts(it))
        await it.stop()

    on_the_desk(story)


async def _starts(it: BleakRadio) -> bool:
    with suppress(RadioFailed):
        await it.start(lambda heard: None)
        return True
    return False


@pytest.mark.parametrize("duplicates", [True, False])
def test_of_a_flood_nothing_is_lost(duplicates: bool) -> None:
    async def story(fake: FakeBluez) -> None:
        heard: list[Heard] = []
        it = radio(passive=True, duplicates=duplicates)
        await it.start(heard.append)
        await until(lambda: told(fake, address="C0:FF:00:00:00:01"))
        sent = (await fake.do("flood", devices=500, rate=3000, seconds=1.5))["sent"]
        await until(lambda: len(heard) >= sent + 1)
        assert len(heard) == sent + 1 and len({it.address for it in heard}) == 501
        kinds = {sighting.kind for it in heard for sighting in it.sightings}
        assert kinds == {"exposure-notification", "bluezone", "eddystone-eid"}
        await it.stop()

    on_the_desk(story)


def test_what_has_no_strength_is_not_an_advertisement() -> None:
    async def story(fake: FakeBluez) -> None:
        heard: list[Heard] = []
        it = radio(passive=False)
        await it.start(heard.append)
        assert await told(fake, rssi=127) and await told(fake, rssi=-60)
        await until(lambda: bool(heard))
        assert [it.rssi for it in heard] == [-60]
        await it.stop()

    on_the_desk(story)


def test_no_address_reaches_the_journal(capfd: pytest.CaptureFixture[str]) -> None:
    async def story(fake: FakeBluez) -> None:
        it = radio(passive=False)
        await it.start(lambda heard: None)
        assert await told(fake)
        await fake.kill()
        await until(lambda: it.fault is not None)
        await it.stop()

    on_the_desk(story)
    lines = [line for line in capfd.readouterr().err.splitlines() if not line.startswith("dbus-daemon")]
    assert lines == []
