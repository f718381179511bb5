"""What the emulated machine is started with: the very slot of the card, and the test's things only from outside."""

import base64
from pathlib import Path

from image_build.emulate.command import Parts, command, kernel_words
from image_build.emulate.slot import Slot
from tests.image.results import Row, table
from tests.image.stage import SCANNER, VIVID, ways

SLOT = Slot(Path("vmlinuz"), Path("initrd.gz"), "console=tty1 quiet panic=10 gatepost.hash=ab rauc.slot=A")


def test_the_slots_own_words_stay_and_its_screen_goes() -> None:
    words = kernel_words(Parts(hand=False), SLOT.words).split()
    assert {"gatepost.hash=ab", "rauc.slot=A", "console=ttyAMA0"} <= set(words)
    assert not {"quiet", "console=tty1"} & set(words)


def test_units_and_drop_ins_enter_as_credentials_and_only_units_are_started() -> None:
    text = "[Service]\nExecStart=/bin/true\n"
    words = kernel_words(Parts(hand=False, units={"kiosk.service.d": text, "way.service": text}), "").split()
    coded = base64.b64encode(text.encode()).decode()
    assert f"systemd.set_credential_binary=systemd.unit-dropin.kiosk.service:{coded}" in words
    assert f"systemd.set_credential_binary=systemd.extra-unit.way.service:{coded}" in words
    assert [word for word in words if word.startswith("systemd.wants=")] == ["systemd.wants=way.service"]


def test_the_longest_line_of_words_fits_the_kernels_2048_bytes() -> None:
    units = {"kiosk.service.d": SCANNER, "ways.service": ways({8090: 65535, 1883: 65535})}
    words = kernel_words(Parts(units=units, words=VIVID), "x" * 400)
    assert len(words) < 2048


def test_guest_time_counts_instructions_and_the_card_is_the_block_device() -> None:
    words = command(Parts(ports={8443: 443}), SLOT, Path("/x"))
    assert words[words.index("-icount") + 1].startswith("shift=")
    assert "file=nbd+unix:///?socket=/x/card,if=none,id=card,format=raw,cache=none" in words
    assert "user,id=net0,hostfwd=tcp:127.0.0.1:8443-:443" in words


def test_a_table_says_how_many_hold_fail_and_were_skipped() -> None:
    rows = [Row("a", "p", "holds", 1.2, {"kB": 3, "blame": ["x 1 s"]}), Row("b", "q", "skipped", 0, words="no | tool")]
    said = table(rows, "card.img")
    assert "1 holds, 0 fails, 1 skipped" in said
    assert "| a | p | holds | 1 | kB 3 |" in said
    assert "no / tool" in said
    assert "    x 1 s" in said
