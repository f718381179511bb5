"""A good response to each shipped form, changed in one place, is not valid, and the place is told."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from forms.response import build
from forms.value_sets import value_sets
from forms.verdict import judge, validate
from tests.unit.forms.library import NAMES, filled, library, questionnaire

Json = dict[str, Any]
WRONG = {"valueBoolean": {"valueString": "true"}, "valueString": {"valueInteger": 1}}


def _good(name: str) -> Json:
    form = library(name)
    answers = filled(form)
    built = build(form, answers, language="vi", authored="2026-02-01T08:00:00+07:00", response_id="r-1")
    return dict(json.loads(json.dumps(built)))


def _items(node: Json) -> Iterator[tuple[Json, int]]:
    """Every item with the node that it stands in and its number there."""
    for number, item in enumerate(node.get("item", [])):
        yield node, number
        yield from _items(item)
        for answer in item.get("answer", []):
            yield from _items(answer)


def _errors(name: str, response: Json) -> list[str]:
    return [issue.expression for issue in judge(library(name), response) if issue.severity == "error"]


@pytest.mark.parametrize("name", NAMES)
def test_what_the_kiosk_builds_is_valid(name: str) -> None:
    found = validate(questionnaire(name), _good(name), value_sets())
    assert [issue for issue in found if issue.severity == "error"] == []


def _renamed(node: Json, number: int) -> bool:
    node["item"][number]["linkId"] += "x"
    return True


def _said_twice(node: Json, number: int) -> bool:
    item = node["item"][number]
    node["item"].insert(number, copy.deepcopy(item))
    return "answer" in item and len(item["answer"]) == 1


def _of_another_type(node: Json, number: int) -> bool:
    for answer in node["item"][number].get("answer", []):
        (value,) = (key for key in answer if key.startswith("value"))
        del answer[value]
        answer.update(WRONG.get(value, {"valueBoolean": True}))
        return True
    return False


def _with_a_stranger(node: Json, number: int) -> bool:
    node["item"][number]["colour"] = "red"
    return True


def _moved_forward(node: Json, number: int) -> bool:
    if not number or node["item"][number]["linkId"] == node["item"][number - 1]["linkId"]:
        return False
    node["item"][number - 1 : number + 1] = reversed(node["item"][number - 1 : number + 1])
    return True


@pytest.mark.parametrize("change", [_renamed, _said_twice, _of_another_type, _with_a_stranger, _moved_forward])
@pytest.mark.parametrize("name", NAMES)
def test_a_change_in_any_item_is_found(name: str, change: Callable[[Json, int], bool]) -> None:
    good = _good(name)
    passed = []
    for place in range(sum(1 for _ in _items(good))):
        changed = copy.deepcopy(good)
        node, number = list(_items(changed))[place]
        link = node["item"][number]["linkId"]
        repeats = library(name).by_id[link].repeats and change is _said_twice
        if change(node, number) and not repeats and not _errors(name, changed):
            passed.append(link)
    assert passed == []


@pytest.mark.parametrize("name", NAMES)
def test_a_code_that_was_not_offered_is_found(name: str) -> None:
    good = _good(name)
    passed = []
    for place in range(sum(1 for _ in _items(good))):
        changed = copy.deepcopy(good)
        node, number = list(_items(changed))[place]
        for answer in node["item"][number].get("answer", []):
            if "valueCoding" in answer:
                answer["valueCoding"]["code"] += "-not-offered"
                if not _errors(name, changed):
                    passed.append(node["item"][number]["linkId"])
    assert passed == []


@pytest.mark.parametrize("name", NAMES)
def test_a_required_answer_that_was_taken_out_is_missed(name: str) -> None:
    good = _good(name)
    passed = []
    for place in range(sum(1 for _ in _items(good))):
        changed = copy.deepcopy(good)
        node, number = list(_items(changed))[place]
        item = library(name).by_id[node["item"][number]["linkId"]]
        del node["item"][number]
        if item.required and item.asked and not _errors(name, changed):
            passed.append(item.link_id)
    assert passed == []
