"""How many of the infected each way of tracing finds, from the same detected cases."""

from random import Random
from typing import NamedTuple

from central.tracing.backward import Crowd, Source, Suspect, find_sources
from central.tracing.model import DAY_MS, ContactRule, Index
from central.tracing.overlaps import contacts_among
from tests.unit.central.tracing.outbreaks import Outbreak

KNOWN_DAY = 14  # when the detected cases are looked at
DETECTED = 0.3


class Found(NamedTuple):
    """Infected people not yet detected: how many there are, and how many each way lists, of how many people called."""

    hidden: int
    forward: int
    forward_called: int
    both: int
    both_called: int
    sources: list[Source]


def compare(outbreak: Outbreak, seed: int, *, sources: int = 5, runs: int = 39) -> Found | None:
    """None where fewer than five cases were detected: nobody starts a search for sources then."""
    chance = Random(seed)
    ill = sorted(person for person, onset in outbreak.onset_ms.items() if onset < KNOWN_DAY * DAY_MS)
    detected = [person for person in ill if chance.random() < DETECTED]
    if len(detected) < 5:
        return None
    onset = {person: outbreak.onset_ms[person] for person in detected}
    windows = [Index(person, at - 2 * DAY_MS, at + 4 * DAY_MS) for person, at in onset.items()]
    forward = {one.person for one in contacts_among(outbreak.stays, windows, ContactRule())}
    crowd = Crowd(outbreak.stays)
    suspects = [Suspect(person, at - 9 * DAY_MS, at - 2 * DAY_MS) for person, at in onset.items()]
    ranked = find_sources(crowd, suspects, chance, most=sources, runs=runs)
    there = {
        person
        for one in ranked
        for hour in range(one.start_ms // 3_600_000, one.end_ms // 3_600_000)
        for person in crowd.cells.get((one.place, hour), ())
    } - set(detected)
    hidden = outbreak.infected_ms.keys() - set(detected)
    both = forward | there
    return Found(len(hidden), len(forward & hidden), len(forward), len(both & hidden), len(both), ranked)
