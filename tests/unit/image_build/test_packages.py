"""Which packages the card is made of, and that a wrong list stops the build."""

import tomllib

import pytest

from image_build import packages
from image_build.base import RECIPE

URIS = """
'http://m.invalid/debian/pool/main/d/dbus/dbus_1.16.2-2_arm64.deb' dbus_1.16.2-2_arm64.deb 70000 SHA256:{a}
'http://m.invalid/debian/pool/main/a/alsa/libasound2_1%3a1.2-1_arm64.deb' libasound2_1%3a1.2-1_arm64.deb 9 SHA256:{b}
some other line of apt
"""
A, B = "a" * 64, "b" * 64


def test_what_apt_prints_becomes_packages_with_their_versions_and_hashes() -> None:
    found = packages.answers(URIS.format(a=A, b=B), "system")
    assert [(one.name, one.version, one.size, one.sha256) for one in found] == [
        ("dbus", "1.16.2-2", 70000, A),
        ("libasound2", "1:1.2-1", 9, B),
    ]
    assert found[1].file == "libasound2_1%3a1.2-1_arm64.deb"
    assert found[0].pool == "main/d/dbus/dbus_1.16.2-2_arm64.deb"


def test_a_package_counts_in_the_first_group_that_needs_it_and_what_is_dropped_is_nowhere() -> None:
    system = packages.answers(URIS.format(a=A, b=B), "system")
    screen = packages.answers(URIS.format(a=A, b=B), "screen")
    found = packages.grouped([system, screen], frozenset({"dbus"}))
    assert [(one.name, one.group) for one in found] == [("libasound2", "system")]


def test_every_package_of_the_list_has_a_reason() -> None:
    text = RECIPE.read_text()
    for variant in packages.VARIANTS:
        packages.wanted(text, variant)
    with pytest.raises(ValueError, match="dash needs a reason"):
        packages.wanted(text.replace('dash = "/bin/sh"', 'dash = " "'))


def test_the_raspios_variant_has_raspberry_pis_kernel_and_camera_and_the_same_of_all_else() -> None:
    text = RECIPE.read_text()
    debian, raspios = packages.wanted(text, "debian"), packages.wanted(text, "raspios")
    assert "linux-image-arm64" in debian.alone
    assert "linux-image-rpi-v8" in raspios.alone
    assert "linux-image-arm64" not in raspios.alone
    assert raspios.groups["camera"] == ("python3-picamera2",)
    assert {name: part for name, part in raspios.groups.items() if name != "camera"} == debian.groups


def test_an_unknown_variant_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="debian, raspios"):
        packages.wanted(RECIPE.read_text(), "ubuntu")


def test_nothing_is_both_wanted_and_dropped() -> None:
    asked = packages.wanted(RECIPE.read_text())
    assert not asked.drop & {name for part in asked.groups.values() for name in part}
    for name in ("dpkg", "perl-base", "passwd", "login", "tar", "openssl"):
        assert name in asked.drop


def test_the_kernel_is_the_one_that_the_following_package_names() -> None:
    said = (
        "linux-image-arm64\n  Depends: linux-image-6.12.117+deb13-arm64\n    linux-image-6.12.117+deb13-arm64-unsigned"
    )
    assert packages.kernel(said) == "linux-image-6.12.117+deb13-arm64"
    assert packages.kernel("x\n  Depends: linux-image-6.12.47+rpt-rpi-v8\n") == "linux-image-6.12.47+rpt-rpi-v8"
    with pytest.raises(ValueError, match="names no kernel"):
        packages.kernel("linux-image-arm64\n")


def test_another_package_list_or_another_version_is_another_base() -> None:
    first = packages.answers(URIS.format(a=A, b=B), "system")
    second = packages.answers(URIS.format(a=A, b=A), "system")
    assert packages.digest(first, "list") == packages.digest(first, "list")
    assert len({packages.digest(first, "list"), packages.digest(second, "list"), packages.digest(first, "other")}) == 3


def test_the_list_names_no_package_twice() -> None:
    table = tomllib.loads(RECIPE.read_text())
    names = [name for key, part in table.items() if key not in {"drop", "raspios"} for name in part]
    assert len(names) == len(set(names))
