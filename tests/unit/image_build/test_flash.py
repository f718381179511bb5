"""A card is made whole or not at all, and it says why. The card here is a file."""

import io
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from image_build import flash
from image_build.disks import gigabytes
from image_build.layout import by_label, offset

ROOT = Path(__file__).parents[3]
GOOD = ROOT / "firmware_cfg" / "kiosk.toml"
needs_mtools = pytest.mark.skipif(
    shutil.which("mcopy") is None or shutil.which("mkfs.vfat") is None, reason="apt-get install mtools dosfstools"
)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The card's first partition with nothing on it, and some bytes behind it."""
    path = tmp_path_factory.mktemp("image") / "card.img"
    first = path.with_name("first.vfat")
    first.touch()
    os.truncate(first, by_label("GATEPOST").size)
    subprocess.run(["mkfs.vfat", "-n", "GATEPOST", str(first)], check=True, capture_output=True)
    with path.open("wb") as file:
        file.seek(offset("GATEPOST"))
        file.write(first.read_bytes())
        file.write(os.urandom(1 << 20))
    return path


def card(tmp_path: Path, size: int) -> Path:
    """A card with an earlier life."""
    path = tmp_path / "card"
    path.write_bytes(b"\xa5" * size)
    return path


@needs_mtools
def test_every_byte_of_an_earlier_life_is_gone_and_the_settings_stand_on_it(image: Path, tmp_path: Path) -> None:
    target = card(tmp_path, image.stat().st_size)
    steps: list[tuple[str, int, int]] = []
    flash.flash(image, target, GOOD, lambda *step: steps.append(step))
    head = offset("GATEPOST")
    assert target.read_bytes()[:head] == image.read_bytes()[:head] == bytes(head)
    listed = subprocess.run(
        ["mtype", "-i", f"{target}@@{head}", "::kiosk.toml"], check=True, capture_output=True, text=True
    )
    assert listed.stdout.replace("\r\n", "\n") == GOOD.read_text("utf-8")
    assert {what.split(" / ")[1] for what, _, _ in steps} == {"writing", "reading back"}
    assert steps[-1][1] == steps[-1][2] == image.stat().st_size


@needs_mtools
def test_a_fake_card_that_forgets_is_found_out(image: Path, tmp_path: Path) -> None:
    target = card(tmp_path, image.stat().st_size)

    def forget(what: str, done: int, whole: int) -> None:
        if "writing" in what and done == whole:
            with target.open("r+b") as file:
                file.seek(whole - 4096)
                file.write(bytes(4096))

    with pytest.raises(flash.NotFlashed, match="fake"):
        flash.flash(image, target, GOOD, forget)


def said(*argv: str) -> tuple[int, str, str]:
    out, error = io.StringIO(), io.StringIO()
    return flash.main(argv, out, error), out.getvalue(), error.getvalue()


def test_every_problem_of_the_settings_is_said_before_the_card_is_touched(tmp_path: Path) -> None:
    bad = tmp_path / "kiosk.toml"
    bad.write_text(
        GOOD.read_text("utf-8").replace('direction = "both"', 'direction = "up"').replace("green = 17", "green = 99")
    )
    target = card(tmp_path, 64)
    status, _, error = said("--device", str(target), "--image", str(target), "--kiosk-toml", str(bad))
    assert status == 1
    assert "gate.direction" in error and "devices.lights.green" in error
    assert target.read_bytes() == b"\xa5" * 64


def test_a_file_is_no_card(tmp_path: Path) -> None:
    target = card(tmp_path, 64)
    status, _, error = said("--device", str(target), "--image", str(target), "--kiosk-toml", str(GOOD))
    assert (status, target.read_bytes()) == (1, b"\xa5" * 64)
    assert "is no disk" in error or "mcopy" in error


def test_sizes_are_said_as_they_stand_on_a_card() -> None:
    assert gigabytes(31_914_983_424) == "31.9 GB"
