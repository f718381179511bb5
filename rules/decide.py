"""Everything known about a visitor -> Decision(signal, reasons). The code that no rule can bend; in this order:

- A guard's word stands: let in is ALLOW, kept out is ASK. A person answers for it by name.
- A code that must not count (unreadable, a place's, broken, expired, revoked, untrusted, without an identity,
  implausible) is ASK. A machine refuses nobody for a bad code; a person looks. With the clock unset a signed code is
  ASK as well: nothing proves that it is in date.
- Whoever leaves is not held: no order, no list and no rule is asked.
- A mandatory order that runs and concerns the visitor, without a fresh declaration: ASK. A voluntary one asks nobody.
- Symptoms or a positive test that were declared, an exposure declared or on the list, an outcome of ASK: ASK, and what
  the public reads of it is `see_desk` alone. Exposures end by themselves. A clearance signed by the centre outweighs an
  exposure, at once and without a network; it does not outweigh symptoms.
- No room: ASK, not a closed door.
- Then the rules that came as data: all that hold add their reasons, the gravest signal wins. One that cannot be worked
  out is ASK. Rules that do not run leave the word to the shipped table; no expiry closes the gate.
- STOP needs a set that names an order; that order must run by a clock that is set, be mandatory, allow STOP and
  concern the visitor. Never at a hospital. It never depends on symptoms, exposure, the registered address or a missing
  declaration: a STOP is worked out from data without them.
- More evidence of risk never makes the signal greener: declared risks are ASK before any rule speaks, and a rule that
  looks at what else was declared is tried with and without it.
- Otherwise ALLOW: registered. Citizen, insurance and personal codes are unsigned; the word promises no more.
"""

from dataclasses import dataclass, field

from credentials.types import Unreadable
from rules.answers import Answers, answers
from rules.known import RISKS, Known
from rules.messages import Message
from rules.ruleset import NO_RULES, RuleSet
from rules.sight import UNSIGNED, Case, duty_note, orders_for, remembered, size_up
from wire.records import Signal

MAX_REASONS = 8  # of a record
_MAX_PUBLIC = 6  # so that how much is private never pushes out, and thereby tells, anything public
_UNREADABLE = frozenset({"foreign_poster", "certificate_not_supported_yet"})
_GRAVEST_FIRST = ("severe_symptoms", "symptoms", "positive_test", "exposure")


@dataclass(frozen=True, slots=True)
class Decision:
    """A signal and its reason codes, most important first. Some may be private: show wire.reasons.public of them.

    `rules` is the version of the rule set that decided, `messages` what its rules say themselves (show
    rules.messages.heard_by of them), `order` the id of the order that a STOP rests on. For the record alone: `duty`,
    how a check-in stands towards the orders (rules.sight.duty_note), and whether a rule says `suspected` case.
    """

    signal: Signal
    reasons: tuple[str, ...]
    rules: int = 0
    messages: tuple[Message, ...] = ()
    order: str = ""
    duty: str = field(default="", compare=False)  # a note beside the answer, no part of it
    suspected: bool = False


def decide(known: Known, rules: RuleSet = NO_RULES) -> Decision:
    """What the gate answers. Total: never raises, whatever the rules say."""
    now_ms = known.time_ms
    table, expired = rules.in_force(now_ms)
    if known.override is not None:
        allowed = known.override == "allow"
        word = "guard_allowed" if allowed else "guard_refused"
        return Decision(Signal.ALLOW if allowed else Signal.ASK, (word,), table.version, duty=_duty(known))
    reason = _look_at_code(known)
    if reason is not None:
        return Decision(Signal.ASK, (reason,), table.version, duty=_duty(known))
    if known.direction == "out":
        return Decision(Signal.ALLOW, ("checked_out",), table.version)
    case = size_up(known, now_ms, expired)
    return _conclude(case, table, answers(case, table, now_ms))


def _duty(known: Known) -> str:
    return duty_note(known, orders_for(known, known.time_ms))


def _look_at_code(known: Known) -> str | None:
    """Why what was shown needs a person to look; None when it is in order."""
    code = known.code
    if code is None:
        return "no_code" if known.declaration is None and not known.refused else None
    if isinstance(code, Unreadable):
        return code.reason if code.reason in _UNREADABLE else "unreadable"
    if code.status != "valid":
        return code.reason
    if code.kind == "venue-qr":
        return "place_code"
    if code.normal_form is None:
        return "no_identity"
    if code.warnings:
        return "damaged_text" if "damaged_text" in code.warnings else "implausible_code"
    if known.clock == "unset" and code.kind not in UNSIGNED:
        return "clock_unset"
    return None


def _needs_a_look(known: Known) -> bool:
    """Whether somebody has already said ASK or STOP about this visitor: the centre on a pass, or a form's outcome."""
    code = known.code
    if code is not None and code.kind == "pass" and code.fields.get("outcome") in (Signal.ASK, Signal.STOP):
        return True
    return any(one.outcome not in (None, Signal.ALLOW) and not one.facts & RISKS for one in remembered(known))


def _asks(case: Case) -> tuple[list[str], list[str]]:
    """(public, private) reasons to ask that hold whatever the rules say."""
    known = case.known
    risks = (case.facts or frozenset()) & RISKS | ({"exposure"} if case.exposed else frozenset())
    private = [risk for risk in _GRAVEST_FIRST if risk in risks]
    asks = ["see_desk"] if private or _needs_a_look(known) else []
    if any(one.outcome is None for one in remembered(known)):
        asks.append("could_not_check")
    if known.refused and (case.due or known.code is None):
        asks.append("declaration_refused" if case.due else "no_code")
    elif case.due:
        asks.append("declaration_due")
    if known.capacity is not None and known.occupancy + known.people > known.capacity:
        asks.append("full")
    return asks, private


def _conclude(case: Case, table: RuleSet, said: Answers) -> Decision:
    asks, private = _asks(case)
    asks += said.asks
    private += said.private
    if said.stops:
        signal, first = Signal.STOP, [*said.stops, *asks]
    elif asks:
        signal, first = Signal.ASK, asks
    else:
        signal, first = Signal.ALLOW, [_welcome(case)]
    shown = tuple(dict.fromkeys([*first, *said.notes]))[:_MAX_PUBLIC]
    reasons = tuple(dict.fromkeys([*shown, *private]))[:MAX_REASONS]
    messages = tuple([message for message in said.messages if message.suits(signal)])
    duty = duty_note(case.known, case.orders)
    return Decision(signal, reasons, table.version, messages, table.order if said.stops else "", duty, said.suspected)


def _welcome(case: Case) -> str:
    known = case.known
    if known.by == "code" or known.refused:
        return "cleared" if case.cleared else "registered"
    return "declared" if known.by == "form" else "declared_by_light"
