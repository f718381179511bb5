"""The gate's side of the form: what may be declared now, the card it is filled from, and where a finished form goes.

Called by the web's threads; everything that is recorded goes through the gate's one queue.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from threading import Lock
from typing import Any, cast

from credentials.types import Credential, Kind
from forms.facts import facts
from forms.model import LANGUAGES, Answers, Form
from forms.packed import pack
from kiosk.asides import Asides
from kiosk.asking import Answer
from kiosk.board import Board
from kiosk.events import CodeSeen, Declared, DeclaredByPhone, Event, Filing
from kiosk.lists import address_codes
from kiosk.loop import GateLoop
from kiosk.phoneway import home_of, typed_number
from kiosk.temporary_passes import TemporaryPasses
from machine.clock import VIET_NAM_MS, Clock
from rules.known import Known
from rules.orders import TEXTS, Order, consent_hash, in_force
from rules.sight import may_concern
from ui.form.desk import Filled, Offer, Outcome
from wire.envelope import pass_of, record_id
from wire.records import Signal

# Crockford's base 32 has no I, L, O and U: nobody reads a code out wrongly over the telephone.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_CHARACTERS = 12  # 60 bits: among 100 million records of a centre nobody meets another's by chance
_NO_DATE_MS = 250_000_000_000_000  # the year 9892: no end that a person could read
_FOR_THE_DECISION = frozenset({"outcome", "companions", "nationality", "birth_date"})
_MOST_CARDS = 32  # as many as visitors may fill in forms at once
# Passes for visitors without papers: a bus that arrives, not a crowd that one finger makes.
_MOST_GIVEN, _GIVING_MS = 20, 600_000
# How a form calls what a card calls otherwise (forms.prefill).
_PREFILL = {
    "name": "full_name",
    "birth_date": "birth_date",
    "sex": "sex",
    "address": "address",
    "nationality": "nationality",
    "phone": "phone",
}
_NUMBERS = {"cccd": "id_number", "bhyt": "health_insurance_number", "passport": "passport_number"}


class FormDesk:
    """Implements ui.form.desk.Desk."""

    def __init__(
        self,
        loop: GateLoop,
        board: Board,
        clock: Clock,
        passes: TemporaryPasses,
        device: str,
        venue: str,
        asides: Asides | None = None,
    ) -> None:
        self.asides = asides
        self._loop, self._board, self._clock = loop, board, clock
        self._passes, self._device, self._venue = passes, device, venue
        self._lock = Lock()
        self._cards: OrderedDict[tuple[str, str], Credential] = OrderedDict()
        self._given: list[int] = []

    def offers(self) -> Sequence[Offer]:
        """The running orders whose form is here, mandatory ones first; also those that concern some people only: who
        they are is known when a card or the form says so."""
        anybody = Known(None, venue=self._venue, now_ms=self._known_ms())
        found = []
        for order in self._running():
            form = self._board.form(order.form) if may_concern(order, anybody) else None
            if form is not None:
                found.append(_offer(order, form, self._board.cross_rules(order.form)))
        return sorted(found, key=lambda offer: not offer.mandatory)

    def scanned(self, timeout_s: float) -> Mapping[str, str] | None:
        """The next card before the camera or a reader."""
        return self._remembered(self._loop.cards.wait(timeout_s))

    def held(self) -> Mapping[str, str] | None:
        """The card that was just asked to declare."""
        return self._remembered(self._loop.cards.kept())

    def submit(self, filled: Filled) -> Outcome:
        """Put the form on the gate's queue; without a card it is made out to a new pass. A word about the place is no
        declaration, and nobody's."""
        if self.asides is not None and self.asides.offer(filled.offer) is not None:
            return self.asides.take_word(filled)
        order = next((one for one in self._running() if _key(one) == filled.offer), None)
        form = None if order is None else self._board.form(order.form)
        if order is None or form is None:  # ended, or replaced by a version that nobody has read here
            return Outcome("FAULT", ("stalled",), "", failed="order_over")
        filing = _filing(order, form, filled)
        if filled.by_phone:
            return self._from_phone(filing, filled.identity, form, filled.answers)
        code, text = self._holder(filled)
        answer = self._loop.ask(_declared(filing), code)
        return self._outcome(answer, text or self._pass_after(answer, code))

    def temporary_pass(self, language: str) -> Outcome:
        """A pass for a visitor without papers: the gate treats it like one that was shown."""
        if not self._may_give():
            return Outcome("FAULT", ("stalled",), "", failed="stalled")
        code, text = self._passes.new()
        return self._outcome(self._loop.ask(_shown, code), text)

    def _pass_after(self, answer: Answer, code: Credential | None) -> str:
        """The pass of whoever has come in by this form with a card, as after any check-in (kiosk.pass_desk)."""
        came = answer.signal is Signal.ALLOW and len(answer.refs) > 1  # the declaration, and the visit behind it
        if not came or code is None or code.kind == "pass" or self._known_ms() is None:
            return ""
        return self._passes.of_check_in(pass_of(self._record(answer.refs[1])))

    def _record(self, ref: str) -> bytes:
        epoch, seq = ref.split(":")
        return record_id(self._device, bytes.fromhex(epoch), int(seq))

    def _from_phone(self, filing: Filing, shown: tuple[str, str] | None, form: Form, answers: Answers) -> Outcome:
        """Nobody need stand at the gate: see kiosk.phoneway."""
        number = typed_number(form, answers)
        kind, normal_form = shown or ("cccd", number)
        code = Credential(cast(Kind, kind), "valid", "ok", (), normal_form) if normal_form else None

        def make(seen: CodeSeen | None, asked: int) -> Event:
            return DeclaredByPhone(filing, seen, shown is not None, asked)

        outcome = self._outcome(self._loop.ask(make, code), "")
        return replace(outcome, by_card=code is not None)

    def _holder(self, filled: Filled) -> tuple[Credential | None, str]:
        """Whose form it is, and the text of a pass that was made for it."""
        if filled.identity is not None:
            kind, normal_form = filled.identity
            plain = Credential(kind, "valid", "ok", (), normal_form)  # type: ignore[arg-type]
            with self._lock:
                return self._cards.pop(filled.identity, plain), ""
        return (None, "") if filled.refused else self._passes.new(min(9, filled.people - 1))

    def _remembered(self, code: Credential | None) -> Mapping[str, str] | None:
        """The card's fields for the form. What the decision needs of the card is kept aside: a form must not wash a
        doubtful code clean. Name and address are not."""
        fields = _fields_of(code)
        if code is not None and fields is not None:
            needed = {name: value for name, value in code.fields.items() if name in _FOR_THE_DECISION}
            with self._lock:
                self._cards[code.kind, str(code.normal_form)] = replace(code, fields=needed)
                while len(self._cards) > _MOST_CARDS:
                    self._cards.popitem(last=False)
        return fields

    def _running(self) -> Sequence[Order]:
        return in_force(self._board.duties.orders, self._known_ms())

    def _known_ms(self) -> int | None:
        return None if self._clock.known_now() is None else self._clock.now_ms()

    def _may_give(self) -> bool:
        """Whether one more pass may be given out: nobody fills a market from its screen."""
        mono_ms = self._clock.mono_ms()
        with self._lock:
            self._given = [at for at in self._given if mono_ms - at < _GIVING_MS]
            if len(self._given) >= _MOST_GIVEN:
                return False
            self._given.append(mono_ms)
            return True

    def _outcome(self, answer: Answer, pass_text: str) -> Outcome:
        if answer.failed or not answer.refs:
            return Outcome(answer.signal.name, answer.reasons, "", failed=answer.failed or "stalled")
        code = spoken(self._record(answer.refs[0]))
        return Outcome(answer.signal.name, answer.reasons, code, pass_text, messages=answer.messages)


