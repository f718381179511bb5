"""PURE. The circuit breaker: what about a release is so unusual that one more officer has to look.

- More people than a case has: a wrong window, a wrong rule, a person who is many.
- Most of a place's visitors: then naming the place, or an order, tells them better than a list does.
- Many releases in an hour: a script, a mistake, or somebody who should not be here.

It never says that a release is wrong. It stops it until a third person has said that it is right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from central.alerts.limits import Limits


class Share(NamedTuple):
    """At `place` (place.number) `exposed` of the `visitors` of the case's hours are on the list."""

    place: int
    exposed: int
    visitors: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a release would do. `earlier` are the releases of the hour before it."""

    people: int
    shares: Sequence[Share]
    earlier: int


class Why(NamedTuple):
    """A reason to hold: its code (a word of central.alerts.words), the figure and the limit; place or 0."""

    code: str
    figure: int
    limit: int
    place: int = 0


def judge(asked: Asked, limits: Limits) -> list[Why]:
    """Every reason to hold; none: it may go."""
    whys = []
    if asked.people > limits.most_passes:
        whys.append(Why("too_many_people", asked.people, limits.most_passes))
    for share in asked.shares:
        if share.visitors >= limits.share_from and share.exposed > limits.most_share * share.visitors:
            part = 100 * share.exposed // share.visitors
            whys.append(Why("most_of_a_place", part, int(100 * limits.most_share), share.place))
    if asked.earlier >= limits.most_releases_hour:
        whys.append(Why("too_many_releases", asked.earlier + 1, limits.most_releases_hour))
    return whys
