"""What must hold between the answers of a form: rules that came with its offer, in CertLogic. Pure.

A rule sees {"answers": {linkId: value}, "today": ISO date}; it holds when its logic gives true. A code stands for its
option, a question with several answers has a list, one without has none. A rule that cannot be worked out says nothing:
the form's own limits hold all the same, and the centre checks again.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from forms.check import named
from forms.model import Answers, Coding, Form, Quantity, Value
from rules.certlogic import CertLogicError, evaluate
from ui.form.desk import Offer
from ui.form.reading import Problem
from ui.form.walk import live


def problems_between(offer: Offer, answers: Answers, today: str) -> dict[str, Problem]:
    """By the question that a broken rule is about, as the form's own checks name it. `today` is YYYY-MM-DD."""
    if not offer.rules:
        return {}
    data = {"answers": plain(offer.form, live(offer.form, answers)), "today": today}
    return {
        named(str(rule["linkId"]), ()): Problem("general", texts=rule.get("text", {}))
        for rule in offer.rules
        if _broken(rule, data)
    }


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


def _broken(rule: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    try:
        return evaluate(rule["logic"], data) is False
    except CertLogicError:
        return False
