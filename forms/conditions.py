"""enableWhen: whether an item is asked, given the answers so far.

- A disabled question counts as having no answer, and so does everything beneath a disabled item.
- What stands beneath a question is asked once the question has an answer: FHIR keeps it inside that answer.
- One matching answer of several is enough, for every operator; with no answer only `exists = false` holds.
- A question in a repeating group is looked up in the same occurrence as the item, as far as both stand in the same
  groups; from outside, any occurrence will do.
- Options compare by system and code, texts by their characters. Dates of different precision that agree as far as both
  go do not compare.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal

from forms.dates import compare
from forms.model import MAX_OCCURRENCES, TEXTS, Answers, Condition, Form, Item, Quantity, Value

Order = Callable[[Value, Value], int | None]


def enabled(form: Form, answers: Answers, item: Item, at: tuple[int, ...]) -> bool:
    """Whether the item is asked in the occurrence `at`. For many items of one form use Asking, which remembers."""
    return Asking(form, answers).enabled(item, at)


def occurrences(answers: Answers, group: Item, at: tuple[int, ...]) -> int:
    """How many times a repeating group occurs: as answered and as often as it must; once where nothing was said."""
    told = answers.get((group.link_id, at))
    least = group.min_occurs or int(group.required)
    count = told[0] if told and isinstance(told[0], int) else 1
    return min(max(count, least), MAX_OCCURRENCES)


class Asking:
    """One form with one set of answers; what was found about an item is kept."""

    def __init__(self, form: Form, answers: Answers) -> None:
        self.form = form
        self.answers = answers
        self._known: dict[tuple[str, tuple[int, ...]], bool] = {}

    def enabled(self, item: Item, at: tuple[int, ...]) -> bool:
        """Whether the item and all that it stands in are asked."""
        for outer in self.form.above[item.link_id]:
            if not self.wanted(outer, at) or not self.opened(outer, at):
                return False
        return self.wanted(item, at)

    def opened(self, item: Item, at: tuple[int, ...]) -> bool:
        """Whether what stands beneath the item can be asked: always in a group, in a question once it is answered."""
        if not item.asked:
            return True
        return bool(self.answers.get((item.link_id, at[: len(self.form.loops[item.link_id])])))

    def wanted(self, item: Item, at: tuple[int, ...]) -> bool:
        """Whether the item's own conditions hold; what it stands in is not looked at."""
        if not item.conditions:
            return True
        loops = self.form.loops[item.link_id]
        key = (item.link_id, at[: len(loops)])
        found = self._known.get(key)
        if found is None:
            judge = any if item.any_of else all
            found = judge(self._holds(condition, loops, at) for condition in item.conditions)
            self._known[key] = found
        return found

    def _holds(self, condition: Condition, loops: tuple[str, ...], at: tuple[int, ...]) -> bool:
        question = self.form.by_id[condition.question]
        given = self._values(question, loops, at)
        if condition.operator == "exists":
            return (next(given, None) is not None) is bool(condition.answer)
        compared = _by_character if question.type in TEXTS else order
        return any(_matches(value, condition.operator, condition.answer, compared) for value in given)

    def _values(self, question: Item, loops: tuple[str, ...], at: tuple[int, ...]) -> Iterator[Value]:
        theirs = self.form.loops[question.link_id]
        shared = 0
        while shared < min(len(theirs), len(loops)) and theirs[shared] == loops[shared]:
            shared += 1
        if shared == len(theirs):
            where = at[:shared]
            values = self.answers.get((question.link_id, where))
            if values and self.enabled(question, where):
                yield from values
            return
        for (link, where), values in self.answers.items():
            if link == question.link_id and where[:shared] == at[:shared] and self.enabled(question, where):
                yield from values


def same(left: Value, right: Value) -> bool:
    """Whether two values are one answer: true is not 1, and 36.50 is 36.5."""
    return type(left) is type(right) and _finite(left) and left == right


def _finite(value: Value) -> bool:
    """Whether it can be compared: Python's Decimal has values that are no numbers."""
    amount = value.value if isinstance(value, Quantity) else value
    return not isinstance(amount, Decimal) or amount.is_finite()


def _matches(value: Value, operator: str, answer: Value, compared: Order) -> bool:
    if operator == "=":
        return same(value, answer)
    if operator == "!=":
        return type(value) is type(answer) and _finite(value) and value != answer
    place = compared(value, answer)
    if place is None:
        return False
    if operator == ">":
        return place > 0
    if operator == "<":
        return place < 0
    return place >= 0 if operator == ">=" else place <= 0


def _by_character(value: Value, answer: Value) -> int | None:
    """`order` for texts, by code point: no language's alphabet, so that kiosk and centre always agree."""
    if not isinstance(value, str) or not isinstance(answer, str):
        return None
    return (value > answer) - (value < answer)


def order(value: Value, answer: Value) -> int | None:
    """-1, 0 or 1 as `value` is less than, like or more than `answer`; None where that cannot be said."""
    if isinstance(value, Quantity) and isinstance(answer, Quantity):
        if (value.system, value.code or value.unit) != (answer.system, answer.code or answer.unit):
            return None
        value, answer = value.value, answer.value
    if type(value) is not type(answer) or not _finite(value):
        return None
    if isinstance(value, str):
        return compare(value, str(answer))
    return (value > answer) - (value < answer)  # type: ignore[operator]
