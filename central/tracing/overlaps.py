"""PURE. Contacts of 1 to 3 hops among stays, by interval overlap. The rules:

- A contact is whoever has ONE stay that overlaps ONE stay of a person of the hop before, at the same place, by at least
  `min_overlap_ms`. Overlaps do not add up; a person's own codes and stays are no contacts of theirs.
- Only time within the window counts: at the first hop the window of that index, further on from the earliest `from` to
  the latest `to` of the call. Who came before the window and stayed is found, for what lies within.
- Exactly the least is enough. With 0 it is enough to have met in the doorway.
- Each person stands at the smallest hop. At hop 1 the reasons are all overlaps; from hop 2 on the longest and the
  latest: in a market half of the visitors may be contacts, and all pairs of them would tell nobody anything.
- `in_order`: who was exposed passes on only from the start of the earliest overlap on. Without it an overlap with a
  contact counts whenever it was within the window, as issue and definitions have it.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter

from central.tracing.model import Contact, ContactRule, Index, Reason, Stay
from central.tracing.staircase import Staircase

Reasons = dict[int, list[Reason]]  # of each person


def contacts_among(stays: Iterable[Stay], indexes: Sequence[Index], rule: ContactRule) -> list[Contact]:
    """The contacts of `indexes`, by hop, the longest overlap first. Raises ValueError for hops outside 1..3."""
    places, persons = Places(), defaultdict[int, list[Stay]](list)
    for stay in stays:
        places.add(stay)
        persons[stay.person].append(stay)
    return trace(lambda asked: {one: persons.get(one, []) for one in asked}, places.at, indexes, rule)


def trace(
    stays_of: Callable[[Iterable[int]], Mapping[int, Sequence[Stay]]],
    stays_at: Callable[[int, int, int], Iterable[Stay]],
    indexes: Sequence[Index],
    rule: ContactRule,
) -> list[Contact]:
    """The same over any store: `stays_of(persons)`, and `stays_at(place, from, to)` of those that touch that time."""
    if not 1 <= rule.hops <= 3:
        raise ValueError("hops are 1, 2 or 3")
    reached = {index.person for index in indexes}
    contacts: list[Contact] = []
    found, exposed = first_hop(stays_of(reached), stays_at, indexes, rule)
    for hop in range(1, rule.hops + 1):
        if hop > 1:
            frontier = frontier_of(stays_of(found), exposed if rule.in_order else {}, span_of(indexes))
            found, exposed = next_hop(frontier, stays_at, reached, rule)
        reached |= found.keys()
        contacts += listed(found, hop)
        if not found:
            break
    return contacts


def first_hop(
    stays_of: Mapping[int, Sequence[Stay]],
    stays_at: Callable[[int, int, int], Iterable[Stay]],
    indexes: Sequence[Index],
    rule: ContactRule,
) -> tuple[Reasons, dict[int, int]]:
    """(all reasons, since when exposed) of each contact of an index."""
    found: Reasons = defaultdict(list)
    exposed: dict[int, int] = {}
    own = {index.person for index in indexes}
    for index in sorted(set(indexes)):
        for mine in stays_of.get(index.person, ()):
            start, end = max(mine.start_ms, index.from_ms), min(mine.end_ms, index.to_ms)
            if end - start < rule.min_overlap_ms:
                continue
            for stay in stays_at(mine.place, start, end):
                since, until = max(start, stay.start_ms), min(end, stay.end_ms)
                if until - since >= rule.min_overlap_ms and stay.person not in own:
                    why = Reason("visit", mine.place, index.person, since, until, stay.assumed or mine.assumed)
                    found[stay.person].append(why)
                    exposed[stay.person] = min(since, exposed.get(stay.person, since))
    return found, exposed


def next_hop(
    frontier: Iterable[Stay], stays_at: Callable[[int, int, int], Iterable[Stay]], reached: set[int], rule: ContactRule
) -> tuple[Reasons, dict[int, int]]:
    """(the longest and the latest reason, since when exposed) of each person not in `reached`."""
    at_place = defaultdict[int, list[Stay]](list)
    for stay in frontier:
        if stay.end_ms - stay.start_ms >= rule.min_overlap_ms:
            at_place[stay.place].append(stay)
    met: Reasons = defaultdict(list)
    exposed: dict[int, int] = {}
    for place, stays in at_place.items():
        stairs = Staircase(stays)
        for stay in stays_at(place, stairs.steps[0].start_ms, stairs.steps[-1].end_ms):
            if stay.person in reached:
                continue
            meetings = stairs.meetings(stay.start_ms, stay.end_ms, rule.min_overlap_ms)
            if meetings is not None:
                for start, end, other in meetings[:2]:
                    assumed = stay.assumed or other.assumed
                    met[stay.person].append(Reason("visit", place, other.person, start, end, assumed))
                exposed[stay.person] = min(meetings.first_ms, exposed.get(stay.person, meetings.first_ms))
    return {person: [max(reasons, key=_length), max(reasons, key=_end)] for person, reasons in met.items()}, exposed


def _length(why: Reason) -> int:
    return why.end_ms - why.start_ms


def _end(why: Reason) -> int:
    return why.end_ms


def longest_and_latest(known: Sequence[Reason], why: Reason) -> list[Reason]:
    """What is kept of the reasons so far and one more."""
    longest, latest = known[0], known[-1]
    if _length(why) > _length(longest):
        longest = why
    if why.end_ms > latest.end_ms:
        latest = why
    return [longest] if longest is latest else [longest, latest]


def listed(found: Reasons, hop: int) -> list[Contact]:
    """Contacts with their reasons in order of time; the longest overlap first."""
    made = [_contact(person, hop, reasons) for person, reasons in found.items()]
    made.sort(key=itemgetter(0))
    made.sort(key=itemgetter(2), reverse=True)  # by number alone, twice: a quarter of the time of sorting by pairs
    return made


def _contact(person: int, hop: int, reasons: Sequence[Reason]) -> Contact:
    if len(reasons) == 1:
        return Contact(person, hop, _length(reasons[0]), (reasons[0],))
    return Contact(person, hop, max(map(_length, reasons)), in_order_of_time(reasons))


def in_order_of_time(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Each reason once."""
    return tuple(sorted(set(reasons), key=lambda why: (why.start_ms, why.end_ms, why.place, why.other, why.kind)))


