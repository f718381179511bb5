"""Which Debian packages the card is made of. Pure: the list's text and apt's answers come in, plans go out."""

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

VARIANTS = ("debian", "raspios")
_URI = re.compile(
    r"^'(?P<uri>[^']+)' (?P<file>\S+_(?P<arch>[a-z0-9]+)\.deb) (?P<size>\d+) SHA256:(?P<sha>[0-9a-f]{64})$"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """`groups`: name -> packages that are resolved with what they need. `alone`: taken apart. `drop`: left out."""

    groups: Mapping[str, tuple[str, ...]]
    alone: tuple[str, ...]
    drop: frozenset[str]


@dataclass(frozen=True, slots=True)
class Package:
    """One .deb. `uri` is where it lies, `size` its bytes, `sha256` in hexadecimal, `group` where it is needed first."""

    name: str
    version: str
    arch: str
    size: int
    sha256: str
    uri: str
    group: str

    @property
    def file(self) -> str:
        """Its name in the cache; a version's colon is no sign for a file."""
        return f"{self.name}_{self.version.replace(':', '%3a')}_{self.arch}.deb"

    @property
    def pool(self) -> str:
        """Where it lies in any mirror."""
        return self.uri.partition("/pool/")[2]


def wanted(text: str, variant: str = "debian") -> Wanted:
    """What packages.toml asks for. Raises ValueError for an unknown variant and for a package without a reason."""
    if variant not in VARIANTS:
        raise ValueError(f"no such variant: {variant} ({', '.join(VARIANTS)})")
    table: dict[str, Any] = tomllib.loads(text)
    own: dict[str, Any] = table.pop("raspios")
    alone, drop = table.pop("alone"), table.pop("drop")
    if variant == "raspios":
        alone = own.pop("alone")
        table = {**table, **own}
    for part in (*table.values(), alone, drop):
        for name, reason in part.items():
            if not isinstance(reason, str) or not reason.strip():
                raise ValueError(f"packages.toml: {name} needs a reason")
    return Wanted({name: tuple(part) for name, part in table.items()}, tuple(alone), frozenset(drop))


def answers(text: str, group: str) -> list[Package]:
    """Packages of what `apt-get --print-uris` printed, by name."""
    found = []
    for line in text.splitlines():
        match = _URI.match(line.strip())
        if match:
            name, version, arch = match["file"].removesuffix(".deb").split("_")
            found.append(Package(name, unquote(version), arch, int(match["size"]), match["sha"], match["uri"], group))
    return sorted(found, key=lambda package: package.name)


def grouped(closures: Sequence[Sequence[Package]], drop: frozenset[str]) -> list[Package]:
    """Each package once, in the group that needs it first; what is dropped is not there. `closures` grow."""
    found: dict[str, Package] = {}
    for closure in closures:
        for package in closure:
            if package.name not in drop:
                found.setdefault(package.name, package)
    return sorted(found.values(), key=lambda package: package.name)


def kernel(depends: str) -> str:
    """The kernel's own package in what `apt-cache depends` says of the one that follows it. Raises ValueError."""
    match = re.search(r"Depends: (linux-image-\d\S+)", depends)
    if match is None:
        raise ValueError("the archive's linux-image package names no kernel")
    return match[1]


def digest(packages: Sequence[Package], recipe: str) -> str:
    """Names a base by all that it is made of: 16 hexadecimal digits."""
    lines = [f"{package.file} {package.sha256}" for package in packages]
    return hashlib.sha256("\n".join([recipe, *lines]).encode()).hexdigest()[:16]
