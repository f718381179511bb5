"""A Pi of the emulator: started with the card's own slot, read at the pins that kiosk.toml names."""

import tomllib
from pathlib import Path

import pytest

from image_build import layout
from image_build.emulate.board import PINS, card_size, command, kernel_words
from image_build.emulate.slot import Slot
from kiosk.devices.patterns import LAMPS, RED
from tests.image.scenes.board import CYCLES, said, shown

ROOT = Path(__file__).parents[3]
SLOT = Slot(Path("vmlinuz"), Path("initrd.gz"), "console=tty1 quiet panic=10 gatepost.hash=ab rauc.slot=A")


def test_the_pins_are_those_that_a_card_is_flashed_with() -> None:
    lights = tomllib.loads((ROOT / "firmware_cfg/kiosk.toml").read_text())["devices"]["lights"]
    assert (lights["green"], lights["yellow"], lights["red"]) == PINS


@pytest.mark.parametrize(("size", "card"), [(1, 1), (512, 512), (513, 1024), (4 << 30, 4 << 30)])
def test_a_card_grows_to_the_next_size_that_the_emulator_takes(size: int, card: int) -> None:
    assert card_size(size) == card


def test_our_image_fits_a_card_that_is_not_twice_as_large() -> None:
    assert layout.image_size() <= card_size(layout.image_size()) < 2 * layout.image_size()


def test_the_slots_own_words_stay_its_screen_goes_and_no_watchdog_is_started() -> None:
    words = kernel_words(SLOT.words, "more=1").split()
    assert {"gatepost.hash=ab", "rauc.slot=A", "more=1", "console=ttyS1,115200", "systemd.watchdog_sec=0"} <= set(words)
    assert "earlycon=bcm2835aux,mmio32,0x3f215040" in words
    assert not {"quiet", "console=tty1"} & set(words)


def test_kernel_and_tree_are_the_slots_and_the_card_is_in_the_reader() -> None:
    words = command(SLOT, Path("/x/tree.dtb"), Path("/x/card.img"), Path("/x"))
    after = {word: words[place + 1] for place, word in enumerate(words[:-1]) if word != "-serial"}
    assert (after["-M"], after["-kernel"], after["-initrd"]) == ("raspi3b", "vmlinuz", "initrd.gz")
    assert after["-dtb"] == "/x/tree.dtb"
    assert after["-drive"] == "file=/x/card.img,if=sd,format=raw"
    # The first port is the PL011, Bluetooth's; the console is the second.
    assert [words[place + 1] for place, word in enumerate(words) if word == "-serial"] == [
        "file:/x/bluetooth",
        "file:/x/serial",
    ]


def test_without_a_first_file_system_none_is_named() -> None:
    assert "-initrd" not in command(Slot(Path("k"), None, ""), Path("t"), Path("c"), Path("/x"))


def watched(name: str, cycles: int, factor: float = 1.0) -> list[tuple[int, float]]:
    return [(lamps, seconds * factor) for lamps, seconds in LAMPS[name]] * cycles


@pytest.mark.parametrize("name", [name for name, cycle in LAMPS.items() if len(cycle) > 1])
@pytest.mark.parametrize("factor", [0.95, 1.0, 1.15])
def test_every_pattern_is_known_by_its_shape_also_a_little_slow(name: str, factor: float) -> None:
    assert shown([(0, 40.0), *watched(name, CYCLES, factor)]) == name


def test_a_pattern_is_not_named_before_it_was_seen_often_enough_nor_after_it_ended() -> None:
    assert shown(watched("starting", CYCLES)[1:]) == ""
    assert shown([*watched("starting", CYCLES), (RED, 0.4)]) == ""
    assert shown([]) == ""


def test_what_is_said_on_the_console_is_told_from_the_kernels_own_lines() -> None:
    console = "[    1.0] smp: up\r\nsay gate: active\r\n[ 2.0] x say root: no\nsay root: 0 8 verity V\nsay chip:\n"
    assert said(console) == {"gate": "active", "root": "0 8 verity V"}
