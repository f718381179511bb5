"""A place's own counts: numbers of visits, never of whom. Below 5 people a number is not told apart.

- Inside is what came in minus what went out, companions with them, past midnight as well: central.safety.staying.
  Never below zero; people who left without a scan are not known: the page says so.
- The share that checks out is that of today's visits that ended, among those that began before the last hour.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from central.authority.days import DAY_MS, HOUR_MS, MINUTE_MS, day_of, start_of
from central.places.places import Place, site_of
from central.safety.closing_days import opening_of
from central.safety.opening import Opening
from central.safety.staying import CARRIED_MS, Staying
from central.statements import run
from wire.records import Direction, Signal

LEAST = 5
DAYS = 7
_UP_MS = 10 * MINUTE_MS  # a kiosk speaks each few minutes at least


@dataclass(frozen=True, slots=True)
class Kiosks:
    """`up` of `all` active ones; `names` of those that are away."""

    all: int
    up: int
    away: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """What the desk shows. `capacity` None where nobody has said; `share` in percent, None of too few."""

    inside: int
    capacity: int | None
    ins: tuple[int, ...]  # of the 24 hours of today
    outs: tuple[int, ...]
    last_hour: int
    per_minute: float | None  # the busiest 10 minutes of the last hour
    share: int | None
    week: tuple[tuple[int, int], ...]  # (midnight ms, ways in), the oldest first, today last
    kiosks: Kiosks
    at_ms: int

    @property
    def today(self) -> int:
        """Ways in today."""
        return sum(self.ins)

    @property
    def full(self) -> int | None:
        """Inside as a percentage of the capacity."""
        return None if self.capacity is None or self.inside < LEAST else round(100 * self.inside / self.capacity)


def shown(number: int) -> str:
    """A number of people as the desk shows it."""
    return f"<{LEAST}" if 0 < number < LEAST else str(number)


def blurred(numbers: Iterable[int]) -> tuple[int, ...]:
    """For a picture: a bar of fewer than LEAST is drawn as LEAST high, so that it tells no more than "<5"."""
    return tuple(LEAST if 0 < n < LEAST else n for n in numbers)


def counts_of(connection: Connection, place: Place, now_ms: int) -> Counts:
    """The counts of now."""
    today = start_of(day_of(now_ms))
    sql = (
        "SELECT at_ms, direction, companions FROM visit WHERE venue = ? AND at_ms BETWEEN ? AND ? AND signal <> ?"
        " ORDER BY at_ms"
    )
    since = min(today, now_ms - CARRIED_MS)
    passed = [
        (int(at), direction == Direction.IN, 1 + int(with_them))
        for at, direction, with_them in run(connection, sql, (place.id, since, now_ms, int(Signal.STOP)))
    ]
    rows = [row for row in passed if row[0] >= today]
    ins, outs = _by_hour(rows, today, True), _by_hour(rows, today, False)
    began = [people for at, into, people in rows if into and at <= now_ms - HOUR_MS]
    left = sum(people for _, into, people in rows if not into)
    return Counts(
        inside=_inside(passed, opening_of(connection, place.number), now_ms),
        capacity=site_of(connection, place.number).capacity,
        ins=ins,
        outs=outs,
        last_hour=sum(people for at, into, people in rows if into and at > now_ms - HOUR_MS),
        per_minute=_busiest([at for at, _, _ in rows if at > now_ms - HOUR_MS]),
        share=None if sum(began) < LEAST else min(100, round(100 * left / sum(began))),
        week=_week(connection, place, today, sum(ins)),
        kiosks=_kiosks(connection, place, now_ms),
        at_ms=now_ms,
    )


def inside_by_label(connection: Connection, place: Place, passes: Sequence[bytes], now_ms: int) -> dict[bytes, bool]:
    """pass id -> whether its last visit of the last day here was a way in; only passes of lists that show it.

    Two questions and no join: with a place of many visits a planner may look through all passes for each of them.
    """
    whose = "SELECT pseudonym, id FROM phone_pass WHERE pseudonym IS NOT NULL AND id IN ({})"
    span = "venue = ? AND at_ms BETWEEN ? AND ?"
    visits = f"SELECT person, direction FROM visit WHERE {span} AND person IN ({{}}) ORDER BY at_ms"
    found: dict[bytes, bool] = {}
    for start in range(0, len(passes), 500):
        some = passes[start : start + 500]
        rows = run(connection, whose.format(", ".join("?" * len(some))), tuple(some))
        names = {bytes(person): bytes(pass_id) for person, pass_id in rows}
        if not names:
            continue
        asked = (place.id, now_ms - DAY_MS, now_ms, *names)
        for person, direction in run(connection, visits.format(", ".join("?" * len(names))), asked):
            found[names[bytes(person)]] = direction == Direction.IN
    return found


def _inside(passed: Iterable[tuple[int, bool, int]], opening: Opening, now_ms: int) -> int:
    """People inside now; whoever goes out without having come in does not make it negative."""
    staying = Staying(opening)
    for at_ms, into, people in passed:
        staying.passed(at_ms, people if into else 0, 0 if into else people)
    return staying.inside(now_ms)


def _by_hour(rows: Iterable[tuple[int, bool, int]], today_ms: int, into: bool) -> tuple[int, ...]:
    hours = [0] * 24
    for at_ms, way, people in rows:
        if way == into:
            hours[min(23, (at_ms - today_ms) // HOUR_MS)] += people
    return tuple(hours)


def _busiest(times: Sequence[int]) -> float | None:
    """Scans a minute in the busiest 10 minutes; None for too few to tell."""
    if len(times) < LEAST:
        return None
    slots: dict[int, int] = {}
    for at_ms in times:
        slots[at_ms // (10 * MINUTE_MS)] = slots.get(at_ms // (10 * MINUTE_MS), 0) + 1
    return round(max(slots.values()) / 10, 1)


def _week(connection: Connection, place: Place, today_ms: int, today: int) -> tuple[tuple[int, int], ...]:
    first = today_ms - (DAYS - 1) * DAY_MS
    sql = (
        "SELECT (at_ms - ?) / 86400000, sum(1 + companions) FROM visit WHERE venue = ? AND at_ms >= ? AND at_ms < ?"
        " AND direction = ? AND signal <> ? GROUP BY 1"
    )
    values = (first, place.id, first, today_ms, int(Direction.IN), int(Signal.STOP))
    found = {int(day): int(people) for day, people in run(connection, sql, values)}
    before = [(first + day * DAY_MS, found.get(day, 0)) for day in range(DAYS - 1)]
    return (*before, (today_ms, today))


def _kiosks(connection: Connection, place: Place, now_ms: int) -> Kiosks:
    sql = (
        "SELECT d.id, s.online, s.at_ms, (SELECT max(last_ms) FROM stream t WHERE t.device = d.id) FROM device d"
        " LEFT JOIN device_state s ON s.device = d.id WHERE d.venue = ? AND d.state = 'active' ORDER BY d.id LIMIT 200"
    )
    rows = run(connection, sql, (place.id,)).all()
    away = tuple(row[0] for row in rows if not (row[1] and max(row[2] or 0, row[3] or 0) > now_ms - _UP_MS))
    return Kiosks(len(rows), len(rows) - len(away), away)
