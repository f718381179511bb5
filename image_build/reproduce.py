"""The root, the first file system and the boot slot, built twice from the same base: every byte must be the same."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from image_build import build
from image_build.base import Base
from image_build.build import Options

COMPARED = ("root.img", "initrd.gz", "boot.vfat", "cmdline.txt", "files.txt", "sbom.cdx.json", "release.json")


def twice(
    base: Base, site: Path, options: Options, say: Callable[[str], None]
) -> tuple[dict[str, str], dict[str, str]]:
    """File -> SHA-256, of two builds in two places: nothing may depend on where or when."""
    found = []
    for name in ("one", "another-place"):
        here = replace(options, out=options.out / name, work=options.work.with_name(f"work-{name}"))
        build.image(base, site, here, say)
        found.append({file: build.digest(here.out / file) for file in COMPARED})
    return found[0], found[1]


def differences(first: Mapping[str, str], second: Mapping[str, str]) -> list[str]:
    """Names whose digests are not the same."""
    return sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))
