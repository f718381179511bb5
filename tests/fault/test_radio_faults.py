"""The radio process when things go wrong: receiver gone or deaf, card full, clock jumping, a flood, a lost file."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from store.sightings import FILE
from tests.needs import need
from tests.parts.radio_process import RadioProcess, make_tag, now_ms
from tests.parts.waits import wait_for
from wire.sightings import DAY_MS

AddRadio = Callable[..., RadioProcess]
WHOLE_LADDER = ("restart_scanner", "power_cycle", "restart_bluetooth", "reboot")


@pytest.fixture
def add_radio(tmp_path: Path) -> Iterator[AddRadio]:
    made: list[RadioProcess] = []

    def add(**options: object) -> RadioProcess:
        made.append(RadioProcess(tmp_path / f"radio-{len(made)}", **options))  # type: ignore[arg-type]
        return made[-1]

    yield add
    for radio in made:
        radio.stop()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 12 MB."""
    need(os.geteuid() == 0, "root, to mount a small file system")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "gatepost-test", str(disk)], capture_output=True
    )
    need(mounted.returncode == 0, "the right to mount a small file system")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def _recoveries(radio: RadioProcess) -> list[str]:
    path = radio.air / "recovery.jsonl"
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return [json.loads(line)["did"] for line in lines]


def test_a_receiver_pulled_out_and_put_back_hears_again_and_every_step_is_on_record(add_radio: AddRadio) -> None:
    radio = add_radio()
    radio.put("market.json", {"phones": 30})
    radio.start()
    radio.wait_status("phones", state="listening")
    radio.put("unplugged")
    radio.wait_status("the fault", state="failed", reason="no_adapter")
    radio.wait_steps("power_cycle", "restart_bluetooth")
    radio.take_away("unplugged")
    steps = wait_for(lambda: s if (s := radio.steps())[-1].name == "heard" else [], "it hears again")
    assert json.loads(steps[0].detail)["reason"] == "no_adapter"
    assert json.loads(steps[-1].detail)["silent_s"] >= 1
    radio.wait_status("the end of the fault", state="listening", reason=None)


def test_a_missing_receiver_at_the_start_does_not_keep_the_process_from_running(add_radio: AddRadio) -> None:
    radio = add_radio(radio="recover = false")
    radio.put("unplugged")
    radio.start()
    assert radio.ready["state"] == "failed"
    radio.wait_steps("power_cycle")
    radio.put("market.json", {"phones": 30})
    radio.take_away("unplugged")
    radio.wait_steps("power_cycle", "heard")


@pytest.mark.parametrize("cure", ["restart_scanner", "power_cycle", "restart_bluetooth"])
def test_a_deaf_receiver_is_helped_as_far_as_it_needs_and_no_further(add_radio: AddRadio, cure: str) -> None:
    radio = add_radio()
    radio.put("market.json", {"phones": 30})
    radio.start()
    (radio.air / "silent").write_text(cure, "ascii")
    taken = [step.name for step in radio.wait_steps(cure, "heard")]
    assert taken == [*WHOLE_LADDER[: WHOLE_LADDER.index(cure) + 1], "heard"]


def test_a_silence_that_nothing_mends_asks_for_one_reboot_and_not_for_a_second(add_radio: AddRadio) -> None:
    radio = add_radio(hurry=120)
    radio.put("silent")
    radio.start()
    radio.wait_steps(*WHOLE_LADDER)
    assert _recoveries(radio) == ["restart_bluetooth", "reboot"]
    radio.kill()
    radio.bend_clock(400 * DAY_MS)  # a year later, says the clock
    radio.start()
    radio.wait_steps("reboot", *WHOLE_LADDER[:3])
    wait_for(lambda: _rests(radio), "the ladder rests")
    assert [step.name for step in radio.steps()].count("reboot") == 1
    assert _recoveries(radio).count("reboot") == 1


def _rests(radio: RadioProcess) -> bool:
    """Two words of the process after the last step without another."""
    last, said = radio.steps()[-1], radio.status()
    return int(str(said["mono_ms"])) - last.mono_ms > 5_000


def test_no_reboot_while_people_are_at_the_gate(add_radio: AddRadio) -> None:
    radio, tag = add_radio(hurry=20), make_tag()
    radio.publish_tags(tag)
    radio.start()
    radio.wait_status("the tag", tags=1)
    radio.hold(tag)
    radio.wait_taps(1)
    radio.put("silent")
    radio.wait_steps(*WHOLE_LADDER[:3])
    wait_for(lambda: _rests(radio), "the ladder rests")
    assert _recoveries(radio) == ["restart_bluetooth"]


