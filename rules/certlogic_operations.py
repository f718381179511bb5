"""What each operator of CertLogic does (specification 1.3.3, "Operations"), as functions made once for each rule.

A maker gets the operands, already read, and the place of the operation in the rule; it gives `run(data, budget)`.
"""

import operator
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from rules.certlogic_time import Moment, date_of_birth, moment, plus
from rules.certlogic_values import (
    MAX_INTEGER,
    MAX_STEPS,
    Budget,
    CertLogicError,
    Problem,
    as_integer,
    name_of,
    same,
    spend,
    truth,
)

MAX_TEXT = 10_000  # characters of an operand that is taken apart

Run = Callable[[Any, Budget], Any]

_PREFIX = "URN:UVCI:"
_SEPARATORS = re.compile("[/#:]")


class Part(NamedTuple):
    """An operand that was read."""

    run: Run
    fixed: Any = None  # its value, where the value does not depend on data
    steps: int = 1  # what one run of it costs at most, but for what `reduce` repeats
    problem: Problem | None = None


class Form(NamedTuple):
    """How many operands an operator takes, of which kinds (the last one stands for all that follow), and its maker."""

    least: int
    most: int
    kinds: tuple[str, ...]
    make: Callable[[Sequence[Part], str], Run]


def _if(parts: Sequence[Part], path: str) -> Run:
    guard, then, otherwise = (part.run for part in parts)
    guard_path = f"{path}/0"

    def run(data: Any, budget: Budget) -> Any:
        return then(data, budget) if truth(guard(data, budget), guard_path) else otherwise(data, budget)

    return run


def _and(parts: Sequence[Part], path: str) -> Run:
    operands = tuple([(part.run, f"{path}/{i}") for i, part in enumerate(parts)])

    def run(data: Any, budget: Budget) -> Any:
        value = None
        for operand, where in operands:
            value = operand(data, budget)
            if not truth(value, where):
                break
        return value

    return run


def _not(parts: Sequence[Part], path: str) -> Run:
    operand, where = parts[0].run, f"{path}/0"
    return lambda data, budget: not truth(operand(data, budget), where)


def _equal(parts: Sequence[Part], path: str) -> Run:
    left, right = parts[0].run, parts[1].run

    def run(data: Any, budget: Budget) -> bool:
        a, b = left(data, budget), right(data, budget)
        if type(a) is str and type(b) is str:  # nearly every comparison there is
            return a == b
        return same(a, b, budget, path)

    return run


