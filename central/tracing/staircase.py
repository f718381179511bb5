"""PURE. The stays of many people at one place, as few as tell everybody else's longest time together with one of them.

A stay that lies within another one of the same place adds nothing: who was together with it was at least as long, and
from as early on, together with the other. What is left rises like a staircase, in starts as in ends, and is asked by
bisection. So a market where half of the visitors are contacts costs no more than the hours it was open.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from central.tracing.model import Stay


class Together(NamedTuple):
    """[start, end] in common with `other`."""

    start_ms: int
    end_ms: int
    other: Stay


class Meetings(NamedTuple):
    """Of all times in common that are long enough: the longest, the one that ended last, and the earliest start."""

    longest: Together
    latest: Together
    first_ms: int


class Staircase:
    """Stays of one place without those that lie within another."""

    def __init__(self, stays: Iterable[Stay]) -> None:
        steps: list[Stay] = []
        for stay in sorted(stays, key=lambda one: (one.start_ms, -one.end_ms, one.person)):
            if not steps or stay.end_ms > steps[-1].end_ms:
                steps.append(stay)
        self.steps = steps
        self._starts = [stay.start_ms for stay in steps]
        self._ends = [stay.end_ms for stay in steps]

    def meetings(self, start_ms: int, end_ms: int, least_ms: int) -> Meetings | None:
        """What [start, end] has in common with them, if anything of at least `least_ms` (0: touching is enough)."""
        before = bisect_right(self._starts, start_ms) - 1  # of those here already, the one that stays longest
        after = bisect_left(self._ends, end_ms)  # of those that stay on, the one that came first
        most, found = -1, 0
        for step in range(max(min(before, after), 0), min(after + 1, len(self.steps))):
            common = self._common(step, start_ms, end_ms)
            if common > most:
                most, found = common, step
        if most < least_ms:
            return None
        first = bisect_left(self._ends, start_ms + least_ms)
        while self._common(first, start_ms, end_ms) < least_ms:
            first += 1  # comes to `found` at the latest
        last = bisect_right(self._starts, end_ms - least_ms) - 1
        while self._common(last, start_ms, end_ms) < least_ms:
            last -= 1
        longest, latest = self._together(found, start_ms, end_ms), self._together(last, start_ms, end_ms)
        return Meetings(longest, latest, max(start_ms, self._starts[first]))

    def _common(self, step: int, start_ms: int, end_ms: int) -> int:
        return min(end_ms, self._ends[step]) - max(start_ms, self._starts[step])

    def _together(self, step: int, start_ms: int, end_ms: int) -> Together:
        return Together(max(start_ms, self._starts[step]), min(end_ms, self._ends[step]), self.steps[step])
