"""One thing has one name, in both languages, and the screens use it."""

import re

from tests.unit.docs.pages import ROOT, prose_of, rows_of
from ui.words import read_language
from wire.records import KINDS

PAGE = ROOT / "docs" / "glossary.md"
SECTIONS = re.findall(r"^## (.+)$", prose_of(PAGE), re.MULTILINE)
ROWS = [row for section in SECTIONS for row in rows_of(PAGE, section)]
TERMS = {term.strip().casefold() for row in ROWS for term in re.split("[,:]", row[0])}
# The words of the plan, which code and talk keep to.
PLAN = (
    *("visit", "check-in", "check-out", "declaration", "point of entry", "sighting", "encounter", "contact", "case"),
    *("exposure window", "exposure list", "zone", "venue", "self-check", "commitment", "feedback", "pass", "bulletin"),
    *("envelope", "batch", "receipt", "outbox", "order"),
)


def test_the_words_of_the_plan_are_explained() -> None:
    assert [word for word in PLAN if word not in TERMS] == []


def test_every_kind_of_record_is_explained() -> None:
    names = {re.sub("(?<=[a-z])(?=[A-Z])", "-", cls.__name__).casefold() for cls in KINDS.values()} - {"device-event"}
    assert names - TERMS == set()


def test_each_word_has_both_languages_and_a_meaning() -> None:
    assert [row for row in ROWS if len(row) != 3 or not all(row)] == []


def test_no_word_is_explained_twice() -> None:
    names = [row[0] for row in ROWS]
    assert sorted(names) == sorted(set(names))


def test_words_quoted_from_the_screen_stand_on_the_screen() -> None:
    on_screen = set(read_language(ROOT / "ui" / "locales" / "vi").values())
    quoted = {words for row in ROWS for words in re.findall('"([^"]+)"', row[2]) if not words.isascii()}
    assert quoted
    assert quoted - on_screen == set()
