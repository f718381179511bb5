"""The sentences: complete in both languages, polite, and never a code."""

import re
import unicodedata
from dataclasses import replace
from string import Formatter
from typing import Literal

import pytest

from ui.place import KINDS, Place
from ui.screen import View
from ui.words import LOCALES, Words, read_language
from wire.reasons import REASONS

LANGUAGES = ("vi", "en")
TEXTS = {tag: read_language(LOCALES / tag) for tag in LANGUAGES}
CODES = sorted({*REASONS, "companions"})
HELP = {"vi": "Bên phải cửa, dưới biển số 2", "en": "Right of the gate, under sign 2"}
PLACE = Place("Chợ Mẫu", "Cửa A", "in", "market", LANGUAGES, help=HELP)
WORDS = Words(LANGUAGES)
ALLOW = View("result", "ALLOW", "in", ("registered",), "06:42")
ASK = View("result", "ASK", "in", (), "06:42")


def test_both_languages_have_the_same_texts() -> None:
    assert TEXTS["vi"].keys() == TEXTS["en"].keys()


@pytest.mark.parametrize("key", TEXTS["vi"])
def test_a_text_asks_for_the_same_values_in_both_languages(key: str) -> None:
    asked = [{name for _, name, _, _ in Formatter().parse(TEXTS[tag][key]) if name} for tag in LANGUAGES]
    assert asked[0] == asked[1]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_text_is_filled_in_composed_and_free_of_pictures(tag: str) -> None:
    for key, text in TEXTS[tag].items():
        assert text.strip() == text != "", key
        assert unicodedata.is_normalized("NFC", text), key
        assert not re.search("[\U0001f000-\U0001ffff\u2600-\u27bf\ufe0f]", text), key


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_every_reason_has_a_public_and_a_private_sentence(code: str, tag: str) -> None:
    assert f"reason.{code}" in TEXTS[tag]
    assert f"why.{code}" in TEXTS[tag]
    assert WORDS.why(code, tag) == TEXTS[tag][f"why.{code}"]


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("signal", ["ALLOW", "ASK", "STOP", "FAULT"])
def test_a_code_of_a_newer_version_becomes_a_general_sentence_and_is_not_shown(
    signal: Literal["ALLOW", "ASK", "STOP", "FAULT"], tag: str
) -> None:
    view = replace(ALLOW, signal=signal, reasons=("reason_4711", "{at.__class__}"))
    said = WORDS.say(view, PLACE, tag)
    assert said.reason == TEXTS[tag][f"reason.general.{signal}"]
    assert said.word == TEXTS[tag][f"word.{signal}"]
    assert "4711" not in repr(said)
    assert WORDS.why("reason_4711", tag) == TEXTS[tag]["why.unknown"]


def test_green_says_registered_and_never_safe_or_healthy() -> None:
    shown = [TEXTS["en"][key] for key in TEXTS["en"] if key.split(".")[0] in ("word", "reason", "next", "screen")]
    for text in shown:
        assert not re.search(r"\b(safe|healthy|verified|valid|clean|negative)\b", text, re.IGNORECASE), text
    assert WORDS.say(ALLOW, PLACE, "vi").reason == "Đã ghi nhận lượt vào lúc 06:42"
    assert WORDS.say(ALLOW, PLACE, "en").reason == "Entry registered at 06:42"


@pytest.mark.parametrize("code", CODES)
def test_no_public_sentence_blames_or_accuses(code: str) -> None:
    blame = r"\b(wrong|fake|forged|invalid|error|fail|denied|refused|illegal|suspic|you (did|must|forgot))"
    fault = r"\b(sai|giả|lỗi|từ chối|cấm|không hợp lệ|vi phạm|nghi ngờ|phạt)\b"
    assert not re.search(blame, TEXTS["en"][f"reason.{code}"], re.IGNORECASE)
    assert not re.search(fault, TEXTS["vi"][f"reason.{code}"], re.IGNORECASE)


@pytest.mark.parametrize("code", ["expired", "revoked", "bad_signature", "implausible_code"])
def test_what_bystanders_could_hold_against_a_person_is_not_on_the_public_screen(code: str) -> None:
    for tag in LANGUAGES:
        said = WORDS.say(replace(ASK, reasons=(code,)), PLACE, tag)
        assert (said.reason, said.next) == (TEXTS[tag]["reason.general.ASK"], HELP[tag])


def test_ask_says_where_the_desk_is_and_whom_to_ask_where_no_desk_is_named() -> None:
    ask = replace(ASK, reasons=("unreadable",))
    assert WORDS.say(ask, PLACE, "vi").next == HELP["vi"]
    assert WORDS.say(ask, replace(PLACE, help={}), "vi").next == TEXTS["vi"]["next.ASK"]


def test_ask_whose_remedy_is_in_the_visitors_hand_says_that_instead_of_the_desk() -> None:
    said = WORDS.say(replace(ASK, reasons=("place_code",)), PLACE, "en")
    assert said.word == "Please show your own code"
    assert said.next == TEXTS["en"]["next.place_code"]


def test_leaving_is_greeted_as_leaving() -> None:
    said = WORDS.say(replace(ALLOW, direction="out", reasons=("checked_out",)), PLACE, "vi")
    assert (said.word, said.reason) == ("Tạm biệt", "Đã ghi nhận lượt ra lúc 06:42")


def test_the_same_code_again_shows_the_same_result() -> None:
    for view in (ALLOW, replace(ALLOW, direction="out", reasons=("checked_out",))):
        assert WORDS.say(view, PLACE, "vi") == WORDS.say(replace(view, reasons=("already_in",)), PLACE, "vi")


def test_companions_are_told_that_they_are_registered_too() -> None:
    said = WORDS.say(replace(ALLOW, reasons=("registered", "companions"), occupancy=12), PLACE, "en")
    assert (said.reason, said.next) == ("Entry registered at 06:42", "The people with you are registered too")


def test_people_inside_are_counted_with_their_unit_and_written_as_the_language_does() -> None:
    view = View("idle", occupancy=1214, capacity=3000)
    assert WORDS.say(view, PLACE, "vi").next == "1.214 người đang ở trong chợ, tối đa 3.000"
    assert WORDS.say(view, PLACE, "en").next == "1,214 people are inside the market, 3,000 at most"
    assert WORDS.say(View("idle", occupancy=1), PLACE, "en").next == "1 person is inside the market"
    assert WORDS.say(View("idle"), PLACE, "en").next == ""


@pytest.mark.parametrize("kind", [*KINDS, "spaceport"])
@pytest.mark.parametrize("direction", ["in", "out", "both"])
def test_every_kind_of_place_has_an_invitation(kind: str, direction: Literal["in", "out", "both"]) -> None:
    place = replace(PLACE, kind=kind, direction=direction)
    for tag, said in WORDS.say_all(View("idle"), place).items():
        assert said["word"], tag
        assert "{" not in said["word"], tag


def test_a_result_without_a_signal_lets_nobody_through() -> None:
    assert WORDS.say(View("result"), PLACE, "en").word == TEXTS["en"]["word.FAULT"]
