"""What may be said at a kiosk beside declarations: a visitor's word about the place, and the place's own self-check.

- Both are forms like any other (ui.form); their answers go into a record of their own and into no declaration.
- A word is a topic and a rating, counted with the others. Nothing is written at a kiosk, since nobody would read it
  there (the place's own page takes words), nobody is asked who they are, and nothing links the word to a visit.
- A self-check is offered to guards alone (ui.guard.check): its points are in the trace part, the names of who answered
  and of who opened it in the vault part. Each day its short part is asked, now and then the whole.
"""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Protocol

from forms.load import load
from forms.model import Answers, Coding, Value
from forms.value_sets import value_sets
from kiosk.asking import Answer
from kiosk.board import shipped_form
from kiosk.events import CodeSeen, Event
from kiosk.touches import WordSaid
from ui.form.desk import Filled, Offer, Outcome
from wire import cbor
from wire.records import Feedback, SelfCheck, Signal

FEEDBACK, DAILY, WHOLE = "feedback", "daily", "periodic"
NO_CHECK = "none"
# The self-check of each kind of place that has one; kiosk.toml's venue.check names another.
CHECKS = {"market": "market", "school": "school", "hospital": "hospital", "office": "office"}
COMMITMENT = "commitment"
_SIGNED = ("manager-name", "manager-role")
_POINTS = {"no": 0, "yes": 1, "not-applicable": 2}
# What is asked each day, by linkId: what may change from one day to the next.
_DAILY = {
    "market": "4 7 8 10 11",
    "supermarket": "4 7 8 9 10 11 12",
    "restaurant": "3 5 7 8 9 11",
    "office": "4 6 7 9 10 11",
    "factory": "3 5 6 7 12 13",
    "lodging": "4 7 8 11 12",
    "school": "3 4 5 9 11 13",
    "hospital": "3.1 3.2 4.1 4.3 5.1 8.1",
}
# A queue of people with something to say, not one finger that will not stop.
MOST_WORDS, WORDS_MS = 12, 600_000

Texts = Mapping[str, Mapping[str, str]]  # language -> key -> sentence


class Gate(Protocol):
    """What is needed of kiosk.loop.GateLoop, from any thread."""

    def ask(self, make: Callable[[CodeSeen | None, int], Event]) -> Answer:
        """Put an event on the queue and wait for its answer, after the commit."""
        ...


class Asides:
    """The offers of one place. `check`: the name behind check- of its self-check's form, "" without one."""

    def __init__(self, gate: Gate, texts: Texts, check: str, mono_ms: Callable[[], int]) -> None:
        self._gate, self._mono_ms = gate, mono_ms
        self._said: list[int] = []
        self.feedback = _offer(FEEDBACK, FEEDBACK, shipped_form(FEEDBACK), texts)
        self.checks = _checks(check, texts) if check else {}

    def offer(self, key: str) -> Offer | None:
        """What a visitor may open by that key."""
        return self.feedback if key == FEEDBACK else None

    def take_word(self, filled: Filled) -> Outcome:
        """Record a visitor's word."""
        now_ms = self._mono_ms()
        self._said = [at for at in self._said if now_ms - at < WORDS_MS]
        if len(self._said) >= MOST_WORDS:
            return Outcome(Signal.FAULT.name, (), "", failed="busy")
        self._said = [*self._said, now_ms]
        return self._take(feedback_of(filled.answers), "feedback_taken")

    def take_check(self, guard: str, filled: Filled) -> Outcome:
        """Record the self-check that was opened by this guard."""
        offer = self.checks.get(filled.offer)
        if offer is None:
            return Outcome(Signal.FAULT.name, (), "", failed="order_over")
        return self._take(self_check_of(offer, filled.answers, guard), "check_taken")

    def _take(self, record: Feedback | SelfCheck, taken: str) -> Outcome:
        answer = self._gate.ask(lambda _, asked: WordSaid(record, taken, asked))
        if answer.failed or not answer.refs:
            return Outcome(answer.signal.name, answer.reasons, "", failed=answer.failed or "stalled")
        return Outcome(answer.signal.name, answer.reasons, "", aside=taken.removesuffix("_taken"))


def check_name(kind: str, named: str) -> str:
    """Which self-check a place of that kind answers; "" for none. `named` is kiosk.toml's venue.check."""
    return "" if named == NO_CHECK else named or CHECKS.get(kind, "")


def feedback_of(answers: Answers) -> Feedback:
    """A visitor's answers as their record."""
    rating = _code(answers, "rating")
    rated = int(rating) if rating.isdecimal() else 0
    return Feedback(_code(answers, "topic") or "other", rated)


def self_check_of(offer: Offer, answers: Answers, guard: str) -> SelfCheck:
    """A place's answers as their record: points by criterion, and the pledge under COMMITMENT."""
    scores = {
        link_id: _points(values[0])
        for (link_id, at), values in answers.items()
        if values and not at and link_id not in (*_SIGNED, COMMITMENT) and link_id in offer.form.by_id
    }
    pledged = answers.get((COMMITMENT, ()), (False,))[0] is True
    signed = ", ".join(filter(None, (_text(answers, name) for name in _SIGNED)))
    name, _, version = offer.form.canonical.rpartition("/")[2].partition("|")
    return SelfCheck(
        f"{name}/{offer.key}|{version}",
        {**scores, COMMITMENT: int(pledged)},
        author=f"{guard}: {signed}"[:120],
    )


def _checks(name: str, texts: Texts) -> dict[str, Offer]:
    """The daily and the whole self-check, by their keys."""
    whole = shipped_form(f"check-{name}")
    asked = {*_DAILY[name].split(), *_SIGNED, COMMITMENT}
    parts = [{**part, "item": [one for one in part["item"] if one["linkId"] in asked]} for part in whole["item"]]
    short = {**whole, "item": [part for part in parts if part["item"]]}
    return {key: _offer(key, "check", form, texts) for key, form in ((DAILY, short), (WHOLE, whole))}


def _offer(key: str, aside: str, form: Mapping[str, Any], texts: Texts) -> Offer:
    said = {
        language: {part: known[f"form.aside.{aside}.{part}"] for part in ("purpose", "notice")}
        for language, known in texts.items()
    }
    consent = {
        language: sha256(cbor.dumps([parts["purpose"], parts["notice"]])).digest() for language, parts in said.items()
    }
    return Offer(key, load(form, value_sets()), False, "", said, consent, aside=aside)


def _points(value: Value) -> int:
    if isinstance(value, Coding):
        return _POINTS.get(value.code, 0)
    return value if type(value) is int else 0


def _code(answers: Answers, link_id: str) -> str:
    values = answers.get((link_id, ()), ())
    return values[0].code if values and isinstance(values[0], Coding) else ""


def _text(answers: Answers, link_id: str) -> str:
    values = answers.get((link_id, ()), ())
    return str(values[0]) if values else ""
