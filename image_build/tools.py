"""Programs of the building machine: that they are there, and what they say when they fail.

A build is refused before it begins, with every missing program at once and the Debian package that brings it.
"""

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from image_build.layout import EPOCH

# Program -> the Debian package that brings it.
PACKAGES = {
    "apt-get": "apt",
    "cpio": "cpio",
    "depmod": "kmod",
    "dpkg-deb": "dpkg",
    "mcopy": "mtools",
    "mke2fs": "e2fsprogs",
    "mkfs.erofs": "erofs-utils",
    "mkfs.vfat": "dosfstools",
    "mksquashfs": "squashfs-tools",
    "mmd": "mtools",
    "readelf": "binutils",
    "qemu-aarch64-static": "qemu-user-static",
    "sfdisk": "fdisk",
    "systemctl": "systemd",
    "systemd-hwdb": "udev",
    "tar": "tar",
    "truncate": "coreutils",
    "veritysetup": "cryptsetup-bin",
    "xz": "xz-utils",
}
# Where administrators' programs lie, on a machine whose users do not have them in their path.
_PATH = os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin"
_LONGEST_S = 7200.0  # of the slowest step, the download over a thin line


class BuildError(Exception):
    """The build cannot go on; the text says why and what to do."""


def missing(programs: Iterable[str]) -> list[str]:
    """A sentence for each of `programs` that this machine does not have."""
    return [
        f"{program} is missing: apt-get install {PACKAGES.get(program, program)}"
        for program in programs
        if shutil.which(program, path=_PATH) is None
    ]


def need(*programs: str, root: bool = False) -> None:
    """Raises BuildError with every missing program; with `root`, unless the owners of files can be set."""
    words = missing(programs)
    if root and os.geteuid() != 0:
        words.append("the owners of the card's files can only be set by root: run this with sudo")
    if words:
        raise BuildError("\n".join(words))


def run(*command: str | Path, folder: Path | None = None, more: Mapping[str, str] | None = None, text: str = "") -> str:
    """What `command` prints. `text` goes in at its input. Raises BuildError with its last words when it fails."""
    said = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=environment(more or {}),
        input=text,
        capture_output=True,
        text=True,
        timeout=_LONGEST_S,
        check=False,
    )
    if said.returncode != 0:
        last = "\n".join((said.stderr or said.stdout).strip().splitlines()[-8:])
        raise BuildError(f"{Path(command[0]).name} failed ({said.returncode}):\n{last}")
    return said.stdout


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """One environment for every step: no language, no zone, no configuration of the person who builds."""
    fixed = {"PATH": _PATH, "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", "TZ": "UTC", "SOURCE_DATE_EPOCH": str(EPOCH)}
    kept = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy") or name == "TMPDIR"}
    return {**kept, **fixed, **more}
