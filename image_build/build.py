"""Base and commit -> everything of one release in one folder. The order of the steps; each is a function elsewhere.

card.img      what is flashed (sparse)          boot.vfat, root.img  slot A, what an update carries
vmlinuz, initrd.gz, cmdline.txt                 what starts it without a Pi's firmware
release.json  version, model, commit            sbom.cdx.json        what it is made of
files.txt     every path in the root            manifest.json        sizes and digests of all of these
"""

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from firmware_cfg import boot as boot_texts
from image_build import disk, initrd, ours, root, sbom, slots, verity
from image_build.base import Base
from image_build.layout import SALT
from image_build.root import Root
from image_build.tools import BuildError, missing, need, run

SETTINGS = ours.REPOSITORY / "firmware_cfg" / "kiosk.toml"
PROGRAMS = (*root.PROGRAMS, *verity.PROGRAMS, *initrd.PROGRAMS, *disk.PROGRAMS)


@dataclass(frozen=True, slots=True)
class Options:
    """`out` gets the release, `work` is emptied and used; `keyring` is whose updates it takes; `kiosk` its settings."""

    out: Path
    work: Path
    release: Mapping[str, object]
    keyring: Path | None = None
    kiosk: Path = SETTINGS


def release(version: str = "", variant: str = "debian", at: Path = ours.REPOSITORY) -> dict[str, object]:
    """What this is, by the commit alone: building it again later says the same. Raises BuildError without git."""
    git = ("git", "-c", f"safe.directory={at}", "-C", at)
    if missing(("git",)) or not (at / ".git").exists():
        raise BuildError("this is not a git checkout: a release is named by its commit")
    commit, seconds = run(*git, "log", "-1", "--format=%H %ct").split()
    changed = run(*git, "status", "--porcelain", "--untracked-files=normal").strip()
    day = time.gmtime(int(seconds))
    return {
        "version": version or f"{day.tm_year}.{day.tm_mon}.{day.tm_mday}",
        "built_ms": int(seconds) * 1000,
        "model": f"{variant}-arm64",
        "commit": commit + ("+changed" if changed else ""),
    }


def image(base: Base, site: Path, options: Options, say: Callable[[str], None]) -> dict[str, Any]:
    """Builds the release; its manifest. Raises BuildError."""
    need(*PROGRAMS, root=True)
    out = options.out
    out.mkdir(parents=True, exist_ok=True)
    made = root.make(base, site, options.work, options.release, options.keyring, say)
    (out / "files.txt").write_text("".join(f"{path}\n" for path in root.paths(made.tree)))
    say("sealing the root")
    sealed = verity.seal(made.tree, out / "root.img")
    say("boot slot")
    _boot(made, sealed, base.variant, options, say)
    (out / "release.json").write_text(json.dumps(dict(options.release), sort_keys=True) + "\n")
    bill = sbom.bill(base.packages, ours.LOCK.read_text(), options.release, sealed.root_hash)
    (out / "sbom.cdx.json").write_text(json.dumps(bill, indent=1) + "\n")
    say("card")
    _card(options)
    return _manifest(options, sealed)


def _boot(made: Root, sealed: verity.Verified, variant: str, options: Options, say: Callable[[str], None]) -> None:
    out, texts = options.out, options.work / "texts"
    texts.mkdir(exist_ok=True)
    names = initrd.make(made.tree, made.version, options.work / "initrd", out / "initrd.gz")
    say(f"first file system: {len(names)} modules")
    line = boot_texts.cmdline(sealed.root_hash, sealed.blocks, SALT, "a")
    (texts / "cmdline.txt").write_text(line)
    (texts / "config.txt").write_text(boot_texts.config(variant))
    shutil.copyfile(texts / "cmdline.txt", out / "cmdline.txt")
    shutil.copyfile(made.boot / "vmlinuz", out / "vmlinuz")
    disk.make_vfat(out / "boot.vfat", "boot_a", disk.boot_contents(made.boot, texts, out / "initrd.gz"), "BOOT")


def _card(options: Options) -> None:
    work, out = options.work, options.out
    first = {"autoboot.txt": work / "autoboot.txt", "kiosk.toml": work / "kiosk.toml"}
    shutil.copyfile(slots.AUTOBOOT, first["autoboot.txt"])
    shutil.copyfile(options.kiosk, first["kiosk.toml"])
    stage = work / "boot" / "raspi-firmware" / "bootcode.bin"  # the first stage of a Pi 3 and Zero 2 W reads it here
    if stage.is_file():
        first["bootcode.bin"] = stage
    disk.make_vfat(work / "card.vfat", "GATEPOST", first, "GATEPOST")
    disk.make_data(work / "data.ext4")
    parts = {
        "GATEPOST": work / "card.vfat",
        "boot_a": out / "boot.vfat",
        "root_a": out / "root.img",
        "data": work / "data.ext4",
    }
    disk.make_card(out / "card.img", parts)


def _manifest(options: Options, sealed: verity.Verified) -> dict[str, Any]:
    files = {}
    for path in sorted(options.out.iterdir()):
        if path.is_file() and path.name not in {"manifest.json", "card.img"}:
            files[path.name] = {"bytes": path.stat().st_size, "sha256": digest(path)}
    manifest = {
        "release": dict(options.release),
        "root_hash": sealed.root_hash,
        "blocks": sealed.blocks,
        "files": files,
    }
    (options.out / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")
    return manifest


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
