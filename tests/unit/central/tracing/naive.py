"""Tracing as a plain double loop, straight from the words of the issue: nothing of central.tracing.overlaps in it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from central.tracing.model import Contact, ContactRule, Index, Stay


class Told(NamedTuple):
    """Of one contact: hop, longest overlap, and the end of the latest one."""

    hop: int
    overlap_ms: int
    last_ms: int


def naive_contacts(stays: Sequence[Stay], indexes: Sequence[Index], rule: ContactRule) -> dict[int, Told]:
    """person -> hop and longest overlap."""
    whole = (min(i.from_ms for i in indexes), max(i.to_ms for i in indexes))
    before = [(stay, max(stay.start_ms, i.from_ms), min(stay.end_ms, i.to_ms)) for i in indexes for stay in stays]
    before = [
        one
        for one, index in zip(before, [i for i in indexes for _ in stays], strict=True)
        if one[0].person == index.person
    ]
    reached = {index.person for index in indexes}
    told: dict[int, Told] = {}
    for hop in range(1, rule.hops + 1):
        found: dict[int, Told] = {}
        exposed: dict[int, int] = {}
        for other, start, end in before:
            for stay in stays:
                overlap = min(end, stay.end_ms) - max(start, stay.start_ms)
                if stay.place == other.place and stay.person not in reached and overlap >= rule.min_overlap_ms:
                    known = found.get(stay.person, Told(hop, -1, -1))
                    until = min(end, stay.end_ms)
                    found[stay.person] = Told(hop, max(known.overlap_ms, overlap), max(known.last_ms, until))
                    since = max(start, stay.start_ms)
                    exposed[stay.person] = min(since, exposed.get(stay.person, since))
        told |= found
        reached |= found.keys()
        since_of = exposed if rule.in_order else {}
        before = [
            (stay, max(stay.start_ms, whole[0], since_of.get(stay.person, 0)), min(stay.end_ms, whole[1]))
            for stay in stays
            if stay.person in found
        ]
    return told


def told_of(contacts: Iterable[Contact]) -> dict[int, Told]:
    """The same of the product's answer."""
    return {c.person: Told(c.hop, c.overlap_ms, max(why.end_ms for why in c.reasons)) for c in contacts}
