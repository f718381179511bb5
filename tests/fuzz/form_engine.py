"""Fuzz the form engine: python -m tests.fuzz.form_engine [--seconds N] [--corpus FOLDER].

Bytes that are JSON hold a form, a response to it and packed answers in hex: {"form", "response", "packed"}. All others
are made into a form of few items and a response that nearly fits. The form is linted and loaded; a form that was taken
is asked, answered, checked, packed, unpacked, built, read and judged. Any exception but FormRefused and Refused fails,
and so does a round trip that loses something, and a call of more than 50 ms of this thread's time. Since counted
coverage makes every call slower, a slow input is run again with a copy of the engine that is not counted.

Seeds lie in tests/fuzz/corpus/forms. What is found goes to `--corpus`, else to a temporary folder; an input that fails
to the working folder.
"""

import argparse
import importlib
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import atheris

from wire.refusal import Refused

SEEDS = Path(__file__).parent / "corpus" / "forms"
MAX_S = 0.050
MAX_BYTES = 8192
BASE = "http://hl7.org/fhir/StructureDefinition/"
PARTS = ("lint", "load", "pages", "check", "packed", "response", "verdict", "facts", "prefill", "model", "normal")
TYPES = (
    *("group", "display", "boolean", "decimal", "integer", "date", "dateTime", "time", "string", "text", "url"),
    *("choice", "open-choice", "quantity", "attachment"),
)
ANSWERS = ("Boolean", "Decimal", "Integer", "Date", "DateTime", "Time", "String", "Uri", "Coding", "Quantity")
OPERATORS = ("exists", "=", "!=", ">", "<", ">=", "<=", "~")
TEXTS = (
    *("", "a", "2026", "2026-02-30", "2026-02-01", "2026-02-01T08:00:00+07:00", "08:00:00"),
    *("\u202e", "\ud800", "😀" * 3000),
)
PATTERNS = ("(a*)*b", "(a|aa)+", "[a-z]{2,9}", "(a?){90}a{90}", "\\p{L}+", "(.*)(.*)(.*)x", "^a$|b", "((a{9}){9}){9}")
CODES = ("urn:gatepost:fact", "urn:gatepost:prefill", "urn:gatepost:narrowed-by", "symptoms", "full_name", "q0")
LIMITS = ("minValue", "maxValue", "questionnaire-minOccurs", "questionnaire-maxOccurs", "minLength")


def _engine() -> SimpleNamespace:
    for name in [name for name in sys.modules if name.split(".")[0] == "forms"]:
        del sys.modules[name]
    return SimpleNamespace(**{part: importlib.import_module(f"forms.{part}") for part in PARTS})


PLAIN = _engine()
with atheris.instrument_imports(include=["forms"]):
    COUNTED = _engine()


