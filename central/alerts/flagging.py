"""The job `flags`: looks through the visits of the last hours, place by place, and notes what can hardly be.

Each run goes over a bounded stretch of time, and the hours before it again. What a gate that was offline for longer
delivers is not looked through: a flag is a help, and no duty hangs on it.
"""

from collections.abc import Mapping

from sqlalchemy.engine import Connection

from central.alerts.improbable import Flag, Seen, flags_in
from central.alerts.limits import DAY_MS, HOUR_MS, limits
from central.jobs import Bench
from central.people.persons import persons_of
from central.places.places import Place, places
from central.statements import run

_AGAIN_MS = 3 * HOUR_MS
_STRETCH_MS = HOUR_MS
_HISTORY = 6  # earlier visits of a code that moved far: where it usually is
_MOST_FLAGS = 1000
_META = "flags_ms"


def find_flags(bench: Bench) -> bool:
    """One stretch; whether more is waiting."""
    now_ms = bench.now_ms()
    with bench.engine.connect().execution_options(reads_only=True) as connection:
        begun = int(run(connection, "SELECT value FROM meta WHERE key = ?", (_META,)).scalar() or now_ms - 2 * DAY_MS)
        until = min(now_ms, begun + _STRETCH_MS)
        known = {place.number: place for place in places(connection)}
        seen, kinds = _visits(connection, list(known.values()), begun - _AGAIN_MS, until)
        seen |= _history(connection, seen, known)
    found = flags_in(seen, known, limits())[:_MOST_FLAGS]
    with bench.engine.begin() as connection:
        put_flags(connection, found, kinds, now_ms)
        sql = "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
        run(connection, sql, (_META, str(until)))
    return until < now_ms


def put_flags(connection: Connection, found: list[Flag], kinds: dict[bytes, int], now_ms: int) -> None:
    """Note them; the same one again changes nothing."""
    persons = persons_of(connection, [(flag.code, kinds[flag.code]) for flag in found], now_ms)
    sql = (
        "INSERT INTO flag (kind, person, place, other_place, at_ms, gap_ms, found_ms) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING"
    )
    for flag in found:
        values = (flag.kind, persons[flag.code], flag.place, flag.other, flag.at_ms, flag.gap_ms, now_ms)
        run(connection, sql, values)


def _visits(
    connection: Connection, here: list[Place], start_ms: int, end_ms: int
) -> tuple[set[Seen], dict[bytes, int]]:
    sql = (
        "SELECT person, at_ms, identity_kind FROM visit"
        " WHERE venue = ? AND at_ms >= ? AND at_ms < ? AND person IS NOT NULL AND clock <> 2"
    )
    seen: set[Seen] = set()
    kinds: dict[bytes, int] = {}
    for place in here:
        for person, at_ms, kind in run(connection, sql, (place.id, start_ms, end_ms)):
            code = bytes(person)
            seen.add(Seen(code, at_ms, place.number))
            kinds[code] = kind
    return seen, kinds


def _history(connection: Connection, seen: set[Seen], known: Mapping[int, Place]) -> set[Seen]:
    """What went before for the few codes that were in two provinces within these hours."""
    numbers = {place.id: place.number for place in known.values()}
    provinces: dict[bytes, set[str]] = {}
    first: dict[bytes, int] = {}
    for one in seen:
        provinces.setdefault(one.code, set()).add(known[one.place].province)
        first[one.code] = min(one.at_ms, first.get(one.code, one.at_ms))
    found = set()
    sql = "SELECT venue, at_ms FROM visit WHERE person = ? AND at_ms < ? ORDER BY at_ms DESC LIMIT ?"
    for code in sorted(code for code, where in provinces.items() if len(where) > 1)[:_MOST_FLAGS]:
        for venue, at_ms in run(connection, sql, (code, first[code], _HISTORY)):
            if venue in numbers:
                found.add(Seen(code, at_ms, numbers[venue]))
    return found