def _in(parts: Sequence[Part], path: str) -> Run:
    needle, hay = parts[0].run, parts[1].run
    fixed = parts[1].fixed
    codes = frozenset(fixed) if type(fixed) is tuple else None

    def run(data: Any, budget: Budget) -> bool:
        value = needle(data, budget)
        if codes is not None:
            return type(value) is str and value in codes
        items = hay(data, budget)
        if type(items) not in (list, tuple):
            raise CertLogicError(f"in looks into a list, not into {name_of(items)}", f"{path}/1")
        if type(value) is str:
            spend(budget, 1 + len(items) * (1 + len(value) // 256) // 32, path)
            return value in items
        return any(same(value, item, budget, path) for item in items)

    return run


def _add(parts: Sequence[Part], path: str) -> Run:
    left, right = parts[0].run, parts[1].run

    def run(data: Any, budget: Budget) -> int:
        total = _integer(left(data, budget), f"{path}/0") + _integer(right(data, budget), f"{path}/1")
        if not -MAX_INTEGER <= total <= MAX_INTEGER:
            raise CertLogicError("the sum is too large a number", path)
        return total

    return run


def _integer(value: Any, path: str) -> int:
    number = value if type(value) is int else as_integer(value)
    if number is None or not -MAX_INTEGER <= number <= MAX_INTEGER:
        raise CertLogicError(f"an integer is needed, not {name_of(value)}", path)
    return number


def _time(value: Any, path: str) -> Moment:
    if type(value) is not Moment:
        raise CertLogicError(f"a time made by plusTime or dccDateOfBirth is needed, not {name_of(value)}", path)
    return value


def _comparing(holds: Callable[[Any, Any], bool], take: Callable[[Any, str], Any]) -> Callable[..., Run]:
    """The maker of a comparison of two, or of three as in `a < b < c`. All operands are looked at."""

    def make(parts: Sequence[Part], path: str) -> Run:
        operands = tuple([(part.run, f"{path}/{i}") for i, part in enumerate(parts)])

        def run(data: Any, budget: Budget) -> bool:
            values = [take(operand(data, budget), where) for operand, where in operands]
            return holds(values[0], values[1]) and (len(values) == 2 or holds(values[1], values[2]))

        return run

    return make


def _plus_time(parts: Sequence[Part], path: str) -> Run:
    operand, amount, unit = parts[0].run, parts[1].fixed, parts[2].fixed

    def run(data: Any, budget: Budget) -> Moment:
        text = operand(data, budget)
        at = moment(text) if type(text) is str else None
        if at is None:
            raise _no_date(text, "a date, or a date and time,", f"{path}/0")
        moved = plus(at, amount, unit)
        if moved is None:
            raise CertLogicError("the time leaves the range that a computer's calendar has", path)
        return moved

    return run


def _date_of_birth(parts: Sequence[Part], path: str) -> Run:
    operand = parts[0].run

    def run(data: Any, budget: Budget) -> Moment:
        text = operand(data, budget)
        at = date_of_birth(text) if type(text) is str else None
        if at is None:
            raise _no_date(text, "a date YYYY, YYYY-MM or YYYY-MM-DD", f"{path}/0")
        return at

    return run


def _no_date(value: Any, wanted: str, path: str) -> CertLogicError:
    given = "another text" if type(value) is str else name_of(value)
    return CertLogicError(f"{wanted} is needed, not {given}", path)


def _reduce(parts: Sequence[Part], path: str) -> Run:
    operand, step, start = (part.run for part in parts)
    cost = parts[1].steps

    def run(data: Any, budget: Budget) -> Any:
        items = operand(data, budget)
        value = start(data, budget)
        if items is None:
            return value
        if type(items) not in (list, tuple):
            raise CertLogicError(f"reduce takes a list, not {name_of(items)}", f"{path}/0")
        for item in items:
            spend(budget, cost, path)
            value = step({"current": item, "accumulator": value}, budget)
        return value

    return run


def _extract(parts: Sequence[Part], path: str) -> Run:
    operand, index = parts[0].run, parts[1].fixed

    def run(data: Any, budget: Budget) -> str | None:
        text = operand(data, budget)
        if text is None:
            return None
        if type(text) is not str or len(text) > MAX_TEXT:
            given = "a longer one" if type(text) is str else name_of(text)
            raise CertLogicError(f"a text of at most {MAX_TEXT} characters is needed, not {given}", f"{path}/0")
        spend(budget, len(text) // 100, path)
        fragments = _SEPARATORS.split(text.removeprefix(_PREFIX))
        return fragments[index] if 0 <= index < len(fragments) else None

    return run


_ONE = ("expression",)
_INTEGERS = {">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le}
_TIMES = {"after": operator.gt, "before": operator.lt, "not-before": operator.ge, "not-after": operator.le}

FORMS: dict[str, Form] = {
    "if": Form(3, 3, _ONE, _if),
    "and": Form(2, MAX_STEPS, _ONE, _and),
    "!": Form(1, 1, _ONE, _not),
    "===": Form(2, 2, _ONE, _equal),
    "in": Form(2, 2, _ONE, _in),
    "+": Form(2, 2, _ONE, _add),
    "plusTime": Form(3, 3, ("expression", "integer", "unit"), _plus_time),
    "dccDateOfBirth": Form(1, 1, _ONE, _date_of_birth),
    "reduce": Form(3, 3, ("expression", "lambda", "expression"), _reduce),
    "extractFromUVCI": Form(2, 2, ("expression", "integer"), _extract),
    **{name: Form(2, 3, _ONE, _comparing(holds, _integer)) for name, holds in _INTEGERS.items()},
    **{name: Form(2, 3, _ONE, _comparing(holds, _time)) for name, holds in _TIMES.items()},
}
