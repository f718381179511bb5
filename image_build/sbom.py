"""What is on the card, as CycloneDX 1.6 JSON: Debian's packages and the wheels, each with its purl and hash. Pure.

CycloneDX specification 1.6 (ECMA-424); purl-spec, types deb and pypi. No time and no serial number of the moment: the
same card has the same list.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote
from uuid import uuid5

from image_build.layout import NAMESPACE
from image_build.packages import Package

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
# Brought by a wheel and taken off the card again.
_TAKEN_OFF = frozenset({"pip", "setuptools"})


def bill(packages: Iterable[Package], lock: str, release: Mapping[str, Any], root_hash: str) -> dict[str, Any]:
    """The bill of materials of one release."""
    components = [_deb(package) for package in packages] + [_wheel(*pin) for pin in pins(lock)]
    version = str(release["version"])
    seed = hashlib.sha256(f"{version} {root_hash}".encode()).hexdigest()
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE, seed)}",
        "version": 1,
        "metadata": {
            "component": {
                "bom-ref": "gatepost",
                "type": "firmware",
                "name": "gatepost",
                "version": version,
                "hashes": [{"alg": "SHA-256", "content": root_hash}],
                "properties": [{"name": "gatepost:hash", "value": "dm-verity root hash"}],
            }
        },
        "components": components,
        "dependencies": [{"ref": "gatepost", "dependsOn": sorted(item["bom-ref"] for item in components)}],
    }


def pins(lock: str) -> list[tuple[str, str, list[str]]]:
    """(name, version, hashes) of each wheel in a lock file, without what is taken off again."""
    blocks = re.split(r"\n(?=[A-Za-z0-9])", lock)
    found = []
    for block in blocks:
        match = _PIN.match(block)
        if match and match[1].lower() not in _TAKEN_OFF:
            found.append((match[1], match[2], sorted(_HASH.findall(block))))
    return sorted(found)


def _deb(package: Package) -> dict[str, Any]:
    purl = (
        f"pkg:deb/debian/{quote(package.name)}@{quote(package.version, safe='')}?arch={package.arch}&distro=debian-13"
    )
    return {
        "bom-ref": purl,
        "type": "library",
        "name": package.name,
        "version": package.version,
        "purl": purl,
        "hashes": [{"alg": "SHA-256", "content": package.sha256}],
        "properties": [{"name": "gatepost:group", "value": package.group}],
    }


def _wheel(name: str, version: str, hashes: list[str]) -> dict[str, Any]:
    """A lock file names the hash of every wheel of a version; the one that was laid out is among them."""
    purl = f"pkg:pypi/{quote(name.lower().replace('_', '-'))}@{quote(version, safe='')}"
    return {
        "bom-ref": purl,
        "type": "library",
        "name": name,
        "version": version,
        "purl": purl,
        "hashes": [{"alg": "SHA-256", "content": one} for one in hashes],
        "properties": [{"name": "gatepost:group", "value": "python"}],
    }
