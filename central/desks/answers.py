"""PURE. Opened answers as a reader sees them: sections of question and answer in the form's own words."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from forms.model import Coding, Form, Item

YES_NO = {"vi": ("Không", "Có"), "en": ("No", "Yes")}
FIRST = ("full_name", "phone")  # whoever calls needs these first


class Line(NamedTuple):
    """One question with its answers, in the reader's language."""

    link_id: str
    question: str
    answer: str


class Section(NamedTuple):
    """A group of the form; `title` "" for questions outside any."""

    title: str
    lines: list[Line]


def sections(form: Form, answers: Mapping[str, Sequence[Any]], language: str) -> list[Section]:
    """Only what was answered, in the order of the form."""
    found: list[Section] = []
    _walk(form.items, "", answers, language, found)
    return [section for section in found if section.lines]


def call_lines(form: Form, answers: Mapping[str, Sequence[Any]], language: str) -> list[Line]:
    """Name and telephone number, where they were given."""
    lines = [line for section in sections(form, answers, language) for line in section.lines]
    return [line for name in FIRST for line in lines if line.link_id == name]


def _walk(
    items: Sequence[Item], title: str, answers: Mapping[str, Sequence[Any]], language: str, found: list[Section]
) -> None:
    section = Section(title, [])
    found.append(section)
    for item in items:
        if item.items and not item.asked:
            _walk(item.items, item.text.in_(language), answers, language, found)
        values = answers.get(item.link_id, ()) if item.asked else ()
        if values:
            said = "; ".join(_said(item, value, language) for value in values)
            section.lines.append(Line(item.link_id, item.text.in_(language), said))


def _said(item: Item, value: Any, language: str) -> str:
    if isinstance(value, bool):
        return YES_NO.get(language, YES_NO["vi"])[value]
    text = str(value)
    for option in item.options:
        code = option.value.code if isinstance(option.value, Coding) else str(option.value)
        if code == text:
            return option.text.in_(language) or text
    if item.type == "date":
        try:
            return date.fromisoformat(text).strftime("%d/%m/%Y")
        except ValueError:
            return text
    return text
