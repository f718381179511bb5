"""What everybody may read of a place: its history, and its report card. No name of anybody is on them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.engine import Connection

from central.safety.checks import place_scheme
from central.safety.closing_days import opening_of
from central.safety.contradicting import Hour
from central.safety.inspections import Finding, Inspection, findings_of, inspections_of
from central.safety.measuring import hours_of
from central.safety.opening import ALWAYS, Opening
from central.safety.periods import DAY_MS, Period, day_of, start_of
from central.safety.schemes import sureness
from central.safety.states import Cause, Standing, State, state_of
from central.statements import run

WEEK_MS = 7 * DAY_MS


@dataclass(frozen=True, slots=True)
class Happened:
    """One change of a place's state. `reasons` are read by central.safety.reasons.sentence."""

    at_ms: int
    state: State
    cause: Cause
    reasons: tuple[str, ...]
    about: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The newest check of a place by itself, of one period. `late`: it is over and no other has come."""

    number: int
    at_ms: int
    until_ms: int
    state: State
    score: int
    of: int
    scheme: str
    reasons: tuple[str, ...]
    late: bool


@dataclass(frozen=True, slots=True)
class Inspected:
    """An inspection that is done: what was found, without who went there."""

    number: int
    done_ms: int
    state: State
    words: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """The hours of the last seven days of which something is known."""

    hours: tuple[Hour, ...]
    capacity: int | None

    @property
    def occupancy_most(self) -> int | None:
        """The most people at once."""
        return max((hour.occupancy for hour in self.hours if hour.occupancy is not None), default=None)

    @property
    def co2_most(self) -> int | None:
        """The highest CO2 of an hour's mean, in ppm."""
        return max((hour.co2_mean for hour in self.hours if hour.co2_mean is not None), default=None)

    @property
    def scanned_percent(self) -> int | None:
        """Of those who came in, how many by a code of their own and not by hand."""
        ins, by_hand = sum(hour.ins for hour in self.hours), sum(hour.by_hand for hour in self.hours)
        return None if not ins else max(0, ins - by_hand) * 100 // ins

    @property
    def served_percent(self) -> int | None:
        """Of the measured hours, the share in which a gate could serve."""
        served = [hour.served_s for hour in self.hours if hour.served_s is not None]
        return None if not served else sum(served) * 100 // (3600 * len(served))


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A pledge that what was measured speaks against; reasons.sentence(language, "against:" + rule) says it."""

    rule: str
    criterion: str
    first_ms: int
    last_ms: int
    worst: int
    holds_ms: int | None


@dataclass(frozen=True, slots=True)
class ReportCard:
    """What everybody may read of a place now. `standing` None: it never was on the map."""

    standing: Standing | None
    daily: Kept | None
    periodic: Kept | None
    inspections: tuple[Inspected, ...]
    measured: Measured
    contradictions: tuple[Contradiction, ...]
    opening: Opening = ALWAYS
    sure: str = "ours"  # central.safety.schemes.sureness of the scheme by which it checks itself


def history(connection: Connection, place: int, limit: int = 50, now_ms: int | None = None) -> list[Happened]:
    """What became of a place, newest first; with `now_ms` also the days on which it was shut, or is today."""
    sql = (
        "SELECT at_ms, state, cause, reasons, about FROM facility_event WHERE place = ?"
        " ORDER BY at_ms DESC, id DESC LIMIT ?"
    )
    found = [
        Happened(at_ms, State(state), Cause(cause), tuple(json.loads(reasons)), about)
        for at_ms, state, cause, reasons, about in run(connection, sql, (place, limit))
    ]
    if now_ms is None or not found:
        return found
    shut = [one for one in _shut(opening_of(connection, place), day_of(now_ms)) if one[0] >= found[-1].at_ms]
    told = [Happened(at_ms, _state_at(found, at_ms), Cause.SHUT, (reason,), "") for at_ms, reason in shut]
    return sorted([*told, *found], key=lambda one: one.at_ms, reverse=True)[:limit]


def _shut(opening: Opening, today: int) -> list[tuple[int, str]]:
    """(beginning, reason) of the closures that have begun, and of a weekly day today."""
    found = [(start_of(first), f"shut_days:{first}-{last}") for first, last in opening.closures if first <= today]
    return [*found, (start_of(today), "shut_week")] if opening.shut(today) == "week" else found


def _state_at(found: Sequence[Happened], at_ms: int) -> State:
    """What held then, of what happened, newest first."""
    return next((one.state for one in found if one.at_ms <= at_ms), State.NOT_ASSESSED)


def report_card(connection: Connection, place: int, now_ms: int) -> ReportCard:
    """Everything that the page of a place says of its safety."""
    capacity = run(connection, "SELECT capacity FROM place WHERE number = ?", (place,)).scalar()
    opening = opening_of(connection, place)
    standing, shut = state_of(connection, place, now_ms), opening.shut(day_of(now_ms))
    if standing is not None and shut:
        standing = replace(standing, reasons=(f"shut_{shut}", *standing.reasons))
    return ReportCard(
        standing,
        kept_check(connection, place, "daily", now_ms),
        kept_check(connection, place, "periodic", now_ms),
        _inspected(connection, inspections_of(connection, place, 10)),
        Measured(tuple(hours_of(connection, place, now_ms - WEEK_MS, now_ms)), capacity),
        contradictions_of(connection, place, now_ms),
        opening,
        sureness(place_scheme(connection, place)),
    )


def kept_check(connection: Connection, place: int, period: Period, now_ms: int) -> Kept | None:
    """The newest check of one period."""
    sql = (
        "SELECT id, at_ms, until_ms, state, score, most, scheme, reasons FROM self_check"
        " WHERE place = ? AND period = ? ORDER BY at_ms DESC, id DESC LIMIT 1"
    )
    row = run(connection, sql, (place, period)).first()
    if row is None:
        return None
    number, at_ms, until_ms, state, score, of, scheme, reasons = row
    said = tuple(json.loads(reasons))
    return Kept(number, at_ms, until_ms, State(state), score, of, scheme, said, until_ms <= now_ms)


def contradictions_of(connection: Connection, place: int, now_ms: int) -> tuple[Contradiction, ...]:
    """Those of the last seven days, newest first."""
    sql = (
        "SELECT rule, criterion, first_ms, last_ms, worst, holds_ms FROM contradiction"
        " WHERE place = ? AND last_ms > ? ORDER BY last_ms DESC, id DESC LIMIT 20"
    )
    return tuple(Contradiction(*row) for row in run(connection, sql, (place, now_ms - WEEK_MS)))


def _inspected(connection: Connection, done: Sequence[Inspection]) -> tuple[Inspected, ...]:
    found = findings_of(connection, [one.id for one in done])
    return tuple(
        Inspected(one.id, one.done_ms, State(one.state), one.words, tuple(found[one.id]))
        for one in done
        if one.done_ms is not None and one.state is not None
    )