def spoken(record: bytes) -> str:
    """The first 60 bits of a record's id in three groups of four, such as "K7QF-2M9D-44TX"."""
    number = int.from_bytes(record[:8], "big") >> 4
    letters = [_ALPHABET[number >> shift & 31] for shift in range(5 * (_CODE_CHARACTERS - 1), -1, -5)]
    return "-".join("".join(letters[start : start + 4]) for start in range(0, _CODE_CHARACTERS, 4))


def _declared(filing: Filing) -> Callable[[CodeSeen | None, int], Event]:
    def make(seen: CodeSeen | None, number: int) -> Event:
        return Declared(filing, seen, number)

    return make


def _shown(seen: CodeSeen | None, number: int) -> Event:
    if seen is None:
        raise ValueError("a pass has a holder")
    return replace(seen, asked=number)


def _filing(order: Order, form: Form, filled: Filled) -> Filing:
    refused = filled.refused
    return Filing(
        form=form.canonical,
        order=_key(order),
        language=filled.language,
        authored=filled.authored,
        consent=filled.consent,
        answers=b"" if refused else pack(form, filled.answers),
        facts=frozenset() if refused else facts(form, filled.answers),
        people=filled.people,
        refused=refused,
        home={} if refused else home_of(form, filled.answers),
    )


def _offer(order: Order, form: Form, rules: Sequence[Mapping[str, Any]]) -> Offer:
    texts = {
        language: {name: getattr(order, name).get(language) or getattr(order, name).get("vi", "") for name in TEXTS}
        for language in LANGUAGES
    }
    consent = {language: consent_hash(order, language) for language in LANGUAGES}
    return Offer(_key(order), form, order.mandatory, _local_date(order.end_ms), texts, consent, rules)


def _key(order: Order) -> str:
    """What a form is filed under: another version is another text that was agreed to."""
    return f"{order.id}|{order.version}"


def _local_date(unix_ms: int) -> str:
    if unix_ms >= _NO_DATE_MS:
        return ""
    day = datetime.fromtimestamp((unix_ms + VIET_NAM_MS) / 1000, UTC)
    return f"{day:%Y-%m-%d}"


def _fields_of(code: Credential | None) -> Mapping[str, str] | None:
    """What a form may take from a card, under the form's own names."""
    if code is None or code.normal_form is None:
        return None
    known = {_PREFILL[name]: str(value) for name, value in code.fields.items() if name in _PREFILL and value}
    if code.kind in _NUMBERS:
        known[_NUMBERS[code.kind]] = code.normal_form
    if code.kind == "cccd":
        known.setdefault("nationality", "VN")
    if "birth_date" in known:
        known["birth_year"] = known["birth_date"][:4]
    if "address" in known:
        known |= address_codes(known["address"])
    return known | {"kind": code.kind, "normal_form": code.normal_form}
