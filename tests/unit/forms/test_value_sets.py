"""The lists of the forms are read from real files: each when asked for, and once."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import forms
from forms.geography import MERGED
from forms.model import LANGUAGES, Coding
from forms.value_sets import Lists, value_sets, ward_file

SIZES = {"provinces": 34, "provinces-63": 63, "airports": 11, "land-gates": 28, "seaports": 27, "countries": 250}


@pytest.mark.parametrize(("name", "size"), [*SIZES.items(), ("wards", 3321)])
def test_every_list_is_there_and_whole(name: str, size: int) -> None:
    options = value_sets()[f"urn:gatepost:list:{name}"]
    assert len(options) == len({option.value for option in options}) == size


def test_a_list_is_read_when_it_is_first_asked_for_and_then_kept() -> None:
    asked: list[str] = []
    lists = Lists({"urn:a": lambda: asked.append("a") or (), "urn:b": lambda: asked.append("b") or ()})
    assert (len(lists), list(lists), "urn:a" in lists, lists.get("urn:c")) == (2, ["urn:a", "urn:b"], True, None)
    assert asked == []
    assert lists["urn:a"] is lists["urn:a"]
    assert asked == ["a"]


def test_countries_have_a_name_in_each_of_the_eight_languages() -> None:
    for option in value_sets()["urn:gatepost:list:countries"]:
        assert list(option.text.texts) == list(LANGUAGES)
        assert isinstance(option.value, Coding) and option.value.code not in option.text.texts.values()


def test_every_ward_lies_in_one_of_the_34_provinces_and_every_province_has_some() -> None:
    assert {option.group for option in value_sets()["urn:gatepost:list:wards"]} == set(MERGED)


def test_wards_are_read_without_importing_their_package() -> None:
    program = "import sys; from forms.value_sets import value_sets; value_sets()['urn:gatepost:list:wards']; "
    program += "sys.exit(any(name in sys.modules for name in ('vietnamadminunits', 'shapely', 'babel')))"
    assert ward_file() is not None
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == 0


def test_no_other_file_of_the_package_reads_files() -> None:
    reads = re.compile(r"forms\.value_sets|read_text|read_bytes|open\(")
    package = Path(forms.__file__).parent
    reading = [path.name for path in package.glob("*.py") if reads.search(path.read_text("utf-8"))]
    assert reading == ["value_sets.py"]