class Places:
    """Stays by place, in order of their start, with the latest end so far: who came long before is found as well."""

    def __init__(self) -> None:
        self._stays = defaultdict[int, list[Stay]](list)
        self._sorted: dict[int, tuple[list[Stay], list[int], list[int]]] = {}

    def add(self, stay: Stay) -> None:
        """All of them, before the first question."""
        self._stays[stay.place].append(stay)

    def at(self, place: int, from_ms: int, to_ms: int) -> Iterable[Stay]:
        """The stays that touch [from, to]."""
        if place not in self._sorted:
            self._sorted[place] = _in_order(self._stays.get(place, []))
        stays, starts, latest = self._sorted[place]
        number = bisect_right(starts, to_ms) - 1
        while number >= 0 and latest[number] >= from_ms:
            if stays[number].end_ms >= from_ms:
                yield stays[number]
            number -= 1


def _in_order(stays: list[Stay]) -> tuple[list[Stay], list[int], list[int]]:
    stays.sort(key=lambda stay: stay.start_ms)
    latest: list[int] = []
    for stay in stays:
        latest.append(max(stay.end_ms, latest[-1]) if latest else stay.end_ms)
    return stays, [stay.start_ms for stay in stays], latest


def span_of(indexes: Sequence[Index]) -> tuple[int, int]:
    """From the earliest `from` to the latest `to`."""
    return min(index.from_ms for index in indexes), max(index.to_ms for index in indexes)


def frontier_of(
    stays_of: Mapping[int, Sequence[Stay]], exposed: Mapping[int, int], span: tuple[int, int]
) -> Iterable[Stay]:
    """What of their stays lies within the window, and after their own exposure where that counts."""
    for person, stays in stays_of.items():
        from_ms = max(span[0], exposed.get(person, span[0]))
        for stay in stays:
            start, end = max(stay.start_ms, from_ms), min(stay.end_ms, span[1])
            if start <= end:
                yield stay._replace(start_ms=start, end_ms=end)
