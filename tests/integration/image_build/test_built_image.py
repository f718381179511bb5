"""The image that was built here, if one was: nothing on it that makes people up, tests or installs."""

import json
import os
from pathlib import Path

import pytest

from image_build import build, ours, prune

IMAGE = Path(os.environ.get("GATEPOST_IMAGE", ours.REPOSITORY / "out" / "image"))


@pytest.fixture(scope="module")
def listed() -> list[str]:
    """Every path in the built root."""
    try:
        return (IMAGE / "files.txt").read_text().splitlines()
    except OSError:
        pytest.skip(f"no image was built in {IMAGE}: make image")


def test_bench_demo_simulated_devices_tests_pip_and_apt_are_absent(listed: list[str]) -> None:
    assert prune.forbidden(listed) == []


def test_what_starts_and_what_the_gate_needs_is_there(listed: list[str]) -> None:
    there = set(listed)
    for path in (
        "usr/lib/systemd/systemd",
        "usr/bin/gatepost-python",
        "usr/bin/rauc",
        "etc/ld.so.cache",
        "boot/gatepost",
    ):
        assert path in there
    for path in ("installed", "release.json", "kiosk/run.py", "kiosk/__pycache__/run.cpython-313.pyc", "site/cv2"):
        assert f"{ours.HOME}/{path}" in there


def test_the_manifest_names_what_lies_beside_it(listed: list[str]) -> None:
    manifest = json.loads((IMAGE / "manifest.json").read_text())
    for name in ("root.img", "boot.vfat", "sbom.cdx.json", "files.txt", "cmdline.txt"):
        assert manifest["files"][name]["bytes"] == (IMAGE / name).stat().st_size
    assert manifest["files"]["cmdline.txt"]["sha256"] == build.digest(IMAGE / "cmdline.txt")
    assert manifest["root_hash"] in (IMAGE / "cmdline.txt").read_text()
