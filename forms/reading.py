"""The items of a QuestionnaireResponse, read along its form: answers, their places, and what does not fit.

- Items come in the form's order; each question once, a repeating group once for each occurrence. A repeating question
  in several items is read with a warning: it was written so before R4 said that its answers lie in one.
- A group has no answers, a note has neither answers nor items. What stands beneath a question lies in its answer.
- An answer's value[x] is of the question's type: a wrong one is noted and left out. An answer may have items alone.
- Items beneath a question's first answer are among the answers; those beneath further ones are read apart.
- `places` gives FHIRPath of each item read; `spoiled` are questions that had an answer which could not be read.
"""

from collections.abc import Mapping
from typing import Any

from forms import fhir
from forms.dates import is_date_time
from forms.given import VALUES, problem, read_value
from forms.model import DISPLAY, MAX_OCCURRENCES, Form, Issue, Item, Key, Value
from forms.source import primary

STATUSES = ("in-progress", "completed", "amended", "entered-in-error", "stopped")
MAX_RESPONSE_ITEMS = 5_000
MAX_APART = 20  # further answers with items: each is judged with the whole form
_BASE = ("id", "meta", "implicitRules", "language", "text", "contained", "extension", "resourceType", "identifier")
_ABOUT = ("basedOn", "partOf", "questionnaire", "status", "subject", "encounter", "authored", "author", "source")
_FIELDS = frozenset((*_BASE, *_ABOUT, "item"))
_ITEM_FIELDS = frozenset(("id", "extension", "linkId", "definition", "text", "answer", "item"))
_ANSWER_FIELDS = frozenset(("id", "extension", "item")) | VALUES


class Left:
    """How much of a response is still read: the work of one file is bounded."""

    def __init__(self) -> None:
        self.items = MAX_RESPONSE_ITEMS
        self.apart = MAX_APART


class Reading:
    """What was found in one response, or beneath one answer in it."""

    def __init__(self, form: Form, left: Left | None = None) -> None:
        self.form = form
        self.left = left or Left()
        self.answers: dict[Key, tuple[Value, ...]] = {}
        self.issues: list[Issue] = []
        self.places: dict[Key, str] = {}
        self.spoiled: set[Key] = set()
        self.nested: set[Key] = set()  # questions with items beneath an answer
        # What stands beneath a question's further answers: the question, the place of the answer, and what was read.
        self.apart: list[tuple[Key, str, Reading]] = []

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
    _which_form(reading, resource.get("questionnaire"), f"{path}.questionnaire")


def _which_form(reading: Reading, name: object, path: str) -> None:
    """Whether the response is to this form: an error only where it names another one by its canonical url."""
    if name is None and not reading.form.canonical:
        return
    if name is None:
        reading.warn("required", path, "the response does not say which form it answers")
        return
    if not isinstance(name, str) or not name:
        reading.error("required", path, "the response does not say which form it answers")
        return
    url, _, version = name.partition("|")
    if url != reading.form.url:  # a fragment names a part of the same form
        url, _, version = name.partition("#")[0].partition("|")
    if url == reading.form.url:
        if version and reading.form.version not in (version, version.partition("#")[0]):
            reading.warn("business-rule", path, "the response is to another version of the form")
    elif not url:
        reading.warn("not-found", path, "the response carries a form of its own; it was judged by the one given")
    elif not reading.form.url or ":" not in url:
        reading.warn("not-found", path, "not a canonical url that both have: it may be to another form")
    else:
        reading.error("not-found", path, "the response is to another form")


def _only(reading: Reading, node: Mapping[str, Any], allowed: frozenset[str], path: str) -> None:
    if node.keys() <= allowed:
        return
    for name in node:
        if name not in allowed and not (isinstance(name, str) and name[:1] == "_" and name[1:] in allowed):
            reading.error("structure", path, f"{ascii(name)[:40]} does not belong here")


def _items(
    reading: Reading, node: Mapping[str, Any], expected: tuple[Item, ...], at: tuple[int, ...], path: str
) -> None:
    entries = _entries(reading, node, "item", path)
    order = {item.link_id: place for place, item in enumerate(expected)}
    counts: dict[str, int] = {}
    last = 0
    for number, entry in enumerate(entries):
        reading.left.items -= 1
        if reading.left.items < 0:
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


def _entries(reading: Reading, node: Mapping[str, Any], name: str, path: str) -> list[Any]:
    """The list under `name`. FHIR's JSON has no empty one (https://hl7.org/fhir/R4/json.html)."""
    if name not in node:
        return []
    entries = node[name]
    if not isinstance(entries, list):
        reading.error("structure", f"{path}.{name}", "a list was expected")
        return []
    if not entries:
        reading.warn("structure", f"{path}.{name}", "an empty list: what has no entries is left out")
    return entries


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
    elif count and not (item.asked and item.repeats):
        reading.error("structure", path, "the item came before, and it does not repeat", "too_many")
        return
    elif count:
        reading.warn("structure", path, "all answers to a question lie in one item")
    reading.places.setdefault((item.link_id, at), path)
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
    given = _entries(reading, entry, "answer", path)
    key = (item.link_id, at)
    values = list(reading.answers.get(key, ()))
    for number, answer in enumerate(given[: MAX_OCCURRENCES + 1]):
        where = f"{path}.answer[{number}]"
        if not isinstance(answer, dict):
            reading.error("structure", where, "an object was expected")
            continue
        _only(reading, answer, _ANSWER_FIELDS, where)
        if "item" not in answer or not VALUES.isdisjoint(answer):
            value = _value(reading, answer, item, where)
            if value is None:
                reading.spoiled.add(key)
            else:
                values.append(value)
        if not answer.get("item"):
            continue
        if key in reading.nested:
            _apart(reading, answer, item, at, where)
        else:
            reading.nested.add(key)
            _items(reading, answer, item.items, at, where)
    if values:
        reading.answers[key] = tuple(values[: MAX_OCCURRENCES + 1])


def _apart(reading: Reading, answer: Mapping[str, Any], item: Item, at: tuple[int, ...], path: str) -> None:
    """Items beneath a further answer, read by themselves: a form asks them once, but a response may say them twice."""
    reading.left.apart -= 1
    if reading.left.apart < 0:
        reading.error("too-costly", f"{path}.item", f"items beneath more than {MAX_APART} further answers")
        return
    further = Reading(reading.form, reading.left)
    further.places[item.link_id, at] = path
    _items(further, answer, item.items, at, path)
    reading.apart.append(((item.link_id, at), path, further))


def _value(reading: Reading, answer: Mapping[str, Any], item: Item, path: str) -> Value | None:
    names = list(answer) if len(answer) == 1 else [name for name in answer if name in VALUES]
    if len(names) != 1 or names[0] not in VALUES:
        reading.error("structure", path, "an answer has one value of a type in the profile")
        return None
    name = names[0]
    if name not in item.takes:
        reading.error("value", f"{path}.{name}", f"the question's type is {item.type}", problem(item))
        return None
    value = read_value(item, name, answer[name])
    if value is None:
        text = f"no {name[5:]} of FHIR" if name != "valueQuantity" else "no amount with a number and no comparator"
        reading.error("value", f"{path}.{name}", text, problem(item))
    return value
