"""The people's forms of the library, and answers to them as a test likes to say them."""

import json
from collections.abc import Iterator
from pathlib import Path

import forms
from forms.load import load
from forms.model import CHOICES, Coding, Form, Item, Key, Text, Value
from forms.value_sets import value_sets

LIBRARY = Path(forms.__file__).parent / "library"
NAMES = ("entry", "domestic", "voluntary", "daily")
RESOURCES = {name: json.loads((LIBRARY / f"{name}.json").read_text(encoding="utf-8")) for name in NAMES}
FORMS = {name: load(resource, value_sets()) for name, resource in RESOURCES.items()}
SYMPTOM = "urn:gatepost:symptom"

# What a chip card of a citizen says. Nobody has this name or number.
CARD = {
    "full_name": "NGUYỄN VĂN THỬ",
    "birth_date": "1950-02-03",
    "birth_year": "1950",
    "sex": "male",
    "id_number": "099099000001",
    "address": "Số 1, đường Thử, Hà Nội",
}


def coding(item: Item, code: str) -> Coding:
    """The option of `item` with this code."""
    found = [option.value for option in item.options if isinstance(option.value, Coding) and option.value.code == code]
    assert found, f"{item.link_id} has no option {code}"
    return found[0]


def say(form: Form, at: tuple[int, ...] = (), /, **told: object) -> dict[Key, tuple[Value, ...]]:
    """Answers by linkId: codes for choices (several in a tuple), else the value itself."""
    answers: dict[Key, tuple[Value, ...]] = {}
    for link, given in told.items():
        item = form.by_id[link]
        several = given if isinstance(given, tuple) else (given,)
        answers[(link, at)] = tuple(coding(item, one) if item.type in CHOICES else one for one in several)
    return answers


def own(item: Item) -> bool:
    """Whether its options stand in the form itself, not in a list of places."""
    return 0 < len(item.options) < 11


def texts(form: Form) -> Iterator[tuple[str, Text]]:
    """Every string that is the form's own, with the place it has on the screen. Bundled lists are not ours."""
    yield "title", form.title
    for item in form.flat:
        yield "question" if item.asked else "note", item.text
        if item.entry_format:
            yield "note", item.entry_format
        for option in item.options if own(item) else ():
            yield "option", option.text


def questions(form: Form) -> list[Item]:
    return [item for item in form.flat if item.asked]
