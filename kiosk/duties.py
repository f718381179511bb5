"""PURE. What is asked of visitors now: the orders that were heard, the rules that decide, and how old each word is."""

from dataclasses import dataclass

from rules.known import Ages
from rules.orders import Order
from rules.ruleset import NO_RULES, RuleSet

_NO_AGES = Ages()


@dataclass(frozen=True, slots=True)
class Duties:
    """`orders` are all that are held, running or not: decide() looks at their dates itself."""

    orders: tuple[Order, ...] = ()
    ages: Ages = _NO_AGES
    rules: RuleSet = NO_RULES


NONE = Duties()