def main() -> None:
    """Run until the time is over; the exit status is libFuzzer's."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.form_engine")
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--corpus", type=Path)
    options = parser.parse_args()
    found = options.corpus or Path(tempfile.mkdtemp(prefix="forms-"))
    found.mkdir(parents=True, exist_ok=True)
    limits = [f"-max_total_time={options.seconds}", f"-max_len={MAX_BYTES}", "-timeout=10", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *limits, str(found), str(SEEDS)], one_input)
    atheris.Fuzz()


def one_input(data: bytes) -> None:
    """Put one form, its response and packed answers through the whole engine."""
    form, response, packed = _question(data)
    if _slowest(COUNTED, form, response, packed) > MAX_S:
        spent = min(_slowest(PLAIN, form, response, packed) for _ in range(3))
        if spent > MAX_S:
            raise AssertionError(f"a call took {spent * 1000:.0f} ms")


def _slowest(engine: Any, resource: Any, response: Any, packed: bytes) -> float:
    """Seconds of the longest call."""
    longest = 0.0

    def timed(call: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        nonlocal longest
        began = time.thread_time()
        try:
            return call(*arguments, **named)
        except (engine.model.FormRefused, Refused):
            return None
        finally:
            longest = max(longest, time.thread_time() - began)

    timed(engine.lint.lint, resource)
    timed(engine.lint.speaks, resource, "vi")
    timed(engine.verdict.validate, resource, response)
    form = timed(engine.load.load, resource)
    if form is None:
        return longest
    unpacked = timed(engine.packed.unpack, form, packed)
    if unpacked is not None:
        assert timed(engine.packed.pack, form, unpacked) == packed
    answers, _ = timed(engine.response.parse, form, response)
    for issue in timed(engine.verdict.judge, form, response):
        assert issue.text
    timed(engine.pages.pages, form, answers)
    timed(engine.facts.facts, form, answers)
    timed(engine.prefill.prefill, form, {"full_name": "THỬ", "birth_date": "1999-06-05", "sex": "male"})
    good = not timed(engine.check.check, form, answers)
    kept = timed(engine.normal.kept, form, answers)
    assert timed(engine.normal.kept, form, kept) == kept
    sent = timed(engine.packed.pack, form, answers)
    if sent is not None:
        assert timed(engine.packed.unpack, form, sent) == kept
    if good:
        built = timed(engine.response.build, form, answers, language="vi", authored="2026", response_id="r")
        assert timed(engine.response.parse, form, json.loads(json.dumps(built))) == (kept, ())
    return longest


def _question(data: bytes) -> tuple[Any, Any, bytes]:
    if data.startswith(b"{"):
        try:
            asked = json.loads(data)
            return asked.get("form"), asked.get("response"), bytes.fromhex(str(asked.get("packed", "")))
        except (ValueError, RecursionError):
            pass
    source = atheris.FuzzedDataProvider(data)
    links: list[tuple[str, str]] = []
    items = [_item(source, links, 0) for _ in range(source.ConsumeIntInRange(1, 12))]
    form = {"resourceType": "Questionnaire", "url": "u", "version": "1", "language": "vi", "status": "active"}
    replies = [_reply(source, item, 0) for item in items if source.ConsumeBool()]
    answer = {"resourceType": "QuestionnaireResponse", "questionnaire": "u|1", "status": "completed", "item": replies}
    return {**form, "item": items}, answer, source.ConsumeBytes(100)


def _pick(source: Any, values: tuple[Any, ...]) -> Any:
    return values[source.ConsumeIntInRange(0, len(values) - 1)]


def _item(source: Any, links: list[tuple[str, str]], depth: int) -> dict[str, Any]:
    kind = _pick(source, TYPES) if depth < 8 else "string"
    link = f"q{len(links)}" if source.ConsumeIntInRange(0, 30) else "q0"
    links.append((link, kind))
    item: dict[str, Any] = {"linkId": link, "type": kind, "text": "Câu"}
    if kind not in ("display",):
        item["repeats"], item["required"] = source.ConsumeBool(), source.ConsumeBool()
    if kind in ("choice", "open-choice"):
        codings = [{"system": "s", "code": "abc"[i], "display": "d"} for i in range(source.ConsumeIntInRange(0, 3))]
        item["answerOption"] = [{"valueCoding": coding} for coding in codings]
    extra = source.ConsumeIntInRange(0, 9)
    if extra == 0:
        item["extension"] = [{"url": BASE + "regex", "valueString": _pick(source, PATTERNS)}]
    elif extra == 1:
        item["extension"] = [{"url": BASE + "regex", "valueString": source.ConsumeUnicode(12)}]
    elif extra == 2:
        item["enableWhen"] = [_condition(source, links) for _ in range(source.ConsumeIntInRange(1, 3))]
        item["enableBehavior"] = "any"
    elif extra == 3:
        item["code"] = [{"system": _pick(source, CODES), "code": _pick(source, CODES)}]
    elif extra == 4:
        item["initial"] = [_value(source, "value")]
    elif extra == 5:
        name = _pick(
            source, ("minValue", "maxValue", "questionnaire-minOccurs", "questionnaire-maxOccurs", "minLength")
        )
        item["extension"] = [{"url": BASE + name, **_value(source, "value")}]
    if kind == "group" or source.ConsumeIntInRange(0, 9) == 0:
        item["item"] = [_item(source, links, depth + 1) for _ in range(source.ConsumeIntInRange(0, 3))]
    return item


def _condition(source: Any, links: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "question": _pick(source, tuple(links))[0],
        "operator": _pick(source, OPERATORS),
        **_value(source, "answer"),
    }


def _value(source: Any, prefix: str) -> dict[str, Any]:
    kind = _pick(source, ANSWERS)
    simple: dict[str, Any] = {
        "Boolean": source.ConsumeBool(),
        "Integer": source.ConsumeIntInRange(-5, 5),
        "Decimal": _pick(source, (0, -0.0, 36.5, 1e300, 1e-9, float("nan"), 123456789012345)),
        "Coding": {"system": "s", "code": _pick(source, ("a", "b", "z"))},
        "Quantity": {"value": _pick(source, (1, 1.50, -3)), "unit": "kg"},
    }
    text = _pick(source, TEXTS) if source.ConsumeBool() else source.ConsumeUnicode(8)
    return {prefix + kind: simple.get(kind, text)}


def _reply(source: Any, item: dict[str, Any], depth: int) -> dict[str, Any]:
    reply: dict[str, Any] = {"linkId": item["linkId"]}
    beneath = [_reply(source, child, depth + 1) for child in item.get("item", ()) if source.ConsumeBool()]
    if item["type"] == "group":
        reply["item"] = beneath
    elif item["type"] != "display" or source.ConsumeIntInRange(0, 9) == 0:
        reply["answer"] = [_value(source, "value") for _ in range(source.ConsumeIntInRange(1, 3))]
        if beneath:
            reply["answer"][0]["item"] = beneath
    return reply


if __name__ == "__main__":
    main()
