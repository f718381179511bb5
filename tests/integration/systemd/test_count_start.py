"""Each start of a box is counted once on the card, so that the centre sees a power cut that nobody told it of."""

import subprocess
from pathlib import Path

import pytest

from machine.health import BOOTS, facts
from tests.parts.units import ROOT

PROGRAM = ROOT / "usr/lib/gatepost/bin/count-start"


def start(folder: Path, mark: Path) -> object:
    """What the box says of its starts after one more."""
    subprocess.run([str(PROGRAM), str(folder / BOOTS), str(mark)], check=True, timeout=30)
    return facts(folder, folder / "no-such-root").get("boots")


def test_each_power_on_counts_once(tmp_path: Path) -> None:
    assert [start(tmp_path, tmp_path / f"mark-{number}") for number in range(3)] == [1, 2, 3]
    assert start(tmp_path, tmp_path / "mark-2") == 3, "the same unit was started again by hand"


@pytest.mark.parametrize("text", ["", "x\n", "-3\n", "007\n", "99999999999999999999\n", "1 2\n"])
def test_a_spoilt_count_begins_anew(tmp_path: Path, text: str) -> None:
    (tmp_path / BOOTS).write_text(text, "ascii")
    assert start(tmp_path, tmp_path / "mark") == 1


def test_what_a_cut_off_start_left_is_no_hindrance_and_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("7\n", "ascii")
    (tmp_path / f"{BOOTS}.new").symlink_to(tmp_path / "elsewhere")
    (tmp_path / BOOTS).symlink_to(tmp_path / "elsewhere")
    assert start(tmp_path, tmp_path / "mark") == 1
    assert (tmp_path / "elsewhere").read_text("ascii") == "7\n"
    assert not (tmp_path / BOOTS).is_symlink()


def test_without_a_data_partition_there_is_nothing_to_count(tmp_path: Path) -> None:
    subprocess.run([str(PROGRAM), str(tmp_path / "none" / BOOTS), str(tmp_path / "mark")], check=True, timeout=30)
    assert list(tmp_path.iterdir()) == []
