"""PURE. What the map knows of a place. Only listed places come here: nothing of a visitor, nothing of a manager."""

from dataclasses import dataclass
from typing import NamedTuple

from forms.geography import MERGED

# In the order of the numbers that snapshots carry. The dashboard of 2021 named them as in STATES_2021.
STATES = ("safe", "at_risk", "unsafe", "not_assessed")
STATES_2021 = ("an_toan", "co_rui_ro", "khong_an_toan", "chua_danh_gia")
NOT_ASSESSED = 3
PROVINCES = tuple(MERGED)


@dataclass(frozen=True, slots=True)
class Facility:
    """A listed place as its row stands; `state` holds until `until_ms`, then nobody has assessed it.

    `ward`, `province`: official codes of 2025, "" while unknown; degrees WGS 84, None while nobody has said.
    `change` rises with each change of any place's state, 0 for one that never had a state.
    """

    number: int
    id: str
    name: str
    kind: str
    ward: str
    province: str
    address: str
    lat: float | None
    lon: float | None
    state: int
    since_ms: int
    until_ms: int | None
    change: int
    shut: bool = False  # on the day on which the row was read, as its manager has said

    def now(self, now_ms: int) -> "Shown":
        """State and since when, at a moment (central.safety.states.state_of says the same of one place)."""
        if self.until_ms is not None and self.until_ms <= now_ms:
            return Shown(NOT_ASSESSED, self.until_ms)
        return Shown(self.state, self.since_ms)


class Shown(NamedTuple):
    """A state as a number of STATES, and since when (Unix ms)."""

    state: int
    since_ms: int


class Asked(NamedTuple):
    """What a reader looks for; "" or None: anything."""

    words: str = ""
    state: int | None = None
    kind: str = ""
    province: str = ""
    ward: str = ""
