"""The real RAUC service installs into two slots that are files, with the very handlers of the card.

Bundles are of the format `plain`: `verity` needs the kernel's device mapper, which tests/image has. All else is alike.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from image_build import bundle
from image_build.slots import AUTOBOOT, system_conf
from machine.slot_files import Card
from tests.needs import need, need_hardware

ROOT = Path(__file__).parents[3]
PROGRAMS = ("rauc", "mksquashfs", "openssl", "dbus-run-session", "mkfs.vfat", "mcopy")
PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"
WORDS = "quiet rauc.slot=A gatepost.root=PARTLABEL=root_a gatepost.hash=00 panic=10"
# Starts the service on a bus of its own, waits for it, and runs the commands that come on standard input.
SCRIPT = """
export DBUS_STARTER_BUS_TYPE=session
rauc -c "$1" service --override-boot-slot=A >"$1.log" 2>&1 & service=$!
for try in $(seq 50); do rauc -c "$1" status >/dev/null 2>&1 && break; sleep 0.1; done
while read -r words; do eval "rauc -c $1 $words" </dev/null; echo "status $?"; done
kill $service; wait $service
"""


class Desk:
    """A card whose partitions are files."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.keys = folder, folder / "keys"
        self.card = Card(folder / "card", folder / "rauc" / "notes.json", folder / "release.json", folder / "cmdline")
        bundle.new_keys(self.keys)
        for name in ("card", "rauc", "dev", "mnt", "device"):
            (folder / name).mkdir()
        shutil.copy(AUTOBOOT, folder / "card")
        (folder / "cmdline").write_text("rauc.slot=A", "ascii")
        (folder / "release.json").write_text('{"version": "2026.11.22", "model": "debian-arm64"}', "utf-8")
        for letter in "ab":
            (folder / "dev" / f"root_{letter}").write_bytes(bytes(128 * 4096))
            (folder / "dev" / f"boot_{letter}").write_bytes(bytes(256 * 4096))
        (folder / "boot.img").write_bytes(bytes(256 * 4096))
        (folder / "cmdline.txt").write_text(WORDS, "ascii")
        self.call("mkfs.vfat", folder / "boot.img")
        self.call("mcopy", "-i", folder / "boot.img", folder / "cmdline.txt", "::")
        self._settings()

    def call(self, *command: str | Path, text: str = "") -> str:
        words = [str(word) for word in command]
        environment = {**os.environ, "PATH": PATH}
        said = subprocess.run(words, input=text, capture_output=True, text=True, timeout=60, env=environment)
        return said.stdout + said.stderr

    def _settings(self) -> None:
        """The card's own, on this desk: 1.8 does not know min-bundle-version, so the handler alone has to refuse."""
        places = [f"--{name} {self.folder / path}" for name, path in (("card", "card"), ("notes", "rauc/notes.json"))]
        places += [f"--{name} {self.folder / path}" for name, path in (("release", "release.json"), ("cmdline",) * 2)]
        for name, words in (("boot-slots", '"$@"'), ("pre-install", "pre-install"), ("post-install", "post-install")):
            lines = ["#!/bin/sh", f"cd {ROOT}", f"exec {sys.executable} -m machine.slots {' '.join(places)} {words}"]
            (self.folder / "device" / name).write_text("\n".join(lines) + "\n", "utf-8")
            (self.folder / "device" / name).chmod(0o755)
        text = system_conf("gatepost-debian-arm64", "2026.11.22").replace("min-bundle-version=2026.11.22\n", "")
        for old, new in (
            ("bundle-formats=verity", "bundle-formats=plain"),
            ("/etc/rauc/keyring.pem", self.keys / "release-root.pem"),
            ("/var/lib/rauc", self.folder / "rauc"),
            ("/run/rauc/mnt", self.folder / "mnt"),
            ("/usr/lib/gatepost/device", self.folder / "device"),
            ("/dev/disk/by-partlabel", self.folder / "dev"),
        ):
            text = text.replace(old, str(new))
        (self.folder / "system.conf").write_text(text, "utf-8")

    def bundle(self, version: str, keys: Path | None = None) -> Path:
        content, out = self.folder / f"content-{version}", self.folder / f"{version}.raucb"
        content.mkdir()
        text = bundle.manifest("gatepost-debian-arm64", version).replace("format=verity", "format=plain")
        (content / "manifest.raucm").write_text(text.replace("adaptive=block-hash-index\n", ""), "utf-8")
        (content / "root.img").write_bytes(version.encode().ljust(4096) * 64)
        shutil.copy(self.folder / "boot.img", content / "boot.img")
        keys = keys or self.keys
        signer = (f"--cert={keys / 'release.pem'}", f"--key={keys / 'release.key'}")
        said = self.call("rauc", *signer, "bundle", content, out)
        assert out.exists(), said
        return out

    def rauc(self, *commands: str) -> list[str]:
        """What each command said, its last line "status N"."""
        script = ("dbus-run-session", "--", "sh", "-c", SCRIPT, "sh", self.folder / "system.conf")
        said = self.call(*script, text="\n".join(commands) + "\n")
        pieces, lines = [], ""
        for line in said.splitlines():
            lines += line + "\n"
            if line.startswith("status "):
                pieces.append(lines)
                lines = ""
        return pieces


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    lacking = [program for program in PROGRAMS if shutil.which(program, path=PATH) is None]
    need(not lacking, f"{lacking}: apt-get install rauc squashfs-tools openssl dbus dosfstools mtools")
    need_hardware(os.geteuid() == 0 and Path("/dev/loop-control").exists(), "root with loop devices")
    return Desk(tmp_path)


def test_an_update_is_installed_tried_and_an_older_one_refused(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other") / "keys"
    bundle.new_keys(other)
    forged, older, newer = desk.bundle("2026.11.24", other), desk.bundle("2026.11.21"), desk.bundle("2026.11.23")
    said = desk.rauc(f"install {forged}", f"install {older}", f"install {newer}", "status mark-good", "status")
    assert [piece.splitlines()[-1] for piece in said] == [*["status 1"] * 2, *["status 0"] * 3], said
    log = (desk.folder / "system.conf.log").read_text("utf-8")
    assert "signature verification failed" in (said[0] + log).lower()
    assert "cũ hơn" in log + said[1] or "downgrade" in log + said[1]
    dev = desk.folder / "dev"
    assert (dev / "root_b").read_bytes().startswith(b"2026.11.23") and not any((dev / "root_a").read_bytes())
    words = desk.call("mtype", "-i", dev / "boot_b", "::cmdline.txt")
    assert words.strip() == WORDS.replace("slot=A", "slot=B").replace("root_a", "root_b")
    read = desk.card.read()
    assert (read.committed, read.pending) == ("A", "B") and read.wants_trial("A")
    assert desk.card.update == {"version": "2026.11.23", "outcome": "tried", "why": ""}
    assert "Activated: rootfs.1 (B)" in said[4]
    assert json.loads((desk.folder / "rauc" / "notes.json").read_text("utf-8"))["pending"] == "B"