def test_a_full_card_keeps_no_sightings_and_taps_go_on(add_radio: AddRadio, small_disk: Path) -> None:
    radio, tag = add_radio(store=small_disk / "store", minimum_free_mb=8), make_tag()
    radio.publish_tags(tag)
    radio.put("market.json", {"phones": 40})
    radio.start()
    radio.wait_status("the tag", tags=1)
    radio.hold(tag)
    radio.wait_taps(1)
    assert radio.is_alive()
    radio.stop()
    said = radio.status()
    assert (said["problem"], said["kept"]) == ("disk_full", 0)
    assert int(str(said["waiting"])) > 0
    assert radio.windows() == []


def test_a_card_without_a_single_byte_left_does_not_end_the_process(add_radio: AddRadio, small_disk: Path) -> None:
    radio, tag = add_radio(store=small_disk / "store", minimum_free_mb=1), make_tag()
    radio.publish_tags(tag)
    radio.start()
    radio.wait_status("the tag", tags=1)
    ballast = small_disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        while True:
            try:
                file.write(bytes(65_536))
            except OSError:
                break
    for _ in range(3):
        radio.hold(tag, hold_ms=600)
        wait_for(lambda: not (radio.air / "tap.json").exists(), "the tag was held")
    assert radio.is_alive()
    ballast.unlink()
    told = int(str(radio.status()["mono_ms"]))
    wait_for(lambda: int(str(radio.status()["mono_ms"])) > told, "its word, with room again")
    before = len(radio.taps())

    def held_again() -> bool:
        if not (radio.air / "tap.json").exists():
            radio.hold(tag)
        return len(radio.taps()) > before

    wait_for(held_again, "a tap, with room again", every=2.0)


def test_a_clock_that_is_unset_keeps_no_sightings_and_lets_tags_tap(add_radio: AddRadio) -> None:
    radio, tag = add_radio(), make_tag()
    radio.bend_clock(0, synchronised=False)
    radio.publish_tags(tag)
    radio.put("market.json", {"phones": 40})
    radio.start()
    radio.wait_status("the tag", tags=1)
    radio.hold(tag)
    radio.wait_taps(1)
    radio.stop()
    assert radio.windows() == []
    assert int(str(radio.status()["unkept"])) > 0


def test_a_clock_that_jumps_files_each_sighting_under_the_time_it_was_heard_at(add_radio: AddRadio) -> None:
    radio = add_radio()
    radio.put("market.json", {"phones": 40})
    today = now_ms() // DAY_MS
    radio.start()
    wait_for(lambda: radio.status().get("kind.bluezone"), "phones")
    radio.bend_clock(3 * DAY_MS)
    wait_for(lambda: [line for line in radio.log() if line["event"] == "clock"], "the jump")
    told = int(str(radio.status()["mono_ms"]))
    wait_for(lambda: int(str(radio.status()["mono_ms"])) > told + 3_000, "some seconds later")
    radio.stop()
    days = {window.at_ms // DAY_MS for window in radio.windows()}
    assert {today, today + 3} <= days <= {today, today + 1, today + 3, today + 4}


@pytest.mark.parametrize("damage", ["deleted", "broken"])
def test_a_lost_file_is_begun_anew_and_the_radio_goes_on(add_radio: AddRadio, damage: str) -> None:
    radio, tag = add_radio(), make_tag()
    radio.publish_tags(tag)
    radio.start()
    radio.wait_status("the tag", tags=1)
    path = radio.store / FILE
    if damage == "deleted":
        for end in ("", "-wal", "-shm"):
            path.with_name(f"{FILE}{end}").unlink(missing_ok=True)
    else:
        with path.open("r+b") as file:
            file.write(os.urandom(8192))
    wait_for(lambda: path.exists() and radio.status().get("tags") == 1, "its word in a new file")
    radio.hold(tag)
    radio.wait_taps(1)


def test_a_flood_of_senders_does_not_hold_up_a_tap(add_radio: AddRadio) -> None:
    radio, tag = add_radio(), make_tag()
    radio.publish_tags(tag)
    radio.put("market.json", {"phones": 1000})
    radio.start()
    wait_for(lambda: int(str(radio.status().get("per_minute", 0))) > 3_000, "the flood")
    radio.hold(tag)
    radio.wait_taps(1)
    assert radio.status()["state"] == "listening"
