"""Reason codes of a decision, numbered for the wire. Numbers are for ever: append, never reuse.

Screens turn a code into a sentence (ui/locales); the numbers keep a record small and its length silent.

A reason has an audience. What tells of somebody's health, of an exposure or of a clearance is `private`: the record,
the visitor's own page, phone and receipt may name it. What only the staff can use is for the `guard`. Everything else
is `public`. `public(reasons)` is what bystanders and the guard may be shown.
"""

from collections.abc import Iterable
from typing import Literal

Audience = Literal["public", "guard", "private"]

REASONS: dict[str, int] = {
    "registered": 1,
    "checked_out": 2,
    "already_in": 3,
    "declared": 4,
    "declared_by_light": 5,
    "cleared": 6,
    "temporary_pass": 7,
    "guard_allowed": 8,
    "paper_entry": 9,
    "implausible_code": 10,
    "damaged_text": 11,
    "expired": 12,
    "revoked": 13,
    "not_fresh": 14,
    "clock_unset": 15,
    "unknown_issuer": 16,
    "bad_signature": 17,
    "bad_schema": 18,
    "unreadable": 19,
    "foreign_poster": 20,
    "place_code": 21,
    "certificate_not_supported_yet": 22,
    "no_code": 23,
    "no_identity": 24,
    "full": 25,
    "minimum_stay": 26,
    "direction_unknown": 27,
    "not_checked_in": 28,
    "declaration_due": 29,
    "declaration_refused": 30,
    "see_desk": 31,
    "symptoms": 32,
    "severe_symptoms": 33,
    "exposure": 34,
    "positive_test": 35,
    "could_not_check": 36,
    "no_papers": 37,
    "guard_refused": 38,
    "order_stop": 39,
    "store_failed": 40,
    "disk_full": 41,
    "camera_lost": 42,
    "not_enrolled": 43,
    "starting": 44,
    "database_moved": 45,
    "stalled": 46,
    "opened": 47,
    "rules_old": 50,
    "trust_old": 51,
    "exposures_old": 52,
    "orders_old": 53,
    "light_unreadable": 54,
    "light_again": 55,
    "form_missing": 56,
    "not_now": 62,
    "wifi_taken": 63,
    "wifi_refused": 64,
}
# What a record alone says, never a screen: how a check-in stood towards the orders that ran (with declaration_due and
# declaration_refused above), and that a rule took what was declared for a suspected case. A kiosk that is
# older says none of the first two: of its check-ins it is not known. A centre that is older passes over them.
# Of a check-in by a phone: it told of it more than a day later, or its clock was ahead.
NOTES: dict[str, int] = {
    "declaration_held": 57,
    "no_declaration_due": 58,
    "suspected_case": 59,
    "phone_late": 60,
    "phone_clock": 61,
}
_NAMES = {number: name for name, number in (REASONS | NOTES).items()}

# A check-in and the orders: nothing was due; due and not there; due and there (given just now, or still valid);
# due and refused.
NOT_DUE, DUE, HELD, DECLINED = 0, 1, 2, 3
_DUTIES = (
    (NOTES["declaration_held"], HELD),
    (REASONS["declaration_refused"], DECLINED),
    (REASONS["declaration_due"], DUE),
    (NOTES["no_declaration_due"], NOT_DUE),
)

# What a private reason reads like to everybody but the visitor. A clearance tells that there was something to clear.
STANDS_FOR: dict[str, str] = {
    "symptoms": "see_desk",
    "severe_symptoms": "see_desk",
    "exposure": "see_desk",
    "positive_test": "see_desk",
    "cleared": "registered",
}
_FOR_THE_GUARD = frozenset({"rules_old", "trust_old", "exposures_old", "orders_old"})


def number_of(reason: str) -> int:
    """The wire number of a reason code. Raises KeyError for a code that is not in the table."""
    return REASONS[reason]


def name_of(number: int) -> str:
    """The reason code of a wire number; `reason_<n>` for one of a newer version."""
    return _NAMES.get(number, f"reason_{number}")


def note_of(note: str) -> int:
    """The wire number of a note. Raises KeyError."""
    return NOTES[note]


def duty_told(numbers: Iterable[int]) -> int | None:
    """NOT_DUE, DUE, HELD or DECLINED, from the numbers of a check-in's record; None where the kiosk did not say."""
    told = tuple(numbers)
    return next((duty for number, duty in _DUTIES if number in told), None)


def audience_of(reason: str) -> Audience:
    """Who may read a reason. One that this version does not know may be about health: private."""
    if reason in STANDS_FOR or reason not in REASONS:
        return "private"
    return "guard" if reason in _FOR_THE_GUARD else "public"


def public(reasons: Iterable[str]) -> tuple[str, ...]:
    """What bystanders and the guard may be shown of `reasons`, in order, each once.

    A private one becomes what it stands for; one that this version does not know is left out (the screen then says the
    general sentence of the signal).
    """
    return tuple({STANDS_FOR.get(reason, reason): None for reason in reasons if reason in REASONS})


def own(reasons: Iterable[str]) -> tuple[str, ...]:
    """What the visitor may read of `reasons`, alone: the private ones first, without what stands for them."""
    given = tuple(dict.fromkeys(reasons))
    private = [reason for reason in given if reason in STANDS_FOR]
    covers = {STANDS_FOR[reason] for reason in private}
    return (
        *private,
        *(reason for reason in given if reason in REASONS and reason not in STANDS_FOR | dict.fromkeys(covers)),
    )
