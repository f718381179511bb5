"""CertLogic, the complete language of its specification 1.3.3: rules about certificates and people as JSON.

- `prepare` reads a rule once; the result is asked as often as wanted. A malformed part counts only when it is reached,
  as `and` and `if` evaluate lazily; `validate` finds them all.
- A value is a bool, an integer (|n| < 2**53; 2.0 is 2), text, None, a list or tuple, a dict, or a Moment. None and
  objects come from the data alone, a Moment from `plusTime` and `dccDateOfBirth` alone.
- `===` and `in` compare without coercion: 1 is neither true nor "1"; lists and objects are compared by what they hold.
- A path of `var` reads objects by name and lists by number; whatever is not there is None.
- Bounds: MAX_DEPTH nested expressions, MAX_PARTS in a rule, and MAX_STEPS for what `reduce`, `in` and lists cost beyond
  reading each part once. So there is no RecursionError, and no rule can hold the gate.
- Every error says where in the rule (a JSON Pointer, RFC 6901) and why, and never what a person's data were.

A rule that raises counts as false; whoever asks makes it "could not be checked". `reduce` of nothing is its initial
value, as in the published reference evaluators.
"""

from collections.abc import Sequence
from typing import Any

from rules.certlogic_operations import FORMS, Form, Part, Run
from rules.certlogic_time import UNITS, Moment
from rules.certlogic_values import MAX_STEPS, Budget, CertLogicError, Problem, as_integer, name_of, weigh

__all__ = ["CertLogicError", "Moment", "Prepared", "Problem", "affected_fields", "evaluate", "prepare", "validate"]

MAX_DEPTH = 64
MAX_PARTS = 2_500  # expressions in one rule; the largest rules of published country sets have a few hundred
_CODES_A_PART = 10  # codes in a plain list are only copied
_MAX_INDEX_DIGITS = 6


class Prepared:
    """A rule that was read: its problems, the fields of the data that it looks at, and its answer for given data."""

    __slots__ = ("_run", "fields", "problems")

    def __init__(self, logic: Any) -> None:
        reader = _Reader()
        try:
            self._run = reader.expression(logic, "", 0).run
        except CertLogicError as error:  # too deep or too large to be read to the end
            self._run = reader.bad(error.path, error.text).run
        self.problems = tuple(reader.problems)
        self.fields = frozenset(reader.fields)

    def evaluate(self, data: Any) -> Any:
        """The rule's value for `data` (JSON values). Raises CertLogicError."""
        return self._run(data, [MAX_STEPS])


def prepare(logic: Any) -> Prepared:
    """Read a rule once. Never raises: what is wrong is in `problems`."""
    return Prepared(logic)


def evaluate(logic: Any, data: Any) -> Any:
    """The value of the rule `logic` for `data`, both JSON values. Raises CertLogicError and nothing else."""
    return Prepared(logic).evaluate(data)


def validate(logic: Any) -> tuple[Problem, ...]:
    """Every place where `logic` has not the form that the specification asks for; empty when it has."""
    return Prepared(logic).problems


def affected_fields(logic: Any) -> frozenset[str]:
    """The paths of the data that `logic` may look at. What the lambda of a `reduce` sees is no path of the data."""
    return Prepared(logic).fields


