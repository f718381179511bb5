"""The list of what a card is made of: CycloneDX 1.6, every part with its purl and hash, the same for the same card."""

import json
from pathlib import Path

import pytest
from jsonschema_rs import Draft7, Draft7Validator, Registry

from image_build import ours, sbom
from image_build.packages import Package

DASH = Package("libc6", "2.41-12+deb13u4", "arm64", 5, "c" * 64, "http://m.invalid/debian/pool/main/x.deb", "system")
LOCK = """flask==3.1.3 \\
    --hash=sha256:{a} \\
    --hash=sha256:{b}
pip==26.3 \\
    --hash=sha256:{a}
python-dateutil==4.0.0 ; python_version > '3' \\
    --hash=sha256:{a}
""".format(a="a" * 64, b="b" * 64)
RELEASE = {"version": "2026.11.23"}


def test_every_package_and_every_wheel_has_a_purl_and_a_hash() -> None:
    found = sbom.bill([DASH], LOCK, RELEASE, "d" * 64)
    purls = [part["purl"] for part in found["components"]]
    assert purls == [
        "pkg:deb/debian/libc6@2.41-12%2Bdeb13u4?arch=arm64&distro=debian-13",
        "pkg:pypi/flask@3.1.3",
        "pkg:pypi/python-dateutil@4.0.0",
    ]
    assert all(part["hashes"] for part in found["components"])
    assert found["dependencies"][0]["dependsOn"] == sorted(purls)


def test_the_same_card_has_the_same_list_and_another_root_another_number() -> None:
    first = sbom.bill([DASH], LOCK, RELEASE, "d" * 64)
    assert json.dumps(first) == json.dumps(sbom.bill([DASH], LOCK, RELEASE, "d" * 64))
    assert sbom.bill([DASH], LOCK, RELEASE, "e" * 64)["serialNumber"] != first["serialNumber"]


def test_the_real_lock_is_read_whole() -> None:
    text = ours.LOCK.read_text()
    names = {name for name, _, hashes in sbom.pins(text) if hashes}
    assert {"cryptography", "flask", "gpiod", "zstandard"} <= names
    assert "pip" not in names
    assert len(sbom.pins(text)) == text.count("==") - sum(f"\n{name}==" in text for name in ("pip", "setuptools"))


def _checker() -> Draft7Validator:
    """The specification's own schema with the two that it names, as its Python library brings them."""
    schema = pytest.importorskip("cyclonedx.schema")
    folder = Path(schema.__file__).parent / "_res"
    texts = {path.name: json.loads(path.read_text()) for path in folder.glob("*.schema.json")}
    named = [(f"http://cyclonedx.org/schema/{name}", text) for name, text in texts.items()]
    return Draft7Validator(texts["bom-1.6.SNAPSHOT.schema.json"], registry=Registry(named, draft=Draft7))


def test_the_list_is_valid_cyclonedx() -> None:
    found = sbom.bill([DASH], LOCK, RELEASE, "d" * 64)
    checker = _checker()
    assert [error.message for error in checker.iter_errors(found)] == []
    found["components"][0]["purl"] = 7
    assert not checker.is_valid(found)
