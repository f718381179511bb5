"""Whatever a command on tags or cases answers is said in Vietnamese and English."""

import re
from pathlib import Path

import pytest

import central.radio
from central.radio.words import DONE, REFUSALS, done, refusal
from wire.refusal import Refused

RADIO = Path(central.radio.__file__).parent
# Reasons that no operator meets: a kiosk's record is refused by ingest, as docs/protocol.md says.
OF_RECORDS = {"bad_record"}
# Reasons of what these commands call: publishing, issuing a pass, reading case keys.
FROM_ELSEWHERE = {"too_large", "expired", "bad_name", "bad_schema"}


def reasons() -> set[str]:
    """Every reason that the package gives."""
    sources = "".join(path.read_text("utf-8") for path in RADIO.glob("*.py"))
    return set(re.findall(r'Refused\(\s*"(\w+)"', sources)) - OF_RECORDS


def test_every_reason_has_its_words_and_every_word_its_reason() -> None:
    assert reasons() | FROM_ELSEWHERE | {"bad_file"} == set(REFUSALS)


@pytest.mark.parametrize("pair", [*REFUSALS.values(), *DONE.values()])
def test_each_is_said_twice(pair: tuple[str, str]) -> None:
    vietnamese, english = pair
    assert re.search("[à-ỹđ]", vietnamese) and english.isascii() and len(english) > 10


def test_every_command_has_a_closing_word() -> None:
    sources = "".join(path.read_text("utf-8") for path in RADIO.glob("*_commands.py"))
    assert set(re.findall(r'perform\(options, work, "([\w-]+)"', sources)) == set(DONE)
    assert " / " in done("issue")


def test_a_reason_without_words_is_still_told() -> None:
    assert refusal(Refused("surprise", "here")) == "Không thực hiện được (surprise). / Not done (surprise).\n  here"
