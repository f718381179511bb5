"""Every command in docs/keys.md is one that this version takes, and its figures are those of the code."""

import re
import shlex
from pathlib import Path

import pytest

from central.__main__ import _parser
from central.vault.purse import SIZES

PAGE = (Path(__file__).parents[4] / "docs" / "keys.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"python -m central ([^`\n]+)", PAGE)


@pytest.mark.parametrize("line", COMMANDS)
def test_each_command_of_the_page_is_understood(line: str) -> None:
    _parser().parse_args(shlex.split(line))


def test_the_page_has_the_limits_of_the_code() -> None:
    rows = re.findall(r"\| ([\d,]+) \| ([\d,]+) \|", PAGE)
    said = [tuple(int(number.replace(",", "")) for number in row) for row in rows]
    assert sorted(said) == sorted(map(tuple, SIZES.values()))
