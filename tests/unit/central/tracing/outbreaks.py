"""An outbreak in which few infect many, simulated day by day; knows nothing of central.tracing but its Stay.

How many a case infects is negative binomial: its own rate is drawn from Gamma(k, R/k), then Poisson. Whom: people who
were at a place together with it while it was infectious, at one event of its own more likely than at many.
"""

from dataclasses import dataclass, field
from random import Random

from central.tracing.model import DAY_MS, HOUR_MS, MINUTE_MS, Stay


@dataclass(slots=True)
class Outbreak:
    """Stays of everybody, and of each infected person: since when, by whom, where."""

    stays: list[Stay]
    onset_ms: dict[int, int] = field(default_factory=dict)
    infected_ms: dict[int, int] = field(default_factory=dict)
    source: dict[int, int] = field(default_factory=dict)
    place: dict[int, int] = field(default_factory=dict)


def simulate(
    seed: int, k: float, *, people: int = 1_200, venues: int = 50, days: int = 14, rate: float = 2.0
) -> Outbreak:
    """One outbreak that began with three people on the first day and went on for `days`."""
    chance = Random(seed)
    made = Outbreak(_stays(chance, people, venues, days))
    at: dict[int, list[Stay]] = {}
    of: dict[int, list[Stay]] = {}
    for stay in made.stays:
        at.setdefault(stay.place, []).append(stay)
        of.setdefault(stay.person, []).append(stay)
    waiting = []
    for person in chance.sample(sorted(of), 3):
        made.infected_ms[person] = 0
        waiting.append(person)
    for person in waiting:  # grows while it is read
        incubation = chance.lognormvariate(1.5, 0.35)  # median 4.5 days
        made.onset_ms[person] = made.infected_ms[person] + int(incubation * DAY_MS)
        _pass_on(chance, made, person, of[person], at, chance.gammavariate(k, rate / k), waiting)
    return made


def _stays(chance: Random, people: int, venues: int, days: int) -> list[Stay]:
    stays = []
    weights = [1 / (1 + venue) ** 0.7 for venue in range(venues)]
    for person in range(people):
        own = chance.choices(range(venues), weights, k=3)
        for day in range(days):
            for _ in range(chance.choice((0, 1, 1, 2))):
                place = chance.choice(own) if chance.random() < 0.7 else chance.choices(range(venues), weights)[0]
                start = day * DAY_MS + chance.randrange(0, 14 * 60) * MINUTE_MS
                stays.append(Stay(place, person, start, start + int(chance.uniform(0.4, 2.5) * HOUR_MS)))
    return stays


def _pass_on(
    chance: Random,
    made: Outbreak,
    person: int,
    own: list[Stay],
    at: dict[int, list[Stay]],
    rate: float,
    waiting: list[int],
) -> None:
    """Infect as many as its rate gives, most of them at one event."""
    onset = made.onset_ms[person]
    events = [s for s in own if onset - 2 * DAY_MS <= s.start_ms <= onset + 4 * DAY_MS]
    left = _poisson(chance, rate)
    chance.shuffle(events)
    for event in events:
        near = [
            s
            for s in at[event.place]
            if min(s.end_ms, event.end_ms) - max(s.start_ms, event.start_ms) >= 15 * MINUTE_MS
        ]
        fresh = sorted({s.person for s in near} - made.infected_ms.keys())
        chance.shuffle(fresh)
        for other in fresh[:left]:
            made.infected_ms[other], made.source[other], made.place[other] = event.start_ms, person, event.place
            waiting.append(other)
        left -= min(left, len(fresh))


def _poisson(chance: Random, mean: float) -> int:
    """Arrivals in a unit of time."""
    count, at = 0, chance.expovariate(1.0)
    while at < mean:
        count, at = count + 1, at + chance.expovariate(1.0)
    return count
