"""Which of the kernel's modules go on the card, and which the first file system needs. Pure: names in, paths out.

modules.dep (kmod): each line is "path: paths that it needs", relative to lib/modules/VERSION.
"""

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

# Loaded by the first file system in this order, after what they need: readers of cards, disks, the verified root.
FIRST = (
    "virtio_pci",
    "virtio_blk",
    "virtio_mmio",
    "sdhci_iproc",
    "sdhci_brcmstb",
    "bcm2835",
    "mmc_block",
    "pcie_brcmstb",
    "xhci_pci",
    "usb_storage",
    "sha2_ce",
    "sha256_arm64",
    "dm_verity",
    "crc32c_generic",  # erofs asks for it by what it does, not by name: modules.dep does not tell
    "erofs",
)
# Always kept beside the modules: what is built in, so that a module "missing" there is no fault.
LISTS = ("modules.builtin", "modules.builtin.modinfo", "modules.order")


def wanted(text: str) -> list[str]:
    """Names in modules.txt."""
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def needs(text: str) -> dict[str, tuple[str, ...]]:
    """modules.dep as path -> the paths that it needs."""
    parts = (line.partition(":") for line in text.splitlines() if ":" in line)
    return {path: tuple(rest.split()) for path, _, rest in parts}


def named(path: str) -> str:
    """A module's name as the kernel says it: no folder, no ending, no dash."""
    return PurePosixPath(path).name.split(".ko")[0].replace("-", "_")


def closure(names: Iterable[str], depends: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Paths of `names` with all that they need, each after what it needs; what this kernel lacks is left out."""
    by_name = {named(path): path for path in depends}
    found: dict[str, None] = {}
    for name in names:
        path = by_name.get(named(name))
        if path is not None:
            # depmod lists what is needed nearest first, so it is loaded from the end.
            found.update(dict.fromkeys((*reversed(depends[path]), path)))
    return list(found)
