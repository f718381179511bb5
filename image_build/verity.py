"""The root's file: erofs, then its dm-verity hash tree, in one file that is a partition's beginning.

The same tree gives the same bytes: times, identifiers and salt are fixed (layout). Owners and modes are kept; inodes
are numbered by erofs in the order of names. Formats: erofs as Linux 6.12 reads it; verity type 1, SHA-256, blocks of
4096 bytes (kernel documentation, admin-guide/device-mapper/verity).
"""

import re
from dataclasses import dataclass
from pathlib import Path

from image_build.layout import BLOCK, EPOCH, SALT, by_label, uuid
from image_build.tools import BuildError, need, run

PROGRAMS = ("mkfs.erofs", "veritysetup")


@dataclass(frozen=True, slots=True)
class Verified:
    """`file` is the whole partition, `blocks` its data blocks of 4096 bytes, `root_hash` what the boot slot names."""

    file: Path
    blocks: int
    root_hash: str


def seal(tree: Path, file: Path) -> Verified:
    """`tree` as one verified file. Raises BuildError, also when it is larger than its partition."""
    need(*PROGRAMS, root=True)
    file.unlink(missing_ok=True)
    run("mkfs.erofs", "--quiet", "-zlz4hc", f"-T{EPOCH}", "-U", uuid("root erofs"), "-x-1", file, tree)
    size = file.stat().st_size
    if size % BLOCK:
        size += BLOCK - size % BLOCK
        with file.open("r+b") as stream:
            stream.truncate(size)
    said = run(
        *("veritysetup", "format", "--hash=sha256", f"--data-block-size={BLOCK}", f"--hash-block-size={BLOCK}"),
        *(f"--salt={SALT}", f"--uuid={uuid('root verity')}", f"--hash-offset={size}", file, file),
    )
    whole = file.stat().st_size
    if whole % BLOCK:
        with file.open("r+b") as stream:
            stream.truncate(whole + BLOCK - whole % BLOCK)
    if file.stat().st_size > by_label("root_a").size:
        raise BuildError(f"the root has {file.stat().st_size} bytes, its partition {by_label('root_a').size}")
    return Verified(file, size // BLOCK, root_hash(said))


def root_hash(said: str) -> str:
    """The root hash in what `veritysetup format` printed. Raises BuildError."""
    match = re.search(r"^Root hash:\s*([0-9a-f]{64})\s*$", said, re.MULTILINE)
    if match is None:
        raise BuildError("veritysetup named no root hash")
    return match[1]
