"""A small outbreak on paper: who was where and when, and who was therefore together with whom, by brute force.

It knows nothing of the product: people are letters, times are minutes, and the contacts are found by comparing every
stay with every other one. What the centre finds is held against it.
"""

from collections.abc import Sequence
from typing import NamedTuple


class Stay(NamedTuple):
    """`who` stayed at `where` in [start, end) minutes; `end` None: nobody saw them leave."""

    who: str
    where: str
    start: int
    end: int | None


class Passage(NamedTuple):
    """Somebody goes through a gate."""

    minute: int
    who: str
    where: str


def passages(stays: Sequence[Stay]) -> list[Passage]:
    """What the gates see of `stays`, in order of time."""
    found = [Passage(stay.start, stay.who, stay.where) for stay in stays]
    found += [Passage(stay.end, stay.who, stay.where) for stay in stays if stay.end is not None]
    return sorted(found)


def expected_contacts(
    stays: Sequence[Stay], case: str, window: tuple[int, int], least: int, longest: int, hops: int
) -> dict[str, tuple[int, int]]:
    """who -> (hop, minutes of the longest single overlap with somebody of the hop before), the case left out.

    Minutes outside `window` do not count; a stay without an end lasts `longest` minutes.
    """
    known: dict[str, tuple[int, int]] = {case: (0, 0)}
    for hop in range(1, hops + 1):
        before = {who for who, (at, _) in known.items() if at == hop - 1}
        found: dict[str, int] = {}
        for one in stays:
            for other in stays:
                if one.who in before and other.who not in known and one.where == other.where:
                    together = _together(one, other, window, longest)
                    if together >= least:
                        found[other.who] = max(found.get(other.who, 0), together)
        known.update({who: (hop, minutes) for who, minutes in found.items()})
    del known[case]
    return known


def _together(one: Stay, other: Stay, window: tuple[int, int], longest: int) -> int:
    ends = [stay.start + longest if stay.end is None else stay.end for stay in (one, other)]
    return min(*ends, window[1]) - max(one.start, other.start, window[0])
