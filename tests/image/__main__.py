"""`python -m tests.image --smoke | --short | --full | --only NAME`: boots the card image in QEMU, writes what held.

--smoke builds the image first, from a base in the cache; without one it runs nothing, says so, and ends well.

Ends with status 1 when a promise fails. Needs no root, no KVM and no Raspberry Pi; see docs/image-test.md.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from image_build.base import find
from image_build.commands import main as build
from image_build.emulate.grip import GripLost
from image_build.emulate.machine import NeverSeen
from image_build.emulate.monitor import MonitorLost
from image_build.tools import BuildError
from tests.image.results import Row, write
from tests.image.scenes import SCENES, Failed, Scene, Skipped
from tests.image.stage import Stage

TOOLS = {"qemu-system-aarch64": "qemu-system-arm", "mcopy": "mtools", "/sbin/sfdisk": "fdisk"}
CUTS = {"smoke": 1, "short": 3, "full": 30}
SMOKE = "power-cuts"
CACHE = Path.home() / ".cache" / "gatepost" / "image"


def main(argv: list[str]) -> int:
    """0 all that ran holds, 1 something fails, 2 nothing could run."""
    reader = argparse.ArgumentParser(prog="python -m tests.image", description=__doc__)
    which = reader.add_mutually_exclusive_group(required=True)
    which.add_argument("--smoke", action="store_true", help="1 power cut, with an image made from the cached base")
    which.add_argument("--short", action="store_true", help="3 power cuts, the scenes that fit into 20 minutes")
    which.add_argument("--full", action="store_true", help="30 power cuts, every scene")
    which.add_argument("--only", metavar="NAME", choices=[scene.name for scene in SCENES])
    reader.add_argument("--image", type=Path, default=Path("out/image/card.img"))
    reader.add_argument("--cuts", type=int, help="another number of power cuts")
    reader.add_argument("--cache", type=Path, default=CACHE, help="where --smoke finds the base")
    reader.add_argument("--out", type=Path, default=Path("out"))
    words = reader.parse_args(argv)
    missing = [package for tool, package in TOOLS.items() if shutil.which(tool) is None]
    lacks = f"install {' '.join(missing)}" if missing else ""
    image = words.image
    if words.smoke and not lacks:
        image, lacks = _built(words.cache, words.out / "smoke")
    elif not lacks and not image.exists():
        lacks = f"no image at {image}: make image"
    if lacks:
        print(f"image test: SKIPPED, nothing was booted: {lacks}", file=sys.stderr)
        return 0 if words.smoke else 2
    wanted = {SMOKE} if words.smoke else {words.only}
    chosen = [scene for scene in SCENES if words.full or scene.name in wanted or (words.short and scene.short)]
    cuts = words.cuts or CUTS["full" if words.full else "smoke" if words.smoke else "short"]
    rows: list[Row] = []
    # The emulator's sockets must have short names.
    with tempfile.TemporaryDirectory(prefix="gp-") as folder:
        for scene in chosen:
            rows.append(_played(scene, Stage(image, Path(folder), cuts)))
            write(rows, words.out, image.name)
            print(f"{rows[-1].scene}: {rows[-1].state} {rows[-1].seconds:.0f} s {rows[-1].words}", flush=True)
    return int(any(row.state == "fails" for row in rows))


def _built(cache: Path, out: Path) -> tuple[Path, str]:
    """A card made of this checkout and the cached base; or what it lacks, in words."""
    keyring = cache / "keys" / "release-root.pem"
    given = ["--keyring", str(keyring)] if keyring.exists() else []
    try:
        find(cache)
    except BuildError as error:
        return out, f"{error} (make image)"
    build(["image", "--cache", str(cache), "--out", str(out), *given])
    return out / "card.img", ""


def _played(scene: Scene, stage: Stage) -> Row:
    began = time.monotonic()
    try:
        found = scene.play(stage)
    except Skipped as reason:
        return Row(scene.name, scene.promise, "skipped", time.monotonic() - began, words=str(reason))
    except (AssertionError, NeverSeen, GripLost, MonitorLost, OSError, subprocess.SubprocessError) as error:
        kind = "" if isinstance(error, Failed) else f"{type(error).__name__}: "
        found = error.found if isinstance(error, Failed) else {}
        return Row(scene.name, scene.promise, "fails", time.monotonic() - began, found, f"{kind}{error}"[:4000])
    return Row(scene.name, scene.promise, "holds", time.monotonic() - began, found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
