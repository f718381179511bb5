"""Every reason has its sentences in every language, and each says only what its audience may know."""

import json
import unicodedata
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ui.words import LOCALES, read_language
from wire.reasons import REASONS, STANDS_FOR, audience_of, own, public

LANGUAGES = ("vi", "en", "zh", "ko", "ja", "km", "lo", "th")
RULES = {tag: json.loads((LOCALES / tag / "rules.json").read_text("utf-8")) for tag in LANGUAGES}
TEXTS = {tag: read_language(LOCALES / tag) for tag in LANGUAGES}
HEALTH = {code for code, other in STANDS_FOR.items() if other == "see_desk"}
GUARD = {code for code in REASONS if audience_of(code) == "guard"}
OURS = {key.removeprefix("why.") for key in RULES["vi"] if key.startswith("why.")}


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_reason_has_a_sentence_for_bystanders_and_one_for_the_guard(tag: str) -> None:
    assert [code for code in REASONS if not {f"reason.{code}", f"why.{code}"} <= TEXTS[tag].keys()] == []


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_private_reason_and_every_outcome_of_a_form_has_a_sentence_for_the_visitor_alone(tag: str) -> None:
    assert [code for code in OURS - GUARD if f"mine.{code}" not in TEXTS[tag]] == []
    assert [signal for signal in ("ALLOW", "ASK", "STOP") if f"mine.general.{signal}" not in TEXTS[tag]] == []


@pytest.mark.parametrize("tag", LANGUAGES)
def test_all_languages_say_the_same_things_and_ask_for_the_same_values(tag: str) -> None:
    assert list(RULES[tag]) == list(RULES["vi"])
    for key, text in RULES[tag].items():
        assert _values(text) == _values(RULES["vi"][key]), key
        assert unicodedata.is_normalized("NFC", text), key
        assert text.strip() == text != "", key


def _values(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text)} - {None}


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("code", sorted(HEALTH))
def test_bystanders_and_guard_read_the_same_of_every_risk(code: str, tag: str) -> None:
    assert RULES[tag][f"reason.{code}"] == RULES[tag]["reason.see_desk"]
    assert RULES[tag][f"why.{code}"] == RULES[tag]["why.see_desk"]
    assert f"next.{code}" not in RULES[tag]
    assert f"word.{code}" not in RULES[tag]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_visitor_alone_reads_why_and_where_the_nurse_is(tag: str) -> None:
    own_words = [RULES[tag][f"mine.{code}"] for code in HEALTH]
    assert len(set(own_words)) == len(HEALTH)
    assert all("{help}" in words for words in own_words)


def test_who_must_stop_is_told_of_the_order_and_of_another_way() -> None:
    vi, en = RULES["vi"], RULES["en"]
    assert "lệnh" in vi["reason.order_stop"]
    assert "order" in en["reason.order_stop"]
    assert "khác" in vi["next.order_stop"]
    assert "another way" in en["next.order_stop"]


def test_numbers_are_given_once_and_stay() -> None:
    assert len(set(REASONS.values())) == len(REASONS)
    kept = {"registered": 1, "declared": 4, "declaration_due": 29, "see_desk": 31, "order_stop": 39, "rules_old": 50}
    assert {code: REASONS[code] for code in kept} == kept


@settings(deadline=None)
@given(st.lists(st.sampled_from([*REASONS, "of_a_newer_version", ""]), max_size=8))
def test_what_is_shown_in_public_is_never_private_and_never_unknown(reasons: list[str]) -> None:
    shown = public(reasons)
    assert all(audience_of(code) != "private" for code in shown)
    assert len(set(shown)) == len(shown)
    assert public(shown) == shown


def test_a_risk_reads_as_the_desk_in_public_and_as_itself_to_the_visitor() -> None:
    reasons = ("see_desk", "declaration_due", "symptoms", "exposure")
    assert public(reasons) == ("see_desk", "declaration_due")
    assert own(reasons) == ("symptoms", "exposure", "declaration_due")
    assert own(("see_desk",)) == ("see_desk",)
    assert public(("cleared", "trust_old")) == ("registered", "trust_old")
    assert own(("cleared",)) == ("cleared",)


def test_a_reason_of_a_newer_version_is_private() -> None:
    assert audience_of("reason_4711") == "private"
    assert public(("reason_4711",)) == own(("reason_4711",)) == ()


def test_the_folder_of_every_language_has_the_sentences() -> None:
    assert {path.name for path in Path(LOCALES).iterdir() if (path / "rules.json").is_file()} == set(LANGUAGES)
