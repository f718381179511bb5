"""The two text files of a boot slot that the Raspberry Pi's firmware reads."""

import re
from importlib.resources import files as package_files

LONGEST = 1024  # bytes of cmdline.txt, well below the kernel's 2,048 (COMMAND_LINE_SIZE of arm64)
_HEX = re.compile("[0-9a-f]{64}")


def config(variant: str) -> str:
    """config.txt: the same in both slots and on every box. `variant`: whose kernel, "debian" or "raspios".

    Raises ValueError for another one.
    """
    if variant not in ("debian", "raspios"):
        raise ValueError(f"no such variant: {variant}")
    # Debian's device trees bear the names of the kernel's own sources: bcm2837 where Raspberry Pi's say bcm2710.
    return _text("config.txt").replace("@UPSTREAM@", str(int(variant == "debian")))


def cmdline(root_hash: str, blocks: int, salt: str, slot: str = "a") -> str:
    """cmdline.txt, one line: the fixed words, then which root partition is trusted and by which hash.

    `root_hash` and `salt` are 64 hexadecimal digits of dm-verity (SHA-256), `blocks` the data blocks of 4,096 bytes,
    `slot` is "a" or "b". Raises ValueError for anything else.
    """
    if slot not in ("a", "b") or not 0 < blocks < 1 << 32:
        raise ValueError(f"no such slot or size: {slot}, {blocks}")
    if not _HEX.fullmatch(root_hash) or not _HEX.fullmatch(salt):
        raise ValueError("hash and salt have 64 hexadecimal digits")
    trusted = f"gatepost.root=PARTLABEL=root_{slot} gatepost.hash={root_hash} gatepost.blocks={blocks}"
    line = f"{_text('cmdline.txt').strip()} rauc.slot={slot.upper()} {trusted} gatepost.salt={salt}\n"
    if len(line) > LONGEST or "\n" in line[:-1]:
        raise ValueError("cmdline.txt must be one line, and not too long")
    return line


def _text(name: str) -> str:
    return package_files("firmware_cfg").joinpath(name).read_text("utf-8")
