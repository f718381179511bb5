"""The match job on this kiosk's own store: published keys in, exposures and sealed records out.

- Work goes day by day (of Viet Nam); a day that was matched with the same keys and the same windows is passed over, so
  that the hourly run costs a day or two and a killed run goes on where it was.
- A day's exposures are replaced in one commit. What goes to the centre goes there once (store.match_log); at most
  MOST_RECORDS a run, the rest with the next.
- A case that was ruled out, or that no list in force names any more, is forgotten first, with all that was matched.
- A list whose order has ended, as the gate holds it, is no ground to look: it counts as withdrawn.
- Without a known time no list expires and nothing is sent: a stay that may still go on is not reported.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice

from ble_scanner.case_days import Near, Person, Sendable, identity_of, persons_of, sendable, settled, told
from ble_scanner.match_plan import Plan, plan_of
from ble_scanner.matching import Hit, around, hits_of_day
from rules.orders import in_force, read_order
from store import bulletins, match_log
from store.db import Store
from store.exposures import TOLD_MS, Exposed, case_name, day_of, replace_exposures
from store.match_log import Done, Name
from store.recorder import Entry, Recorder
from store.sightings import Sightings
from wire.case_keys import CaseKeys, read_case_keys
from wire.refusal import Refused
from wire.sightings import DAY_MS, WINDOW_MS

MOST_RECORDS = 5_000
_RECORDS_AT_ONCE = 100  # what Recorder commits together


@dataclass(slots=True)
class Counts:
    """What one run found and did. `refused`: lists that cannot be read; `waiting`: days that the next run takes up."""

    keys: int = 0
    refused: int = 0
    days: int = 0
    windows: int = 0
    cases: int = 0
    exposures: int = 0
    sent: int = 0
    forgotten: int = 0
    waiting: int = 0
    unreadable: int = 0


@dataclass(slots=True)
class MatchHeld:
    """One run. `recorder` None: not enrolled, nothing is sent. `now_ms` None: the time is not known."""

    gate: Store
    sightings: Sightings
    recorder: Recorder | None
    now_ms: int | None
    counts: Counts = field(default_factory=Counts)
    _hits: dict[int, list[Hit]] = field(default_factory=dict)

    def run(self) -> Counts:
        """Do all of it. Raises StoreError; what was done until then stays done."""
        # A batch must be known here before it is in the outbox, also after a power cut.
        self.sightings.execute("PRAGMA synchronous=FULL")
        match_log.recover(self.sightings, self.gate)
        plan = plan_of(self._lists())
        self.counts.keys = len(plan.keys)
        self.counts.forgotten = match_log.forget_other_cases(self.sightings, plan.minutes.keys())
        if plan.keys:
            for day in sorted({day + later for day in self.sightings.days() for later in (0, 1)}):
                self._take_up(day, plan)
        self.counts.unreadable = self.sightings.unreadable
        return self.counts

    def _lists(self) -> Iterator[CaseKeys]:
        ended = self._ended_orders()
        for bulletin in bulletins.all_of(self.gate, "ble_keys"):
            if bulletin.in_force(self.now_ms):
                try:
                    said = read_case_keys(bulletin.body)
                except Refused:
                    self.counts.refused += 1
                else:
                    if said.order not in ended:
                        yield said

    def _ended_orders(self) -> set[str]:
        """Orders that the gate holds and that do not run now; one that it does not hold is the centre's to judge."""
        orders = []
        for bulletin in bulletins.all_of(self.gate, "order"):
            with suppress(Refused):
                orders.append(read_order(bulletin))
        return {order.id for order in orders} - {order.id for order in in_force(orders, self.now_ms)}

    def _take_up(self, day: int, plan: Plan) -> None:
        self.sightings.data_version()  # a file that was put aside says so here
        before, own = (self.sightings.last_place(utc_day) for utc_day in (day - 1, day))
        held = match_log.done(self.sightings, day)
        # What the purge took of the day does not undo what was found in it.
        purged = not self._is_kept(day - 1)
        if held is not None and held.plan == plan.mark and held.own == own and (held.before == before or purged):
            return
        self.counts.days += 1
        if self._match_day(day, plan):
            match_log.note_done(self.sightings, day, Done(plan.mark, before, own))
        else:
            self.counts.waiting += 1

    def _match_day(self, day: int, plan: Plan) -> bool:
        """Whether nothing is left to do for it."""
        hits = [hit for utc_day in (day - 1, day) for hit in self._hits_of(utc_day, plan)]
        persons = persons_of(plan.keys, (hit for hit in hits if day_of(hit.window.at_ms) == day))
        near = self._near(day, persons)
        exposed = [one for person in persons for one in _exposed(person, near, plan.minutes[person.case])]
        self.counts.exposures += replace_exposures(self.sightings, day, exposed)
        self.counts.windows += sum(len(person.windows) for person in persons)
        self.counts.cases += len(persons)
        sent = [self._send(person, near) for person in persons if person.case in plan.upload]
        return all(sent)

    def _hits_of(self, utc_day: int, plan: Plan) -> list[Hit]:
        """Each UTC day is derived once a run: days follow each other and share one."""
        if utc_day not in self._hits:
            self._hits = {day: hits for day, hits in self._hits.items() if day >= utc_day - 1}
            minutes = around(self.sightings, utc_day)
            self._hits[utc_day] = list(hits_of_day(plan.keys, utc_day, minutes))
        return self._hits[utc_day]

    def _near(self, day: int, persons: Iterable[Person]) -> Near:
        wanted = frozenset(at_ms for person in persons for at_ms in person.minutes())
        if not wanted:
            return Near((), wanted)
        utc_days = (utc_day for utc_day in (day - 1, day))
        return Near((minute for utc_day in utc_days for minute in self.sightings.minutes(utc_day)), wanted)

    def _send(self, person: Person, near: Near) -> bool:
        """Whether all that is to be sent of a person's day was sent."""
        over, all_over = settled(person.stays(), self.now_ms)
        if self.recorder is None:
            return False
        unsent = self._unsent(one for stay in over for one in sendable(person, stay, near))
        while batch := list(islice(unsent, min(_RECORDS_AT_ONCE, MOST_RECORDS - self.counts.sent))):
            self._commit(self.recorder, batch)
        return all_over and self.counts.sent < MOST_RECORDS

    def _commit(self, recorder: Recorder, batch: Sequence[tuple[Name, Sendable]]) -> None:
        self.gate.data_version()  # likewise: what went into a file that is being moved away would be lost
        number = match_log.begin(self.sightings, self.gate, [name for name, _ in batch])
        recorder.record_all([Entry(one) for _, one in batch])
        match_log.finish(self.sightings, number)
        self.counts.sent += len(batch)

    def _unsent(self, found: Iterable[Sendable]) -> Iterator[tuple[Name, Sendable]]:
        """Each once, but for what is of a day that was purged meanwhile."""
        for one in found:
            day = one.start_ms // DAY_MS
            seal = self.sightings.seal_of(day)
            if seal is not None:
                name = Name(seal.name(*identity_of(one)), day, case_name(seal, one.case))
                if not match_log.is_sent(self.sightings, name.name):
                    yield name, one

    def _is_kept(self, utc_day: int) -> bool:
        return self.sightings.seal_of(utc_day) is not None


def _exposed(person: Person, near: Near, minutes: int) -> Iterator[Exposed]:
    for one in told(person, near, minutes):
        at_ms = one.end_ms - WINDOW_MS
        yield Exposed(one.b, person.case, at_ms, at_ms + TOLD_MS)
