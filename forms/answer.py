"""What is wrong with the answers to one question.

- Dates may be partial as FHIR allows, unless the question's entryFormat or limits say otherwise: see `precise`.
- Whole numbers have 32 bits, others 15 digits: more would not come back from every JSON reader as it was.
- What the kiosk shows as a sentence is the issue's `problem` with its `limit`; the English text is for operators.
"""

from decimal import Decimal

from forms.conditions import order
from forms.dates import IS
from forms.model import CHOICES, DATES, MAX_OCCURRENCES, TEXTS, Coding, Issue, Item, Quantity, Value
from forms.source import is_plain
from forms.strings import bad_character, has_lines, is_url

LONGEST = 10_000  # characters of any text answer
_INT32 = 1 << 31
_TYPES: dict[str, type] = {"boolean": bool, "integer": int, "decimal": Decimal, "quantity": Quantity}
_NO_NUMBER = frozenset({"integer", "decimal", "quantity"})


def problems(item: Item, values: tuple[Value, ...], where: str = "") -> list[Issue]:
    """What is wrong with answers that were given."""
    found: list[Issue] = []
    where = where or item.link_id
    most = 1 if not item.repeats else min(item.max_occurs or MAX_OCCURRENCES, MAX_OCCURRENCES)
    if len(values) > most:
        found.append(issue_of("structure", where, f"at most {most} answers", "too_many", str(most)))
    if len(values) < (item.min_occurs or 0):
        found.append(
            issue_of("required", where, f"at least {item.min_occurs} answers", "too_few", str(item.min_occurs))
        )
    for value in values[: most + 1]:
        _value(item, value, where, found)
    if len(values) > 1 and item.options:
        _together(item, values, where, found)
    return found


def _together(item: Item, values: tuple[Value, ...], where: str, found: list[Issue]) -> None:
    places = [place for value in values if (place := item.place_of(value)) is not None]
    if any(item.options[place].exclusive for place in places):
        found.append(
            issue_of("business-rule", where, "an option that excludes all others came with others", "exclusive")
        )
    if len(set(places)) < len(places):
        found.append(issue_of("duplicate", where, "the same option twice", "too_many", "1"))


def _value(item: Item, value: Value, where: str, found: list[Issue]) -> None:
    if item.options or item.type in CHOICES:
        _chosen(item, value, where, found)
    elif item.type in TEXTS:
        _written(item, value, where, found)
    elif item.type in DATES:
        _dated(item, value, where, found)
    elif type(value) is not _TYPES[item.type]:
        problem = "not_a_number" if item.type in _NO_NUMBER else "not_an_option"
        found.append(issue_of("value", where, f"no {item.type}", problem))
    elif item.type != "boolean":
        _counted(item, value, where, found)


def _chosen(item: Item, value: Value, where: str, found: list[Issue]) -> None:
    if item.place_of(value) is not None:
        return
    if item.type == "open-choice" and isinstance(value, str):
        _written(item, value, where, found)
    elif isinstance(value, Coding) and value.code and not item.options:
        return  # nothing was listed to choose from: an open choice, or a form that is only read
    else:
        found.append(issue_of("code-invalid", where, "not one of the options", "not_an_option"))


def _written(item: Item, value: Value, where: str, found: list[Issue]) -> None:
    if not isinstance(value, str):
        found.append(issue_of("value", where, "no text", "not_text"))
        return
    most = min(item.max_length or LONGEST, LONGEST)
    if len(value) > most:
        found.append(issue_of("too-long", where, f"more than {most} characters", "too_long", str(most)))
        return
    bad = bad_character(value)
    if bad is not None:
        found.append(issue_of("value", where, f"the character {bad} may not stand in a text", "not_text", bad))
        return
    if not value.strip():
        found.append(issue_of("value", where, "an empty text", "too_short", str(item.min_length or 1)))
    elif len(value) < (item.min_length or 0):
        least = str(item.min_length)
        found.append(issue_of("value", where, f"fewer than {least} characters", "too_short", least))
    elif item.type == "url" and not is_url(value):
        found.append(issue_of("value", where, "no url", "pattern"))
    elif item.type == "string" and has_lines(value):
        found.append(issue_of("value", where, "more than one line", "not_text"))
    if item.regex is not None and not item.regex.matches(value):
        found.append(issue_of("value", where, "not in the form that was asked for", "pattern", _hint(item)))


def _hint(item: Item) -> str:
    return item.entry_format.in_("") if item.entry_format else ""


def _dated(item: Item, value: Value, where: str, found: list[Issue]) -> None:
    if not isinstance(value, str) or not IS[item.type](value):
        found.append(issue_of("value", where, f"no {item.type} that exists", "not_a_date"))
        return
    if item.type != "time" and precise(item) and len(value) < precise(item):
        found.append(issue_of("value", where, "less precise than was asked for", "not_a_date", _hint(item)))
    _bounded(item, value, where, found)


def _bounded(item: Item, value: Value, where: str, found: list[Issue]) -> None:
    """Limits of value. A partial date that reaches over a limit is within it; an amount in another unit is not."""
    for limit, wrong, problem in ((item.min_value, -1, "too_small"), (item.max_value, 1, "too_large")):
        if limit is None:
            continue
        place = order(value, limit)
        said = str(limit.value) if isinstance(limit, Quantity) else str(limit)
        if place == wrong:
            found.append(issue_of("value", where, f"{'less' if wrong < 0 else 'more'} than {said}", problem, said))
        elif place is None and isinstance(limit, Quantity):
            text = f"cannot be compared with {said} {limit.unit}"
            found.append(issue_of("value", where, text, "not_a_number", limit.unit))


def precise(item: Item) -> int:
    """How many characters of a date are needed at least: an entryFormat that shows days needs 10, months 7, else 0."""
    pattern = item.entry_format.in_("").upper() if item.entry_format else ""
    if "DD" in pattern:
        return 10
    return 7 if "MM" in pattern else 0


def _counted(item: Item, value: Value, where: str, found: list[Issue]) -> None:
    amount = value.value if isinstance(value, Quantity) else value
    if isinstance(amount, int) and not -_INT32 <= amount < _INT32:
        problem = "too_large" if amount > 0 else "too_small"
        found.append(issue_of("value", where, "a whole number of 32 bits was expected", problem, str(_INT32 - 1)))
        return
    if isinstance(amount, Decimal):
        if not is_plain(amount):
            found.append(issue_of("value", where, "a number of at most 15 digits was expected", "not_a_number"))
            return
        places = max(0, -int(amount.as_tuple().exponent))
        if item.max_decimal_places is not None and places > item.max_decimal_places:
            most = str(item.max_decimal_places)
            found.append(issue_of("value", where, f"more than {most} decimal places", "too_precise", most))
    if isinstance(value, Quantity) and item.units and value[2:] not in [unit[2:] for unit in item.units]:
        named_units = ", ".join(unit.unit for unit in item.units)
        found.append(issue_of("value", where, "not in a unit that was asked for", "not_a_number", named_units))
    _bounded(item, value, where, found)


def missing(item: Item, where: str) -> list[Issue]:
    """What is wrong with there being no answer."""
    if item.required:
        return [issue_of("required", where, "an answer is needed", "required")]
    if item.min_occurs:
        return [issue_of("required", where, f"at least {item.min_occurs} answers", "too_few", str(item.min_occurs))]
    return []


def issue_of(code: str, where: str, text: str, problem: str, limit: str = "") -> Issue:
    """An error: `text` is for operators, `problem` with its `limit` becomes the visitor's sentence."""
    return Issue("error", code, where, text, problem, limit)
