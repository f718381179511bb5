"""PURE. Early warning: does today's number stand out against the area's own past?

    baseline   the `baseline_days` days that end `lag_days` before the day in question, so that an outbreak which begins
               slowly does not raise its own limit (EARS C2: Hutwagner et al., Journal of Urban Health 80, 2003)
    limit      mean + t(1 - a; n - 1) * s * sqrt(1 + 1/n): the upper end of the prediction interval of one more value,
               the exact form of the EARS limit (Höhle, R packages surveillance and epitweetr, `ears_t`); s is at
               least sqrt(mean), since counts cannot vary less than Poisson's
    warning    the number is above the limit, and at least `least_people`

- a is the rule's false alarms per day. What it comes to on endemic data is measured: `endemic` draws numbers from a
  negative binomial, which is wider than the interval assumes, as real counts are.
- Numbers from 1 to least_people - 1 are never shown.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, stdev
from typing import NamedTuple


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
    limit: float
    warns: bool


def judge_day(past: Sequence[int], today: int, rule: WarningRule) -> Judged | None:
    """`past` are the days before today, oldest first; None where they are too few."""
    if len(past) < rule.days:
        return None
    end = len(past) - rule.lag_days
    base = past[end - rule.baseline_days : end]
    mean = fmean(base)
    spread = max(stdev(base), math.sqrt(mean), 0.5)
    t = t_quantile(1 - rule.per_1000 / 1000, rule.baseline_days - 1)
    limit = mean + t * spread * math.sqrt(1 + 1 / rule.baseline_days)
    return Judged(today, mean, limit, today > limit and today >= rule.least_people)


def t_quantile(p: float, df: int) -> float:
    """Student's t by the Cornish-Fisher expansion around the normal quantile (Abramowitz and Stegun 26.7.5).

    Within 1 % of the true value for df >= 6 and p <= 0.999.
    """
    z = NormalDist().inv_cdf(p)
    g1 = (z**3 + z) / 4
    g2 = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    g3 = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    g4 = (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160
    return z + g1 / df + g2 / df**2 + g3 / df**3 + g4 / df**4


def endemic(mean: float, size: float, days: int, draw: random.Random) -> list[int]:
    """Numbers of days without an outbreak: negative binomial, variance mean + mean^2 / size."""
    return [_poisson(draw.gammavariate(size, mean / size), draw) for _ in range(days)]


def false_alarms(numbers: Sequence[int], rule: WarningRule) -> tuple[int, int]:
    """(warnings, days judged) of a series in which every warning is a false one."""
    judged = [judge_day(numbers[:day], numbers[day], rule) for day in range(rule.days, len(numbers))]
    return sum(one is not None and one.warns for one in judged), len(judged)


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
