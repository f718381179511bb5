"""The technician's handbook says what the kiosk does: keys, defaults, lamps, findings, faults, errors."""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import MISSING, fields
from typing import Any, get_type_hints

import pytest

from central.enrolment import ERRORS
from firmware_cfg.keys import Section
from firmware_cfg.settings import Settings
from kiosk.devices.patterns import BUZZES, LAMPS
from kiosk.gate import FAULTS
from store.retention import Purged
from tests.unit.docs.draw_wiring import PICTURE, draw
from tests.unit.docs.pages import ROOT, prose_of, rows_of
from ui.words import read_language
from wire.reasons import REASONS

PAGE = ROOT / "docs" / "technician.md"
TEXT = prose_of(PAGE)
REQUIRED, UNSET = "bắt buộc / required", "không đặt / not set"


def keys_of(cls: type[Section], path: str = "") -> Iterator[tuple[str, Any]]:
    """Each key with its default; MISSING for a required one."""
    hints = get_type_hints(cls)
    for field in fields(cls):  # type: ignore[arg-type]
        kind = hints[field.name]
        if isinstance(kind, type) and issubclass(kind, Section):
            yield from keys_of(kind, f"{path}{field.name}.")
        else:
            yield f"{path}{field.name}", field.default


def told_default(cell: str) -> Any:
    if cell in (REQUIRED, UNSET):
        return MISSING if cell == REQUIRED else None
    value = tomllib.loads(f"x = {cell.strip('`')}")["x"]
    return tuple(value) if isinstance(value, list) else value


def test_every_key_of_kiosk_toml_is_told_with_its_default() -> None:
    rows = rows_of(PAGE, "kiosk.toml, từng khóa / key by key")
    assert {row[0].strip("`"): told_default(row[1]) for row in rows} == dict(keys_of(Settings))
    assert [row for row in rows if len(row) != 4 or not all(row)] == []


def test_every_lamp_pattern_is_told() -> None:
    rows = rows_of(PAGE, "Đèn và còi / Lamps and buzzer")
    assert [row[0].strip("`") for row in rows if row[0].strip("`") not in LAMPS] == []
    assert {row[0].strip("`") for row in rows} == set(LAMPS)


@pytest.mark.parametrize(("pattern", "buzz"), [("green", "ok"), ("yellow", "ask"), ("red", "stop"), ("fault", "fault")])
def test_the_beeps_are_counted_right(pattern: str, buzz: str) -> None:
    told = next(row[2] for row in rows_of(PAGE, "Đèn và còi / Lamps and buzzer") if row[0] == f"`{pattern}`")
    assert told[0] == str(sum(sounding for sounding, _ in BUZZES[buzz]))


def test_what_the_self_test_says_is_quoted_word_for_word() -> None:
    sources = [ast.parse(path.read_text("utf-8")) for path in (ROOT / "kiosk" / "commands").glob("check*.py")]
    constants = (node for source in sources for node in ast.walk(source) if isinstance(node, ast.Constant))
    said = {node.value for node in constants if isinstance(node.value, str)}
    rows = rows_of(PAGE, "Tự kiểm tra / Self-test")
    parts = {row[0].strip("`") for row in rows}
    assert parts <= said | {"tls"}
    begun = {text.split("(")[0].strip() for text in said}
    assert [row[1] for row in rows if row[1] not in begun | said] == []


def test_every_part_of_the_self_test_is_told() -> None:
    source = (ROOT / "kiosk" / "commands" / "check.py").read_text("utf-8")
    layers = (ROOT / "kiosk" / "commands" / "check_network.py").read_text("utf-8")
    tested = set(re.findall(r'^        \("(\w+)", ', source, re.MULTILINE))
    tested |= set(re.findall(r'Finding\("(\w+)"', layers)) | {"tls", "clock"}
    assert {row[0].strip("`") for row in rows_of(PAGE, "Tự kiểm tra / Self-test")} == tested


def test_the_wiring_is_drawn_from_the_pins_of_the_settings() -> None:
    assert PICTURE.read_text("utf-8") == draw()


def test_every_fault_of_the_gate_has_its_section() -> None:
    sections = TEXT.split("\n### ")[1:]
    opening = "\n".join("\n".join(section.split("\n")[1:4]) for section in sections)
    for fault in (*FAULTS, "database_moved", "stalled", "clock_unset"):
        assert fault in REASONS
        assert f"`{fault}`" in opening


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_reason_has_its_sentence(language: str) -> None:
    texts = read_language(ROOT / "ui" / "locales" / language)
    assert [code for code in REASONS if f"reason.{code}" not in texts or f"why.{code}" not in texts] == []


def test_what_a_purge_prints_is_told() -> None:
    assert [field.name for field in fields(Purged) if f"`{field.name}`" not in TEXT] == []


def test_the_errors_of_a_token_are_told() -> None:
    named = {"bad_token", "token_expired", "token_used", "wrong_device"}
    assert named <= ERRORS.keys()
    assert [code for code in named if f"`{code}`" not in TEXT] == []
