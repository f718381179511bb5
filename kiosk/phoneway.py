"""PURE. A declaration from a visitor's own phone: recorded, answered to the phone alone, remembered with care.

- Nobody has come to the gate by it: no visit, no lamp, no sound, no view, and whose direction is being asked for waits.
- The phone is answered from this very form. What the gate remembers of a number is never told to whoever types it.
- Who says to be well is remembered under the card that was shown for the form, else under the citizen number typed in
  it: that visitor passes with one scan, as after the same words at the kiosk. It never takes the place of a declaration
  that names a risk.
- Who names a risk is remembered under a card that was shown, never under a number that was merely typed: a stranger's
  gate must not turn yellow from afar. The record says it all the same, to whoever may open it.
"""

import unicodedata
from dataclasses import replace

from credentials.citizen_number import contradictions, is_citizen_number
from forms.model import PREFILL, Answers, Coding, Form, Value
from kiosk.admission import answer, declaration_of, identity_of, no_record
from kiosk.effects import Effect, RecordDeclaration
from kiosk.events import Declared, DeclaredByPhone
from kiosk.knowing import known_by_form
from kiosk.standing import Now, Rules, State
from rules.decide import Decision, decide
from rules.known import RISKS
from wire.records import IdentityKind, Signal

_BETWEEN = str.maketrans("", "", " .-/")  # how people group the digits of a card


def take_from_phone(state: State, event: DeclaredByPhone, now: Now, rules: Rules) -> tuple[State, list[Effect]]:
    """A form finished on a phone, or the refusal to fill it in."""
    filing = event.filing
    fault = no_record(state)
    if fault is not None:
        return state, answer(event.asked, Decision(Signal.FAULT, (fault,)))
    known = replace(known_by_form(Declared(filing, None), state, now, rules), capacity=None)
    decision = decide(known, rules.duties.rules)
    declaration = declaration_of(filing, event.seen, decision)
    if event.seen is not None and not event.shown:
        declaration = replace(declaration, identity_kind=IdentityKind.TYPED, identity=identity_of(event.seen)[1])
    visitor = event.seen.visitor if event.seen is not None and _counts(event) else None
    return state, [RecordDeclaration(declaration, visitor, filing.facts), *answer(event.asked, decision)]


def _counts(event: DeclaredByPhone) -> bool:
    """Whether the gate remembers it of the visitor whose number it names."""
    if event.filing.facts & RISKS:
        return event.shown
    said = event.seen.declarations if event.seen is not None else ()
    return not event.filing.refused and not any(one.facts & RISKS for one in said)


def typed_number(form: Form, answers: Answers) -> str:
    """The declarer's own citizen number as typed in the form; "" without one, or where it cannot be this person's.

    Of others (insurance, passports) what is typed does not tell which document it is.
    """
    told = _told(form, answers)
    number = unicodedata.normalize("NFKC", str(told.get("id_number", ""))).translate(_BETWEEN)
    if not is_citizen_number(number):
        return ""
    sex, year = told.get("sex"), str(told.get("birth_year") or told.get("birth_date") or "")[:4]
    wrong = contradictions(
        number, sex=sex.code if isinstance(sex, Coding) else None, birth_year=int(year) if year.isdecimal() else None
    )
    return "" if wrong else number


def home_of(form: Form, answers: Answers) -> dict[str, str]:
    """Codes of the declarer's province and ward, by these names, where the form asks for them."""
    told = _told(form, answers)
    found = {name: told.get(name) for name in ("province", "ward")}
    return {name: value.code for name, value in found.items() if isinstance(value, Coding)}


def _told(form: Form, answers: Answers) -> dict[str, Value]:
    """What a card would fill in -> the answer, outside of repeating groups."""
    asked = ((item.code_of(PREFILL), answers.get((item.link_id, ()), ())) for item in form.flat)
    return {name: values[0] for name, values in asked if name and values}
