"""base | image | reproduce | sizes: what a person types, and the sentences that come back."""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from image_build import archive, base, build, ours, packages, reproduce, sizes
from image_build.archive import Archive
from image_build.tools import BuildError

CACHE = Path("out/cache")
OUT = Path("out/image")
_NO_ARCHIVE = "this machine installs from no Debian archive: say --mirror URL (and --security URL)"
_NO_RASPI = "the raspios variant needs --raspi-mirror URL and --raspi-key FILE: its archive and the key that signs it"
_NO_KEYRING = "no --keyring: this card will take no update. python -m image_build keys new DIR makes one"


def main(argv: Sequence[str]) -> int:
    """One command, its name first. Raises BuildError."""
    arguments = _parser().parse_args(argv)
    started = time.monotonic()

    def say(words: str) -> None:
        print(f"{time.monotonic() - started:6.1f} s  {words}", flush=True)

    steps: dict[str, Callable[[argparse.Namespace, Callable[[str], None]], int]]
    steps = {"base": _base, "image": _image, "reproduce": _reproduce, "sizes": _sizes}
    return steps[arguments.command](arguments, say)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m image_build")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("base", "image", "reproduce", "sizes"):
        one = commands.add_parser(name)
        one.add_argument("--variant", choices=packages.VARIANTS, default="debian", help="whose kernel and camera")
        one.add_argument("--out" if name == "base" else "--cache", dest="cache", type=Path, default=CACHE)
        if name == "base":
            one.add_argument("--mirror", default="", help="Debian's archive; default: what this machine installs from")
            one.add_argument("--security", default="", help="Debian's archive of security fixes")
            one.add_argument("--raspi-mirror", default="", help="Raspberry Pi's archive, for --variant raspios")
            one.add_argument("--raspi-key", type=Path, help="the key that signs it, binary or .asc")
        else:
            one.add_argument("--out", type=Path, default=OUT)
            one.add_argument("--version", default="", help="year.month.day; default: the day of the commit")
            one.add_argument("--keyring", type=Path, help="release-root.pem: whose updates this card takes")
    return parser


def source(arguments: argparse.Namespace, host: Archive | None) -> Archive:
    """The archive that was asked for. Raises BuildError."""
    found = archive.choose(host, arguments.mirror, arguments.security)
    if found is None:
        raise BuildError(_NO_ARCHIVE)
    if arguments.variant == "raspios":
        if not arguments.raspi_mirror or arguments.raspi_key is None:
            raise BuildError(_NO_RASPI)
        found = replace(found, raspi=arguments.raspi_mirror, raspi_key=arguments.raspi_key.resolve())
    return found


def _base(arguments: argparse.Namespace, say: Callable[[str], None]) -> int:
    arguments.cache.mkdir(parents=True, exist_ok=True)
    say("Debian's packages")
    made = base.make(arguments.cache, source(arguments, archive.of_host()), arguments.variant)
    say(f"{made.tar.name}: {len(made.packages)} packages, {made.tar.stat().st_size >> 20} MiB")
    say(f"wheels in {ours.wheels(arguments.cache).name}")
    return 0


def _options(arguments: argparse.Namespace, work: str) -> build.Options:
    release = build.release(arguments.version, arguments.variant)
    return build.Options(arguments.out, arguments.cache / work, release, arguments.keyring)


def _image(arguments: argparse.Namespace, say: Callable[[str], None]) -> int:
    found = base.find(arguments.cache, arguments.variant)
    if arguments.keyring is None:
        say(_NO_KEYRING)
    made = build.image(found, ours.wheels(arguments.cache), _options(arguments, "work"), say)
    root = made["files"]["root.img"]["bytes"] / 1e6
    say(f"{arguments.out}/card.img: version {made['release']['version']}, root {root:.0f} MB, {made['root_hash']}")
    return 0


def _reproduce(arguments: argparse.Namespace, say: Callable[[str], None]) -> int:
    found = base.find(arguments.cache, arguments.variant)
    first, second = reproduce.twice(found, ours.wheels(arguments.cache), _options(arguments, "work"), say)
    differ = reproduce.differences(first, second)
    say("the same, byte for byte" if not differ else "NOT the same: " + ", ".join(differ))
    (arguments.out / "reproduce.json").write_text(json.dumps({"first": first, "second": second}, indent=1) + "\n")
    return 1 if differ else 0


def _sizes(arguments: argparse.Namespace, say: Callable[[str], None]) -> int:
    found = base.find(arguments.cache, arguments.variant)
    rows = sizes.measure(found, arguments.cache / "work" / "root", arguments.cache / "sizes", say)
    (arguments.out / "sizes.json").write_text(json.dumps(rows, indent=1) + "\n")
    print(sizes.table(rows))
    return 0
