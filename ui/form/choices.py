"""What can be chosen on a page, and how long lists are looked through. Pure.

- Wards are narrowed to the province that was answered; before it was, only a search shows some.
- Long lists stand by name in the visitor's language, Viet Nam first among countries, then the countries where that
  language is at home; short lists stand as the form has them.
- A search leaves out marks and case: "da nang" finds "Đà Nẵng". Names that begin so come first. The kiosk's keyboard
  writes Latin letters: who reads Khmer finds "កម្ពុជា" by its English or Vietnamese name too.
"""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from forms.model import NARROWED_BY, Answers, Coding, Item, Option

BUTTONS = 8  # as many as can be told apart at a glance
CHECKS = 14
SORTED = 30  # a longer list is looked through by name, whatever its author's order
ROWS = 400  # rows of a list that a page can hold and still be painted at once
FOUND = 60
_COUNTRIES = "urn:iso:std:iso:3166"
# Where each language of the screen is at home (CLDR's likely subtags).
_AT_HOME = {"zh": "CN", "ko": "KR", "ja": "JP", "km": "KH", "lo": "LA", "th": "TH"}
_TYPED_IN = ("en", "vi")  # the languages that the kiosk's keyboard writes


class Row(NamedTuple):
    """One option as the page shows it; `place` is how the page names it when it answers, `also` are its folded names in
    the languages that the keyboard writes, where they differ from what is shown."""

    place: int
    text: str
    exclusive: bool
    also: tuple[str, ...] = ()


def fold(text: str) -> str:
    """Without marks and case, for comparing what is typed with names."""
    plain = unicodedata.normalize("NFD", text.casefold()).replace("đ", "d")
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def rows(item: Item, at: tuple[int, ...], answers: Answers, language: str) -> tuple[Row, ...]:
    """Every option that can be chosen now, in the order shown."""
    groups = _groups(item, at, answers)
    found = [
        (place, option, Row(place, option.text.in_(language), option.exclusive))
        for place, option in enumerate(item.options)
        if groups is None or not option.group or option.group in groups
    ]
    if len(found) > SORTED:
        found.sort(key=lambda entry: (_last(entry[1], language), fold(entry[2].text), entry[0]))
        return tuple(row._replace(also=_typed(option, row.text)) for _, option, row in found)
    return tuple(row for _, _, row in found)


def find(all_rows: Sequence[Row], text: str) -> tuple[Row, ...]:
    """The rows with `text` in them, at most FOUND, those that begin with it first."""
    wanted = fold(text.strip())
    keyed = [((fold(row.text), *row.also), row) for row in all_rows]
    hits = [
        (not any(name.startswith(wanted) for name in names), place, row)
        for place, (names, row) in enumerate(keyed)
        if any(wanted in name for name in names)
    ]
    return tuple(row for _, _, row in sorted(hits)[:FOUND])


def _typed(option: Option, shown: str) -> tuple[str, ...]:
    names = dict.fromkeys(fold(option.text.in_(language)) for language in _TYPED_IN)
    return tuple(name for name in names if name != fold(shown))


def _last(option: Option, language: str) -> int:
    """Viet Nam before all others, the language's own country next; what excludes the others ("none of these") last."""
    if option.exclusive:
        return 3
    code = option.value.code if isinstance(option.value, Coding) and option.value.system == _COUNTRIES else ""
    return 0 if code == "VN" else 1 if code and code == _AT_HOME.get(language) else 2


def _groups(item: Item, at: tuple[int, ...], answers: Answers) -> set[str] | None:
    """The codes that options must belong under, None when they need not."""
    other = item.code_of(NARROWED_BY)
    if other is None:
        return None
    for depth in range(len(at), -1, -1):
        values = answers.get((other, at[:depth]))
        if values:
            return {value.code for value in values if isinstance(value, Coding)}
    return None
