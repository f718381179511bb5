"""Reason codes of a decision, numbered for the wire. Numbers are for ever: append, never reuse.

Screens turn a code into a sentence (ui/locales); the numbers keep a record small and its length silent.
"""

REASONS: dict[str, int] = {
    "registered": 1,
    "checked_out": 2,
    "already_in": 3,
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
    "store_failed": 40,
    "disk_full": 41,
    "camera_lost": 42,
    "not_enrolled": 43,
    "starting": 44,
    "database_moved": 45,
    "stalled": 46,
}
_NAMES = {number: name for name, number in REASONS.items()}


def number_of(reason: str) -> int:
    """The wire number of a reason code. Raises KeyError for a code that is not in the table."""
    return REASONS[reason]


def name_of(number: int) -> str:
    """The reason code of a wire number; `reason_<n>` for one of a newer version."""
    return _NAMES.get(number, f"reason_{number}")
