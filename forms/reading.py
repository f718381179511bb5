"""The items of a QuestionnaireResponse, read along its form: answers, their places, and what does not fit.

- Items come in the form's order; each question once, a repeating group once for each occurrence.
- A group has no answers, a note has neither answers nor items. What stands beneath a question lies in its answer.
- An answer's value[x] is of the question's type: a wrong one is noted and left out.
- `places` gives FHIRPath of each item read; `spoiled` are questions that had an answer which could not be read.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from forms import fhir
from forms.dates import is_date_time
from forms.model import CHOICES, DISPLAY, MAX_OCCURRENCES, Coding, Form, Issue, Item, Key, Quantity, Value
from forms.source import decimal_of, primary

STATUSES = ("in-progress", "completed", "amended", "entered-in-error", "stopped")
MAX_RESPONSE_ITEMS = 5_000
_BASE = ("id", "meta", "implicitRules", "language", "text", "contained", "extension", "resourceType", "identifier")
_ABOUT = ("basedOn", "partOf", "questionnaire", "status", "subject", "encounter", "authored", "author", "source")
_FIELDS = frozenset((*_BASE, *_ABOUT, "item"))
_ITEM_FIELDS = frozenset(("id", "extension", "linkId", "definition", "text", "answer", "item"))
_VALUES = frozenset(
    f"value{kind}"
    for kind in ("Boolean", "Decimal", "Integer", "Date", "DateTime", "Time", "String", "Uri", "Coding", "Quantity")
)
_ANSWER_FIELDS = frozenset(("id", "extension", "item")) | _VALUES


class Reading:
    """What was found in one response."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.answers: dict[Key, tuple[Value, ...]] = {}
        self.issues: list[Issue] = []
        self.places: dict[Key, str] = {}
        self.spoiled: set[Key] = set()
        self.left = MAX_RESPONSE_ITEMS

    def error(self, code: str, path: str, text: str, problem: str = "") -> None:
        """Note what is wrong."""
        if len(self.issues) < fhir.MAX_ISSUES:
            self.issues.append(Issue("error", code, path, text, problem))

    def warn(self, code: str, path: str, text: str) -> None:
        """Note what an operator should look at."""
        if len(self.issues) < fhir.MAX_ISSUES:
            self.issues.append(Issue("warning", code, path, text))


def read_response(form: Form, resource: object) -> Reading:
    """Read a response in JSON to `form`. Never raises."""
    reading = Reading(form)
    path = "QuestionnaireResponse"
    if not isinstance(resource, dict) or resource.get("resourceType") != path:
        reading.error("structure", path, "resourceType is not QuestionnaireResponse")
        return reading
    _only(reading, resource, _FIELDS, path)
    _head(reading, resource, path)
    _items(reading, resource, form.items, (), path)
    return reading


def _head(reading: Reading, resource: Mapping[str, Any], path: str) -> None:
    status, authored = resource.get("status"), resource.get("authored")
    if status not in STATUSES:
        reading.error("required" if status is None else "value", f"{path}.status", f"one of {', '.join(STATUSES)}")
    if authored is not None and not (isinstance(authored, str) and is_date_time(authored)):
        reading.error("value", f"{path}.authored", "no dateTime of FHIR")
    if "language" in resource and not primary(resource["language"]):
        reading.error("value", f"{path}.language", "no language tag")
    name = resource.get("questionnaire")
    if not isinstance(name, str) or not name:
        reading.error("required", f"{path}.questionnaire", "the response does not say which form it answers")
        return
    url, _, version = name.partition("|")
    if url != reading.form.url:
        reading.error("not-found", f"{path}.questionnaire", "the response is to another form")
    elif version and version != reading.form.version:
        reading.warn("business-rule", f"{path}.questionnaire", "the response is to another version of the form")


def _only(reading: Reading, node: Mapping[str, Any], allowed: frozenset[str], path: str) -> None:
    if node.keys() <= allowed:
        return
    for name in node:
        if name not in allowed and not (isinstance(name, str) and name[:1] == "_" and name[1:] in allowed):
            reading.error("structure", path, f"{ascii(name)[:40]} does not belong here")


def _items(
    reading: Reading, node: Mapping[str, Any], expected: tuple[Item, ...], at: tuple[int, ...], path: str
) -> None:
    entries = node.get("item", [])
    if not isinstance(entries, list):
        reading.error("structure", f"{path}.item", "a list was expected")
        return
    order = {item.link_id: place for place, item in enumerate(expected)}
    counts: dict[str, int] = {}
    last = 0
    for number, entry in enumerate(entries):
        reading.left -= 1
        if reading.left < 0:
            reading.error("too-costly", f"{path}.item", f"more than {MAX_RESPONSE_ITEMS} items")
            return
        where = f"{path}.item[{number}]"
        item = _known(reading, entry, expected, order, where)
        if item is None:
            continue
        if order[item.link_id] < last:
            reading.error("structure", where, "items do not follow the form's order")
        last = max(last, order[item.link_id])
        count = counts[item.link_id] = counts.get(item.link_id, 0) + 1
        _item(reading, entry, item, count - 1, at, where)
    for item in expected:
        if item.loops and item.link_id in counts:
            reading.answers[item.link_id, at] = (min(counts[item.link_id], MAX_OCCURRENCES),)


