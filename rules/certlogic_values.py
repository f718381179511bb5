"""The values of CertLogic: their kinds, what is truthy, what is equal, and what looking at them costs.

Python would take True for 1, 1 for 1.0 and a time for truthy; CertLogic (specification 1.3.3, "Values") does not.
"""

from typing import Any, NamedTuple

from rules.certlogic_time import Moment

MAX_STEPS = 10_000
MAX_NESTED = 64
MAX_INTEGER = (1 << 53) - 1

Budget = list[int]  # one number: the steps that are left

_NAMES = {type(None): "nothing", bool: "true or false", int: "an integer", float: "a number", str: "text"}
_NAMES |= {list: "a list", tuple: "a list", dict: "an object", Moment: "a time"}


class CertLogicError(Exception):
    """`text`: why, in plain words; `path`: where in the rule, a JSON Pointer ("" is the whole rule)."""

    def __init__(self, text: str, path: str = "") -> None:
        super().__init__(f"{path}: {text}" if path else text)
        self.text = text
        self.path = path


class Problem(NamedTuple):
    """One malformed place of a rule."""

    path: str
    text: str


def as_integer(value: Any) -> int | None:
    """`value` as an integer, where it is one that every platform holds exactly; 2.0 is 2, as in ECMAScript."""
    if type(value) is float and value.is_integer():
        value = int(value)
    return value if type(value) is int and -MAX_INTEGER <= value <= MAX_INTEGER else None


def name_of(value: Any) -> str:
    """What kind of value it is; never the value, which may be a person's."""
    return _NAMES.get(type(value), "a value of no kind that CertLogic has")


def spend(budget: Budget, steps: int, path: str) -> None:
    """Take `steps` off the budget. Raises CertLogicError when it is used up."""
    budget[0] -= steps
    if budget[0] < 0:
        raise CertLogicError(f"more than {MAX_STEPS} steps", path)


def weigh(value: Any, budget: Budget, path: str, nested: int = 0) -> None:
    """Pay for a value that was built: a lambda which doubles its accumulator would double it without end."""
    if nested > MAX_NESTED:
        raise CertLogicError(f"a value nested deeper than {MAX_NESTED}", path)
    spend(budget, 1 + len(value) // 100 if type(value) is str else 1, path)
    if type(value) in (list, tuple):
        for item in value:
            weigh(item, budget, path, nested + 1)
    elif type(value) is dict:
        for key, item in value.items():
            weigh(key, budget, path, nested + 1)
            weigh(item, budget, path, nested + 1)


def truth(value: Any, path: str) -> bool:
    """Whether `value` is truthy. Raises CertLogicError for one that is neither truthy nor falsy."""
    if value is True or value is False or value is None:
        return value is True
    if type(value) in (str, list, dict, tuple) or as_integer(value) is not None:
        return bool(value)
    raise CertLogicError(f"{name_of(value)} is neither true nor false", path)


def same(a: Any, b: Any, budget: Budget, path: str, nested: int = 0) -> bool:
    """Equality without coercion, paid for by what is compared."""
    if nested > MAX_NESTED:
        raise CertLogicError(f"a value nested deeper than {MAX_NESTED}", path)
    spend(budget, 1 + len(a) // 1000 if type(a) is str else 1, path)
    if type(a) in (list, tuple) and type(b) in (list, tuple):
        return len(a) == len(b) and all(same(x, y, budget, path, nested + 1) for x, y in zip(a, b, strict=True))
    if type(a) is dict and type(b) is dict:
        return a.keys() == b.keys() and all(same(a[key], b[key], budget, path, nested + 1) for key in a)
    if type(a) in (int, float) and type(b) in (int, float):
        return bool(a == b)
    return type(a) is type(b) and bool(a == b)
