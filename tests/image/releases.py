"""python -m tests.image.releases: the updates that the scenes offer a booted card, made from that card's own tree.

    python -m image_build keys new KEYS; python -m image_build image --keyring KEYS/release-root.pem
    python -m tests.image.releases --image out/image --cache out/cache --keys KEYS --out out/image/releases

good    the card's system with the next version and one line of one program changed
bad     one version more, signed as well, and its gate cannot start
forged  a later version, signed by keys that no card has heard of
older   signed by the right key, older than the card

Needs root (owners of files in the root) and about a minute for each of the first two. The last two carry four blocks
only: they are refused before a byte of them is read, and a card that took one would not boot.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from firmware_cfg.boot import cmdline
from image_build import bundle, ours, verity
from image_build.layout import BLOCK, SALT
from image_build.tools import BuildError, need, run

LIST = "releases.json"
HOME = Path("usr/lib/gatepost")
# The least that an engineer changes: one sentence. And the least that breaks a gate: it ends before it has begun.
CHANGED = HOME / "kiosk" / "__init__.py"
BROKEN = HOME / "kiosk" / "__main__.py"
_BREAKS = 'raise SystemExit("a gate that cannot start")\n'


@dataclass(frozen=True, slots=True)
class Offer:
    """One bundle: its file's name, what the centre's notice says of it."""

    file: str
    version: str
    size: int
    sha256: str
    key_id: str


@dataclass(frozen=True, slots=True)
class Releases:
    """`card` is the version of the card that they are for, `keyring` the root that it must believe, as text."""

    card: str
    keyring: str
    good: Offer
    bad: Offer
    forged: Offer
    older: Offer


def main(argv: Sequence[str] | None = None) -> int:
    """0 made, 1 it did not work."""
    parser = argparse.ArgumentParser(prog="python -m tests.image.releases", description="Updates for the image test.")
    parser.add_argument("--image", type=Path, default=Path("out/image"), help="the folder that `image` has written")
    parser.add_argument("--cache", type=Path, default=Path("out/cache"), help="where that image was built")
    parser.add_argument("--keys", type=Path, required=True, help="release.key and release-root.pem of that image")
    parser.add_argument("--out", type=Path, default=Path("out/image/releases"))
    words = parser.parse_args(argv)
    try:
        make(words.image, words.cache / "work" / "root", words.keys, words.out, lambda line: print(line, flush=True))
    except (BuildError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def read(folder: Path) -> Releases | None:
    """What lies in `folder`; None when nothing does."""
    try:
        found = json.loads((folder / LIST).read_text("utf-8"))
    except FileNotFoundError:
        return None
    offers = {name: Offer(**found[name]) for name in ("good", "bad", "forged", "older")}
    return Releases(found["card"], found["keyring"], **offers)


def make(image: Path, tree: Path, keys: Path, out: Path, say: Callable[[str], None]) -> Releases:
    """All four in `out`. Raises BuildError."""
    need("cp", root=True)
    release = json.loads((image / "release.json").read_text("utf-8"))
    if json.loads((tree / HOME / "release.json").read_text("utf-8")) != release:
        raise BuildError(f"{tree} is not what {image} was made of: build the image again")
    out.mkdir(parents=True, exist_ok=True)
    card = str(release["version"])
    keyring = (keys / "release-root.pem").read_text("ascii")
    with tempfile.TemporaryDirectory(dir=out) as aside:
        work = Path(aside)
        run("cp", "-a", tree, work / "tree")
        say("good")
        _change(work / "tree", CHANGED, lambda text: text.replace('"""', '"""Once more: ', 1))
        good = _whole(image, work, _next(release, 1), keys, out / "good.raucb")
        say("bad")
        _change(work / "tree", BROKEN, lambda text: _BREAKS)
        bad = _whole(image, work, _next(release, 2), keys, out / "bad.raucb")
        say("forged, older")
        bundle.new_keys(work / "strangers")
        forged = _small(work, _next(release, 3), work / "strangers", out / "forged.raucb")
        older = _small(work, {**release, "version": "2000.1.1"}, keys, out / "older.raucb")
    made = Releases(card, keyring, good, bad, forged, older)
    (out / LIST).write_text(json.dumps(asdict(made), indent=1) + "\n", "utf-8")
    return made


def _next(release: Mapping[str, object], more: int) -> dict[str, object]:
    """The same with a version so many days later; a month may have forty days."""
    year, month, day = str(release["version"]).split(".")
    return {**release, "version": f"{year}.{month}.{int(day) + more}"}


def _change(tree: Path, path: Path, how: Callable[[str], str]) -> None:
    """One program of the tree, and its bytecode as the image's build makes it."""
    file = tree / path
    file.write_text(how(file.read_text("utf-8")), "utf-8")
    for old in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
        old.unlink()
    command = (ours.python(), "-I", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash")
    run(*command, "-s", tree, "-p", "/", file, more={"PYTHONHASHSEED": "0"})


def _whole(image: Path, work: Path, release: Mapping[str, object], keys: Path, out: Path) -> Offer:
    """A bundle of the tree as it is now, under another version: root, boot slot that names it, signature."""
    tree, content = work / "tree", work / "content"
    content.mkdir(exist_ok=True)
    text = json.dumps(dict(release), sort_keys=True) + "\n"
    (tree / HOME / "release.json").write_text(text, "utf-8")
    ours.put_updates(tree, f"gatepost-{release['model']}", str(release["version"]), keys / "release-root.pem")
    sealed = verity.seal(tree, content / "root.img")
    line = cmdline(sealed.root_hash, sealed.blocks, SALT).encode()
    (content / "boot.vfat").write_bytes(_renamed((image / "boot.vfat").read_bytes(), line, image))
    (content / "release.json").write_text(text, "utf-8")
    return _offer(out, bundle.make_bundle(content, keys, out))


def _renamed(boot: bytes, line: bytes, image: Path) -> bytes:
    """The boot slot with another cmdline.txt in the old one's place. Raises BuildError.

    Replacing the file would leave the old text in a free cluster, and a card refuses a slot that names two roots.
    """
    old = (image / "cmdline.txt").read_bytes()
    if boot.count(old) != 1 or len(line) != len(old):
        raise BuildError(f"{image / 'boot.vfat'} does not hold its cmdline.txt once and with {len(line)} bytes")
    return boot.replace(old, line)


def _small(work: Path, release: Mapping[str, object], keys: Path, out: Path) -> Offer:
    """A bundle that nothing boots."""
    content = work / f"small-{out.stem}"
    content.mkdir()
    for name in ("root.img", "boot.vfat"):
        (content / name).write_bytes(Random(name).randbytes(4 * BLOCK))  # RAUC takes no content below one block
    (content / "release.json").write_text(json.dumps(dict(release)) + "\n", "utf-8")
    return _offer(out, bundle.make_bundle(content, keys, out))


def _offer(out: Path, made: bundle.Bundle) -> Offer:
    return Offer(out.name, made.version, made.size, made.sha256, made.key_id)


if __name__ == "__main__":
    sys.exit(main())
