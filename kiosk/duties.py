"""PURE. What is asked of visitors now: the orders that were heard, the rules that decide, and how old each word is."""

from dataclasses import dataclass, replace

from rules.decide import Decision
from rules.known import Ages, Known
from rules.orders import Order
from rules.ruleset import NO_RULES, RuleSet
from rules.sight import is_due, orders_for
from wire.zones import Zone

_NO_AGES = Ages()


@dataclass(frozen=True, slots=True)
class Duties:
    """`orders` are all that are held, running or not: decide() looks at their dates itself. `formless` are those of the
    mandatory ones, by id and version, whose form is not here or cannot be asked. `zones`: levels of areas, in force or
    not."""

    orders: tuple[Order, ...] = ()
    ages: Ages = _NO_AGES
    rules: RuleSet = NO_RULES
    formless: frozenset[tuple[str, int]] = frozenset()
    zones: tuple[Zone, ...] = ()


NONE = Duties()


def on_paper(decision: Decision, known: Known, duties: Duties) -> Decision:
    """The decision, with the order whose declaration is due; with `form_missing` for `declaration_due` where no form
    that is due can be asked here: the screen must not send anybody to a form that it does not have."""
    if "declaration_due" not in decision.reasons:
        return decision
    due = [order for order in orders_for(known, known.time_ms) if is_due(known, (order,))]
    here = [order for order in due if (order.id, order.version) not in duties.formless]
    if not due or here:
        return replace(decision, order=decision.order or (here[0].id if here else ""))
    reasons = tuple("form_missing" if reason == "declaration_due" else reason for reason in decision.reasons)
    return replace(decision, reasons=reasons, order=decision.order or due[0].id)


def form_name(order: Order) -> str:
    """What a technician calls an order's form, which is not here to say its title: "daily 7" of ".../form/daily|7"."""
    url, _, version = order.form.partition("|")
    return f"{url.rstrip('/').rpartition('/')[2]} {version}"
