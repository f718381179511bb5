"""A QuestionnaireResponse (FHIR R4) of answers, and the answers of one.

Source: http://hl7.org/fhir/R4/questionnaireresponse.html. Items follow the form's order, a repeating group is one item
for each occurrence, what stands beneath a question lies in its first answer. Disabled items are left out, and so is
the text of a question: it is the form's, in the form's version.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from forms.fhir import ANSWER_VALUE
from forms.model import CHOICES, Answers, Coding, Form, Issue, Item, Quantity, Value
from forms.normal import kept
from forms.reading import read_response
from forms.verdict import validate

__all__ = ["build", "parse", "validate"]


def build(form: Form, answers: Answers, *, language: str, authored: str, response_id: str) -> dict[str, Any]:
    """The response in JSON. `authored` is a dateTime with offset.

    `response_id` is the sender's UUID: a response that comes twice under one id is one response.
    """
    head = {"resourceType": "QuestionnaireResponse", "id": response_id, "language": language}
    named = {"questionnaire": form.canonical} if form.canonical else {}
    named |= {"status": "completed", "authored": authored}
    items = _under(form.items, kept(form, answers), (), language)
    return {**head, **named, "item": items} if items else {**head, **named}


def parse(form: Form, resource: object) -> tuple[Answers, tuple[Issue, ...]]:
    """(the answers, what is wrong with the response's structure). Whether the answers are good says forms.check.

    Never raises: what cannot be read is an issue, and the rest is read on. Nor can what stands beneath a question's
    further answers be among the answers: that is an issue too.
    """
    reading = read_response(form, resource)
    left_out = [
        Issue("error", "not-supported", f"{place}.item", "items beneath more than one answer of a question")
        for _, place, _ in reading.apart
    ]
    return reading.answers, (*reading.issues, *left_out)


def _under(items: tuple[Item, ...], answers: Answers, at: tuple[int, ...], language: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for item in items:
        values = answers.get((item.link_id, at), ())
        if item.loops:
            for number in range(int(values[0]) if values and isinstance(values[0], int) else 0):
                inner = _under(item.items, answers, (*at, number), language)
                found.append({"linkId": item.link_id, "item": inner})
            continue
        beneath = _under(item.items, answers, at, language)
        if not item.asked:
            if beneath:
                found.append({"linkId": item.link_id, "item": beneath})
        elif values:
            given = [_json(item, value, language) for value in values]
            if beneath:
                given[0]["item"] = beneath
            found.append({"linkId": item.link_id, "answer": given})
    return found


def _json(item: Item, value: Value, language: str) -> dict[str, Any]:
    if isinstance(value, Coding):
        shown = item.options[place].text.in_(language) if (place := item.place_of(value)) is not None else ""
        parts = {"system": value.system, "code": value.code, "display": shown}
        return {"valueCoding": {name: part for name, part in parts.items() if part}}
    if isinstance(value, Quantity):
        named: Mapping[str, Any] = {"unit": value.unit, "system": value.system, "code": value.code}
        return {"valueQuantity": {"value": number(value.value), **{name: part for name, part in named.items() if part}}}
    if item.options or item.type in CHOICES:
        kind = item.options[place].kind if (place := item.place_of(value)) is not None else "string"
        return {f"value{kind[0].upper()}{kind[1:]}": value}
    return {ANSWER_VALUE[item.type]: number(value) if isinstance(value, Decimal) else value}


def number(value: Decimal) -> int | float:
    """A number as JSON has it; 15 digits come back the same."""
    return int(value) if value == value.to_integral_value() else float(value)
