"""What officers read: both languages say everything, every refusal has its sentence, nothing is said as a code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from central.access.roles import Purpose, load_roles
from central.access.words import WORDS
from central.access.words_of_log import said_as
from central.feedback import views as feedback
from central.web import words as frame
from central.web.errors import sentence_of, status_of
from central.web.words import clock, day_of, say
from central.zoning import pages as zoning

ACCESS = Path("central/access")
# Kept for the operator's terminal alone: no page refuses with it.
TERMINAL = {"bad_roles", "bad_accounts_file", "malformed", "not_under_a_head"}


@pytest.mark.parametrize("words", [WORDS, frame.WORDS], ids=["access", "frame"])
def test_both_languages_say_everything(words: dict[str, tuple[str, str]]) -> None:
    for key, (vi, en) in words.items():
        assert vi and en, key
        assert set(re.findall(r"{\w+}", vi)) == set(re.findall(r"{\w+}", en)), key


def test_every_reason_that_access_refuses_with_has_its_sentence() -> None:
    reasons = {
        reason
        for file in ACCESS.glob("*.py")
        for reason in re.findall(r'Refused\(\s*"(\w+)"', file.read_text(encoding="utf-8"))
    }
    assert len(reasons) > 30
    assert [one for one in sorted(reasons - TERMINAL) if sentence_of(one) == "refused.other"] == []


def test_every_word_that_a_page_asks_for_is_there() -> None:
    pages = "".join(file.read_text(encoding="utf-8") for file in ACCESS.glob("templates/access/*.html"))
    asked = set(re.findall(r'say\("([\w.]+)"[,)]', pages))
    assert [key for key in sorted(asked) if key not in WORDS and key not in frame.WORDS] == []


def test_every_role_and_purpose_has_a_name() -> None:
    for name in load_roles().names():
        assert f"access.role.{name}" in WORDS
    for purpose in Purpose:
        assert f"access.purpose.{purpose}" in WORDS


@pytest.mark.parametrize(
    ("reason", "status"),
    [("not_allowed", 403), ("case_unknown", 404), ("too_fast", 429), ("opener_away", 503), ("own_grant", 409)],
)
def test_refusals_have_the_status_that_programs_expect(reason: str, status: int) -> None:
    assert status_of(reason) == status


def test_a_reason_without_a_sentence_says_what_to_do() -> None:
    assert sentence_of("brand_new_reason") == "refused.other"
    assert "operator" in say("en", "refused.other")


def test_times_are_those_of_viet_nam() -> None:
    assert clock(1_790_000_000_000) == "21/09/2026 21:13"
    assert day_of(1_790_000_000_000 + 3 * 3_600_000) == "22/09/2026"


_AT = {"Look": 1, "note": 1, "note_step": 2, "_tell": 0}  # where a call says what is done
_FAMILIES = {
    "zone": zoning._ACTS.values(),
    "feedback": feedback._ACTS,
    "case": ("sign", "trace", "assign", "confirm", "rule_out", "close", "merge", "part"),
    "declaration": ("call", "assign", "close"),
    "arrival": ("seen", "leave"),
    "answer": ("release", "drop"),
    "rules": ("refused", "withdrawn"),
    "alert": ("released", "held"),
    "deletion": ("signed", "refused"),
    "correction": ("signed", "refused"),
}


def _actions() -> Iterator[str]:
    """Every action that the code names where it writes a row, or chooses between two; and those it puts together."""
    yield from (f"{kind}_{what}" for kind, acts in _FAMILIES.items() for what in acts)
    texts = [file.read_text(encoding="utf-8") for file in Path("central").glob("*/*.py")]
    for node in (node for text in texts if "note" in text for node in ast.walk(ast.parse(text))):
        said: list[ast.expr] = []
        if isinstance(node, ast.Call):
            at = _AT.get(getattr(node.func, "attr", getattr(node.func, "id", "")), len(node.args))
            said = node.args[at : at + 1]
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "action":
            said = [node.value]
        for one in said:
            either = [one.body, one.orelse] if isinstance(one, ast.IfExp) else [one]
            yield from (part.value for part in either if isinstance(part, ast.Constant) and isinstance(part.value, str))


def test_the_log_is_read_in_words_and_not_in_codes() -> None:
    actions = set(_actions())
    assert len(actions) > 115
    assert [one for one in sorted(actions) if said_as(one) not in WORDS] == []
    said = [words for key, words in WORDS.items() if key.startswith("access.did.")]
    assert len({vi for vi, _ in said}) == len({en for _, en in said}) == len(said), "two acts that read alike"


def test_an_action_of_a_newer_centre_is_shown_by_its_code() -> None:
    assert say("vi", said_as("brand_new_act")) == "brand new act"
