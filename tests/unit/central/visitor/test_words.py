"""Every sentence stands in eight languages, with the same gaps; the page asks for none that is not there."""

import re
from pathlib import Path

import pytest

import central.visitor
from central.visitor.assets import words_of
from forms.model import LANGUAGES

PAGE = Path(central.visitor.__file__).with_name("page")
GAP = re.compile(r"\{\w+\}")
# Words that are made of a part and a code; both ends of each are checked here.
MADE = {
    "nav": ("pass", "scan", "well", "more"),
    "more": ("declare", "history", "family", "alerts", "data", "language", "map"),
    "data": ("access", "correction", "object", "complaint", "deletion"),
    "claim": ("cccd", "bhyt", "passport", "waiting", "found", "none"),
    "place": ("in", "out"),
    "state": ("unsafe", "at_risk"),
    "reason": ("declaration_due", "full", "see_desk", "not_checked_in", "phone_late", "phone_clock", "symptoms"),
    "notice": ("purpose", "notice", "consequence", "legal_basis"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_each_sentence_with_its_gaps(language: str) -> None:
    own, first = words_of(language), words_of("vi")
    assert own.keys() == first.keys()
    for key, sentence in own.items():
        assert sorted(GAP.findall(sentence)) == sorted(GAP.findall(first[key])), key
        assert sentence.strip() == sentence != "", key


def test_no_language_is_left_in_english() -> None:
    for language in LANGUAGES:
        same = [key for key, sentence in words_of(language).items() if sentence == words_of("en")[key]]
        assert language == "en" or same == [], (language, same)


def test_what_the_page_says_is_there() -> None:
    script = "\n".join(path.read_text("utf-8") for path in PAGE.glob("*.js"))
    said = set(re.findall(r'(?:say|has)\(\s*"([a-z_.]+)"', script)) | set(re.findall(r'"(form\.problem\.\w+)"', script))
    said |= {f"{part}.{code}" for part, codes in MADE.items() for code in codes}
    assert said - words_of("vi").keys() == set()
    assert len(said) > 150
