"""`python -m ble_scanner` itself: help that succeeds, and streams that the caller closed or that lack letters."""

import subprocess
import sys

import pytest

MAIN = f"{sys.executable} -m ble_scanner"


def shell(line: str) -> tuple[int, str, str]:
    ended = subprocess.run(["sh", "-c", line], capture_output=True, timeout=60, encoding="utf-8", check=False)
    return ended.returncode, ended.stdout, ended.stderr


@pytest.mark.parametrize("ask", ["--help", "-h", "help"])
def test_help_is_an_answer(ask: str) -> None:
    status, told, said = shell(f"{MAIN} {ask}")
    assert (status, said) == (0, "")
    assert "was this phone here?" in told


@pytest.mark.parametrize("ask", ["", "no-such-command"])
def test_no_command_and_a_strange_one_are_wrong_usage(ask: str) -> None:
    status, told, said = shell(f"{MAIN} {ask}")
    assert (status, told) == (2, "")
    assert "usage:" in said


@pytest.mark.parametrize("closed", ["<&-", "</dev/null >&-", "</dev/null 2>&-"])
def test_a_stream_that_is_closed_is_an_empty_one(closed: str) -> None:
    assert shell(f"{MAIN} parse {closed}") == (0, "", "")


def test_letters_that_a_terminal_lacks_are_spelt_out() -> None:
    status, told, _ = shell(f"echo zz | PYTHONUTF8=0 PYTHONIOENCODING=ascii {MAIN} parse")
    assert status == 0
    assert "hexadecimal" in told
