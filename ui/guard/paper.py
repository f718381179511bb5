"""What a guard types from a slip of paper: read strictly, with a problem for each field that does not fit.

- The time is local time in Viet Nam (+07:00, no summer time since 1975), "2026-11-23T06:42", by somebody's watch.
- It may lie at most KEPT back, which is how long paper lists are kept before they are entered, and not ahead of now.
- A number of 12 digits is a citizen's number, 10 digits or 2 letters and 13 digits an insurance card; the insurance
  card's normal form is its last 10 digits, as the card's own code gives it. Anything else is kept as typed.
"""

import re
import unicodedata
from datetime import datetime, timedelta, timezone

from credentials.citizen_number import is_citizen_number
from ui.guard.desk import Slip

VIET_NAM = timezone(timedelta(hours=7))
KEPT_MS = 14 * 86_400_000
AHEAD_MS = 10 * 60_000  # a watch that is a few minutes fast
MOST_SLIPS = 20
LARGEST_NUMBER = 999_999
_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}")
_INSURANCE = re.compile(r"(?:[A-Z]{2}[0-9]{3})?([0-9]{10})")
_TYPED = re.compile(r"[A-Z0-9+./-]{4,32}")


class NotASlip(ValueError):
    """`problem` names a text "guard.problem.<problem>".

    Problems: slip_number, slip_time, slip_people, slip_identity, slip_form, no_card.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def read_slip(body: object, card: tuple[str, str] | None, now_ms: int | None) -> Slip:
    """A slip from its JSON; `card` stands for its identity where the page says {"card": true}.

    `now_ms` is None while the kiosk does not know the time: then any time is taken. Raises NotASlip.
    """
    if not isinstance(body, dict):
        raise NotASlip("slip_form")
    number, people, direction = body.get("number"), body.get("people"), body.get("direction")
    if type(number) is not int or not 1 <= number <= LARGEST_NUMBER:
        raise NotASlip("slip_number")
    if type(people) is not int or not 1 <= people <= 10:
        raise NotASlip("slip_people")
    if direction not in ("in", "out"):
        raise NotASlip("slip_form")
    identity = card if body.get("card") is True else read_identity(body.get("identity", ""))
    if body.get("card") is True and card is None:
        raise NotASlip("no_card")
    return Slip(number, _read_time(body.get("told"), now_ms), direction, people, identity)


def read_identity(typed: object) -> tuple[str, str] | None:
    """(kind, normal form) of a number as typed; None for an empty one. Raises NotASlip."""
    if not isinstance(typed, str) or len(typed) > 64:
        raise NotASlip("slip_identity")
    text = re.sub(r"[\s_]+", "", unicodedata.normalize("NFKC", typed)).upper()
    if not text:
        return None
    if is_citizen_number(text):
        return "cccd", text
    insurance = _INSURANCE.fullmatch(text)
    if insurance is not None and not text.startswith("0"):  # ten digits from 0 are a mobile phone's number
        return "bhyt", insurance[1]
    if _TYPED.fullmatch(text) is None:
        raise NotASlip("slip_identity")
    return "typed", text


def _read_time(told: object, now_ms: int | None) -> int:
    if not isinstance(told, str) or _LOCAL.fullmatch(told) is None:
        raise NotASlip("slip_time")
    try:
        told_ms = int(datetime.fromisoformat(told).replace(tzinfo=VIET_NAM).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise NotASlip("slip_time") from None
    if told_ms < 0 or (now_ms is not None and not now_ms - KEPT_MS <= told_ms <= now_ms + AHEAD_MS):
        raise NotASlip("slip_time")
    return told_ms
