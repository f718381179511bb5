"""The base: Debian's packages resolved, fetched, checked and laid out as one tree, kept as a tar in the cache.

The slow part, and the only one that needs the network. No script of a package runs, so an arm64 tree is made on any
machine without emulation; what those scripts would do, `root` does natively. Everything is named by its contents:

    CACHE/apt/            an apt of its own: lists, keyring, sources
    CACHE/debs/           packages, as fetched and checked by apt
    CACHE/base-DIGEST.tar the tree; base-DIGEST.json its packages; base-DIGEST.files.json which package brought a file
"""

import hashlib
import json
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from image_build import archive, packages
from image_build.archive import Archive
from image_build.packages import Package, Wanted
from image_build.thin import BOOT, thin
from image_build.tools import BuildError, environment, need, run

RECIPE = Path(__file__).parent / "recipe" / "packages.toml"
PRUNED = RECIPE.with_name("prune.txt")
_PROGRAMS = ("apt-get", "dpkg-deb", "tar")
_AT_ONCE = 100  # packages handed to one call of apt-get


@dataclass(frozen=True, slots=True)
class Base:
    """A base in the cache."""

    tar: Path
    packages: tuple[Package, ...]
    variant: str

    def owners(self) -> dict[str, str]:
        """Path in the tree -> the package that brought it."""
        found: dict[str, str] = json.loads(self.tar.with_suffix(".files.json").read_text())
        return found


class Apt:
    """An apt root of its own in `folder`."""

    def __init__(self, folder: Path, source: Archive) -> None:
        for name in (
            "etc/apt/preferences.d",
            "etc/apt/apt.conf.d",
            "etc/apt/sources.list.d",
            "var/lib/apt/lists/partial",
        ):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "var/cache/apt/archives/partial").mkdir(parents=True, exist_ok=True)
        (folder / "status").touch()
        (folder / "etc/apt/sources.list").write_text(source.sources())
        (folder / "apt.conf").write_text(archive.apt_conf(folder))
        self._more = {"APT_CONFIG": str(folder / "apt.conf")}

    def update(self) -> None:
        """Renew the lists."""
        run("apt-get", "update", "-q", more=self._more)

    def closure(self, names: Sequence[str], group: str) -> list[Package]:
        """`names` and everything that they need."""
        said = run("apt-get", "install", "--print-uris", "-qq", "-y", *names, more=self._more)
        return packages.answers(said, group)

    def alone(self, names: Sequence[str]) -> list[Package]:
        """`names` without what they need; a name that only follows the newest kernel gives the kernel."""
        real = [self._kernel(name) if name.startswith("linux-image-") else name for name in names]
        return packages.answers(run("apt-get", "download", "--print-uris", "-qq", *real, more=self._more), "alone")

    def fetch(self, found: Sequence[Package], debs: Path) -> None:
        """Whatever of `found` is not in `debs` yet. apt checks each against the signed lists; so do we."""
        debs.mkdir(parents=True, exist_ok=True)
        lacking = [package for package in found if not (debs / package.file).is_file()]
        for start in range(0, len(lacking), _AT_ONCE):
            part = lacking[start : start + _AT_ONCE]
            run("apt-get", "download", "-qq", *(f"{p.name}={p.version}" for p in part), folder=debs, more=self._more)
        for package in found:
            _check(debs / package.file, package)

    def _kernel(self, name: str) -> str:
        return packages.kernel(run("apt-cache", "depends", name, more=self._more))


def resolve(apt: Apt, asked: Wanted) -> list[Package]:
    """Everything on the card, each in the group that needs it first."""
    names: list[str] = []
    closures = []
    for group, part in asked.groups.items():
        names += part
        closures.append(apt.closure(names, group))
    return packages.grouped([*closures, apt.alone(asked.alone)], asked.drop)


def make(cache: Path, source: Archive, variant: str = "debian") -> Base:
    """The base, made or found in `cache`. Raises BuildError."""
    need(*_PROGRAMS, root=True)
    recipe = RECIPE.read_text()
    apt = Apt(cache.resolve() / "apt", source)
    apt.update()
    found = resolve(apt, packages.wanted(recipe, variant))
    name = f"base-{packages.digest(found, recipe + PRUNED.read_text() + variant)}"
    tar, listed = cache / f"{name}.tar", cache / f"{name}.json"
    if not (tar.is_file() and listed.is_file()):
        apt.fetch(found, cache / "debs")
        owners = _lay_out([(package.name, cache / "debs" / package.file) for package in found], tar)
        (cache / f"{name}.files.json").write_text(json.dumps(owners, sort_keys=True, indent=0) + "\n")
        listed.write_text(json.dumps([asdict(package) for package in found], indent=1) + "\n")
    (cache / f"base-{variant}").write_text(name + "\n")
    return Base(tar, tuple(found), variant)


def find(cache: Path, variant: str = "debian") -> Base:
    """The newest base in `cache`. Raises BuildError when there is none."""
    try:
        name = (cache / f"base-{variant}").read_text().strip()
        found = tuple(Package(**row) for row in json.loads((cache / f"{name}.json").read_text()))
    except OSError:
        raise BuildError(f"no base in {cache}: python -m image_build base --out {cache} --variant {variant}") from None
    return Base(cache / f"{name}.tar", found, variant)


def _check(deb: Path, package: Package) -> None:
    try:
        digest = hashlib.sha256(deb.read_bytes()).hexdigest()
    except OSError:
        raise BuildError(f"{package.file} was not fetched") from None
    if digest != package.sha256:
        deb.unlink()
        raise BuildError(f"{package.file} is not what the signed list names; it was thrown away, try again")


def _lay_out(debs: Sequence[tuple[str, Path]], tar: Path) -> dict[str, str]:
    """All `debs` in one tree, then one tar with owners and times as packed; path -> the package that brought it."""
    tree = tar.with_suffix(".tree")
    run("rm", "-rf", tree)
    # The merged /usr: packages of before it bring files for /bin and /lib.
    for name in ("bin", "lib", "sbin"):
        (tree / "usr" / name).mkdir(parents=True)
        (tree / name).symlink_to(f"usr/{name}")
    owners: dict[str, str] = {}
    for name, deb in debs:
        owners.update(dict.fromkeys(_unpack(deb, tree), name))
    thin(tree, PRUNED.read_text() + BOOT)
    part = tar.with_suffix(".part")
    run("tar", "--sort=name", "--numeric-owner", "-cf", part, "-C", tree, ".")
    part.rename(tar)
    run("rm", "-rf", tree)
    return owners


def _unpack(deb: Path, tree: Path) -> list[str]:
    """Lays `deb` into `tree`; the files of it."""
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE, env=environment({})) as sender:
        taken = subprocess.run(
            ["tar", "-xvp", "--numeric-owner", "--keep-directory-symlink", "-C", tree],
            stdin=sender.stdout,
            capture_output=True,
            text=True,
            check=False,
        )
    if taken.returncode or sender.returncode:
        raise BuildError(f"{deb.name} cannot be unpacked: {taken.stderr.strip()[-300:]}")
    return [_merged(line.removeprefix("./")) for line in taken.stdout.splitlines() if not line.endswith("/")]


def _merged(path: str) -> str:
    return f"usr/{path}" if path.split("/")[0] in {"bin", "lib", "sbin"} else path
