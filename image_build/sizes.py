"""How much of the card each group of packages takes: its files, and what they take when they are compressed alone."""

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypedDict

from image_build.base import Base
from image_build.layout import EPOCH
from image_build.ours import HOME
from image_build.tools import run

OURS, WHEELS, KERNEL, BUILT = "ours", "wheels", "kernel and firmware", "made by the build"


class Row(TypedDict):
    """One group: number of files, their bytes, bytes on the card."""

    group: str
    files: int
    bytes: int
    packed: int


def group_of(path: str, owners: Mapping[str, str], groups: Mapping[str, str]) -> str:
    """Whose a path in the root is. `owners`: path -> package, `groups`: package -> group."""
    if path.startswith(f"{HOME}/site/"):
        return WHEELS
    if path.startswith(f"{HOME}/"):
        return OURS
    if path.startswith(("usr/lib/modules/", "usr/lib/firmware/")):
        return KERNEL
    if path.endswith(".pyc"):
        return "python"
    found = groups.get(owners.get(path, ""), BUILT)
    return KERNEL if found == "alone" else found


def measure(base: Base, tree: Path, work: Path, say: Callable[[str], None]) -> list[Row]:
    """A row for each group, largest first. `work` is emptied; it must lie on the same file system as `tree`."""
    shutil.rmtree(work, ignore_errors=True)
    owners, groups = base.owners(), {package.name: package.group for package in base.packages}
    rows: dict[str, Row] = {}
    for folder, _, names in os.walk(tree):
        for name in names:
            path = Path(folder) / name
            inside = str(path.relative_to(tree))
            group = group_of(inside, owners, groups)
            row = rows.setdefault(group, Row(group=group, files=0, bytes=0, packed=0))
            row["files"] += 1
            row["bytes"] += path.lstat().st_size
            place = work / group / inside
            place.parent.mkdir(parents=True, exist_ok=True)
            os.link(path, place, follow_symlinks=False)
    for group, row in rows.items():
        say(group)
        run("mkfs.erofs", "--quiet", "-zlz4hc", f"-T{EPOCH}", work / "part.erofs", work / group)
        row["packed"] = (work / "part.erofs").stat().st_size
    shutil.rmtree(work, ignore_errors=True)
    return sorted(rows.values(), key=lambda row: -row["packed"])


def table(rows: list[Row]) -> str:
    """The rows in megabytes, with what the image is without the screen's share."""
    lines = [f"{'group':<22}{'files':>8}{'MB':>8}{'on the card, MB':>18}"]
    lines += [f"{r['group']:<22}{r['files']:>8}{r['bytes'] / 1e6:>8.1f}{r['packed'] / 1e6:>18.1f}" for r in rows]
    whole = sum(row["packed"] for row in rows)
    screen = sum(row["packed"] for row in rows if row["group"] == "screen")
    lines.append(f"{'all':<22}{'':>16}{whole / 1e6:>18.1f}")
    lines.append(f"{'without the screen':<22}{'':>16}{(whole - screen) / 1e6:>18.1f}")
    return "\n".join(lines)
