"""Whether answers are good: one question's, and a whole form's.

- Only what is asked is looked at: a disabled item needs no answer, and may have none.
- A required group needs one answer beneath it, whichever. An occurrence of an optional repeating group that nobody
  counted and nothing was said in needs none.
- Dates may be partial as FHIR allows, unless the question's entryFormat or limits say otherwise: see `precise`.
- Whole numbers have 32 bits, others 15 digits: more would not come back from every JSON reader as it was.
- What the kiosk shows as a sentence is the issue's `problem` with its `limit`; the English text is for operators.
"""

from collections.abc import Iterator
from decimal import Decimal

from forms.conditions import order
from forms.dates import IS
from forms.model import CHOICES, DATES, MAX_OCCURRENCES, TEXTS, Answers, Coding, Form, Issue, Item, Key, Quantity, Value
from forms.offered import group_of
from forms.source import is_plain
from forms.strings import bad_character, has_lines, is_url
from forms.walk import Step, walk

LONGEST = 10_000  # characters of any text answer
_INT32 = 1 << 31
_TYPES: dict[str, type] = {"boolean": bool, "integer": int, "decimal": Decimal, "quantity": Quantity}
_NO_NUMBER = frozenset({"integer", "decimal", "quantity"})


def check_answer(item: Item, values: tuple[Value, ...]) -> tuple[Issue, ...]:
    """What is wrong with the answers to one question, asked alone; `()` when nothing is. Never raises."""
    if not values:
        return tuple(_missing(item, item.link_id))
    return tuple(problems(item, values))


def check(form: Form, answers: Answers) -> tuple[Issue, ...]:
    """What is wrong with the answers to a form. Never raises."""
    return tuple([issue for _, issue in findings(form, answers)])


def findings(form: Form, answers: Answers) -> list[tuple[Key, Issue]]:
    """`check`, with the key that each issue is about: questions in order, then groups, then what was not asked."""
    found: list[tuple[Key, Issue]] = []
    filled: set[Key] = set()
    asked: set[Key] = set()
    groups: list[Step] = []
    for step in walk(form, answers):
        item, at = step
        if not item.asked:
            if item.required or item.loops:
                groups.append(step)
            continue
        key = (item.link_id, at)
        asked.add(key)
        values = answers.get(key)
        if values:
            _fill(filled, form, item, at)
            wrong = problems(item, values, named(item.link_id, at))
            if item.codes:
                wrong += _elsewhere(form, answers, item, at)
            if wrong:
                found += [(key, issue) for issue in wrong]
        elif item.required or item.min_occurs:
            found += [(key, issue) for issue in _missing(item, named(item.link_id, at))]
    found += _groups(groups, filled)
    untold = {(item.link_id, at) for item, at in groups if item.loops and not _told(item, at, answers)} - filled
    if untold:
        found = [(key, issue) for key, issue in found if issue.code != "required" or not _within(form, key, untold)]
    return found + list(_unasked(form, answers, asked))


def _elsewhere(form: Form, answers: Answers, item: Item, at: tuple[int, ...]) -> list[Issue]:
    """Options that do not belong under the answer to another question: a ward of another province."""
    group = group_of(form, answers, item, at)
    places = [item.place_of(value) for value in answers[item.link_id, at]] if group else []
    if all(place is None or item.options[place].group == group for place in places):
        return []
    if not any(option.group == group for option in item.options):
        return []
    text = "not one of the options under the other answer"
    return [_issue("business-rule", named(item.link_id, at), text, "not_an_option")]


def _told(group: Item, at: tuple[int, ...], answers: Answers) -> bool:
    """Whether an occurrence was counted or must be: the one that is only offered needs no answers."""
    return bool(group.required or group.min_occurs or answers.get((group.link_id, at[:-1])))


def _within(form: Form, key: Key, occurrences: set[Key]) -> bool:
    depth = 0
    for outer in form.above[key[0]]:
        depth += outer.loops
        if outer.loops and (outer.link_id, key[1][:depth]) in occurrences:
            return True
    return False


