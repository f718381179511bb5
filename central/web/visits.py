"""Reading visits for the list page: newest first, by venue, device and day, without anybody's identity.

Only the index (venue, time) and the key (stream, seq) are used: the newest of each venue are merged, so that a page
costs the same with a thousand visits and with a hundred million.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from central.statements import run
from wire.records import Direction, Signal

PAGE = 50
HOUR_MS = 3_600_000
MAX_CHOICES = 1000
MAX_VENUES = 200  # of an unfiltered list: those heard of last
_STREAMS = 10 * MAX_VENUES  # the newest epochs among which their venues are looked for
VIET_NAM = timezone(timedelta(hours=7))  # one zone, no summer time since 1975


class Mark(NamedTuple):
    """Where a page ended: the next one holds what is older."""

    at_ms: int
    stream: int
    seq: int


class Shown(NamedTuple):
    """One line of the list."""

    at_ms: int
    stream: int
    seq: int
    device: str
    venue: str
    gate: str
    direction: str
    signal: str
    clock: int
    companions: int

    @property
    def mark(self) -> Mark:
        """The end of a page that ends with this line."""
        return Mark(self.at_ms, self.stream, self.seq)

    @property
    def local(self) -> datetime:
        """The time in Viet Nam."""
        return datetime.fromtimestamp(self.at_ms / 1000, VIET_NAM)


@dataclass(frozen=True, slots=True)
class Filter:
    """Empty strings and None mean everything."""

    venue: str = ""
    device: str = ""
    day: date | None = None

    def bounds(self) -> tuple[int, int]:
        """First and last ms of the day in Viet Nam, or of all time."""
        return (0, (1 << 53) - 1) if self.day is None else day_bounds(self.day)


def day_bounds(day: date) -> tuple[int, int]:
    """First and last Unix ms of a day in Viet Nam."""
    start = int(datetime.combine(day, time(), VIET_NAM).timestamp() * 1000)
    return start, start + 24 * HOUR_MS - 1


def latest(
    connection: Connection,
    chosen: Filter,
    before: Mark | None = None,
    limit: int = PAGE,
    venues: Sequence[str] | None = None,
) -> list[Shown]:
    """The newest `limit` visits of `chosen` that are older than `before`; `venues` as `venues_of` gave them."""
    first, last = chosen.bounds()
    streams = _streams(connection, chosen.device) if chosen.device else None
    if streams == []:
        return []
    if before is not None:
        last = min(last, before.at_ms)
    among = _newest_first(connection, venues_of(connection, chosen) if venues is None else venues, first, last)
    if streams is None and len(among) >= limit:
        # As many venues have one each since then: nothing older is on this page.
        since, nearest = among[limit - 1][0], [venue for at_ms, venue in among if at_ms >= among[limit - 1][0]]
        sql, tail = _query(None, before, len(nearest))
        rows = run(connection, sql, (*nearest, since, last, *tail, limit)).all()
        if len(rows) == limit:  # fewer: some of a page that begins here stand in the very ms where the last one ended
            return [_shown(row) for row in rows]
    sql, tail = _query(streams, before)
    found: list[Shown] = []
    for newest, venue in among:
        if len(found) == limit and newest < found[-1].at_ms:
            break  # what is older than a full page is at none of the next venues either
        rows = run(connection, sql, (venue, first, last, *tail, limit)).all()
        if rows:
            found = sorted([*found, *map(_shown, rows)], key=lambda shown: shown.mark, reverse=True)[:limit]
        if len(found) == limit:
            first = found[-1].at_ms
    return found


def _newest_first(connection: Connection, venues: Sequence[str], first: int, last: int) -> list[tuple[int, str]]:
    """(time of the newest visit within the bounds, venue), newest first; venues without one are left out.

    One statement: for each venue one look at the end of its index.
    """
    if not venues:
        return []
    listed = " UNION ALL ".join(["SELECT ? AS venue"] * len(venues))
    if connection.dialect.name == "postgresql":
        listed = f"VALUES {', '.join(['(?::text)'] * len(venues))}"
    sql = (
        f"WITH among (venue) AS ({listed})"
        " SELECT (SELECT max(v.at_ms) FROM visit v WHERE v.venue = a.venue AND v.at_ms BETWEEN ? AND ?), a.venue"
        " FROM among a"
    )
    found = run(connection, sql, (*venues, first, last)).all()
    return sorted(((at_ms, venue) for at_ms, venue in found if at_ms is not None), reverse=True)


def per_hour(
    connection: Connection, chosen: Filter, day: date, venues: Sequence[str] | None = None
) -> tuple[list[int], list[int]]:
    """(ins, outs) of each of the 24 hours of `day` in Viet Nam; `venues` as `venues_of` gave them."""
    first, last = day_bounds(day)
    streams = _streams(connection, chosen.device) if chosen.device else None
    ins, outs = [0] * 24, [0] * 24
    if streams == []:
        return ins, outs
    among = venues_of(connection, chosen) if venues is None else venues
    if not among:
        return ins, outs
    only = "" if streams is None else f" AND stream IN ({', '.join('?' * len(streams))})"
    sql = (
        "SELECT (at_ms - ?) / 3600000, direction, count(*) FROM visit"
        f" WHERE venue IN ({', '.join('?' * len(among))}) AND at_ms BETWEEN ? AND ?{only} GROUP BY 1, 2"
    )
    for hour, direction, count in run(connection, sql, (first, *among, first, last, *(streams or ()))):
        (ins if direction == Direction.IN else outs)[hour] += count
    return ins, outs


def choices(connection: Connection) -> tuple[list[str], list[str]]:
    """(venues, devices) to choose from: more than anybody chooses from are cut off, and then typed instead."""
    rows = run(connection, "SELECT venue, id FROM device ORDER BY venue, id LIMIT ?", (MAX_CHOICES,)).all()
    return sorted({venue for venue, _ in rows if venue}), [device for _, device in rows]


def total(connection: Connection) -> int:
    """How many records are here, counted in the streams and not in the rows: it must not slow the page."""
    return int(run(connection, "SELECT coalesce(sum(last_seq - first_seq + 1), 0) FROM span").scalar_one())


def venues_of(connection: Connection, chosen: Filter) -> list[str]:
    """The chosen venue, or those heard of last: looked for once for a page."""
    if chosen.venue:
        return [chosen.venue]
    sql = (
        "SELECT d.venue FROM (SELECT device, last_ms FROM stream ORDER BY last_ms DESC LIMIT ?) s"
        " JOIN device d ON d.id = s.device GROUP BY d.venue ORDER BY max(s.last_ms) DESC LIMIT ?"
    )
    return [row[0] for row in run(connection, sql, (_STREAMS, MAX_VENUES))]


def _streams(connection: Connection, device: str) -> list[int]:
    return [row[0] for row in run(connection, "SELECT id FROM stream WHERE device = ? LIMIT 100", (device,))]


def _query(streams: Sequence[int] | None, before: Mark | None, venues: int = 1) -> tuple[str, list[int]]:
    sql = (
        "SELECT v.at_ms, v.stream, v.seq, s.device, v.venue, v.gate, v.direction, v.signal, v.clock, v.companions"
        " FROM visit v JOIN stream s ON s.id = v.stream"
        f" WHERE v.venue IN ({', '.join('?' * venues)}) AND v.at_ms BETWEEN ? AND ?"
    )
    values: list[int] = []
    if streams is not None:
        sql += f" AND v.stream IN ({', '.join('?' * len(streams))})"
        values += streams
    if before is not None:
        sql += " AND v.at_ms <= ? AND (v.at_ms, v.stream, v.seq) < (?, ?, ?)"
        values += [before.at_ms, *before]
    return sql + " ORDER BY v.at_ms DESC, v.stream DESC, v.seq DESC LIMIT ?", values


def _shown(row: Sequence[Any]) -> Shown:
    values = list(row)
    values[6] = "in" if values[6] == Direction.IN else "out"
    values[7] = Signal(values[7]).name
    return Shown(*values)
