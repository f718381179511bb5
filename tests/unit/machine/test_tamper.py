"""The housing is opened: keys go, sealed records stay, a technician may, and a pulled plug does not undo it."""

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from machine import tamper
from machine.lines import FileLine


class Box:
    """A storage folder with keys and records, a lid, and time that passes when somebody rests."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.runtime, self.lid = folder / "data", folder / "run", folder / "lid"
        for name in tamper.SECRETS:
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_bytes(b"secret" * 8)
        self.runtime.mkdir()
        (self.runtime / "day-20000.key").write_bytes(b"k" * 32)
        (self.folder / "gatepost.db").write_bytes(b"sealed records")
        self.lid.touch()
        self.at_s, self.after = 0.0, 0
        self.then: list[tuple[float, Callable[[], None]]] = []

    def rest(self, seconds: float) -> None:
        self.at_s += seconds
        assert self.at_s < 120, "it did not end"
        while self.then and self.at_s >= self.then[0][0]:
            self.then.pop(0)[1]()

    def restarted(self) -> None:
        self.after += 1

    def watch(self) -> int:
        lid = FileLine(self.lid)
        return tamper.watch(lambda: lid, self.folder, self.runtime, self.restarted, lambda: self.at_s, self.rest)

    def keys(self) -> list[str]:
        return [name for name in tamper.SECRETS if (self.folder / name).exists()] + [
            path.name for path in self.runtime.glob("day-*.key")
        ]


class Stopped(Exception):
    """The test ends the watch."""


def stop() -> None:
    raise Stopped


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


def test_an_opened_lid_destroys_every_key_and_no_record(box: Box) -> None:
    box.then = [(15, box.lid.unlink)]
    assert box.watch() == 0
    assert box.keys() == []
    assert (box.folder / "gatepost.db").read_bytes() == b"sealed records"
    assert (box.folder / tamper.OPENED).exists()
    assert box.after == 1
    assert box.at_s <= 15 + tamper.TOLD_S + 0.5


def test_keys_go_at_once_when_the_gate_has_told_the_centre(box: Box) -> None:
    box.then = [(15, box.lid.unlink), (15.3, (box.runtime / tamper.NOTED).touch)]
    box.watch()
    assert box.keys() == [] and box.at_s < 16


def test_a_lid_that_was_never_closed_is_no_alarm(box: Box) -> None:
    """On the work bench the housing stands open."""
    box.lid.unlink()
    box.then = [(60, stop)]
    with pytest.raises(Stopped):
        box.watch()
    assert len(box.keys()) == len(tamper.SECRETS) + 1


def test_opened_while_the_power_was_off(box: Box) -> None:
    (box.folder / tamper.ARMED).touch()
    box.lid.unlink()
    assert box.watch() == 0
    assert box.keys() == []


def test_a_technician_with_pin_and_button_may_open_and_it_is_armed_again_afterwards(box: Box) -> None:
    (box.runtime / tamper.SERVICE).touch()
    old = (1.0, 1.0)
    box.then = [
        (15, box.lid.unlink),
        (20, box.lid.touch),
        (21, lambda: os.utime(box.runtime / tamper.SERVICE, old)),
        (40, stop),
    ]
    with pytest.raises(Stopped):
        box.watch()
    assert len(box.keys()) == len(tamper.SECRETS) + 1
    assert (box.folder / tamper.ARMED).exists()


def test_the_plug_pulled_in_the_middle_does_not_save_the_keys(box: Box) -> None:
    (box.folder / tamper.OPENED).write_text("{}")
    assert box.watch() == 0
    assert box.keys() == []


def test_a_gate_without_a_switch_ends_well_and_settings_that_are_wrong_are_told(tmp_path: Path) -> None:
    words = io.StringIO()
    missing = ["--settings", str(tmp_path / "none.toml")]
    assert tamper.run(missing, io.StringIO(), io.StringIO(), words) == 2
    assert words.getvalue()