def named(link_id: str, at: tuple[int, ...]) -> str:
    """A question in an occurrence, for an issue's expression: "name[1]"."""
    return link_id if not at else link_id + "".join(f"[{number}]" for number in at)


def problems(item: Item, values: tuple[Value, ...], where: str = "") -> list[Issue]:
    """What is wrong with answers that were given."""
    found: list[Issue] = []
    where = where or item.link_id
    most = 1 if not item.repeats else min(item.max_occurs or MAX_OCCURRENCES, MAX_OCCURRENCES)
    if len(values) > most:
        found.append(_issue("structure", where, f"at most {most} answers", "too_many", str(most)))
    if len(values) < (item.min_occurs or 0):
        found.append(_issue("required", where, f"at least {item.min_occurs} answers", "too_few", str(item.min_occurs)))
    for value in values[: most + 1]:
        _value(item, value, where, found)
    if len(values) > 1 and item.options:
        _together(item, values, where, found)
    return found


def _together(item: Item, values: tuple[Value, ...], where: str, found: list[Issue]) -> None:
    places = [place for value in values if (place := item.place_of(value)) is not None]
    if any(item.options[place].exclusive for place in places):
        found.append(_issue("business-rule", where, "an option that excludes all others came with others", "exclusive"))
    if len(set(places)) < len(places):
        found.append(_issue("duplicate", where, "the same option twice", "too_many", "1"))


def _value(item: Item, value: Value, where: str, found: list[Issue]) -> None:
    if item.options or item.type in CHOICES:
        _chosen(item, value, where, found)
    elif item.type in TEXTS:
        _written(item, value, where, found)
    elif item.type in DATES:
        _dated(item, value, where, found)
    elif type(value) is not _TYPES[item.type]:
        problem = "not_a_number" if item.type in _NO_NUMBER else "not_an_option"
        found.append(_issue("value", where, f"no {item.type}", problem))
    elif item.type != "boolean":
        _counted(item, value, where, found)


def _chosen(item: Item, value: Value, where: str, found: list[Issue]) -> None:
    if item.place_of(value) is not None:
        return
    if item.type == "open-choice" and isinstance(value, str):
        _written(item, value, where, found)
    elif isinstance(value, Coding) and not item.options:
        return  # nothing was listed to choose from: an open choice, or a form that is only read
    else:
        found.append(_issue("code-invalid", where, "not one of the options", "not_an_option"))


def _written(item: Item, value: Value, where: str, found: list[Issue]) -> None:
    if not isinstance(value, str):
        found.append(_issue("value", where, "no text", "not_text"))
        return
    most = min(item.max_length or LONGEST, LONGEST)
    if len(value) > most:
        found.append(_issue("too-long", where, f"more than {most} characters", "too_long", str(most)))
        return
    bad = bad_character(value)
    if bad is not None:
        found.append(_issue("value", where, f"the character {bad} may not stand in a text", "not_text", bad))
        return
    if not value.strip():
        found.append(_issue("value", where, "an empty text", "too_short", str(item.min_length or 1)))
    elif len(value) < (item.min_length or 0):
        least = str(item.min_length)
        found.append(_issue("value", where, f"fewer than {least} characters", "too_short", least))
    elif item.type == "url" and not is_url(value):
        found.append(_issue("value", where, "no url", "pattern"))
    elif item.type == "string" and has_lines(value):
        found.append(_issue("value", where, "more than one line", "not_text"))
    if item.regex is not None and not item.regex.matches(value):
        found.append(_issue("value", where, "not in the form that was asked for", "pattern", _hint(item)))


def _hint(item: Item) -> str:
    return item.entry_format.in_("") if item.entry_format else ""


def _dated(item: Item, value: Value, where: str, found: list[Issue]) -> None:
    if not isinstance(value, str) or not IS[item.type](value):
        found.append(_issue("value", where, f"no {item.type} that exists", "not_a_date"))
        return
    if item.type != "time" and precise(item) and len(value) < precise(item):
        found.append(_issue("value", where, "less precise than was asked for", "not_a_date", _hint(item)))
    _bounded(item, value, where, found)


