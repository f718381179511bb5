"""The gate's side of the form: what may be declared now, the card it is filled from, and where a finished form goes.

Called by the web's threads; everything that is recorded goes through the gate's one queue.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from credentials.types import Credential
from forms.facts import facts
from forms.model import LANGUAGES, Form
from forms.packed import pack
from kiosk.asking import Answer
from kiosk.board import Board
from kiosk.clock import VIET_NAM_MS, Clock
from kiosk.events import CodeSeen, Declared, Event, Filing
from kiosk.lists import address_codes
from kiosk.loop import GateLoop
from kiosk.temporary_passes import TemporaryPasses
from rules.known import Known
from rules.orders import TEXTS, Order, consent_hash, in_force
from rules.sight import concerns
from ui.form.desk import Filled, Offer, Outcome
from wire.envelope import record_id

# Crockford's base 32 has no I, L, O and U: nobody reads a code out wrongly over the telephone.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_CHARACTERS = 12  # 60 bits: among 100 million records of a centre nobody meets another's by chance
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
        self, loop: GateLoop, board: Board, clock: Clock, passes: TemporaryPasses, device: str, venue: str
    ) -> None:
        self._loop, self._board, self._clock = loop, board, clock
        self._passes, self._device, self._venue = passes, device, venue

    def offers(self) -> Sequence[Offer]:
        """The running orders whose form is here, mandatory ones first."""
        now_ms = None if self._clock.known_now() is None else self._clock.now_ms()
        anybody = Known(None, venue=self._venue, now_ms=now_ms)
        found = []
        for order in in_force(self._board.duties.orders, now_ms):
            form = self._board.form(order.form) if concerns(order, anybody) else None
            if form is not None:
                found.append(_offer(order, form, self._board.cross_rules(order.form)))
        return sorted(found, key=lambda offer: not offer.mandatory)

    def scanned(self, timeout_s: float) -> Mapping[str, str] | None:
        """The next card before the camera or a reader."""
        return _fields_of(self._loop.cards.wait(timeout_s))

    def held(self) -> Mapping[str, str] | None:
        """The card that was just asked to declare."""
        return _fields_of(self._loop.cards.kept())

    def submit(self, filled: Filled) -> Outcome:
        """Put the form on the gate's queue; without a card it is made out to a new pass."""
        order = next((one for one in self._board.duties.orders if one.id == filled.offer), None)
        form = None if order is None else self._board.form(order.form)
        if order is None or form is None:
            return Outcome("FAULT", ("stalled",), "", failed="order_over")
        code, text = self._holder(filled)
        filing = _filing(order, form, filled)
        answer = self._loop.ask(_declared(filing), code)
        return self._outcome(answer, text)

    def temporary_pass(self, language: str) -> Outcome:
        """A pass for a visitor without papers: the gate treats it like one that was shown."""
        code, text = self._passes.new()
        return self._outcome(self._loop.ask(_shown, code), text)

    def _holder(self, filled: Filled) -> tuple[Credential | None, str]:
        """Whose form it is, and the text of a pass that was made for it."""
        if filled.identity is not None:
            kind, normal_form = filled.identity
            return Credential(kind, "valid", "ok", (), normal_form), ""  # type: ignore[arg-type]
        return (None, "") if filled.refused else self._passes.new(min(9, filled.people - 1))

    def _outcome(self, answer: Answer, pass_text: str) -> Outcome:
        if answer.failed or not answer.refs:
            return Outcome(answer.signal.name, answer.reasons, "", failed=answer.failed or "stalled")
        epoch, seq = answer.refs[0].split(":")
        code = spoken(record_id(self._device, bytes.fromhex(epoch), int(seq)))
        return Outcome(answer.signal.name, answer.reasons, code, pass_text)


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
        order=f"{order.id}|{order.version}",
        language=filled.language,
        authored=filled.authored,
        consent=filled.consent,
        answers=b"" if refused else pack(form, filled.answers),
        facts=frozenset() if refused else facts(form, filled.answers),
        people=filled.people,
        refused=refused,
    )


def _offer(order: Order, form: Form, rules: Sequence[Mapping[str, Any]]) -> Offer:
    texts = {
        language: {name: getattr(order, name).get(language) or getattr(order, name).get("vi", "") for name in TEXTS}
        for language in LANGUAGES
    }
    consent = {language: consent_hash(order, language) for language in LANGUAGES}
    return Offer(order.id, form, order.mandatory, _local_date(order.end_ms), texts, consent, rules)


def _local_date(unix_ms: int) -> str:
    day = datetime.fromtimestamp((unix_ms + VIET_NAM_MS) / 1000, UTC)
    return f"{day:%d/%m/%Y}"


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
