"""Answers from a card that was shown: what the visitor need not type.

An item that carries Coding("urn:gatepost:prefill", NAME) in item.code takes the card's field NAME, if it is a good
answer to that question; else it stays empty and is asked. Nothing is prefilled that the form does not ask.
"""

import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from forms.answer import problems
from forms.model import CHOICES, LANGUAGES, NARROWED_BY, PREFILL, Answers, Coding, Form, Item, Key, Option, Value

_YEAR = 4


def prefill(form: Form, known: Mapping[str, str], at: tuple[int, ...] = ()) -> Answers:
    """The answers that the fields of a card give, for the occurrence `at`; () is outside of repeating groups."""
    found: dict[Key, tuple[Value, ...]] = {}
    for item in form.flat:
        if not item.codes or not item.asked or len(form.loops[item.link_id]) != len(at):
            continue
        name = item.code_of(PREFILL)
        text = _field(known, name) if name else ""
        if not text:
            continue
        value = _value(item, text, _narrow(item, found, at))
        if value is not None and not any(problems(item, (value,))):
            found[item.link_id, at] = (value,)
    return found


def _field(known: Mapping[str, str], name: str) -> str:
    text = known.get(name, "")
    if not text and name == "birth_year":
        text = known.get("birth_date", "")[:_YEAR]
    return text.strip() if isinstance(text, str) else ""


def _narrow(item: Item, found: Answers, at: tuple[int, ...]) -> str | None:
    """The code that the options are narrowed to; None when they are not, "" when that question has no answer."""
    other = item.code_of(NARROWED_BY)
    if other is None:
        return None
    values = found.get((other, at))
    return values[0].code if values and isinstance(values[0], Coding) else ""


def _value(item: Item, text: str, group: str | None) -> Value | None:
    if item.type in CHOICES:
        option = _option(item, text, group)
        return option.value if option else text if item.type == "open-choice" else None
    if item.type == "integer":
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
    if item.type == "decimal":
        try:
            return Decimal(text)
        except InvalidOperation:
            return None
    return None if item.type in ("boolean", "quantity") else text


def _option(item: Item, text: str, group: str | None) -> Option | None:
    offered = [option for option in item.options if not group or option.group == group]
    for option in offered:
        if isinstance(option.value, Coding) and option.value.code.casefold() == text.casefold():
            return option
    if group == "":
        return None  # a ward's name says nothing without its province: the same names come again and again
    wanted = bare(text)
    return next((o for o in offered if wanted in {bare(o.text.in_(language)) for language in LANGUAGES[:2]}), None)


def bare(name: str) -> str:
    """A name without diacritics, case, blanks and the word for its kind: "tỉnh Thử" and "Thu" are one."""
    letters = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    words = "".join(c for c in letters if not unicodedata.combining(c)).replace(".", " ").split()
    for kind in (("thanh", "pho"), ("tp",), ("tinh",), ("phuong",), ("xa",), ("dac", "khu")):
        if tuple(words[: len(kind)]) == kind and len(words) > len(kind):
            words = words[len(kind) :]
            break
    return "".join(words)
