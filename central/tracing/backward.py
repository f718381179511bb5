"""PURE. Backward tracing: the venue-hours that best explain all cases, ranked, with their uncertainty.

- For each window of 1 to `longest_hours` hours at a place: n, the people who were there; k, the cases among them, in
  their own time of exposure. Expected is e = n K / N, with K the cases and N the people seen anywhere on that day: the
  visitors of the same day are the control, so that a full market is not suspect for being full.
- Score: the log likelihood ratio of Kulldorff's Poisson scan statistic (M. Kulldorff, "A spatial scan statistic",
  Communications in Statistics - Theory and Methods 26, 1997): k ln(k/e) + (K-k) ln((K-k)/(K-e)) where k > e, else 0.
- The best window is taken, the cases that it explains are set aside, the rest are scored anew: so a second source is
  not hidden behind the neighbours of the first. A window with fewer than two cases explains nothing.
- `chance`: how often the best window of as many random people of these days scores as high (Monte Carlo, 1/(runs+1)
  at least). `ratio`: k/e with a bootstrap interval (5 and 95 % of resampled cases, each once: a pair
  drawn twice is no cluster). `first`: the share of these resamplings whose best window touches this one.
- It says where to look, never who is to blame: with few cases the right place is often second or third.

Why at all: where few infect many, a case is more likely to come from a large event than to cause one (A. Endo et al.,
Wellcome Open Research 5:239, 2020; S. Kojaku et al., Nature Physics 17, 2021).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import log
from random import Random
from typing import NamedTuple

from central.tracing.model import DAY_MS, HOUR_MS, Stay

_VIET_NAM_MS = 7 * HOUR_MS
_DAY_HOURS = DAY_MS // HOUR_MS


class Suspect(NamedTuple):
    """A case, and when it must have been infected: onset less the longest and the shortest incubation."""

    person: int
    from_ms: int
    to_ms: int


class Window(NamedTuple):
    """`hours` from hour number `hour` on (Unix ms / 3,600,000) at a place."""

    place: int
    hour: int
    hours: int

    def touches(self, other: "Window") -> bool:
        """At the same place, and in time next to one another or overlapping."""
        apart = self.hour > other.hour + other.hours or other.hour > self.hour + self.hours
        return self.place == other.place and not apart


class Source(NamedTuple):
    """A window with its reasons, the best first."""

    place: int
    start_ms: int
    end_ms: int
    cases: tuple[int, ...]  # persons who were there within their time of exposure
    visitors: int
    expected: float  # cases among as many visitors of the same day
    score: float
    chance: float
    ratio: tuple[float, float, float]  # low, observed, high
    first: float


class Crowd:
    """Who was where in which hour."""

    def __init__(self, stays: Iterable[Stay]) -> None:
        self.cells: dict[tuple[int, int], set[int]] = defaultdict(set)
        self.seen: dict[int, set[int]] = defaultdict(set)  # by day of Viet Nam
        self.hours: dict[int, set[tuple[int, int]]] = defaultdict(set)  # of each person
        for stay in stays:
            for hour in range(stay.start_ms // HOUR_MS, max(stay.end_ms - 1, stay.start_ms) // HOUR_MS + 1):
                self.cells[stay.place, hour].add(stay.person)
                self.seen[day_of(hour)].add(stay.person)
                self.hours[stay.person].add((stay.place, hour))
        self._visitors: dict[Window, int] = {}

    def visitors(self, window: Window) -> int:
        """How many different people were there."""
        if window not in self._visitors:
            hours = range(window.hour, window.hour + window.hours)
            found: set[int] = set().union(*(self.cells.get((window.place, hour), ()) for hour in hours))
            self._visitors[window] = len(found)
        return self._visitors[window]


def day_of(hour: int) -> int:
    """The number of a day of Viet Nam."""
    return (hour * HOUR_MS + _VIET_NAM_MS) // DAY_MS


def find_sources(
    crowd: Crowd, suspects: Sequence[Suspect], chance: Random, *, most: int = 10, longest_hours: int = 4, runs: int = 99
) -> list[Source]:
    """At most `most` sources, in the order in which they explain the cases; none where no window has two cases."""
    by_chance = _best_by_chance(crowd, suspects, chance, longest_hours, runs)
    left, sources = list(suspects), list[Source]()
    while len(sources) < most:
        windows = _windows(crowd, left, longest_hours)
        scored = [(_score(crowd, window, len(who), left), -window.hours, window) for window, who in windows.items()]
        if not scored or max(scored)[0] <= 0:
            break
        score, _, best = max(scored)
        cases = windows[best]
        higher = sum(1 for other in by_chance if other >= score)
        low, high, first = _resampled(crowd, windows, left, best, chance, runs)
        expected = _expected(crowd, best, left)
        sources.append(
            Source(
                best.place,
                best.hour * HOUR_MS,
                (best.hour + best.hours) * HOUR_MS,
                tuple(sorted(cases)),
                crowd.visitors(best),
                expected,
                score,
                (higher + 1) / (runs + 1),
                (low, len(cases) / expected, high),
                first,
            )
        )
        left = [one for one in left if one.person not in cases]
    return sources


def _windows(crowd: Crowd, suspects: Iterable[Suspect], longest_hours: int) -> dict[Window, set[int]]:
    """The windows with at least two of the cases, and which."""
    there: dict[Window, set[int]] = defaultdict(set)
    for one in suspects:
        for place, hour in crowd.hours.get(one.person, ()):
            if one.from_ms < (hour + 1) * HOUR_MS and hour * HOUR_MS <= one.to_ms:
                for hours in range(1, longest_hours + 1):
                    for start in range(hour - hours + 1, hour + 1):
                        there[Window(place, start, hours)].add(one.person)
    return {window: who for window, who in there.items() if len(who) > 1}


def _expected(crowd: Crowd, window: Window, suspects: Sequence[Suspect]) -> float:
    """Cases among as many visitors of that day, by the share of cases among all who were seen on it."""
    seen = crowd.seen[day_of(window.hour)]
    start, end = window.hour * HOUR_MS, (window.hour + window.hours) * HOUR_MS
    cases = sum(1 for one in suspects if one.from_ms < end and start <= one.to_ms and one.person in seen)
    return crowd.visitors(window) * max(cases, 1) / max(len(seen), 1)


def _score(crowd: Crowd, window: Window, found: int, suspects: Sequence[Suspect]) -> float:
    return likelihood_ratio(found, _expected(crowd, window, suspects), len(suspects))


def likelihood_ratio(found: float, expected: float, cases: int) -> float:
    """Kulldorff's, of `found` of all `cases` where `expected` would be usual; 0 where there are no more than usual."""
    if found <= expected or expected <= 0:
        return 0.0
    rest = cases - found
    outside = rest * log(rest / (cases - expected)) if rest > 0 and cases > expected else 0.0
    return found * log(found / expected) + outside


