"""Every sentence that a page of cases or of the night may say exists, in both languages, and is short."""

import re
from pathlib import Path

import pytest

import central.authority
from central.access.roles import Purpose
from central.authority import cases, clock, events, labelling, merging, once, tasks
from central.authority.words import WORDS
from central.people import links

FOLDER = Path(central.authority.__file__).parent
TEXTS = {path: path.read_text(encoding="utf-8") for path in [*FOLDER.glob("*.py"), *FOLDER.glob("templates/*/*.html")]}


def test_every_key_that_is_written_out_has_its_sentence() -> None:
    said = {key for text in TEXTS.values() for key in re.findall(r'"(authority\.[a-z_.]+[a-z])"', text)}
    assert said - WORDS.keys() - {"authority.css", "authority.js"} == set()


def test_every_key_that_is_put_together_has_its_sentence() -> None:
    made = (
        [f"authority.purpose.{one}" for one in Purpose]
        + [f"authority.event.{what}" for what in events.WHAT]
        + [f"authority.stage.{name}" for name in clock.STAGES]
        + [f"authority.source.{source}" for source in links.SOURCES]
        + [f"authority.outcome.{word}" for word in tasks.OUTCOMES]
        + [f"authority.said.{word}" for word in tasks.OUTCOMES]
    )
    assert set(made) - WORDS.keys() == set()


@pytest.mark.parametrize("module", [cases, labelling, merging, once, tasks, links])
def test_every_refusal_is_told_in_words(module: object) -> None:
    text = Path(str(module.__file__)).read_text(encoding="utf-8")  # type: ignore[attr-defined]
    reasons = set(re.findall(r'Refused\("([a-z_]+)"', text))
    assert {f"authority.refused.{reason}" for reason in reasons} - WORDS.keys() == set()


def test_both_languages_say_something_and_name_the_same_values() -> None:
    for key, (vi, en) in WORDS.items():
        assert vi and en, key
        assert set(re.findall(r"{[a-z]+}", vi)) == set(re.findall(r"{[a-z]+}", en)), key


def test_the_page_says_that_no_police_investigation_is_among_the_purposes() -> None:
    vi, en = WORDS["authority.no_police"]
    assert "công an" in vi
    assert "Police" in en
    for page in ("case.html", "new_case.html"):
        assert "authority/purposes.html" in (FOLDER / "templates/authority" / page).read_text(encoding="utf-8")
