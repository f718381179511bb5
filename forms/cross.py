"""What only the whole form shows: conditions that cannot work, limits that contradict, answers nobody can give.

The rules of R4's own invariants (que-1 to que-13, http://hl7.org/fhir/R4/questionnaire.html#invs) are checked here as
far as the reader of single items has not.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from forms import fhir
from forms.answer import problems
from forms.conditions import order
from forms.model import (
    CHOICES,
    DATES,
    DISPLAY,
    FACT,
    GROUP,
    INPUT,
    MAX_OCCURRENCES,
    NARROWED_BY,
    NO_TEXT,
    NUMBERS,
    PREFILL,
    TEXTS,
    Coding,
    Condition,
    Form,
    Item,
    Quantity,
)
from forms.source import Source

_FACTS = frozenset({"symptoms", "severe_symptoms", "exposure", "travel", "positive_test"})
_PREFILLS = frozenset(
    {"full_name", "birth_date", "birth_year", "sex", "id_number", "passport_number", "nationality"}
) | {
    *("address", "province", "ward", "phone", "health_insurance_number"),
}
_KEYBOARDS = frozenset({"phone", "passport", "digits", "name", "email"})
_OWN_CODES = MappingProxyType({PREFILL: _PREFILLS, INPUT: _KEYBOARDS})
_ORDERED = NUMBERS | DATES | TEXTS | {"quantity"}
# The Python type that a condition's answer must have for a question's type.
_ANSWER_TYPES: Mapping[str, tuple[type, ...]] = MappingProxyType(
    {"boolean": (bool,), "integer": (int,), "decimal": (Decimal, int), "quantity": (Quantity,)}
    | dict.fromkeys(DATES | TEXTS, (str,))
    | {"choice": (Coding, str, int), "open-choice": (Coding, str, int)}
)


def cross_check(source: Source, form: Form, paths: Sequence[str]) -> None:
    """Note every finding about the form as a whole; `paths` by item index."""
    depths: dict[str, int] = {}
    for item in form.flat:
        path = paths[item.index]
        _shape(source, item, path)
        _limits(source, item, path)
        if item.asked:
            _question(source, form, item, path)
        outer = form.above[item.link_id]
        depth = depths[outer[-1].link_id] if outer else 0
        for place, condition in enumerate(item.conditions):
            question = _asked_before(source, form, item, condition, f"{path}.enableWhen[{place}]")
            depth = max(depth, depths[question.link_id] + 1 if question else 0)
        depths[item.link_id] = depth
        if depth > fhir.MAX_CHAIN:
            source.error("too-costly", path, f"conditions that wait for each other more than {fhir.MAX_CHAIN} deep")
            return


def _shape(source: Source, item: Item, path: str) -> None:
    if item.type == GROUP and not item.items:
        source.error("invariant", path, "a group needs items (que-1)")
    if item.type == DISPLAY and item.items:
        source.error("invariant", path, "a note has no items (que-1)")
    if item.type == DISPLAY and (item.required or item.repeats):
        source.error("invariant", path, "a note is neither required nor repeated (que-6)")
    if not item.asked and item.initial:
        source.error("invariant", f"{path}.initial", "only a question has an initial answer (que-8)")
    if item.type == DISPLAY and item.read_only:
        source.error("invariant", f"{path}.readOnly", "a note cannot be read-only (que-9)")
    if item.max_length is not None and item.type in (GROUP, DISPLAY, "choice", "quantity", *DATES):
        source.error("invariant", f"{path}.maxLength", "only simple questions have a longest length (que-10)")
    if len(item.initial) > 1 and not item.repeats:
        source.error("invariant", f"{path}.initial", "several initial answers need repeats (que-13)")
    if item.text is NO_TEXT and item.type != GROUP and not item.hidden:
        source.wish("required", f"{path}.text", "nothing to show: a question or note needs its text")


def _limits(source: Source, item: Item, path: str) -> None:
    if (item.min_length or 0) > (item.max_length or fhir.MAX_TEXT):
        source.wish("invariant", path, "minLength is more than maxLength")
    low, high = item.min_value, item.max_value
    if low is not None and high is not None and order(low, high) == 1:
        source.wish("invariant", path, "minValue is more than maxValue")
    least, most = item.min_occurs or 0, MAX_OCCURRENCES if item.max_occurs is None else item.max_occurs
    if least > most or least > MAX_OCCURRENCES:
        source.wish("invariant", path, f"minOccurs is more than maxOccurs, or than {MAX_OCCURRENCES}")
    if not item.repeats and (least > 1 or (item.max_occurs or 0) > 1):
        source.wish("invariant", path, "minOccurs and maxOccurs above 1 need repeats")
    if item.max_occurs == 0:
        source.wish("invariant", path, "maxOccurs 0 asks for nothing")
    if item.type == "choice" and item.options and least > len(item.options):
        source.wish("invariant", path, "minOccurs asks for more options than there are")
    for name, value, types in (
        ("regex", item.regex, TEXTS | {"open-choice"}),
        ("minLength", item.min_length, TEXTS | {"open-choice"}),
        ("maxDecimalPlaces", item.max_decimal_places, {"decimal", "quantity", "integer"}),
        ("questionnaire-unit", item.units or None, {"quantity", "integer", "decimal"}),
    ):
        if value is not None and item.type not in types:
            source.warn("business-rule", path, f"{name} has no meaning for the type {item.type}")


def _question(source: Source, form: Form, item: Item, path: str) -> None:
    if item.type == "choice" and not item.options:
        source.wish("required", path, "a choice with nothing to choose from")
    if item.type == "open-choice" and not item.options:
        source.warn("business-rule", path, "an open choice without options is a plain text")
    if len(item.places) != len(item.options):
        source.error("duplicate", path, "two options have the same value")
    if item.required and (item.hidden or item.read_only) and not item.initial and not item.code_of(PREFILL):
        source.warn("business-rule", path, "required, but nobody can answer it")
    for problem in problems(item, item.initial) if item.initial else ():
        source.error("value", f"{path}.initial", f"the initial answer: {problem.text}")
    for system, known in _OWN_CODES.items():
        name = item.code_of(system)
        if name is not None and name not in known:
            source.error("code-invalid", f"{path}.code", f"{system} has no code {name!r}")
    _fact(source, item, path)
    other = item.code_of(NARROWED_BY)
    if other is not None:
        question = form.by_id.get(other)
        if question is None or question.index >= item.index or question.type not in CHOICES:
            source.error("not-found", f"{path}.code", "options are narrowed by an earlier choice only")


def _fact(source: Source, item: Item, path: str) -> None:
    offered = {option.value.code for option in item.options if isinstance(option.value, Coding)}
    for coding in item.codes:
        if coding.system != FACT:
            continue
        name, _, codes = coding.code.partition(":")
        if name not in _FACTS:
            source.error("code-invalid", f"{path}.code", f"there is no fact {name!r}")
        if item.type not in (*CHOICES, "boolean"):
            source.error("business-rule", f"{path}.code", "a fact comes from a yes or a choice")
        if codes and not set(codes.split(",")) <= offered:
            source.error("code-invalid", f"{path}.code", "a fact of options that are not offered")


def _asked_before(source: Source, form: Form, item: Item, condition: Condition, path: str) -> Item | None:
    """The question of a condition if it can be asked, else None after an error."""
    question = form.by_id.get(condition.question)
    if question is None:
        source.error("not-found", f"{path}.question", "there is no item with this linkId")
        return None
    if question.index >= item.index:
        source.error("business-rule", f"{path}.question", "it asks a later item, or itself: a cycle would never end")
        return None
    if not question.asked:
        source.error("business-rule", f"{path}.question", f"a {question.type} has no answer to compare")
        return None
    fault = _fault(question, condition)
    if fault:
        source.error("value", path, fault)
    elif isinstance(condition.answer, Coding) and question.options and condition.answer not in question.places:
        source.warn("code-invalid", path, "the question does not offer this answer")
    return question


def _fault(question: Item, condition: Condition) -> str:
    if condition.operator == "exists":
        return "" if isinstance(condition.answer, bool) else "exists needs answerBoolean (que-7)"
    types = _ANSWER_TYPES[question.type]
    if not isinstance(condition.answer, types) or isinstance(condition.answer, bool) is not (
        question.type == "boolean"
    ):
        return f"the answer to compare with is not of the question's type {question.type}"
    if condition.operator in ("=", "!="):
        return ""
    return "" if question.type in _ORDERED else f"{condition.operator} has no meaning for the type {question.type}"