def _known(
    reading: Reading, entry: object, expected: tuple[Item, ...], order: Mapping[str, int], path: str
) -> Item | None:
    if not isinstance(entry, dict):
        reading.error("structure", path, "an object was expected")
        return None
    link = entry.get("linkId")
    if not isinstance(link, str) or not link:
        reading.error("required", f"{path}.linkId", "an item without linkId")
        return None
    if link in order:
        return expected[order[link]]
    misplaced = link in reading.form.by_id
    text = "the item stands in the wrong place" if misplaced else "the form has no item with this linkId"
    reading.error("structure" if misplaced else "not-found", f"{path}.linkId", text)
    return None


def _item(reading: Reading, entry: Mapping[str, Any], item: Item, count: int, at: tuple[int, ...], path: str) -> None:
    _only(reading, entry, _ITEM_FIELDS, path)
    text = entry.get("text")
    if text is not None and text not in item.text.texts.values():
        reading.error("value", f"{path}.text", "not the form's text: another question may have been asked")
    if item.loops:
        if count >= MAX_OCCURRENCES:
            reading.error("structure", path, f"more than {MAX_OCCURRENCES} of these", "too_many")
            return
        at = (*at, count)
    elif count:
        reading.error("structure", path, "the item came before, and it does not repeat", "too_many")
        return
    reading.places[item.link_id, at] = path
    if item.asked:
        _answers(reading, entry, item, at, path)
        return
    if entry.get("answer"):
        reading.error("structure", f"{path}.answer", f"a {item.type} has no answer")
    if item.type == DISPLAY and entry.get("item"):
        reading.error("structure", f"{path}.item", "a note has no items")
    else:
        _items(reading, entry, item.items, at, path)


def _answers(reading: Reading, entry: Mapping[str, Any], item: Item, at: tuple[int, ...], path: str) -> None:
    if entry.get("item"):
        reading.error("structure", f"{path}.item", "what stands beneath a question lies in its answer")
    given = entry.get("answer", [])
    if not isinstance(given, list):
        reading.error("structure", f"{path}.answer", "a list was expected")
        return
    key = (item.link_id, at)
    values: list[Value] = []
    nested = 0
    for number, answer in enumerate(given[: MAX_OCCURRENCES + 1]):
        where = f"{path}.answer[{number}]"
        if not isinstance(answer, dict):
            reading.error("structure", where, "an object was expected")
            continue
        _only(reading, answer, _ANSWER_FIELDS, where)
        value = _value(reading, answer, item, where)
        if value is None:
            reading.spoiled.add(key)
        else:
            values.append(value)
        if answer.get("item"):
            nested += 1
            if nested == 1:
                _items(reading, answer, item.items, at, where)
            else:
                reading.error("not-supported", f"{where}.item", "items beneath more than one answer of a question")
    if values:
        reading.answers[key] = tuple(values)


def _value(reading: Reading, answer: Mapping[str, Any], item: Item, path: str) -> Value | None:
    names = list(answer) if len(answer) == 1 else [name for name in answer if name in _VALUES]
    if len(names) != 1 or names[0] not in _VALUES:
        reading.error("structure", path, "an answer has one value of a type in the profile")
        return None
    name = names[0]
    if name not in item.takes:
        reading.error("value", f"{path}.{name}", f"the question's type is {item.type}", _problem(item))
        return None
    value = _typed(name, answer[name])
    if value is None:
        reading.error("value", f"{path}.{name}", f"no {name[5:]} of FHIR", _problem(item))
    return value


def _problem(item: Item) -> str:
    if item.type in ("integer", "decimal", "quantity"):
        return "not_a_number"
    if item.type in ("date", "dateTime", "time"):
        return "not_a_date"
    return "not_an_option" if item.type in (*CHOICES, "boolean") else "not_text"


def _typed(name: str, value: Any) -> Value | None:
    """The value of JSON as ours; None when it is not of that type. Texts are judged later, by forms.check."""
    if name == "valueBoolean":
        return value if isinstance(value, bool) else None
    if name == "valueInteger":
        return value if isinstance(value, int) and not isinstance(value, bool) else None
    if name == "valueDecimal":
        return decimal_of(value)
    if name == "valueCoding":
        return _coding(value)
    if name == "valueQuantity":
        return _quantity(value)
    return value if isinstance(value, str) else None


def _coding(value: Any) -> Coding | None:
    if not isinstance(value, dict):
        return None
    system, code = value.get("system", ""), value.get("code", "")
    return Coding(system, code) if isinstance(system, str) and isinstance(code, str) else None


def _quantity(value: Any) -> Quantity | None:
    if not isinstance(value, dict) or value.get("comparator"):
        return None
    number: Decimal | None = decimal_of(value.get("value"))
    unit, system, code = (value.get(name, "") for name in ("unit", "system", "code"))
    if number is None or not (isinstance(unit, str) and isinstance(system, str) and isinstance(code, str)):
        return None
    return Quantity(number, unit, system, code)