def _bounded(item: Item, value: Value, where: str, found: list[Issue]) -> None:
    """Limits of value. A partial date that reaches over a limit is within it; an amount in another unit is not."""
    for limit, wrong, problem in ((item.min_value, -1, "too_small"), (item.max_value, 1, "too_large")):
        if limit is None:
            continue
        place = order(value, limit)
        said = str(limit.value) if isinstance(limit, Quantity) else str(limit)
        if place == wrong:
            found.append(_issue("value", where, f"{'less' if wrong < 0 else 'more'} than {said}", problem, said))
        elif place is None and isinstance(limit, Quantity):
            text = f"cannot be compared with {said} {limit.unit}"
            found.append(_issue("value", where, text, "not_a_number", limit.unit))


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
        found.append(_issue("value", where, "a whole number of 32 bits was expected", problem, str(_INT32 - 1)))
        return
    if isinstance(amount, Decimal):
        if not is_plain(amount):
            found.append(_issue("value", where, "a number of at most 15 digits was expected", "not_a_number"))
            return
        places = max(0, -int(amount.as_tuple().exponent))
        if item.max_decimal_places is not None and places > item.max_decimal_places:
            most = str(item.max_decimal_places)
            found.append(_issue("value", where, f"more than {most} decimal places", "too_precise", most))
    if isinstance(value, Quantity) and item.units and value[2:] not in [unit[2:] for unit in item.units]:
        named_units = ", ".join(unit.unit for unit in item.units)
        found.append(_issue("value", where, "not in a unit that was asked for", "not_a_number", named_units))
    _bounded(item, value, where, found)


def _missing(item: Item, where: str) -> list[Issue]:
    if item.required:
        return [_issue("required", where, "an answer is needed", "required")]
    if item.min_occurs:
        return [_issue("required", where, f"at least {item.min_occurs} answers", "too_few", str(item.min_occurs))]
    return []


def _fill(filled: set[Key], form: Form, item: Item, at: tuple[int, ...]) -> None:
    depth = 0
    for outer in form.above[item.link_id]:
        depth += outer.loops
        filled.add((outer.link_id, at[:depth]))


def _groups(groups: list[Step], filled: set[Key]) -> Iterator[tuple[Key, Issue]]:
    """Required groups with no answer beneath, and repeating ones with too few or too many filled occurrences."""
    counts: dict[Key, int] = {}
    loops: dict[str, Item] = {}
    for item, at in groups:
        if item.loops:
            loops[item.link_id] = item
            key = (item.link_id, at[:-1])
            counts[key] = counts.get(key, 0) + ((item.link_id, at) in filled)
        elif (item.link_id, at) not in filled:
            where = named(item.link_id, at)
            yield (item.link_id, at), _issue("required", where, "an answer in this group is needed", "required")
    for key, count in counts.items():
        item, where = loops[key[0]], named(*key)
        least = item.min_occurs or int(item.required)
        if count < least:
            yield key, _issue("required", where, f"at least {least} of these", "too_few", str(least))
        if item.max_occurs is not None and count > item.max_occurs:
            most = str(item.max_occurs)
            yield key, _issue("structure", where, f"at most {most} of these", "too_many", most)


def _unasked(form: Form, answers: Answers, asked: set[Key]) -> Iterator[tuple[Key, Issue]]:
    """Answers to items that were not asked: disabled, unknown, or in an occurrence that is not there."""
    for (link, at), values in answers.items():
        if not values or (link, at) in asked:
            continue
        item = form.by_id.get(link)
        if item is None:
            text = "an answer to a question that the form has not"
            yield (link, at), _issue("structure", "", text, "not_an_option")
        elif item.asked:
            text = "an answer to a question that is not asked"
            yield (link, at), _issue("business-rule", named(link, at), text, "not_an_option")


def _issue(code: str, where: str, text: str, problem: str, limit: str = "") -> Issue:
    return Issue("error", code, where, text, problem, limit)
