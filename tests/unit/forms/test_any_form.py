"""Whatever is sent as a form, it is taken or refused, within its bounds, and the kiosk goes on."""

import copy
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.check import check
from forms.lint import lint
from forms.load import load
from forms.model import FormRefused, Issue
from forms.pages import pages
from tests.unit.forms.library import NAMES
from tests.unit.forms.library import questionnaire as library_questionnaire
from tests.unit.forms.questionnaires import choice, extension, question, questionnaire, translated, when

_NAMES = st.sampled_from(
    (
        *(
            "resourceType",
            "item",
            "linkId",
            "type",
            "text",
            "_text",
            "required",
            "repeats",
            "maxLength",
            "answerOption",
        ),
        *("answerValueSet", "contained", "initial", "enableWhen", "question", "operator", "answerBoolean", "extension"),
        *(
            "url",
            "valueString",
            "valueCoding",
            "code",
            "system",
            "display",
            "prefix",
            "effectivePeriod",
            "status",
            "id",
        ),
    )
)
_LEAVES = st.sampled_from(
    (
        *(None, True, -1, 10**40, 0.1, float("nan"), "", "q", "group", "choice", "string", "=", "#v", "ValueSet"),
        *(
            "Questionnaire",
            "\ud800",
            "a\u202eb",
            "😀",
            "http://hl7.org/fhir/StructureDefinition/regex",
            "(a*)*",
            "2026",
        ),
    )
)
_JSON: st.SearchStrategy[Any] = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=5), max_leaves=25
)


def _judged(resource: Any) -> None:
    issues = lint(resource)
    assert all(isinstance(issue, Issue) and issue.text for issue in issues)
    try:
        form = load(resource)
    except FormRefused as refused:
        assert any(issue.severity == "error" for issue in refused.issues)
        return
    pages(form, {})
    check(form, {})


@settings(deadline=None)
@given(_JSON)
def test_any_json(resource: Any) -> None:
    _judged(resource)


@settings(deadline=None)
@given(_JSON, st.lists(_JSON, max_size=4))
def test_any_items(extra: Any, items: list[Any]) -> None:
    resource = questionnaire(question("q", "boolean"), *items)
    if isinstance(extra, dict):
        resource.update(extra)
    _judged(resource)


def _places(node: Any, limit: int = 400) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    waiting = [node]
    while waiting and len(found) < limit:
        current = waiting.pop()
        keys = list(current) if isinstance(current, dict) else range(len(current))
        for key in keys:
            found.append((current, key))
            if isinstance(current[key], dict | list):
                waiting.append(current[key])
    return found


_SMALL = questionnaire(
    choice("a", "x", "y!", repeats=True, extensions=[extension("questionnaire-minOccurs", "Integer", 1)]),
    question("b", "string", enableWhen=[when("a", "=", answerCoding={"system": "urn:x", "code": "x"})], maxLength=5),
    question("g", "group", repeats=True, item=[question("c", "decimal", _text=translated(en="C"))]),
    question("d", "date", initial=[{"valueDate": "2026-01-01"}], extensions=[extension("regex", "String", "a")]),
    contained=[{"resourceType": "ValueSet", "id": "v", "compose": {"include": [{"concept": [{"code": "a"}]}]}}],
)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_a_form_with_one_thing_changed(data: st.DataObject) -> None:
    resource = copy.deepcopy(_SMALL)
    node, key = data.draw(st.sampled_from(_places(resource)))
    node[key] = data.draw(_JSON)
    _judged(resource)


def _timed(resource: Any) -> float:
    begin = time.thread_time()
    _judged(resource)
    return time.thread_time() - begin


_HUGE: dict[str, Any] = {
    "items": questionnaire(*[question(f"q{i}", "string") for i in range(10_000)]),
    "options": questionnaire(choice("q", *[f"c{i}" for i in range(20_000)])),
    "a text": questionnaire(question("q", "string", text="đ" * 1_000_000)),
    "texts": questionnaire(*[question(f"q{i}", "string", text="đ" * 9_000) for i in range(1_000)]),
    "conditions": questionnaire(
        question("a", "boolean"),
        question("b", "string", enableBehavior="any", enableWhen=[when("a", "=", answerBoolean=True)] * 50_000),
    ),
    "patterns": questionnaire(
        *[question(f"q{i}", "string", extensions=[extension("regex", "String", f"(a?){{9{i}}}")]) for i in range(500)]
    ),
    "extensions": questionnaire(question("q", "string", extensions=[extension("x", "String", "")] * 100_000)),
    "languages": questionnaire(question("q", "string", _text=translated(**{"l" + "a" * i: "x" for i in range(900)}))),
}


@pytest.mark.parametrize("name", _HUGE)
def test_too_much_is_refused_in_bounded_time(name: str) -> None:
    assert _timed(_HUGE[name]) < 2  # seconds of this thread


def test_nesting_is_no_way_in() -> None:
    item: Any = question("q", "string")
    for depth in range(900):
        item = {"linkId": f"g{depth}", "type": "group", "item": [item]}
    _judged(questionnaire(item))
    deep: Any = "x"
    for _ in range(900):
        deep = [deep]
    _judged(questionnaire(question("q", deep, text=deep, initial=deep, answerOption=deep, code=deep)))


@pytest.mark.parametrize("name", NAMES)
def test_a_form_that_ships_without_one_of_its_parts(name: str) -> None:
    resource = copy.deepcopy(library_questionnaire(name))
    for node, key in _places(resource, 60):
        kept = node[key]
        node[key] = None
        lint(resource)
        node[key] = kept
