"""Everything known about a visitor -> Decision(signal, reasons). The rules, in order; the first that applies decides.

- A text that is no code we know: ASK, with what it looked like.
- A place's poster: ASK. A visitor is never checked in by a place's code.
- A code of a known kind that must not count (broken, expired, revoked, untrusted): ASK with that reason. A machine
  refuses nobody for a bad code; a person looks.
- No identity in it (a starred number and nothing else): ASK.
- Implausible or damaged in reading: ASK.
- Anything else: ALLOW as "registered". Citizen, insurance and personal codes are unsigned: the word promises no more.

STOP is never said here: it needs an order (a signed bulletin) that names it.
"""

from dataclasses import dataclass

from credentials.types import Credential, Unreadable
from wire.records import Signal

_UNREADABLE = frozenset({"foreign_poster", "certificate_not_supported_yet"})


@dataclass(frozen=True, slots=True)
class Decision:
    """A signal and its reason codes (wire.reasons), most important first."""

    signal: Signal
    reasons: tuple[str, ...]


def decide(code: Credential | Unreadable) -> Decision:
    """What the gate answers to a code, before direction, capacity and repeats are looked at."""
    if isinstance(code, Unreadable):
        return _ask(code.reason if code.reason in _UNREADABLE else "unreadable")
    if code.status != "valid":
        return _ask(code.reason)
    if code.kind == "venue-qr":
        return _ask("place_code")
    if code.normal_form is None:
        return _ask("no_identity")
    if code.warnings:
        return _ask("damaged_text" if "damaged_text" in code.warnings else "implausible_code")
    return Decision(Signal.ALLOW, ("registered",))


def _ask(reason: str) -> Decision:
    return Decision(Signal.ASK, (reason,))
