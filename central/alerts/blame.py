"""PURE. The blame check: words that an alert must not carry, by language (texts/blame.json), and places or people.

- Nobody is at fault for an infection: no "caused", "spread by", "guilty", "dirty", no "F0" as a name for people.
- No joke, no nickname for a disease, no threat: whoever is afraid hides.
- No place is named in what goes to people; a public notice names one by rule and in the same words for all.
"""

import json
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("texts") / "blame.json"
_SPACED = frozenset({"vi", "en"})  # languages whose words stand apart and do not change


@cache
def words() -> dict[str, tuple[str, ...]]:
    """language -> words, "*" for those of every language."""
    found: dict[str, list[str]] = json.loads(_FILE.read_text("utf-8"))
    return {language: tuple(plain(word) for word in listed) for language, listed in found.items()}


def plain(text: str) -> str:
    """Small letters, one form of each letter, single spaces, everything that is no letter a space."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())
    kept = (c if c.isalnum() or unicodedata.category(c).startswith("M") else " " for c in folded)
    return " ".join("".join(kept).split())


def faults_of(language: str, text: str, named: Iterable[str] = ()) -> list[str]:
    """Every word of blame in the text, and every name of a place or a person in `named` that stands in it."""
    seen = plain(text)
    spaced = f" {seen} "
    found = []
    for word in (*words().get(language, ()), *words().get("*", ())):
        if f" {word} " in spaced or (language not in _SPACED and word in seen):
            found.append(word)
    return found + [name for name in named if plain(name) and f" {plain(name)} " in spaced]
