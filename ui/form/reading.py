"""From what a page sends to values of the form. Pure and total: whatever comes, it is values or problems.

- Options travel by their place in the item, so that a page cannot send one that the form does not hold.
- Text is composed (NFC), freed of blanks around it; the form's own limits judge the rest.
- Numbers may be written with the digits of any script, and with a comma or a point.
- A problem names the visitor's sentence "form.problem.<key>"; nothing here is a sentence itself.
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import NamedTuple

from forms.check import check_answer
from forms.model import CHOICES, INPUT, Issue, Item, Quantity, Value

MOST_CHARACTERS = 4000  # of one typed answer: longer than any line of any form, short enough for every check
MOST_PARTS = 400
BROKEN = "\N{REPLACEMENT CHARACTER}"
OFFSET = "+07:00"  # the kiosk stands in Viet Nam: one time zone, no summer time
CheckPhone = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer as the page sent it. `picked`: places of options, or "yes"/"no"; `typed`: texts, one a line."""

    picked: tuple[str, ...] = ()
    typed: tuple[str, ...] = ()


class Problem(NamedTuple):
    """Why an answer was not taken: the key of a sentence, what it is about, or the sentence itself by language."""

    key: str
    limit: str = ""
    texts: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood. With problems, `values` are what could be read and are not to be kept."""

    draft: Draft = Draft()
    values: tuple[Value, ...] = ()
    problems: tuple[Problem, ...] = field(default=())


def make_draft(body: object) -> Draft | None:
    """The draft in a request's JSON, None for anything of another shape."""
    if not isinstance(body, Mapping):
        return None
    parts = body.get("picked", []), body.get("typed", [])
    for part in parts:
        if not isinstance(part, list) or len(part) > MOST_PARTS or not all(isinstance(text, str) for text in part):
            return None
    return Draft(tuple(map(_whole, parts[0])), tuple(map(_whole, parts[1])))


def _whole(text: str) -> str:
    """An emoji that a page's length limit cut in half is no text that could be shown again."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def read(item: Item, draft: Draft, check_phone: CheckPhone | None = None) -> Reading:
    """The values of `draft` for `item`, with everything the form says against them."""
    if any(len(text) > MOST_CHARACTERS for text in (*draft.picked, *draft.typed)):
        return Reading(problems=(Problem("too_long", str(item.max_length or MOST_CHARACTERS)),))
    if any(BROKEN in text for text in draft.typed):
        return Reading(draft, problems=(Problem("not_text"),))
    typed = _typed(item, tuple(map(_clean, draft.typed)))
    values: list[Value] = []
    problems: list[Problem] = []
    for part in _parts(item, draft.picked, typed):
        value = _value(item, part, check_phone)
        if isinstance(value, Problem):
            problems.append(value)
        else:
            values.append(value)
    if not problems:
        problems = [problem_of(issue) for issue in check_answer(item, tuple(values)) if issue.severity == "error"]
    return Reading(draft, tuple(values), tuple(problems))


def write(item: Item, values: Sequence[Value]) -> Draft:
    """The draft that stands for `values`: what the page shows when it comes back to a question."""
    if item.type == "boolean":
        return Draft(picked=tuple("yes" if value else "no" for value in values))
    picked = tuple(str(item.places[value]) for value in values if value in item.places)
    return Draft(picked, tuple(_as_typed(value) for value in values if value not in item.places))


def _as_typed(value: Value) -> str:
    return format(value.value, "f") if isinstance(value, Quantity) else str(value)


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def _typed(item: Item, lines: Sequence[str]) -> tuple[str, ...]:
    """The texts that are answers. A day and an hour are one of them; hours may be typed as digits alone."""
    if item.type == "dateTime" and lines and lines[0] and len(lines) > 1 and lines[1]:
        return (f"{lines[0]}T{_hours(lines[1])}{OFFSET}",)
    return tuple(_hours(line) if item.type == "time" else line for line in lines if line)


def _hours(text: str) -> str:
    """ "930", "9:30" and "09.30" as FHIR writes a time; anything else as it is, to be refused by the form."""
    digits = "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign.isdecimal())
    if len(digits) not in (3, 4) or len(text) > 5:
        return text
    return f"{int(digits[:-2]):02}:{int(digits[-2:]):02}:00"


def _parts(item: Item, picked: Sequence[str], typed: Sequence[str]) -> list[tuple[str, bool]]:
    """(text, whether it was picked), for the ways of answering that this type has."""
    picks = item.type == "boolean" or bool(item.options)
    types = item.type != "boolean" and not (item.options and item.type not in ("open-choice",))
    return [(text, True) for text in picked if picks] + [(text, False) for text in typed if types]


def _value(item: Item, part: tuple[str, bool], check_phone: CheckPhone | None) -> Value | Problem:
    text, picked = part
    if item.type == "boolean":
        return text == "yes" if text in ("yes", "no") else Problem("not_an_option")
    if picked:
        place = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else len(item.options)
        return item.options[place].value if place < len(item.options) else Problem("not_an_option")
    if item.type in ("integer", "decimal", "quantity"):
        return _number(item, text)
    if item.code_of(INPUT) == "phone" and check_phone is not None:
        return check_phone(text) or Problem("not_a_phone")
    if item.type == "choice":
        return Problem("not_an_option")
    return text


def _number(item: Item, text: str) -> Value | Problem:
    """Digits of any script; "1,5" and "1.5" are the same. Grouping is refused: it cannot be told from a comma."""
    plain = unicodedata.normalize("NFKC", text).replace(",", ".").replace(" ", "")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return Problem("not_a_number")
    if not number.is_finite() or len(plain) > 30 or "e" in plain.lower():
        return Problem("not_a_number")
    if item.type == "integer":
        return int(number) if number == number.to_integral_value() else Problem("not_a_number")
    if item.type == "quantity":
        unit = item.unit
        return Quantity(number, unit.unit, unit.system, unit.code) if unit else Quantity(number, "", "", "")
    return number


def problem_of(issue: Issue) -> Problem:
    """The visitor's side of an issue. A date is early or late, not small or large."""
    key = issue.problem or "general"
    if issue.limit[:4].isdigit() and issue.limit[4:5] == "-":
        key = {"too_small": "too_early", "too_large": "too_late"}.get(key, key)
    return Problem(key, issue.limit)


def is_choice(item: Item) -> bool:
    """Whether answers are picked from a list that the form holds."""
    return item.type in CHOICES or bool(item.options)
