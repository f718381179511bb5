"""base + this repository -> the root's tree. Each step is a function elsewhere; here is their order.

The tree is the same for the same base and the same commit: nothing in it knows when or where it was built.
"""

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from image_build import kernel, native, ours, prune
from image_build.base import Base
from image_build.thin import thin
from image_build.tools import BuildError, need, run

RECIPE = Path(__file__).parent / "recipe"
PROGRAMS = ("tar", "depmod", "systemctl", "qemu-aarch64-static")


@dataclass(frozen=True, slots=True)
class Root:
    """`tree` is the root, `boot` what the boot slot takes from the packages, `version` the kernel's."""

    tree: Path
    boot: Path
    version: str


def make(
    base: Base,
    site: Path,
    folder: Path,
    release: Mapping[str, object],
    keyring: Path | None,
    say: Callable[[str], None],
) -> Root:
    """The root in `folder`, which is emptied first. Raises BuildError."""
    need(*PROGRAMS, root=True)
    tree, boot = folder / "root", folder / "boot"
    run("rm", "-rf", folder)
    tree.mkdir(parents=True)
    say("unpacking the base")
    run("tar", "-xpf", base.tar, "--numeric-owner", "-C", tree)
    version = _kernel(tree, boot)
    say("our code, units and settings")
    ours.put_code(tree, site, release)
    ours.put_units(tree)
    ours.put_updates(tree, f"gatepost-{release['model']}", str(release["version"]), keyring)
    native.settle(tree)
    say("taking out what a card does not need")
    thin(tree, (RECIPE / "prune.txt").read_text())
    say("bytecode")
    ours.compile_all(tree)
    native.list_libraries(tree)
    native.enable_units(tree)
    native.take_rights(tree)
    _empty_var(tree)
    _refuse(tree)
    return Root(tree, boot, version)


def paths(tree: Path) -> list[str]:
    """Every path in `tree`, relative, sorted; folders too."""
    found = []
    for folder, names, files in os.walk(tree):
        found += [os.path.relpath(os.path.join(folder, name), tree) for name in (*names, *files)]  # noqa: PTH118 100,000 paths
    return sorted(found)


def _kernel(tree: Path, boot: Path) -> str:
    """Sets what the boot slot needs aside, thins the modules out; the kernel's version."""
    versions = sorted(path.name for path in (tree / "usr/lib/modules").iterdir())
    if len(versions) != 1:
        raise BuildError(f"one kernel is wanted in the base, not {len(versions)}")
    version = versions[0]
    boot.mkdir()
    shutil.copyfile(tree / f"boot/vmlinuz-{version}", boot / "vmlinuz")
    trees = tree / f"usr/lib/linux-image-{version}"  # Raspberry Pi's kernel has its overlays beside them
    for source in (trees / "broadcom", trees / "overlays", tree / "usr/lib/raspi-firmware"):
        if source.is_dir():
            shutil.copytree(source, boot / source.name)
    modules = tree / "usr/lib/modules" / version
    run("depmod", "-b", tree / "usr", version)
    names = kernel.wanted((RECIPE / "modules.txt").read_text())
    kept = set(kernel.closure(names, kernel.needs((modules / "modules.dep").read_text())))
    for path in sorted(modules.rglob("*.ko*")):
        if str(path.relative_to(modules)) not in kept:
            path.unlink()
    run("depmod", "-b", tree / "usr", version)
    return version


def _empty_var(tree: Path) -> None:
    """/var begins empty in RAM; what the packages want there is made at each boot."""
    lines = native.var_lines(tree)
    place = tree / "usr/lib/tmpfiles.d/00-gatepost-var.conf"
    place.write_text("# What the packages have in /var, which is in RAM.\n" + "\n".join(lines) + "\n")
    run("rm", "-rf", tree / "var")
    (tree / "var").mkdir()


def _refuse(tree: Path) -> None:
    found = prune.forbidden(paths(tree))
    if found:
        raise BuildError("these must not be on a card:\n" + "\n".join(found[:20]))
