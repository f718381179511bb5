"""How the box itself is: card, heat, power, software, and what the last self-test found. Flat facts, no visitor.

- Cheap (under 50 ms) and never raises: what cannot be read is left out, so that nothing ever looks well by mistake.
- A self-test opens cameras and takes seconds; it leaves its result in a file, and that file is what is told here.
- The kernel tells only whether the voltage is low now; that it was low since the start is remembered in RAM.
"""

import json
import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from machine.clock import CLOCK_NAMES, machine_clock
from machine.slot_files import card_facts

STORAGE = Path("/var/lib/gatepost")
SELF_TEST = "selftest.json"  # what `kiosk check` leaves: {"version", "fails", "warns", "worked"}
BOOTS = "boots"  # what each start counts up (systemd/root/usr/lib/gatepost/bin/count-start)
LOW_SEEN = Path("run/gatepost/volts_low")
BOX_SEEN = Path("run/gatepost/box.json")  # the verdict of this start's first unit (machine.box): {"box": ...}
BOXES = ("new", "same", "moved", "copied")
OUTCOMES = ("tried", "good", "rolled_back", "refused", "failed")
MOST_CODES = 32
MEGABYTE = 1 << 20
MOST_BYTES = 64 * 1024
_CODE = re.compile(r"[a-z0-9_.-]{1,32}")


def facts(folder: Path = STORAGE, root: Path = Path("/")) -> dict[str, Any]:
    """JSON-ready, every key optional; the table is in docs/protocol.md, "State of a kiosk".

    version, model; slot "a" | "b"; update {version, outcome, why}; boots; box, one of BOXES; up_s; disk_free_mb;
    disk_wear_pct 0..110; disk_errors; temp_c; volts_low (now), volts_low_seen (since the start); clock; fails, warns:
    codes of the self-test.
    """
    tested = read_object(folder / SELF_TEST)
    found: dict[str, Any] = {
        **release(root),
        "slot": slot(root),
        "update": _update(card_facts().get("update")),
        "boots": _number(_text(folder / BOOTS)),
        "box": box(root),
        "up_s": round(time.clock_gettime(time.CLOCK_BOOTTIME)),
        "disk_free_mb": free_mb(folder),
        "disk_wear_pct": wear_pct(root),
        "disk_errors": disk_errors(root),
        "temp_c": temperature_c(root),
        "volts_low": volts_low(root),
        "volts_low_seen": volts_low_seen(root),
        "clock": CLOCK_NAMES[machine_clock().quality],
        "fails": codes(tested.get("fails")),
        "warns": codes(tested.get("warns")),
    }
    return {name: value for name, value in found.items() if value is not None}


def release(root: Path = Path("/")) -> dict[str, Any]:
    """{"version", "model"} of the installed software; empty on a desk."""
    said = read_object(root / "usr/lib/gatepost/release.json")
    return {name: str(said[name])[:32] for name in ("version", "model") if name in said}


def slot(root: Path = Path("/")) -> str | None:
    """Which half of the card this box was started from."""
    found = re.search(r"(?:^|\s)rauc\.slot=([AaBb])(?:\s|$)", _text(root / "proc/cmdline") or "")
    return found[1].lower() if found else None


def box(root: Path = Path("/")) -> str | None:
    """Whether the card and its keys were in this box at the start before; None where nobody has looked."""
    said = read_object(root / BOX_SEEN).get("box")
    return said if said in BOXES else None


def free_mb(folder: Path) -> int | None:
    """Room for records, MB."""
    try:
        room = os.statvfs(folder)
    except OSError:
        return None
    return room.f_bavail * room.f_frsize // MEGABYTE


def wear_pct(root: Path = Path("/")) -> int | None:
    """How much of the card's life is used, in steps of 10; 110: past its end. eMMC only (JEDEC JESD84-B51 7.4)."""
    worst = 0
    for path in sorted((root / "sys/block").glob("mmcblk*/device/life_time")):
        for part in (_text(path) or "").split()[:2]:
            with suppress(ValueError):
                worst = max(worst, int(part, 16))
    return min(worst, 11) * 10 if worst else None


def disk_errors(root: Path = Path("/")) -> int | None:
    """Errors that ext4 found in itself since it was made (Documentation/ABI/testing/sysfs-fs-ext4)."""
    counted = [_number(_text(path)) for path in sorted((root / "sys/fs/ext4").glob("*/errors_count"))]
    known = [count for count in counted if count is not None]
    return sum(known) if known else None


def temperature_c(root: Path = Path("/")) -> float | None:
    """The hottest zone, in degrees Celsius; a Pi slows down at 80."""
    zones = [_number(_text(path)) for path in sorted((root / "sys/class/thermal").glob("thermal_zone*/temp"))]
    known = [zone for zone in zones if zone is not None]
    return round(max(known) / 1000, 1) if known else None


def volts_low(root: Path = Path("/")) -> bool | None:
    """Whether the firmware of a Pi measures less than 4.63 V now (hwmon driver `rpi_volt`)."""
    low = None
    for folder in _power(root):
        alarm = _number(_text(folder / "in0_lcrit_alarm"))
        if alarm is not None:
            low = bool(low) or alarm != 0
    if low:
        with suppress(OSError):
            (root / LOW_SEEN).touch()
    return low


def volts_low_seen(root: Path = Path("/")) -> bool | None:
    """Whether it was ever low since the start; None where nothing measures it."""
    if not any(_power(root)):
        return None
    return (root / LOW_SEEN).exists()


def read_object(path: Path) -> Mapping[str, Any]:
    """A small JSON object; empty for whatever else is there."""
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def codes(found: object) -> list[str]:
    """The names in a list that are fit to be sent on."""
    names = found if isinstance(found, list) else []
    return [name for name in names if isinstance(name, str) and _CODE.fullmatch(name)][:MOST_CODES]


def _power(root: Path) -> Iterator[Path]:
    for name in sorted((root / "sys/class/hwmon").glob("hwmon*/name")):
        if (_text(name) or "").strip() == "rpi_volt":
            yield name.parent


def _update(said: object) -> dict[str, str] | None:
    if not isinstance(said, Mapping) or said.get("outcome") not in OUTCOMES:
        return None
    return {name: str(said.get(name, ""))[:32] for name in ("version", "outcome", "why")}


def _text(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return file.read(4096).decode("ascii", "replace")
    except OSError:
        return None


def _number(text: str | None) -> int | None:
    try:
        return int(text or "")
    except ValueError:
        return None
