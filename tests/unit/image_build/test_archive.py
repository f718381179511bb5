"""Where packages come from: the building machine's own archive or what it is told; never a committed address."""

import argparse
from pathlib import Path

import pytest

from image_build import archive, commands
from image_build.archive import Archive
from image_build.tools import BuildError

DEB822 = """Types: deb
URIs: http://mirror.invalid/debian
Suites: bookworm bookworm-updates
Components: main

Types: deb
URIs: http://mirror.invalid/debian-security
Suites: bookworm-security
"""
ONE_LINE = """# deb http://old.invalid/debian buster main
deb [signed-by=/k.gpg] https://other.invalid/debian/ trixie main
deb https://packages.invalid/apt cloud main
"""


def test_both_styles_of_apts_files_are_read() -> None:
    assert archive.find([DEB822]) == Archive("http://mirror.invalid/debian", "http://mirror.invalid/debian-security")
    assert archive.find([ONE_LINE]) == Archive("https://other.invalid/debian", "")


def test_a_machine_that_is_no_debian_has_no_archive() -> None:
    assert archive.find(["deb https://packages.invalid/apt cloud main\n"]) is None


def test_files_of_the_machine_are_found_and_others_in_the_folder_left_alone(tmp_path: Path) -> None:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list.d" / "debian.sources").write_text(DEB822)
    (tmp_path / "sources.list.d" / "old.list.save").write_text("deb http://saved.invalid/debian x main\n")
    found = archive.of_host(tmp_path)
    assert found is not None
    assert found.mirror == "http://mirror.invalid/debian"


def test_what_a_person_says_goes_before_what_the_machine_has() -> None:
    host = Archive("http://mirror.invalid/debian", "http://mirror.invalid/debian-security")
    said = archive.choose(host, "http://near.invalid/debian")
    assert said == Archive("http://near.invalid/debian", "http://mirror.invalid/debian-security")
    assert archive.choose(None) is None
    assert archive.choose(host) == host


def test_every_source_names_the_key_that_signs_it() -> None:
    whole = Archive("http://m.invalid/debian", "http://s.invalid/x", Path("/k"), "http://r.invalid/debian", Path("/r"))
    lines = whole.sources().splitlines()
    assert len(lines) == 3
    assert all("signed-by=" in line for line in lines)
    assert "[signed-by=/r] http://r.invalid/debian trixie main" in lines[2]


def test_the_builds_apt_knows_its_own_folder_alone() -> None:
    text = archive.apt_conf(Path("/cache/apt"))
    assert 'Dir "/cache/apt";' in text
    assert 'APT::Architectures { "arm64"; };' in text


def _asked(**more: object) -> argparse.Namespace:
    asked = {"mirror": "", "security": "", "variant": "debian", "raspi_mirror": "", "raspi_key": None, **more}
    return argparse.Namespace(**asked)


def test_without_any_archive_the_build_says_which_parameter_gives_one() -> None:
    with pytest.raises(BuildError, match="--mirror URL"):
        commands.source(_asked(), None)


def test_the_raspios_variant_wants_its_archive_and_its_key() -> None:
    host = Archive("http://mirror.invalid/debian", "")
    with pytest.raises(BuildError, match="--raspi-mirror URL and --raspi-key FILE"):
        commands.source(_asked(variant="raspios"), host)
    found = commands.source(
        _asked(variant="raspios", raspi_mirror="http://r.invalid/debian", raspi_key=Path("/k.asc")), host
    )
    assert found.sources().count("\n") == 2
