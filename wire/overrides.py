"""Why a guard let somebody in or kept somebody out, numbered for the wire. Numbers are for ever: append, never reuse.

Screens turn a name into a sentence ("override.<name>" in ui/locales). None of them speaks of anybody's health: an
override's reason is read by whoever reads visits.
"""

ALLOW: dict[str, int] = {
    "known": 1,  # the guard knows the person: a worker, a stallholder, a pupil
    "papers_seen": 2,  # a card or paper that the machine could not read was looked at
    "helped_by_desk": 3,  # the desk has settled it
    "emergency": 4,  # nobody waits at a gate: a patient, a birth, a fire
    "with_adult": 5,  # a child, or somebody who is helped by another
    "on_duty": 6,  # rescue, police, repair
}
KEEP_OUT: dict[str, int] = {
    "no_room": 50,
    "other_way": 51,  # shown to another gate or a person who helps
    "left_by_choice": 52,  # did not wish to come in
    "closing": 53,
    "danger": 54,  # a quarrel, something dangerous in hand
    "order": 55,  # the order in force was shown
}
_NAMES = {number: name for table in (ALLOW, KEEP_OUT) for name, number in table.items()}


def name_of(number: int) -> str:
    """The name of a wire number; `override_<n>` for one of a newer version."""
    return _NAMES.get(number, f"override_{number}")


def is_reason(number: object, allow: bool) -> bool:
    """Whether a guard may give this number for letting in (`allow`) or keeping out."""
    return type(number) is int and number in (ALLOW if allow else KEEP_OUT).values()
