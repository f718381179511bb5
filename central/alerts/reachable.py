"""PURE. What an opened record says of how to reach somebody, and by which channels that is done.

- A number or an address that cannot be right is none: then an officer calls or comes by.
- A pass is asked to the desk at its next gate; that alone may take days, so it is a channel, and whoever has not been
  reached after the quiet hours gets a task as well (central.alerts.escalating).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

LANGUAGES = ("vi", "en", "zh", "ko", "ja", "km", "lo", "th")
SENT = ("push", "sms", "email")  # what a sender delivers, the quickest first
READS = ("phone", "email", "language")  # the fields and answers that ways_in looks at: nothing else is opened
_EMAIL = re.compile(r"[^@\s<>\"(),:;\[\]\\]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}")
_NOT_DIGITS = re.compile(r"[\s().-]+")


@dataclass(frozen=True, slots=True, repr=False)
class Ways:
    """How a person can be reached. `phone` as E.164 digits without "+"; `entries` are first bytes of pass ids.

    `carries`: one of the passes has been shown at a gate. A gate offers one after every check-in, and few take it: a
    number that nobody has shown is listed, but nobody counts as told by it.
    """

    entries: tuple[bytes, ...] = ()
    phone: str = ""
    email: str = ""
    language: str = ""
    push: tuple[bytes, ...] = field(default=())  # entries with a browser behind them
    carries: bool = False


def phone_of(text: str) -> str:
    """Digits with the country, as a short-message centre wants them; "" for what cannot be a number.

    A number with one leading 0 is Vietnamese (+84): mobile 10 digits, fixed line 11.
    """
    digits = _NOT_DIGITS.sub("", text.strip())
    if digits.startswith("+"):
        digits = digits[1:]
    elif digits.startswith("00"):
        digits = digits[2:]
    elif digits.startswith("0"):
        digits = "84" + digits[1:] if len(digits) in (10, 11) else ""
    elif not digits.startswith("84"):
        return ""
    whole = digits.isascii() and digits.isdigit() and 8 <= len(digits) <= 15 and not digits.startswith("0")
    return digits if whole else ""


def takes_texts(phone: str) -> bool:
    """Whether a text may arrive there: Vietnamese fixed lines (84 2...) take none."""
    return bool(phone) and not phone.startswith("842")


def email_of(text: str) -> str:
    """The address; "" for what is none."""
    return text.strip() if len(text) <= 254 and _EMAIL.fullmatch(text.strip()) else ""


def language_of(text: str) -> str:
    """One of LANGUAGES of a tag such as "vi" or "zh-CN"; "" for others."""
    first = text.strip().lower().partition("-")[0]
    return first if first in LANGUAGES else ""


def ways_in(opened: Iterable[tuple[Mapping[str, Any], Mapping[str, Sequence[Any]]]]) -> Ways:
    """The newest phone, e-mail and language of a person's opened records (fields, answers), the newest first."""
    phone = email = language = ""
    for fields, answers in opened:
        phone = phone or phone_of(_text(fields.get("phone")) or _answer(answers, "phone"))
        email = email or email_of(_answer(answers, "email"))
        language = language or language_of(_text(fields.get("language")))
    return Ways((), phone, email, language)


def channels_for(ways: Ways, ready: Iterable[str]) -> tuple[str, ...]:
    """The channels of a person, given which senders this centre has; a call or a visit where there is none at all."""
    able, found = frozenset(ready), []
    if ways.entries and ways.carries:
        found += ["gate"]
    if ways.push and "push" in able:
        found += ["push"]
    if takes_texts(ways.phone) and "sms" in able:
        found += ["sms"]
    if ways.email and "email" in able:
        found += ["email"]
    return tuple(found) or (("call",) if ways.phone else ("visit",))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _answer(answers: Mapping[str, Sequence[Any]], name: str) -> str:
    return next((value for value in answers.get(name, ()) if isinstance(value, str)), "")
