"""What a device says of its own records: ranges that will never come, and how wrong its clock was.

- `expired`, `lost` and `destroyed` (for a person's request) account for a range of one of the device's own epochs: its
  receipt can go on past it.
- `clock` corrects the stamps of its boot that were made before it and since the fix before it, except those made with a
  synchronised clock. It works in any order of arrival: a late visit finds the fix, a late fix finds its visits.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.engine import Connection

from central.alarms import raise_alarm
from central.database import insert_rows
from central.opening import Event, facts_json
from central.safety.from_kiosks import MEASURED, keep_measured
from central.schema import clock_fix, device_event
from central.spans import add_span
from central.statements import run
from central.streams import Stream
from central.tracing.due import note_due
from wire.envelope import ClockQuality

_MOST = 1 << 53  # of an offset in ms, as of a stamp
_AT, _OFFSET, _CLOCK, _BOOT = 4, 5, 6, 7  # columns of a row of `visit`


def apply_events(
    connection: Connection, stream: Stream, events: Sequence[Event], stream_of: Callable[[bytes], Stream], now_ms: int
) -> None:
    """Keep new events and do what they ask; `stream_of` gives the same device's stream for an epoch."""
    rows = [(stream.id, e.seq, e.at_ms, e.name, facts_json(e.facts)) for e in events]
    insert_rows(connection, device_event, rows)
    for event in events:
        if event.name in ("expired", "lost", "destroyed"):
            _account(connection, stream, event, stream_of, now_ms)
        elif event.name == MEASURED:
            keep_measured(connection, stream.device, event.facts, now_ms)
        elif event.name == "clock":
            _fix_clock(connection, stream, event, now_ms)


def correct_late(connection: Connection, stream: Stream, visits: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows of `visit` with the clock fixes that came before them."""
    if not stream.clock_fixes or all(row[_CLOCK] == ClockQuality.SYNCED for row in visits):
        return list(visits)
    sql = "SELECT boot, seq, offset_ms FROM clock_fix WHERE stream = ? ORDER BY seq"
    fixes = [(bytes(boot), seq, offset) for boot, seq, offset in run(connection, sql, (stream.id,))]
    return [_corrected(row, fixes) for row in visits]


def _corrected(row: tuple[Any, ...], fixes: Sequence[tuple[bytes, int, int]]) -> tuple[Any, ...]:
    if row[_CLOCK] == ClockQuality.SYNCED:
        return row
    offset = next((offset for boot, seq, offset in fixes if boot == row[_BOOT] and seq > row[1]), 0)
    return (*row[:_AT], row[_AT] + offset, offset, *row[_CLOCK:])


def _account(
    connection: Connection, stream: Stream, event: Event, stream_of: Callable[[bytes], Stream], now_ms: int
) -> None:
    match event.facts:
        case {"epoch": str(epoch), "from": int(first), "through": int(last), **_more} if 0 < first <= last < 1 << 62:
            pass
        case _:
            raise_alarm(connection, "bad_event", stream.device, event.name, now_ms)
            return
    try:
        about = bytes.fromhex(epoch)
    except ValueError:
        about = b""
    if len(about) != 8:
        raise_alarm(connection, "bad_event", stream.device, event.name, now_ms)
        return
    add_span(connection, stream_of(about).id, first, last)
    if event.name == "destroyed":  # for a person's request: nothing to look into
        return
    raise_alarm(connection, f"records_{event.name}", stream.device, f"{last - first + 1} records", now_ms)


def _fix_clock(connection: Connection, stream: Stream, event: Event, now_ms: int) -> None:
    match event.facts:
        case {"boot": str(text), "offset_ms": int(offset), **_more} if len(text) == 16 and abs(offset) < _MOST:
            boot = _hex(text)
        case _:
            boot, offset = b"", 0
    if not boot:
        raise_alarm(connection, "bad_event", stream.device, event.name, now_ms)
        return
    insert_rows(connection, clock_fix, [(stream.id, boot, event.seq, offset)])
    stream.clock_fixes += 1
    before = run(
        connection,
        "SELECT max(seq) FROM clock_fix WHERE stream = ? AND boot = ? AND seq < ?",
        (stream.id, boot, event.seq),
    ).scalar()
    run(
        connection,
        "UPDATE visit SET at_ms = at_ms - offset_ms + ?, offset_ms = ?"
        " WHERE stream = ? AND seq > ? AND seq < ? AND boot = ? AND clock <> ?",
        (offset, offset, stream.id, before or 0, event.seq, boot, int(ClockQuality.SYNCED)),
    )
    note_due(connection, stream.id, [(before or 0) + 1, event.seq])


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
