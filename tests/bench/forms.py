"""What a form costs: to load and lint the library, to ask, check, pack and judge one response, and its size sealed.

Times are of this machine and are reported; what is asserted is counts and ratios: bytes on the wire, how
much longer it takes than the JSON parser alone, and that twice the items take no more than some three times as long.
"""

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

from forms.check import check
from forms.facts import facts
from forms.lint import lint
from forms.load import load
from forms.model import Answers, Form
from forms.packed import pack, unpack
from forms.pages import pages
from forms.response import build
from forms.value_sets import value_sets
from forms.verdict import judge
from tests.unit.forms.library import NAMES, filled, library, questionnaire, sealed_bytes
from tests.unit.forms.questionnaires import question
from tests.unit.forms.questionnaires import questionnaire as form_of

Row = dict[str, Any]
MOST_BYTES = 420
MOST_GROWTH = 3.0
MOST_TO_JSON = 12.0  # a quiet machine shows 4
AUTHORED = "2026-02-01T08:00:00+07:00"


def run(quick: bool) -> list[Row]:
    """The rows of the bench's table; about 2 s when quick, 10 s else."""
    rounds = 20 if quick else 200
    return [*_library(rounds // 10), *_responses(rounds), *_steps(rounds), *_sizes()]


def _library(rounds: int) -> list[Row]:
    lists = value_sets()
    resources = [questionnaire(name) for name in NAMES]
    read = _ms(lambda: [lint(resource, lists) for resource in resources], rounds)
    texts = [json.dumps(resource, ensure_ascii=False) for resource in resources]
    parsed = _ms(lambda: [json.loads(text) for text in texts], rounds)
    note = f"{len(NAMES)} forms, {sum(len(library(name).flat) for name in NAMES)} items, eight languages; aim 50 ms"
    return [
        _row("forms: load and lint the whole library", read, "ms", None, note),
        _row("forms: lint to merely parsing its JSON", read / parsed, "times", MOST_TO_JSON, f"JSON {parsed:.1f} ms"),
    ]


def _responses(rounds: int) -> list[Row]:
    times = {}
    for count in (120, 60):
        form, response = _plain(count)
        times[count] = _ms(lambda form=form, response=response: judge(form, response), rounds)  # type: ignore[misc]
    growth = times[120] / times[60]
    text = json.dumps(response)
    parsed = _ms(lambda: json.loads(text), rounds)
    return [
        _row("forms: validate a response of 60 items", times[60], "ms", None, "aim 1 ms"),
        _row("forms: validate to merely parsing its JSON", times[60] / parsed, "times", 3 * MOST_TO_JSON, "60 items"),
        _row("forms: growth when the items are doubled", growth, "times", MOST_GROWTH, "120 items to 60"),
    ]


def _plain(count: int) -> tuple[Form, Any]:
    """A form of `count` questions of every kind, a third of them under a condition, and a response to it."""
    items = []
    for place in range(count):
        kind = ("boolean", "string", "integer", "date", "decimal")[place % 5]
        asks = {"enableWhen": [{"question": "q0", "operator": "=", "answerBoolean": True}]} if place % 3 == 2 else {}
        items.append(question(f"q{place}", kind, required=True, **asks))
    form = load(form_of(*items))
    values = {"boolean": True, "string": "THỬ", "integer": 5, "date": "2026-02-01", "decimal": 36.5}
    names = {kind: f"value{kind.title()}" for kind in values}
    replies = [{"linkId": i.link_id, "answer": [{names[i.type]: values[i.type]}]} for i in form.flat]
    response = {"resourceType": "QuestionnaireResponse", "questionnaire": form.canonical, "status": "completed"}
    assert judge(form, {**response, "authored": AUTHORED, "item": replies}) == ()
    return form, {**response, "authored": AUTHORED, "item": replies}


def _steps(rounds: int) -> list[Row]:
    form = library("entry")
    answers = filled(form)
    packed = pack(form, answers)
    steps: dict[str, Callable[[], object]] = {
        "the pages of the entry declaration": lambda: pages(form, answers),
        "check the entry declaration": lambda: check(form, answers),
        "its facts": lambda: facts(form, answers),
        "pack it": lambda: pack(form, answers),
        "unpack it": lambda: unpack(form, packed),
    }
    note = f"{len(form.flat)} items, {len(answers)} answers"
    return [_row(f"forms: {name}", _ms(step, rounds), "ms", None, note) for name, step in steps.items()]


def _sizes() -> list[Row]:
    form = library("entry")
    answers = _first(filled(form), 22)
    as_json = json.dumps(
        build(form, answers, language="vi", authored=AUTHORED, response_id="0" * 36), ensure_ascii=False
    )
    note = f"{len(pack(form, answers))} B packed, {len(as_json.encode())} B as FHIR JSON"
    sealed = sealed_bytes(form, answers)
    return [_row("forms: bytes of a sealed declaration of 22 answers", float(sealed), "B", MOST_BYTES, note)]


def _first(answers: Answers, count: int) -> Answers:
    return dict(list(answers.items())[:count])


def _ms(work: Callable[[], object], rounds: int) -> float:
    """Milliseconds of this thread's own time for one call, the median of some."""
    work()
    spent = []
    for _ in range(max(rounds, 3)):
        begin = time.thread_time()
        work()
        spent.append(time.thread_time() - begin)
    return statistics.median(spent) * 1000


def _row(name: str, value: float, unit: str, bound: float | None, note: str) -> Row:
    holds = None if bound is None else value <= bound
    return {"name": name, "value": round(value, 3), "unit": unit, "bound": bound, "holds": holds, "note": note}


if __name__ == "__main__":
    for line in run(quick=True):
        print(line)
