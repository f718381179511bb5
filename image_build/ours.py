"""Everything of this repository that goes into the root: our code, the wheels, units, settings of the system.

The wheels are those of requirements/edge.txt by their hashes, for the card's Python and processor, laid out by uv on
any machine (pip judges a wheel's conditions by the Python that it runs on). Bytecode is made here: the root cannot be
written to, and Python would compile every module again at each boot.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from image_build import slots
from image_build.prune import Rules
from image_build.tools import BuildError, environment, run

REPOSITORY = Path(__file__).parent.parent
RECIPE = Path(__file__).parent / "recipe"
LOCK = REPOSITORY / "requirements" / "edge.txt"
HOME = "usr/lib/gatepost"
PYTHON = "3.13"
PLATFORM = "aarch64-manylinux_2_36"
_LAUNCHER = """#!/bin/sh
exec env PYTHONPATH=/usr/lib/gatepost:/usr/lib/gatepost/site PYTHONDONTWRITEBYTECODE=1 python3 "$@"
"""
_UNITS = (".service", ".timer", ".mount", ".path", ".socket", ".target", ".slice", ".d")
# Folder in systemd/ -> where it goes.
_PLACES = {
    "card": "",
    "root": "",
    "sysusers.d": "usr/lib/sysusers.d",
    "tmpfiles.d": "usr/lib/tmpfiles.d",
    "journald.conf.d": "usr/lib/systemd/journald.conf.d",
    "system.conf.d": "usr/lib/systemd/system.conf.d",
    "presets": "usr/lib/systemd/system-preset",
    "polkit": "usr/share/polkit-1/rules.d",
}


def wheels(cache: Path, lock: Path = LOCK) -> Path:
    """A folder in `cache` with what `lock` names, made when it is not there. Raises BuildError."""
    place = cache / f"site-{hashlib.sha256(lock.read_bytes() + PLATFORM.encode()).hexdigest()[:16]}"
    if place.is_dir():
        return place
    part = place.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    more = {name: value for name, value in os.environ.items() if name.split("_")[0] in {"UV", "SSL", "HOME"}}
    command = (
        sys.executable,
        "-m",
        "uv",
        "pip",
        "install",
        "--quiet",
        "--target",
        part,
        "--no-deps",
        "--link-mode=copy",
    )
    exact = ("--python-platform", PLATFORM, "--python-version", PYTHON, "--only-binary", ":all:", "--require-hashes")
    run(*command, *exact, "-r", lock, more={"UV_NO_PROGRESS": "1", **more})
    part.rename(place)
    return place


def files() -> list[str]:
    """What of the repository is on the card, by ours.txt, in order. Paths as in the repository."""
    rules = Rules((RECIPE / "ours.txt").read_text(), kept=False)
    tops = sorted(path.name for path in REPOSITORY.iterdir() if path.is_dir() and not path.name.startswith("."))
    found = []
    for top in tops:
        if rules.keeps(f"{top}/__init__.py"):
            found += [str(path.relative_to(REPOSITORY)) for path in (REPOSITORY / top).rglob("*") if path.is_file()]
    return sorted(path for path in found if rules.keeps(path))


def put_code(tree: Path, site: Path, release: Mapping[str, object]) -> None:
    """Our packages, the wheels, the starter of Python, what release this is."""
    home = tree / HOME
    for path in files():
        _copy(REPOSITORY / path, home / path)
    shutil.copytree(site, home / "site", symlinks=True, ignore=shutil.ignore_patterns("__pycache__", ".lock"))
    (home / "installed").touch()
    (home / "release.json").write_text(json.dumps(dict(release), sort_keys=True) + "\n")
    launcher = tree / "usr/bin/gatepost-python"
    launcher.write_text(_LAUNCHER)
    launcher.chmod(0o755)


def put_units(tree: Path) -> None:
    """systemd/, firmware_cfg/card and image_build/device where they belong."""
    for path in sorted((REPOSITORY / "systemd").iterdir()):
        if path.name in _PLACES:
            _lay(path, tree / _PLACES[path.name])
        elif path.suffix == ".preset":
            _copy(path, tree / "usr/lib/systemd/system-preset" / path.name)
        elif path.suffix in _UNITS:
            _lay(path, tree / "usr/lib/systemd/system" / path.name)
    for folder, place in (
        (REPOSITORY / "firmware_cfg" / "card", ""),
        (REPOSITORY / "image_build" / "device", HOME + "/device"),
    ):
        if folder.is_dir():
            _lay(folder, tree / place)
    for script in (tree / HOME / "device").glob("*"):
        script.chmod(0o755)


def put_updates(tree: Path, compatible: str, version: str, keyring: Path | None) -> None:
    """RAUC's settings, and whose updates this card takes: nobody's without `keyring`. Raises BuildError."""
    try:
        settings = slots.system_conf(compatible, version)
    except ValueError as wrong:
        raise BuildError(str(wrong)) from None
    place = tree / "etc/rauc"
    place.mkdir(parents=True, exist_ok=True)
    (place / "system.conf").write_text(settings)
    (place / "keyring.pem").write_bytes(keyring.read_bytes() if keyring else b"")
    _copy(slots.BUS_POLICY, tree / "usr/share/dbus-1/system.d" / slots.BUS_POLICY.name)


def _lay(source: Path, place: Path) -> None:
    if source.is_file():
        _copy(source, place)
        return
    for path in sorted(source.rglob("*")):
        if (path.is_file() or path.is_symlink()) and "__pycache__" not in path.parts and path.suffix != ".md":
            _copy(path, place / path.relative_to(source))


def _copy(source: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    if source.is_symlink():
        place.symlink_to(source.readlink())
        return
    shutil.copyfile(source, place)
    place.chmod(0o755 if source.stat().st_mode & 0o100 and source.suffix != ".py" else 0o644)


def python(version: str = PYTHON) -> str:
    """This machine's Python of `version`, which alone can make the card's bytecode. Raises BuildError."""
    name = f"python{version}"
    home = Path(os.environ.get("HOME", "/nonexistent"))
    found = [
        shutil.which(name),
        *home.glob(f".pyenv/versions/*/bin/{name}"),
        *home.glob(f".local/share/uv/*/*/bin/{name}"),
    ]
    programs = [sys.executable, *(str(program) for program in found if program)]
    for program in programs:
        asked = subprocess.run([program, "-IV"], env=environment({}), capture_output=True, text=True, check=False)
        if asked.stdout.startswith(f"Python {version}."):
            return program
    raise BuildError(f"Python {version} is missing: it makes the card's bytecode (uv python install {version})")


def compile_all(tree: Path) -> None:
    """Bytecode beside every module; never checked against the source's time, which an image does not keep."""
    places = [tree / HOME, tree / f"usr/lib/python{PYTHON}", tree / "usr/lib/python3/dist-packages"]
    found = [place for place in places if place.is_dir()]
    command = [python(), "-I", "-m", "compileall", "-q", "-j", "2", "--invalidation-mode", "unchecked-hash"]
    # Templates of code in libraries are no modules of this Python: they stay without bytecode.
    run(*command, "-s", tree, "-p", "/", "-x", "/(lib2to3|bad_|badsyntax)", *found, more={"PYTHONHASHSEED": "0"})
