"""Takes out of a tree what a list does not keep."""

import os
from pathlib import Path

from image_build.prune import Rules

# What the boot slot takes from the packages: the base keeps it, the root does not.
BOOT = "+ boot/**\n+ usr/lib/raspi-firmware/**\n+ usr/lib/linux-image-*/**\n"


def thin(tree: Path, text: str) -> None:
    """Removes from `tree` every file and empty folder that `text` (see prune) takes out. Links are never followed."""
    rules = Rules(text, kept=True)
    for folder, names, files in os.walk(tree, topdown=False):
        for name in (*files, *names):
            path = Path(folder) / name
            if rules.keeps(str(path.relative_to(tree))):
                continue
            if path.is_symlink() or not path.is_dir():
                path.unlink()
            elif not any(path.iterdir()):
                path.rmdir()
