"""Every command that a page names can be given: it exists, and knows the options that the page gives it."""

import json
import re
import subprocess
import sys

import pytest

from tests.unit.docs.pages import PAGES, ROOT, code_of, name_of

OURS = re.compile(r"(?:\.venv/bin/)?python -m ((?:kiosk|ble_scanner|sync_agent|central)\b.*)")
MAKE = re.compile(r"^make ([a-z]+)")
TWO_LEVELS = frozenset(
    [
        "keys",
        "bulletin",
        "pass",
        "tag",
        "case-keys",
        "account",
        "audit",
        "deletion",
        "place",
        "station",
        "zone",
        "rules",
        "api-token",
    ]
)
Told = dict[str, tuple[int, str]]

# One interpreter for all of them: each start would load the same libraries again.
ASK_ALL = """
import contextlib, io, json, runpy, sys
told = {}
for command in list(sys.argv[1:]):
    package, *words = command.split()
    sys.argv, out, status = [package, *words, "--help"], io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            runpy.run_module(package, run_name="__main__", alter_sys=True)
        except SystemExit as end:
            status = end.code or 0
    told[command] = (status, out.getvalue())
print(json.dumps(told))
"""


def commands() -> dict[str, set[str]]:
    """`central enrol` -> the options that some page gives it."""
    found: dict[str, set[str]] = {}
    for page in PAGES:
        for code in code_of(page):
            told = OURS.match(code)
            if told is None:
                continue
            package, *words = told[1].split("#")[0].split()
            name = " ".join([package, *_names(words)])
            found.setdefault(name, set()).update(word for word in words if word.startswith("--"))
    return found


def _names(words: list[str]) -> list[str]:
    """The subcommand, and the action behind it where there are two levels."""
    if not words or words[0].startswith("-"):
        return []
    return words[: 2 if words[0] in TWO_LEVELS else 1]


COMMANDS = {name: options for name, options in sorted(commands().items()) if " " in name}


@pytest.fixture(scope="module")
def told() -> Told:
    argv = [sys.executable, "-c", ASK_ALL, *COMMANDS]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    answers: Told = json.loads(done.stdout)
    return answers


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_a_page_names_answers_help_and_knows_its_options(command: str, told: Told) -> None:
    status, usage = told[command]
    assert status == 0, usage
    assert "usage:" in usage
    assert [option for option in COMMANDS[command] if option not in usage] == []


def test_every_make_target_that_a_page_names_is_there() -> None:
    named = {(name_of(page), target) for page in PAGES for code in code_of(page) for target in MAKE.findall(code)}
    assert named
    assert {(page, target) for page, target in named if target not in targets()} == set()


def test_make_help_tells_of_every_target() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True)
    assert set(re.findall(r"^ *make ([a-z]+)", done.stdout, re.MULTILINE)) == targets()


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
