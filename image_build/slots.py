"""The files that make two slots of the card's partitions: RAUC's settings and the Pi's first autoboot.txt."""

import re
from pathlib import Path

HERE = Path(__file__).parent
DEVICE = HERE / "device"  # scripts that RAUC calls; they lie in /usr/lib/gatepost/device on the card, mode 0755
BUS_POLICY = HERE / "rauc" / "de.pengutronix.rauc.conf"  # replaces the file of that name in /usr/share/dbus-1/system.d
AUTOBOOT = HERE / "rauc" / "autoboot.txt"  # of a new card: slot A, on partition 2
# RAUC compares versions as semver.org writes them: three numbers without leading zeros.
_VERSION = re.compile(r"(0|[1-9]\d{0,5})(\.(0|[1-9]\d{0,5})){2}")
_COMPATIBLE = re.compile(r"gatepost-[a-z0-9-]{1,40}")


def system_conf(compatible: str, version: str) -> str:
    """/etc/rauc/system.conf of an image of that `version`. Raises ValueError for what RAUC could not compare."""
    check_names(compatible, version)
    text = (HERE / "rauc" / "system.conf").read_text("utf-8")
    return text.replace("{compatible}", compatible).replace("{version}", version)


def check_names(compatible: str, version: str) -> None:
    """Raises ValueError unless `version` is like 2026.11.3 and `compatible` like gatepost-debian-arm64."""
    if not (version.isascii() and _VERSION.fullmatch(version)):
        raise ValueError(f"not a version like 2026.11.3: {version[:40]}")
    if not _COMPATIBLE.fullmatch(compatible):
        raise ValueError(f"not a name like gatepost-debian-arm64: {compatible[:60]}")
