"""PURE. How much may be opened: a purse for each officer and one for all, which refill by themselves.

A thief with a stolen session gets what an officer could have looked at in that time, and no more. What must go in bulk
has a purse of its own, and the log names it: an alert asks for all contacts of a case that two people signed.
"""

from collections.abc import Iterable
from typing import NamedTuple

from wire.refusal import Refused

HOUR_MS = 3_600_000


class Size(NamedTuple):
    """How much an hour: for one officer, and for everybody together."""

    officer: int
    everybody: int


# What is counted -> how much of it. The one place where these limits stand.
SIZES = {
    "records": Size(200, 1_000),  # a night's calls of one officer; a station has some dozens
    "contacts": Size(5_000, 20_000),  # records of a signed case's contacts, by whoever prepares its alert
    "arrivals": Size(1_000, 5_000),  # a flight's declarations at a border gate, and their passports' pseudonyms
    "numbers": Size(60, 600),  # numbers turned into pseudonyms: each is a guess at whether somebody is known
    "passes": Size(5_000, 20_000),  # persons whose passes an alert asks for
    "compared": Size(2_000, 5_000),  # persons whose sealed fields are compared for a case
}
EVERYBODY = ""


class Purses:
    """What is left, by (what, officer). A purse that nobody has touched for an hour is full and forgotten."""

    def __init__(self) -> None:
        self._left: dict[tuple[str, str], tuple[float, int]] = {}

    def take(self, what: str, officer: str, count: int, now_ms: int) -> None:
        """Take `count` out of the officer's purse and everybody's. Raises Refused("too_fast", when again)."""
        owners = ((officer, SIZES[what].officer), (EVERYBODY, SIZES[what].everybody))
        again = max(self._wait_ms(what, owner, size, count, now_ms) for owner, size in owners)
        if again:
            raise Refused("too_fast", str(now_ms + again))
        self._spend(what, owners, count, now_ms)

    def remember(self, spent: Iterable[tuple[str, str, int, int]], now_ms: int) -> None:
        """After a start: (what, officer, count, at ms) of the last hour, as the log has them, oldest first."""
        for what, officer, count, at_ms in spent:
            if what in SIZES and now_ms - at_ms < HOUR_MS:
                owners = ((officer, SIZES[what].officer), (EVERYBODY, SIZES[what].everybody))
                self._spend(what, owners, count, at_ms)

    def _spend(self, what: str, owners: Iterable[tuple[str, int]], count: int, at_ms: int) -> None:
        for owner, size in owners:
            self._left[what, owner] = (self._level(what, owner, size, at_ms) - count, at_ms)
        full = [key for key, (_, since) in self._left.items() if at_ms - since >= 2 * HOUR_MS]
        for key in full:
            del self._left[key]

    def _level(self, what: str, owner: str, size: int, now_ms: int) -> float:
        left, since = self._left.get((what, owner), (float(size), now_ms))
        return min(float(size), left + size * max(0, now_ms - since) / HOUR_MS)

    def _wait_ms(self, what: str, owner: str, size: int, count: int, now_ms: int) -> int:
        """How long until `count` are in the purse; a whole hour for more than it ever holds."""
        lacking = count - self._level(what, owner, size, now_ms)
        return 0 if lacking <= 0 else min(HOUR_MS, int(lacking * HOUR_MS / size) + 1)
