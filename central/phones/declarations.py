"""A declaration that was filled in on a phone: judged by its form, decided as a gate decides, sealed, and on the pass.

- The answers live in this process for the request alone: what is written is sealed to the case key, what is logged and
  kept says nothing of them. What the phone gets back is the signal and what everybody may read of its reasons.
- Under an order the text that was agreed to must be the text of that order, by its hash.
- A declaration in which nothing asks for a look is signed onto the pass (wire.declared): a gate without a network
  honours it until the order says that a new one is due.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, NamedTuple

from central.keys import Keyring
from central.phones.board import Standing, daily_form, key_of
from central.phones.deciding import Holder, There, numbers_of, on_declared
from central.phones.homes import HOMELESS, home_of, keep_home
from central.phones.passes import with_declared
from central.phones.receipt import written
from central.phones.signed import to_base64
from central.phones.writing import Said, Writer
from forms.facts import facts
from forms.model import LANGUAGES, Answers, Coding, Form, Issue
from forms.packed import pack
from forms.response import build, parse
from forms.verdict import judge
from rules.between import broken
from rules.decide import Decision
from rules.messages import heard_by
from rules.orders import Order, consent_hash
from wire.reasons import note_of, public
from wire.records import Declaration, IdentityKind, Signal
from wire.refusal import Refused

MOST_ISSUES = 20
_VIET_NAM = timezone(timedelta(hours=7))
_FIELDS = {"order", "form", "language", "consent", "response", "refused"}


class Wrong(Refused):
    """Answers that the form does not take: which, and why. `between`: rules between answers that do not hold."""

    def __init__(self, issues: Sequence[Issue], between: Sequence[Mapping[str, Any]] = ()) -> None:
        super().__init__("answers", f"{len(issues) + len(between)} findings")
        self.issues, self.between = tuple(issues[:MOST_ISSUES]), tuple(between[:MOST_ISSUES])


@dataclass(frozen=True, slots=True, repr=False)
class Filled:
    """What a phone hands over. `order`: its key, "" for none; `consent`: SHA-256 of what was agreed to, or b""."""

    order: str
    form: str
    language: str
    consent: bytes
    response: Mapping[str, Any]
    refused: bool = False


class Asked(NamedTuple):
    """A form, and what must hold between its answers (rules.between)."""

    form: Form
    between: Sequence[Mapping[str, Any]] = ()


class Taken(NamedTuple):
    """What became of it; `signed` and `expires_s` of the pass that says so, None where it says nothing."""

    receipt: str
    decision: Decision
    signed: bytes | None
    expires_s: int | None

    def as_json(self, form: str) -> dict[str, Any]:
        """The answer to the phone."""
        return {
            "receipt": self.receipt,
            "outcome": self.decision.signal.name,
            "reasons": list(public(self.decision.reasons)),
            "messages": [dict(one) for one in heard_by("private", self.decision.messages)],
            "signed": None if self.signed is None else to_base64(self.signed),
            "expires_s": self.expires_s,
            "form": form,
        }


def read_filled(body: Mapping[str, Any]) -> Filled:
    """PURE. The declaration of a request. Raises Refused("bad_request")."""
    if not {"form", "language"} <= set(body) <= _FIELDS:
        raise Refused("bad_request", "order, form, language, consent, response and refused")
    order, form, language = body.get("order", ""), body["form"], body["language"]
    consent, response, refused = body.get("consent", ""), body.get("response", {}), body.get("refused", False)
    texts = (order, form, language, consent)
    if not all(type(text) is str and len(text) <= 200 and text.isprintable() for text in texts):
        raise Refused("bad_request", "a text")
    if language not in LANGUAGES or type(response) is not dict or type(refused) is not bool:
        raise Refused("bad_request", "language, response or refused")
    try:
        agreed = bytes.fromhex(consent)
    except ValueError as error:
        raise Refused("bad_request", "consent") from error
    return Filled(order, form, language, agreed, response, refused)


def well_today(form: Form, language: str, now_ms: int) -> dict[str, Any]:
    """PURE. The daily form's answer of whoever is well: one tap."""
    item = form.by_id["today"]
    healthy = next(o.value for o in item.options if isinstance(o.value, Coding) and o.value.code == "healthy")
    answers: Answers = {("today", ()): (healthy,)}
    return build(
        form, answers, language=language, authored=_iso(now_ms), response_id="00000000-0000-4000-8000-0000000000"
    )


