"""Where the state of the slots lies: autoboot.txt on the first partition, notes on the data partition.

Each is written aside, synced and renamed. What must be right for the box to boot is autoboot.txt alone, and that is
one sector whose length never changes; notes that are lost mean that nothing is pending.
"""

import json
import mmap
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from machine.slot_choice import (
    Slot,
    Slots,
    autoboot,
    from_notes,
    read_autoboot,
    read_booted,
    to_notes,
)
from machine.whole_file import replace_file
from wire.refusal import Refused
from wire.release import newer

FIRST = Path("/boot/gatepost")
NOTES = Path("/var/lib/rauc/gatepost-slots.json")
RELEASE = Path("/usr/lib/gatepost/release.json")
CMDLINE = Path("/proc/cmdline")
MAX_NOTES_BYTES = 4096
MOUNT_S = 30
SECTOR = 512
BPB = ((11, 2), (19, 2), (32, 4))  # bytes per sector, sectors as 16 bits (0: too many), sectors as 32 bits
# What cmdline.txt of a slot says of itself; the image writes it for A, an installation sets the letter.
MARKS = ((b"gatepost.root=PARTLABEL=root_", {"A": b"a", "B": b"b"}), (b"rauc.slot=", {"A": b"A", "B": b"B"}))


class BootImageError(Exception):
    """A boot slot that does not name its root exactly once."""


class Card:
    """The slots of one card. Nothing is read before it is asked for; every method may raise OSError."""

    def __init__(self, first: Path, notes: Path, release: Path, cmdline: Path) -> None:
        self._first, self._notes, self._release, self._cmdline = first, notes, release, cmdline

    @property
    def booted(self) -> Slot:
        """The slot that runs. Raises Refused("no_slot") on a machine that has none."""
        slot = read_booted(self._cmdline.read_text("ascii", "replace"))
        if slot is None:
            raise Refused("no_slot", "rauc.slot= is not on the kernel's command line")
        return slot

    @property
    def version(self) -> str:
        """The version of the system that runs, "" where it cannot be read."""
        return str(self._of_release("version"))

    @property
    def floor(self) -> str:
        """The highest version that ever passed its self-test here, "" when none is noted."""
        return str(self._read_notes().get("floor") or "")

    @property
    def update(self) -> dict[str, object]:
        """The newest attempt: {"version", "outcome": tried | good | rolled_back | refused | failed, "why"}."""
        update = self._read_notes().get("update")
        return update if isinstance(update, dict) else {}

    @property
    def knows_committed(self) -> bool:
        """Whether autoboot.txt is as we write it."""
        return read_autoboot(self._autoboot()) is not None

    def read(self) -> Slots:
        """The slots. An autoboot.txt that is not ours counts as naming the slot that runs: it will be written anew."""
        committed = read_autoboot(self._autoboot())
        return from_notes(self.booted if committed is None else committed, self._read_notes())

    def write(self, slots: Slots, *, floor: str = "", update: Mapping[str, object] | None = None) -> None:
        """Keep them: autoboot.txt first, and only when it changes."""
        text = autoboot(slots.committed)
        if self._autoboot() != text:
            with _writable(self._first):
                replace_file(self._first / "autoboot.txt", text.encode())
        notes = self._read_notes()
        more: dict[str, object] = {"update": dict(update)} if update else {}
        if floor and not (self.floor and newer(self.floor, floor)):
            more["floor"] = floor
        if more or from_notes(slots.committed, notes) != slots:
            self._write_notes(notes | to_notes(slots) | more)

    def note_update(self, version: str, outcome: str, why: str) -> None:
        """Remember how far the newest attempt came."""
        self._write_notes(self._read_notes() | {"update": {"version": version, "outcome": outcome, "why": why}})

    def note(self, **facts: object) -> None:
        """Remember more about attempts, under other names than those of the slots."""
        self._write_notes(self._read_notes() | facts)

    def noted(self, name: str) -> object:
        """What `note` was given last; None when nothing."""
        return self._read_notes().get(name)

    def facts(self) -> dict[str, object]:
        """What the box says of itself: {"version", "model", "slot", "update", "pending", "trial"}."""
        slots, booted = self.read(), self.booted
        facts: dict[str, object] = {"version": self.version, "model": str(self._of_release("model"))}
        facts |= {"slot": booted.lower(), "trial": booted != slots.committed, "pending": slots.pending is not None}
        return facts | ({"update": self.update} if self.update else {})

    def _of_release(self, name: str) -> object:
        try:
            found = json.loads(self._release.read_text("utf-8"))
        except (OSError, ValueError):
            return ""
        return found.get(name, "") if isinstance(found, dict) else ""

    def _autoboot(self) -> str:
        try:
            return (self._first / "autoboot.txt").read_text("ascii")
        except (OSError, ValueError):
            return ""

    def _read_notes(self) -> dict[str, object]:
        try:
            found = json.loads(self._notes.read_text("utf-8")[:MAX_NOTES_BYTES])
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _write_notes(self, notes: dict[str, object]) -> None:
        self._notes.parent.mkdir(parents=True, exist_ok=True)
        replace_file(self._notes, json.dumps(notes).encode(), mode=0o644)


@contextmanager
def _writable(folder: Path) -> Iterator[None]:
    """The first partition is mounted read-only but for this moment."""
    mounted = os.path.ismount(folder)
    if mounted:
        _remount(folder, "rw")
    try:
        yield
    finally:
        if mounted:
            _remount(folder, "ro")


def _remount(folder: Path, how: str) -> None:
    done = subprocess.run(("mount", "-o", f"remount,{how}", str(folder)), timeout=MOUNT_S, check=False)
    if done.returncode and how == "rw":
        raise OSError(f"{folder} cannot be mounted for writing")


def set_letter(device: Path, slot: Slot) -> None:
    """Make the boot file system on `device` boot the root of `slot`: one letter each at two places of cmdline.txt.

    Both places must be there exactly once. Raises BootImageError, OSError.
    """
    with device.open("r+b") as file:
        with mmap.mmap(file.fileno(), _length(file.read(SECTOR))) as image:
            places = [(_only(image, name), letters[slot]) for name, letters in MARKS]
            for at, letter in places:
                image[at : at + 1] = letter
            image.flush()
        os.fsync(file.fileno())


def _length(sector: bytes) -> int:
    """Bytes of the FAT file system that begins with this sector (its BIOS parameter block, fatgen103 section 3.1).

    What lies behind it in the partition is left from an earlier, longer one.
    """
    if len(sector) < SECTOR or sector[510:] != b"\x55\xaa":
        raise BootImageError("the boot slot holds no FAT file system")
    per_sector, short, long = (int.from_bytes(sector[at : at + size], "little") for at, size in BPB)
    return per_sector * (short or long)


def _only(image: mmap.mmap, name: bytes) -> int:
    at = image.find(name)
    if at < 0 or image.find(name, at + 1) >= 0:
        raise BootImageError(f"{name.decode()} stands {'twice or more' if at >= 0 else 'nowhere'} in the boot slot")
    return at + len(name)


def installed_card() -> Card:
    """The card of a kiosk, at the places that the image gives them."""
    return Card(FIRST, NOTES, RELEASE, CMDLINE)


def card_facts() -> dict[str, object]:
    """What this box says of its system; {} on a machine without slots. Never raises."""
    try:
        return installed_card().facts()
    except (OSError, Refused):
        return {}