class _Reader:
    """Turns a rule into functions; gathers problems and fields on the way."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.fields: set[str] = set()
        self._parts = 0
        self._lambdas = 0  # how many lambdas stand around the expression that is being read

    def expression(self, logic: Any, path: str, depth: int) -> Part:
        if depth > MAX_DEPTH:
            raise CertLogicError(f"nested deeper than {MAX_DEPTH}", path)
        self._count(1, path)
        kind = type(logic)
        if kind is str or kind is bool:
            return _constant(logic)
        if kind is int or kind is float:
            number = as_integer(logic)
            return (
                self.bad(path, "a number that is no integer of at most 53 bits")
                if number is None
                else _constant(number)
            )
        if kind is list or kind is tuple:
            return self._list(logic, path, depth)
        if kind is not dict:
            return self.bad(path, f"{name_of(logic)} is no expression")
        if len(logic) != 1:
            return self.bad(path, f"an operation has exactly one operator, not {len(logic)}")
        ((name, operands),) = logic.items()
        return self._var(operands, path) if name == "var" else self._operation(name, operands, path, depth)

    def bad(self, path: str, text: str) -> Part:
        """Note a problem; whoever reaches the place when the rule is evaluated gets it as an error."""
        problem = Problem(path, text)
        self.problems.append(problem)

        def run(data: Any, budget: Budget) -> Any:
            raise CertLogicError(problem.text, problem.path)

        return Part(run, problem=problem)

    def _list(self, items: Sequence[Any], path: str, depth: int) -> Part:
        if all(type(item) is str for item in items):  # a list of codes: nothing in it to evaluate
            self._count(len(items) // _CODES_A_PART, path)
            codes = tuple(items)
            return Part(lambda data, budget: list(codes), codes)
        parts = [self.expression(item, f"{path}/{i}", depth + 1).run for i, item in enumerate(items)]

        def run(data: Any, budget: Budget) -> Any:
            values = [part(data, budget) for part in parts]
            weigh(values, budget, path)
            return values

        return Part(run)

    def _var(self, name: Any, path: str) -> Part:
        if type(name) is not str:
            return self.bad(path, "var takes one text, the path to the data")
        fragments = name.split(".") if name else []
        if not all(fragments):
            return self.bad(path, "a path to the data has a name or a number on each side of a point")
        self._count(len(fragments), path)
        if not self._lambdas:
            self.fields.add(name)
        return Part(_way(fragments))

    def _operation(self, name: Any, operands: Any, path: str, depth: int) -> Part:
        if type(operands) not in (list, tuple):
            return self.bad(path, "the operands of an operation stand in a list")
        form = FORMS.get(name) if type(name) is str else None
        if form is None:
            return self.bad(path, "CertLogic has no such operator")
        wrong = None
        if not form.least <= len(operands) <= form.most:
            wrong = self.bad(path, f"{name} takes {_how_many(form)}, not {len(operands)}")
        parts = []
        for i, operand in enumerate(operands[: form.most]):
            kind = form.kinds[min(i, len(form.kinds) - 1)]
            part = self._operand(kind, operand, f"{path}/{name}/{i}", depth + 1)
            if part.problem and kind in ("integer", "unit"):
                wrong = wrong or part
            parts.append(part)
        return wrong or Part(form.make(parts, f"{path}/{name}"))

    def _operand(self, kind: str, operand: Any, path: str, depth: int) -> Part:
        if kind == "expression":
            return self.expression(operand, path, depth)
        if kind == "lambda":
            before, self._lambdas = self._parts, self._lambdas + 1
            part = self.expression(operand, path, depth)
            self._lambdas -= 1
            return part._replace(steps=self._parts - before)
        self._count(1, path)
        if kind == "integer":
            number = as_integer(operand)
            return self.bad(path, "an integer belongs here") if number is None else _constant(number)
        known = type(operand) is str and operand in UNITS
        return _constant(operand) if known else self.bad(path, f"one of {', '.join(UNITS)} belongs here")

    def _count(self, parts: int, path: str) -> None:
        self._parts += parts
        if self._parts > MAX_PARTS:
            raise CertLogicError(f"more than {MAX_PARTS} parts", path)


def _constant(value: Any) -> Part:
    return Part(lambda data, budget: value, value)


def _how_many(form: Form) -> str:
    if form.most == MAX_STEPS:
        return f"{form.least} operands or more"
    if form.least == form.most:
        return f"{form.least} operand" + "s" * (form.least > 1)
    return f"{form.least} or {form.most} operands"


def _way(fragments: list[str]) -> Run:
    """Follows a path: by name in an object, by number in a list; None wherever it leads nowhere."""
    steps = tuple([(name, _index_of(name)) for name in fragments])

    def run(data: Any, budget: Budget) -> Any:
        for name, index in steps:
            kind = type(data)
            if kind is dict:
                data = data.get(name)
            elif (kind is list or kind is tuple) and 0 <= index < len(data):
                data = data[index]
            else:
                return None
        return data

    return run


def _index_of(name: str) -> int:
    return int(name) if len(name) <= _MAX_INDEX_DIGITS and name.isascii() and name.isdecimal() else -1