def order_for(filled: Filled, standing: Standing, now_ms: int) -> Order | None:
    """PURE. The running order that it is filed under; None for one of the visitor's own accord.

    Raises Refused: order_over, consent_other.
    """
    if not filled.order:
        return None
    order = next((one for one in standing.running(now_ms) if key_of(one) == filled.order), None)
    if order is None or order.form != filled.form:
        raise Refused("order_over")
    if filled.consent != consent_hash(order, filled.language):
        raise Refused("consent_other")
    return order


def take_declaration(
    writer: Writer, ring: Keyring, holder: Holder, there: There, asked: Asked, filled: Filled, ends_s: int, now_ms: int
) -> Taken:
    """Judge, decide, write, and sign. `ends_s`: until when the pass itself is good.

    Raises Wrong; Refused: order_over, consent_other, bad_request (more text than a record takes).
    """
    form = asked.form
    order = order_for(filled, there.standing, now_ms)
    if filled.refused and (order is None or not order.mandatory):
        raise Refused("bad_request", "nothing to refuse")
    answers = {} if filled.refused else _answers(asked, filled.response, now_ms)
    known = frozenset[str]() if filled.refused else facts(form, answers)
    decision = on_declared(holder, there, form.canonical, known, now_ms, refused=filled.refused)
    record = _record(holder, form, answers, filled, decision, now_ms)
    home = HOMELESS if there.known else home_of(form, answers)
    (record_id,) = writer.write([Said(record, now_ms)], keep_home(home, now_ms) if home.province else None)
    well = decision.signal is Signal.ALLOW and not filled.refused
    if order is None or not well:
        return Taken(written(record_id), decision, None, None)
    signed, expires_s = with_declared(holder.shown, order, ends_s, ring, now_ms)
    return Taken(written(record_id), decision, signed, expires_s)


def is_daily(canonical: str) -> bool:
    """PURE. Whether it is the daily report."""
    return canonical == daily_form()


def _answers(asked: Asked, response: Mapping[str, Any], now_ms: int) -> Answers:
    form = asked.form
    wrong = tuple(issue for issue in judge(form, response) if issue.severity == "error")
    if wrong or response.get("status") not in ("completed", "amended"):
        raise Wrong(wrong or (Issue("error", "value", "QuestionnaireResponse.status", "not completed"),))
    answers, issues = parse(form, response)
    left_out = tuple(issue for issue in issues if issue.severity == "error")
    if left_out:
        raise Wrong(left_out)
    if rows := broken(form, answers, asked.between, _iso(now_ms)[:10]):
        raise Wrong((), rows)
    return answers


def _record(
    holder: Holder, form: Form, answers: Answers, filled: Filled, decision: Decision, now_ms: int
) -> Declaration:
    suspected = ("suspected_case",) if decision.suspected and not filled.refused else ()
    try:
        packed = b"" if filled.refused else pack(form, answers)
    except Refused as refused:
        raise Refused("bad_request", refused.reason) from refused
    return Declaration(
        IdentityKind.PASS,
        holder.pass_id.hex(),
        decision.signal,
        tuple(n for n in numbers_of(decision, *suspected) if n not in _DUTIES),
        decision.rules,
        form=form.canonical,
        language=filled.language,
        authored=_iso(now_ms),
        consent=filled.consent,
        answers=packed,
        order=filled.order,
        refused=filled.refused,
    )


# A note of a check-in, none of a declaration.
_DUTIES = frozenset(map(note_of, ("declaration_held", "no_declaration_due")))


def _iso(now_ms: int) -> str:
    return datetime.fromtimestamp(now_ms // 1000, UTC).astimezone(_VIET_NAM).isoformat()
