"""Small questionnaires in JSON, and answers to any form, for the tests of the form engine."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from forms.load import load
from forms.model import CHOICES, Answers, Coding, Form, Item, Key, Quantity, Value
from forms.strings import bad_character

Json = dict[str, Any]
BASE = "http://hl7.org/fhir/StructureDefinition/"
YES_NO = "urn:gatepost:yes-no"


def translated(**texts: str) -> Json:
    """What stands under `_text` to say a string in more languages."""
    said = [
        {"url": BASE + "translation", "extension": [_part("lang", "Code", tag), _part("content", "String", text)]}
        for tag, text in texts.items()
    ]
    return {"extension": said}


def _part(url: str, kind: str, value: str) -> Json:
    return {"url": url, f"value{kind}": value}


def extension(name: str, kind: str, value: Any) -> Json:
    """An extension of FHIR's base registry, such as minLength."""
    return {"url": BASE + name, f"value{kind}": value}


def question(link: str, kind: str, **fields: Any) -> Json:
    """One item; `extensions` is a list, all else goes in as it is."""
    node: Json = {"linkId": link, "text": f"Câu {link}", "type": kind, **fields}
    if "extensions" in node:
        node["extension"] = node.pop("extensions")
    return node


def option(code: str, system: str = "urn:x", exclusive: bool = False, **fields: Any) -> Json:
    """One answerOption with a Coding."""
    node: Json = {"valueCoding": {"system": system, "code": code, "display": f"Chọn {code}"}, **fields}
    if exclusive:
        node["extension"] = [extension("questionnaire-optionExclusive", "Boolean", True)]
    return node


def choice(link: str, *codes: str, kind: str = "choice", **fields: Any) -> Json:
    """A choice of codes; a code that ends in ! excludes the others."""
    options = [option(code.removesuffix("!"), exclusive=code.endswith("!")) for code in codes]
    return question(link, kind, answerOption=options, **fields)


def when(link: str, operator: str, **answer: Any) -> Json:
    """One enableWhen, such as when("fever", "=", answerBoolean=True)."""
    return {"question": link, "operator": operator, **answer}


def questionnaire(*items: Json, **fields: Any) -> Json:
    """A whole Questionnaire around some items."""
    head = {"resourceType": "Questionnaire", "url": "https://gatepost.example/form/test", "version": "1"}
    named = {"status": "active", "language": "vi", "title": "Phiếu thử"}
    return {**head, **named, "item": list(items), **fields}


def form(*items: Json, **fields: Any) -> Form:
    """The form of some items."""
    return load(questionnaire(*items, **fields))


def answered(link: str, *values: Value, at: tuple[int, ...] = ()) -> dict[Key, tuple[Value, ...]]:
    """One entry of answers."""
    return {(link, at): values}


def coded(*codes: str) -> tuple[Coding, ...]:
    """Codes of the system urn:x."""
    return tuple(Coding("urn:x", code) for code in codes)


def asked(pages: Sequence[Any]) -> list[str]:
    """The linkIds of pages, with occurrence numbers and a + for "more"."""
    return [page.item.link_id + "".join(map(str, page.at)) + "+" * (page.kind == "more") for page in pages]


def response(*items: Json, **fields: Any) -> Json:
    """A QuestionnaireResponse to `questionnaire`."""
    head = {"resourceType": "QuestionnaireResponse", "questionnaire": "https://gatepost.example/form/test|1"}
    told = {"item": list(items)} if items else {}
    return {**head, "status": "completed", "authored": "2026-02-01T08:00:00+07:00", **told, **fields}


def reply(link: str, *answers: Mapping[str, Any]) -> Json:
    """One item of a response."""
    return {"linkId": link, "answer": [dict(answer) for answer in answers]}


_TEXT = st.text(max_size=20).filter(lambda text: bad_character(text) is None)
_NUMBERS = st.decimals(min_value=-(10**9), max_value=10**9, places=3, allow_nan=False)
_DATES = st.dates(min_value=date(1, 1, 1)).map(date.isoformat)
_TIMES = st.times().map(lambda at: at.replace(microsecond=0).isoformat())
_MOMENTS = st.tuples(_DATES, _TIMES, st.sampled_from(("Z", "+07:00", "-11:30"))).map(lambda t: f"{t[0]}T{t[1]}{t[2]}")
_BY_TYPE: Mapping[str, st.SearchStrategy[Value]] = {
    "boolean": st.booleans(),
    "integer": st.integers(-(1 << 31), (1 << 31) - 1),
    "decimal": _NUMBERS,
    "date": _DATES | _DATES.map(lambda text: text[:4]) | _DATES.map(lambda text: text[:7]),
    "dateTime": _MOMENTS | _DATES,
    "time": _TIMES,
    "string": _TEXT,
    "text": _TEXT,
    "url": _TEXT,
}


def values_of(item: Item) -> st.SearchStrategy[Value]:
    """Values of the question's type, within its options; not all are within its limits."""
    if item.options:
        offered: st.SearchStrategy[Value] = st.sampled_from([one.value for one in item.options])
        return offered | _TEXT if item.type == "open-choice" else offered
    if item.type in CHOICES:
        return st.builds(Coding, st.just("urn:y"), st.sampled_from("abc"))
    if item.type == "quantity":
        own = st.just(item.unit) if item.unit else st.just(Quantity(Decimal(0), "kg", "", "kg"))
        return st.builds(lambda unit, amount: unit._replace(value=amount), own, _NUMBERS)
    return _BY_TYPE[item.type]


@st.composite
def answers_of(draw: st.DrawFn, asked_form: Form) -> Answers:
    """Answers to about half of the questions, some of them to questions that are not asked."""
    found: dict[Key, tuple[Value, ...]] = {}

    def fill(items: Sequence[Item], at: tuple[int, ...]) -> None:
        for item in items:
            if item.loops:
                count = draw(st.integers(0, 3))
                found[item.link_id, at] = (count,)
                for number in range(count):
                    fill(item.items, (*at, number))
                continue
            if item.asked and draw(st.booleans()):
                most = 3 if item.repeats else 1
                given = draw(st.lists(values_of(item), min_size=1, max_size=most, unique_by=repr))
                found[item.link_id, at] = tuple(given)
            fill(item.items, at)

    fill(asked_form.items, ())
    return found
