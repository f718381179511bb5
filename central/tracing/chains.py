"""PURE. Chains of transmission: who may have infected whom, with how much weight and for which reasons.

- A link from one case to another is possible where both were together, in the infectious time of the one and in the
  time of exposure of the other.
- Its weight is the probability of J. Wallinga and P. Teunis (American Journal of Epidemiology 160:509, 2004), among the
  possible ones only: w(t_j - t_i) / sum over k of w(t_j - t_k), with w the density of the serial interval (gamma).
- Each case hangs on its most probable source among those that fell ill before it (on a tie: of smaller id).
  So there is no circle. All other candidates are listed beside it: a tree that hides them would pretend to know.
- A case without a possible source starts a chain of its own: it was infected elsewhere, or the gate missed it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, lgamma, log
from typing import NamedTuple

from central.tracing.model import DAY_MS, MINUTE_MS, Reason, Stay
from central.tracing.overlaps import Places, in_order_of_time


class Case(NamedTuple):
    """A case by its file's id; onset, or the sample's time where nobody fell ill."""

    id: str
    person: int
    onset_ms: int
    from_ms: int  # infectious
    to_ms: int


class Link(NamedTuple):
    """`source` may have infected `case`; `chosen`: the most probable of its candidates."""

    source: str
    case: str
    weight: float
    chosen: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Timing:
    """A named rule: serial interval as a gamma distribution, and when before onset somebody was infected, in days."""

    name: str = "serial-5.0-sd-3.0"
    mean_days: float = 5.0
    sd_days: float = 3.0
    shortest_days: float = 1.0
    longest_days: float = 14.0
    min_overlap_ms: int = 15 * MINUTE_MS

    def density(self, days: float) -> float:
        """Of a serial interval; intervals of less than half a day count as half a day."""
        shape = (self.mean_days / self.sd_days) ** 2
        scale = self.mean_days / shape
        x = max(days, 0.5)
        return exp((shape - 1) * log(x) - x / scale - lgamma(shape) - shape * log(scale))


def chains(cases: Sequence[Case], stays: Iterable[Stay], timing: Timing | None = None) -> list[Link]:
    """All possible links, by case, the most probable first. `stays` are those of the cases."""
    timing = timing or Timing()
    of_case: dict[str, list[Link]] = defaultdict(list)
    for (source, case), reasons in sorted(_meetings(cases, stays, timing).items()):
        days = (case.onset_ms - source.onset_ms) / DAY_MS
        link = Link(source.id, case.id, timing.density(days), False, in_order_of_time(reasons))
        of_case[case.id].append(link)
    made = []
    for case_id in sorted(of_case):
        links = of_case[case_id]
        whole = sum(link.weight for link in links)
        links = [link._replace(weight=link.weight / whole) for link in links]
        links.sort(key=lambda link: (-link.weight, -len(link.reasons), link.source))
        made += [links[0]._replace(chosen=True), *links[1:]]
    return made


def _meetings(cases: Sequence[Case], stays: Iterable[Stay], timing: Timing) -> Mapping[tuple[Case, Case], list[Reason]]:
    places, own = Places(), defaultdict[int, list[Stay]](list)
    for stay in stays:
        places.add(stay)
        own[stay.person].append(stay)
    of_person = defaultdict[int, list[Case]](list)
    for case in cases:
        of_person[case.person].append(case)
    met: dict[tuple[Case, Case], list[Reason]] = defaultdict(list)
    for source in cases:
        for mine in own.get(source.person, ()):
            for stay in places.at(mine.place, mine.start_ms, mine.end_ms):
                for case in of_person[stay.person]:
                    why = _reason(source, case, mine, stay, timing)
                    if why is not None:
                        met[source, case].append(why)
    return met


def _reason(source: Case, case: Case, mine: Stay, stay: Stay, timing: Timing) -> Reason | None:
    """What of this time together may have passed it on."""
    if case.person == source.person or (case.onset_ms, case.id) <= (source.onset_ms, source.id):
        return None
    start = max(mine.start_ms, stay.start_ms, source.from_ms, case.onset_ms - int(timing.longest_days * DAY_MS))
    end = min(mine.end_ms, stay.end_ms, source.to_ms, case.onset_ms - int(timing.shortest_days * DAY_MS))
    if end - start < timing.min_overlap_ms:
        return None
    return Reason("visit", mine.place, source.person, start, end, mine.assumed or stay.assumed)


def generations(cases: Sequence[Case], links: Iterable[Link]) -> dict[str, int]:
    """case id -> its place in its chain: 0 where nobody known infected it."""
    source = {link.case: link.source for link in links if link.chosen}
    made: dict[str, int] = {}
    for case in sorted(cases, key=lambda one: (one.onset_ms, one.id)):
        made[case.id] = made[source[case.id]] + 1 if case.id in source else 0
    return made
