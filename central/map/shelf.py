"""PURE. Every listed place in memory, in what state it stands, and what has changed since the last base file.

- `version` counts changes here; it never goes back while the process lives.
- A base file holds a province's places; what changed since the base stands in the snapshot itself, MOST_CHANGED places
  at most: then a new base begins.
- A state whose time is over counts as a change, at the moment that it is over.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from heapq import heappop, heappush, nlargest

from central.map.model import NOT_ASSESSED, STATES, Asked, Facility, Shown
from central.map.searching import Index

MOST_CHANGED = 64
MOST_FOUND = 50


class Showing:
    """number -> Shown, made when it is asked for: a hundred thousand of them take as much room as the places' names."""

    def __init__(self, places: Mapping[int, Facility], over: Container[int]) -> None:
        self._places, self._over = places, over

    def __getitem__(self, number: int) -> Shown:
        place = self._places[number]
        if number in self._over and place.until_ms is not None:
            return Shown(NOT_ASSESSED, place.until_ms)
        return Shown(place.state, place.since_ms)


class Shelf:
    """Not for several threads at once: central.map.directory sees to that."""

    def __init__(self, beside: Callable[[Facility], Iterable[str]], ward_name: Callable[[str], str]) -> None:
        """`beside(place)`: what leads to a place beside its name, its ward's and its province's words."""
        self._beside, self._ward_name = beside, ward_name
        self.places: dict[int, Facility] = {}
        self._over = set[int]()  # whose state is over
        self.shown = Showing(self.places, self._over)
        self.counts: dict[str, list[int]] = {}
        self.version, self.base = 0, 0
        self.changed: dict[int, tuple[str, int]] = {}  # since the base: number -> (id, version)
        self.numbers: dict[str, int] = {}  # id -> number
        self._ends: list[tuple[int, int]] = []
        self._in: dict[str, set[int]] = {}
        self._of_state: list[set[int]] = [set() for _ in STATES]
        self._of_kind: dict[str, set[int]] = {}
        self._ordered: dict[str, list[int]] = {}
        self._index = Index()

    def put(self, place: Facility, now_ms: int) -> None:
        """A place as its row stands now."""
        old = self.places.get(place.number)
        if old == place:
            return
        if old is not None:
            self._uncount(place.number)
        if old is None or old.province != place.province:
            if old is not None:
                self._in[old.province].discard(place.number)
            self._in.setdefault(place.province, set()).add(place.number)
        self._forget_order(old, place)
        self.places[place.number], self.numbers[place.id] = place, place.number
        self._index.put(place.number, place.name, self._beside(place))
        self._count(place, now_ms)
        if place.until_ms is not None and place.until_ms > now_ms:
            heappush(self._ends, (place.until_ms, place.number))
        self._change(place)

    def remove(self, number: int) -> None:
        """A place is closed, or stands on the map no more."""
        place = self.places.get(number)
        if place is None:
            return
        self._uncount(number)
        self._in[place.province].discard(number)
        self._forget_order(place, None)
        del self.places[number], self.numbers[place.id]
        self._over.discard(number)
        self._index.drop(number)
        self._change(place)

    def pass_time(self, now_ms: int) -> None:
        """States whose time is over by now."""
        while self._ends and self._ends[0][0] <= now_ms:
            end, number = heappop(self._ends)
            place = self.places.get(number)
            if place is not None and place.until_ms == end:
                self._uncount(number)
                self._count(place, now_ms)
                self._change(place)

    def rebase(self) -> None:
        """A new base begins here, where there is a reason."""
        self.changed.clear()
        self.base = self.version

    def total(self) -> list[int]:
        """How many places stand in each state."""
        return [sum(row[state] for row in self.counts.values()) for state in range(len(STATES))]

    def of_province(self, province: str) -> list[Facility]:
        """Its places by ward and name."""
        if province not in self._ordered:
            numbers = self._in.get(province, set())
            self._ordered[province] = sorted(numbers, key=lambda number: self._by_ward(self.places[number]))
        return [self.places[number] for number in self._ordered[province]]

    def found(self, asked: Asked, page: int = 1) -> tuple[list[Facility], bool]:
        """(MOST_FOUND places at most, whether there are more): the best first, or by ward and name in a province."""
        if asked.words.strip():
            among = self._among(asked)
            numbers, more = self._index.find(asked.words, lambda number: self._wanted(number, asked), MOST_FOUND, among)
            return [self.places[number] for number in numbers], more
        if asked.province:
            held = [one for one in self.of_province(asked.province) if self._wanted(one.number, asked)]
            begin = (max(1, page) - 1) * MOST_FOUND
            return held[begin : begin + MOST_FOUND], len(held) > begin + MOST_FOUND
        among = self._among(asked)
        if among is None:
            return [], False
        held = [self.places[number] for number in among if self._wanted(number, asked)]
        return nlargest(MOST_FOUND, held, key=lambda one: self.shown[one.number].since_ms), len(held) > MOST_FOUND

    def all(self) -> Iterator[tuple[Facility, Shown]]:
        """Every place with its state."""
        for number, place in self.places.items():
            yield place, self.shown[number]

    def _among(self, asked: Asked) -> set[int] | None:
        """The shortest of the rows that hold everything asked for; None where nothing but words is asked."""
        rows = list[set[int]]()
        if asked.state is not None:
            rows.append(self._of_state[asked.state])
        if asked.kind:
            rows.append(self._of_kind.get(asked.kind, set()))
        if asked.province:
            rows.append(self._in.get(asked.province, set()))
        return min(rows, key=len) if rows else None

    def _wanted(self, number: int, asked: Asked) -> bool:
        place = self.places[number]
        return (
            (asked.state is None or self.shown[number].state == asked.state)
            and (not asked.kind or place.kind == asked.kind)
            and (not asked.province or place.province == asked.province)
            and (not asked.ward or place.ward == asked.ward)
        )

    def _by_ward(self, place: Facility) -> tuple[str, str, int]:
        return self._ward_name(place.ward), place.name, place.number

    def _forget_order(self, old: Facility | None, new: Facility | None) -> None:
        if old and new and old.province == new.province and self._by_ward(old) == self._by_ward(new):
            return
        for one in (old, new):
            if one is not None:
                self._ordered.pop(one.province, None)

    def _count(self, place: Facility, now_ms: int) -> None:
        shown = place.now(now_ms)
        over = place.until_ms is not None and place.until_ms <= now_ms
        (self._over.add if over else self._over.discard)(place.number)
        self.counts.setdefault(place.province, [0] * len(STATES))[shown.state] += 1
        self._of_state[shown.state].add(place.number)
        self._of_kind.setdefault(place.kind, set()).add(place.number)

    def _uncount(self, number: int) -> None:
        place, state = self.places[number], self.shown[number].state
        self.counts[place.province][state] -= 1
        self._of_state[state].discard(number)
        self._of_kind[place.kind].discard(number)

    def _change(self, place: Facility) -> None:
        self.version += 1
        self.changed[place.number] = (place.id, self.version)
        if len(self.changed) > MOST_CHANGED:
            self.rebase()
