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
    """The longest time together with one stay: [start, end] with `other`; `first_ms`: the earliest long enough."""

    start_ms: int
    end_ms: int
    other: Stay
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

    def longest(self, start_ms: int, end_ms: int, least_ms: int) -> Together | None:
        """With whom [start, end] has most time in common, if that is at least `least_ms` (0: touching is enough)."""
        before = bisect_right(self._starts, start_ms) - 1  # of those here already, the one that stays longest
        after = bisect_left(self._ends, end_ms)  # of those that stay on, the one that came first
        best, found = -1, 0
        for step in range(max(min(before, after), 0), min(after + 1, len(self.steps))):
            common = min(end_ms, self._ends[step]) - max(start_ms, self._starts[step])
            if common > best:
                best, found = common, step
        if best < least_ms:
            return None
        first = bisect_left(self._ends, start_ms + least_ms)
        while min(end_ms, self._ends[first]) - max(start_ms, self._starts[first]) < least_ms:
            first += 1  # ends at `found` at the latest
        other = self.steps[found]
        return Together(
            max(start_ms, other.start_ms), min(end_ms, other.end_ms), other, max(start_ms, self._starts[first])
        )