def _best_by_chance(
    crowd: Crowd, suspects: Sequence[Suspect], chance: Random, longest_hours: int, runs: int
) -> list[float]:
    """The best score of each of `runs` draws of random people with the times of the cases."""
    people = sorted(crowd.hours)
    best = []
    for _ in range(runs if people else 0):
        drawn = [one._replace(person=chance.choice(people)) for one in suspects]
        windows = _windows(crowd, drawn, longest_hours)
        best.append(max((_score(crowd, window, len(who), drawn) for window, who in windows.items()), default=0.0))
    return best


def _resampled(
    crowd: Crowd, windows: dict[Window, set[int]], suspects: Sequence[Suspect], best: Window, chance: Random, runs: int
) -> tuple[float, float, float]:
    """(5 %, 95 % of k/e of the best window, how often the best of a resampling touches it)."""
    usual = {window: _expected(crowd, window, suspects) for window in windows}
    ratios, first = [], 0
    for _ in range(runs):
        drawn = {one.person for one in chance.choices(suspects, k=len(suspects))}
        share = len(drawn) / len({one.person for one in suspects})
        scores = [
            (likelihood_ratio(len(who & drawn), usual[window] * share, len(drawn)), -window.hours, window)
            for window, who in windows.items()
            if len(who & drawn) > 1
        ]
        first += bool(scores) and max(scores)[2].touches(best)
        ratios.append(len(windows[best] & drawn) / (usual[best] * share))
    ratios.sort()
    return ratios[int(0.05 * (runs - 1))], ratios[round(0.95 * (runs - 1))], first / runs
