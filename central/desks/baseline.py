"""PURE. Early warning: does today's number stand out against the area's own past?

    baseline   the `baseline_days` days that end `lag_days` before the day in question, so that an outbreak which begins
               slowly does not raise its own limit (the windows of EARS C2: Hutwagner et al., J Urban Health 80,
               2003)
    limit      the least number c with P(X > c) <= a, X negative binomial with the baseline's mean m and the variance
               v (1 + 1/n) WIDER; v is that of the baseline, at least m, since counts cannot vary less than Poisson's
               (negative binomial prediction of counts: Noufaily et al., Statistics in Medicine 32, 2013)
    warning    the number is above the limit, and at least `least_people`

- a is the rule's false alarms per day. Small counts are skewed: an interval of Student's t (EARS as it is often read)
  gives two to three times as many as the rule asks for.
- WIDER is measured: two weeks often show less spread than there is. With 1.5 the share stays within the rule's 5 in
  1,000 for 1 to 100 people a day, down to a spread of variance m + m^2 / 5 (`endemic` draws them).
- What the width costs is measured as well: `found_outbreaks`.
- Numbers from 1 to least_people - 1 are never shown.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, variance
from typing import NamedTuple

WIDER = 1.5
OUTBREAK_DAYS = 3  # within which an outbreak should be seen
_LEAST_RISE = 4  # people


@dataclass(frozen=True, slots=True)
class WarningRule:
    """`name` is id|version; `per_1000` the false alarms wanted in 1,000 days of one area."""

    name: str
    baseline_days: int
    lag_days: int
    per_1000: int
    least_people: int

    @property
    def days(self) -> int:
        """How many days before today are needed."""
        return self.baseline_days + self.lag_days


class Judged(NamedTuple):
    """One day: its number, what the baseline expects, and the limit above which it is a warning."""

    people: int
    expected: float
    limit: int
    warns: bool


def judge_day(past: Sequence[int], today: int, rule: WarningRule) -> Judged | None:
    """`past` are the days before today, oldest first; None where they are too few."""
    if len(past) < rule.days:
        return None
    end = len(past) - rule.lag_days
    base = past[end - rule.baseline_days : end]
    mean = fmean(base)
    limit = count_limit(max(mean, 1 / rule.baseline_days), variance(base), rule)
    return Judged(today, mean, limit, today > limit and today >= rule.least_people)


def count_limit(mean: float, spread: float, rule: WarningRule) -> int:
    """The least count that one more day passes with at most the rule's chance; `mean` > 0, `spread` the variance."""
    wide = max(spread, mean) * (1 + 1 / rule.baseline_days) * WIDER
    size, share = mean * mean / (wide - mean), mean / wide
    count = math.ceil(mean + 14 * math.sqrt(wide)) + 20  # what lies beyond is less than 1e-6 in all
    log = math.lgamma(size + count) - math.lgamma(size) - math.lgamma(count + 1)
    chance, above = math.exp(log + size * math.log(share) + count * math.log1p(-share)), 0.0
    while count and above + chance <= rule.per_1000 / 1000:
        above += chance
        chance *= count / ((size + count - 1) * (1 - share))
        count -= 1
    return count


def endemic(mean: float, size: float, days: int, draw: random.Random) -> list[int]:
    """Numbers of days without an outbreak: negative binomial, variance mean + mean^2 / size."""
    return [_poisson(draw.gammavariate(size, mean / size), draw) for _ in range(days)]


def false_alarms(numbers: Sequence[int], rule: WarningRule) -> tuple[int, int]:
    """(warnings, days judged) of a series in which every warning is a false one."""
    judged = [judge_day(numbers[:day], numbers[day], rule) for day in range(rule.days, len(numbers))]
    return sum(one is not None and one.warns for one in judged), len(judged)


def found_outbreaks(mean: float, size: float, tries: int, rule: WarningRule, draw: random.Random) -> int:
    """How many of `tries` outbreaks are seen within OUTBREAK_DAYS: each day brings as many people more than the day
    before as the area usually has (at least 4)."""
    found, rise = 0, max(_LEAST_RISE, round(mean))
    for _ in range(tries):
        days = endemic(mean, size, rule.days + OUTBREAK_DAYS, draw)
        for day in range(OUTBREAK_DAYS):
            days[rule.days + day] += rise * (day + 1)
        found += false_alarms(days, rule)[0] > 0
    return found


def shown(people: int, least: int) -> str:
    """A number for a screen: small ones are not told apart."""
    return str(people) if people == 0 or people >= least else f"<{least}"


def _poisson(rate: float, draw: random.Random) -> int:
    """Knuth's product of uniform numbers for small rates; halves add up for large ones."""
    if rate > 30:
        return _poisson(rate / 2, draw) + _poisson(rate / 2, draw)
    limit, product, n = math.exp(-rate), draw.random(), 0
    while product > limit:
        product *= draw.random()
        n += 1
    return n
