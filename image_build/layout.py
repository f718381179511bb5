"""The card: its partitions, where each begins, what is mounted where. The one table of it; nothing here does I/O.

- GPT. Partition 1 is the technician's and no update touches it; boot_a/root_a and boot_b/root_b are the two slots;
  the data partition is the last one and grows to the card's end at first boot.
- A root partition holds erofs, then its dm-verity hash tree (kernel documentation, admin-guide/device-mapper/verity).
- Everything begins on 4 MiB: a card erases in blocks of that order, and a slot's writing must not share one.
"""

import hashlib
from dataclasses import dataclass
from uuid import UUID, uuid5

MIB = 1024 * 1024
SECTOR = 512
BLOCK = 4096
ALIGN = 4 * MIB

# All times of files in the image: 2026-01-01, so that an image is the same whenever it is built.
EPOCH = 1767225600

# Linux and "basic data", as GPT names them (UEFI specification; Discoverable Partitions Specification).
LINUX = "0FC63DAF-8483-4772-8E79-3D69D8477DE4"
BASIC = "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7"

# All other identifiers come of this one. They are no secret and the same on every card: nothing is found by them.
NAMESPACE = UUID("6a7e9057-0000-4000-8000-000000000000")

# dm-verity's salt. Fixed: the same tree must give the same root hash, and a salt here hides nothing.
SALT = hashlib.sha256(b"gatepost").hexdigest()


@dataclass(frozen=True, slots=True)
class Partition:
    """One partition. `mib` is its size in the image; `mount` where it is seen on a running card, "" if nowhere."""

    number: int
    label: str
    kind: str  # vfat | erofs | ext4
    mib: int
    mount: str = ""
    options: str = ""

    @property
    def size(self) -> int:
        """Bytes."""
        return self.mib * MIB

    @property
    def type_guid(self) -> str:
        """What GPT calls it."""
        return BASIC if self.kind == "vfat" else LINUX


CARD = (
    Partition(1, "GATEPOST", "vfat", 64, "/boot/gatepost", "ro,nosuid,nodev,noexec,umask=0077"),
    Partition(2, "boot_a", "vfat", 128),
    Partition(3, "boot_b", "vfat", 128),
    Partition(4, "root_a", "erofs", 1536, "/", "ro"),
    Partition(5, "root_b", "erofs", 1536, "/", "ro"),
    Partition(6, "data", "ext4", 256, "/data", "noatime,nosuid,nodev,noexec,data=ordered,errors=remount-ro"),
)
# Which of them belong to a slot.
SLOTS = {"a": ("boot_a", "root_a"), "b": ("boot_b", "root_b")}
# What of the data partition is seen elsewhere; nothing else outlives a power cut.
BINDS = {
    "/var/lib/gatepost": "gatepost",
    "/var/lib/chrony": "chrony",
    "/var/lib/rauc": "rauc",
    "/var/log/gatepost": "log",
}


def by_label(label: str) -> Partition:
    """The partition called `label`. Raises KeyError."""
    return {partition.label: partition for partition in CARD}[label]


def offset(label: str) -> int:
    """Where `label` begins in the image, in bytes. Raises KeyError."""
    at = ALIGN
    for partition in CARD:
        if partition.label == label:
            return at
        at += partition.size
    raise KeyError(label)


def image_size() -> int:
    """Bytes of the whole image: with room for the second copy of the partition table at its end."""
    return offset("data") + by_label("data").size + ALIGN


def uuid(name: str) -> str:
    """The identifier of `name` ("card", a partition's label, "root erofs", "root verity")."""
    return str(uuid5(NAMESPACE, name))


def volume_id(name: str) -> str:
    """Eight hexadecimal digits for a FAT volume."""
    return uuid(name).replace("-", "")[:8]


def sfdisk_script() -> str:
    """The partition table as sfdisk reads it."""
    lines = [
        "label: gpt",
        f"label-id: {uuid('card').upper()}",
        "unit: sectors",
        f"first-lba: {ALIGN // SECTOR}",
        f"last-lba: {(offset('data') + by_label('data').size) // SECTOR - 1}",
        "",
    ]
    lines += [
        f"start={offset(p.label) // SECTOR}, size={p.size // SECTOR}, type={p.type_guid},"
        f' uuid={uuid(p.label).upper()}, name="{p.label}"'
        for p in CARD
    ]
    return "\n".join(lines) + "\n"
