"""systemd's own judgement of our units: that it reads each, and how exposed it finds each."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.needs import need
from tests.parts.units import HERE, ROOT, units

ANALYZE = shutil.which("systemd-analyze")
DEBIAN = Path("/usr/lib/systemd/system")
MOST = 30  # tenths: 3.0
PROGRAMS = (
    "usr/bin/gatepost-python",
    "usr/sbin/nginx",
    "usr/sbin/seatd",
    "usr/bin/cage",
    "usr/bin/gpioset",
    "usr/sbin/nft",
)
DEBIAN_PROGRAMS = (
    *("bin/sh", "bin/kill", "usr/bin/sh", "usr/bin/systemctl", "usr/bin/touch", "usr/bin/systemd-tmpfiles"),
    *("usr/bin/udevadm", "usr/bin/mkdir", "usr/bin/mount", "usr/bin/umount", "usr/bin/nmcli", "usr/bin/rm"),
)
# Of Debian's packages, and not on every machine that runs this test.
OTHERS = ("NetworkManager", "nftables", "chrony", "bluetooth", "rauc", "dbus")


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with our units, this machine's own of systemd, and something that can be started under each name."""
    need(ANALYZE is not None and DEBIAN.is_dir(), "systemd-analyze")
    root = tmp_path_factory.mktemp("card")
    place = root / "usr/lib/systemd/system"
    place.mkdir(parents=True)
    for path in DEBIAN.glob("*.target"):
        shutil.copy(path, place, follow_symlinks=True)
    for path in DEBIAN.glob("systemd-*.service"):
        shutil.copy(path, place, follow_symlinks=True)
    for name in OTHERS:
        (place / f"{name}.service").write_text("[Service]\nExecStart=/usr/sbin/nginx\n", "utf-8")
    shutil.copytree(ROOT, root, dirs_exist_ok=True)
    for path in HERE.iterdir():
        if path.suffix == ".d":
            shutil.copytree(path, place / path.name, dirs_exist_ok=True)
        elif path.is_file() and path.name != "README.md":
            shutil.copy(path, place)
    for name in (*PROGRAMS, *DEBIAN_PROGRAMS):
        program = root / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text("#!/bin/sh\n", "ascii")
        program.chmod(0o755)
    return root


def test_systemd_reads_every_unit_without_a_word(card: Path) -> None:
    names = [unit.name.replace("@.", "@sda1.") for unit in units()]
    argv = [str(ANALYZE), "verify", "--man=no", "--recursive-errors=no", f"--root={card}", *names]
    ended = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    ours = [line for line in ended.stderr.splitlines() if line.startswith(tuple(names))]
    assert (ended.returncode, ours) == (0, []), ended.stderr


def test_no_unit_is_more_exposed_than_three() -> None:
    need(ANALYZE is not None, "systemd-analyze")
    paths = [str(unit.path) for unit in units(".service")]
    argv = [str(ANALYZE), "security", "--offline=true", f"--threshold={MOST}", "--no-pager", *paths]
    ended = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False)
    scores = [line for line in ended.stdout.splitlines() if "Overall exposure level" in line]
    assert ended.returncode == 0, "\n".join(scores) + ended.stderr
    assert len(scores) == len(paths)
