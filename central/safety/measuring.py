"""What was measured at a place by the hour, and which pledges it speaks against.

- A kiosk's own count comes first. Where several devices stand at a place, what is inside is the running sum of all ins
  and outs (central.safety.staying); where none stands, it is worked out from the stays of those who checked in.
- Hours outside the place's own opening are marked: a door that counts people then speaks against them.
- CO2 is that of the worst device, the time in which the gate served that of the best.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.engine import Connection

from central.safety.closing_days import opening_of
from central.safety.contradicting import Against, Hour, Pledged, against, measure_rules
from central.safety.inspections import ask_inspection
from central.safety.opening import ALWAYS, Opening
from central.safety.periods import DAY_MS, HOUR_MS
from central.safety.standing import restate
from central.safety.staying import CARRIED_MS, Staying
from central.statements import run

_LOOK_BACK_MS = 26 * HOUR_MS
_PLACES = 200  # looked at in one run
_SIZES = 6  # of central.tracing.schema.stay
_LONGEST_MS = 2 * DAY_MS  # a stay that began before that is no visitor's
_CURSOR = "safety_measures"

Occupied = Sequence[tuple[int, int]]  # (in ms, out ms)


def hours_of(connection: Connection, place: int, from_ms: int, to_ms: int) -> list[Hour]:
    """The hours of a place from `from_ms` to before `to_ms` of which something is known, by time."""
    opening = opening_of(connection, place)
    sql = (
        "SELECT hour_ms, source, ins, outs, by_hand, occupancy_max, up_s, co2_max, co2_mean FROM measured"
        " WHERE place = ? AND hour_ms >= ? AND hour_ms < ? ORDER BY hour_ms"
    )
    rows = run(connection, sql, (place, from_ms - CARRIED_MS, to_ms)).all()
    if rows:
        found = hours_of_devices([tuple(row) for row in rows], opening)
    else:
        found = hours_of_stays(_stays(connection, place, from_ms, to_ms), from_ms, to_ms)
    return [replace(one, shut=opening.closed_hour(one.hour_ms)) for one in found if one.hour_ms >= from_ms]


def hours_of_devices(rows: Iterable[tuple[Any, ...]], opening: Opening = ALWAYS) -> list[Hour]:
    """PURE. Hours over all devices of a place, from rows (hour, source, ins, outs, by hand, occupancy, up s, CO2 most,
    CO2 mean) by time."""
    by_hour: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows:
        by_hour[row[0]].append(row)
    several = len({row[1] for held in by_hour.values() for row in held}) > 1
    found, staying = [], Staying(opening)
    for hour_ms, held in by_hour.items():
        ins, outs, by_hand = (sum(row[n] for row in held) for n in (2, 3, 4))
        before, after = staying.inside(hour_ms), staying.passed(hour_ms, ins, outs)
        occupancy = max(before, after) if several else _most(row[5] for row in held)
        worst = (_most(row[8] for row in held), _most(row[7] for row in held), _most(row[6] for row in held))
        found.append(Hour(hour_ms, occupancy, *worst, ins, outs, by_hand))
    return found


def hours_of_stays(stays: Occupied, from_ms: int, to_ms: int) -> list[Hour]:
    """PURE. The most people at once in each hour in which somebody was there."""
    steps = sorted([(begin, 1) for begin, _ in stays] + [(end, -1) for _, end in stays])
    most: dict[int, int] = {}
    ins: dict[int, int] = defaultdict(int)
    outs: dict[int, int] = defaultdict(int)
    inside, before = 0, from_ms
    for at_ms, step in steps:
        for hour in range(before // HOUR_MS, at_ms // HOUR_MS + 1):
            most[hour] = max(most.get(hour, 0), inside)
        inside += step
        most[at_ms // HOUR_MS] = max(most.get(at_ms // HOUR_MS, 0), inside)
        (ins if step > 0 else outs)[at_ms // HOUR_MS] += 1
        before = at_ms
    return [
        Hour(hour * HOUR_MS, n, ins=ins[hour], outs=outs[hour])
        for hour, n in sorted(most.items())
        if n and from_ms <= hour * HOUR_MS < to_ms
    ]


def spoken_against(connection: Connection, now_ms: int) -> tuple[dict[int, list[Against]], str]:
    """(place -> what its last day speaks against, where to go on) of the next places in turn; nothing is written."""
    after = run(connection, "SELECT value FROM meta WHERE key = ?", (_CURSOR,)).scalar()
    places = _in_turn(connection, int(after or 0), now_ms)
    found = {place: speaks_against(connection, place, now_ms) for place in places}
    through = str(places[-1] if len(places) == _PLACES else 0)
    return {place: rows for place, rows in found.items() if rows}, through


def speaks_against(connection: Connection, place: int, now_ms: int) -> list[Against]:
    """What the hours of a place's last day speak against."""
    capacity = run(connection, "SELECT capacity FROM place WHERE number = ?", (place,)).scalar()
    hours = hours_of(connection, place, (now_ms - _LOOK_BACK_MS) // HOUR_MS * HOUR_MS, now_ms // HOUR_MS * HOUR_MS)
    return against(hours, capacity, pledged_of(connection, place), measure_rules())


def put_down(connection: Connection, found: Mapping[int, Sequence[Against]], through: str, now_ms: int) -> None:
    """Keep what was found, and say anew what holds of the places that it holds at risk, or held until now."""
    sql = "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
    run(connection, sql, (_CURSOR, through))
    sql = "SELECT DISTINCT place FROM contradiction WHERE holds_ms <= ? AND holds_ms > ? ORDER BY place LIMIT ?"
    changed = {place for (place,) in run(connection, sql, (now_ms, now_ms - DAY_MS, _PLACES))}
    for place, rows in found.items():
        for one in rows:
            _keep(connection, place, one, now_ms)
        if any(one.holds_ms is not None for one in rows):
            changed.add(place)
    for place in sorted(changed):
        restate(connection, place, now_ms)


def look_at(connection: Connection, place: int, now_ms: int) -> None:
    """Hold one place's last day against its pledges at once."""
    put_down(connection, {place: speaks_against(connection, place, now_ms)}, "0", now_ms)


def pledged_of(connection: Connection, place: int) -> Pledged:
    """What the newest whole check of a place says is met."""
    sql = (
        "SELECT scheme, scores FROM self_check WHERE place = ? AND period = 'periodic'"
        " ORDER BY at_ms DESC, id DESC LIMIT 1"
    )
    row = run(connection, sql, (place,)).first()
    if row is None:
        return Pledged()
    return Pledged(
        str(row[0]).partition("/")[0], frozenset(name for name, points in json.loads(row[1]).items() if points)
    )


def _keep(connection: Connection, place: int, one: Against, now_ms: int) -> None:
    """A row of hours that goes on is the same contradiction."""
    sql = "SELECT id, worst FROM contradiction WHERE place = ? AND rule = ? AND last_ms >= ? AND first_ms <= ?"
    row = run(connection, sql, (place, one.rule.id, one.first_ms, one.last_ms)).first()
    if row is None:
        sql = (
            "INSERT INTO contradiction (place, rule, criterion, first_ms, last_ms, worst, holds_ms)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)"
        )
        run(connection, sql, (place, one.rule.id, one.criterion, one.first_ms, one.last_ms, one.worst, one.holds_ms))
        if one.holds_ms is not None:  # somebody goes there and looks
            ask_inspection(connection, place, "measured", one.rule.id, now_ms, "job:measures")
        return
    worst = max(row[1], one.worst) if one.rule.above is not None else min(row[1], one.worst)
    sql = "UPDATE contradiction SET last_ms = ?, worst = ?, holds_ms = ? WHERE id = ? AND last_ms <= ?"
    run(connection, sql, (one.last_ms, worst, one.holds_ms, row[0], one.last_ms))


def _in_turn(connection: Connection, after: int, now_ms: int) -> list[int]:
    """The next places of which something was measured in the last day, or that have a capacity and stays."""
    sql = (
        "SELECT number FROM place WHERE number > ? AND closed_ms IS NULL AND (EXISTS (SELECT 1 FROM measured"
        " WHERE measured.place = place.number AND hour_ms >= ?) OR (capacity IS NOT NULL AND EXISTS"
        " (SELECT 1 FROM stay WHERE stay.place = place.number))) ORDER BY number LIMIT ?"
    )
    return [number for (number,) in run(connection, sql, (after, now_ms - _LOOK_BACK_MS, _PLACES))]


def _stays(connection: Connection, place: int, from_ms: int, to_ms: int) -> Occupied:
    sql = "SELECT in_ms, out_ms FROM stay WHERE place = ? AND size = ? AND in_ms >= ? AND in_ms < ? AND out_ms > ?"
    found: list[tuple[int, int]] = []
    for size in range(_SIZES):
        rows = run(connection, sql, (place, size, from_ms - _LONGEST_MS, to_ms, from_ms))
        found += [(max(begin, from_ms), min(end, to_ms)) for begin, end in rows]
    return found


def _most(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return max(known) if known else None
