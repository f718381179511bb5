"""PURE. What must hold between the answers of a form: rules that stand beside it, in CertLogic.

    {"id", "linkId": the question that a broken rule is about, "logic", "text": {language: sentence}}

A rule sees {"answers": {linkId: value}, "today": ISO date, "year"}; it is broken when its logic gives false. A code
stands for its option, a question with several answers has a list, one without has none. A rule that cannot be worked
out says nothing: the form's own limits hold all the same.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from forms.model import Answers, Coding, Form, Quantity, Value
from rules.certlogic import CertLogicError, evaluate

Row = Mapping[str, Any]


def broken(form: Form, answers: Answers, rows: Sequence[Row], today: str) -> list[Row]:
    """The rules that do not hold, in their order. `answers` of what is asked alone; `today` is YYYY-MM-DD."""
    if not rows:
        return []
    data = {"answers": plain(form, answers), "today": today, "year": int(today[:4])}
    return [row for row in rows if _is_broken(row, data)]


def plain(form: Form, answers: Answers) -> dict[str, Any]:
    """Answers outside repeating groups, as JSON values."""
    found: dict[str, Any] = {}
    for (link_id, at), values in answers.items():
        item = form.by_id.get(link_id)
        if item is not None and item.asked and not at and values:
            simple = [_simple(value) for value in values]
            found[link_id] = simple if item.repeats else simple[0]
    return found


def _simple(value: Value) -> Any:
    if isinstance(value, Coding):
        return value.code
    if isinstance(value, Quantity):
        value = value.value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    return value


def _is_broken(row: Row, data: Mapping[str, Any]) -> bool:
    try:
        return evaluate(row["logic"], data) is False
    except CertLogicError:
        return False
