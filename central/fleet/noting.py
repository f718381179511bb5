"""Keeping what kiosks say of themselves: one row each, and a line of history where something changed."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection

from central.fleet.said import NAMES, Said, moments, read_said
from central.statements import run

MOST_MOMENTS = 200
_KEPT = tuple(name for name in NAMES if name != "online")
_COLUMNS = ("device", "said_ms", "away_ms", "cut_ms", *_KEPT)
_UPSERT = (
    f"INSERT INTO kiosk_now ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))}) ON CONFLICT (device)"
    f" DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _COLUMNS[1:] if name != 'backlog')},"
    " backlog = coalesce(excluded.backlog, kiosk_now.backlog)"
)
_STATE = (
    "INSERT INTO device_state (device, online, backlog, at_ms) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (device) DO UPDATE SET online = excluded.online,"
    " backlog = coalesce(excluded.backlog, device_state.backlog), at_ms = excluded.at_ms"
)
_LISTS, _FLAGS = ("fails", "warns", "alarms"), ("bye", "volts_low", "volts_low_seen")


def note_state(connection: Connection, device: str, payload: bytes, now_ms: int) -> None:
    """Keep what a registered device says of itself; anything else is passed over."""
    said = read_said(payload)
    if said is None:
        return
    names = ", ".join(f"k.{name}" for name in _COLUMNS[1:])
    sql = f"SELECT d.id, {names} FROM device d LEFT JOIN kiosk_now k ON k.device = d.id WHERE d.id = ?"
    row = run(connection, sql, (device,)).first()
    if row is None:
        return
    held = dict(zip(_COLUMNS, row, strict=True))
    before = None if held["said_ms"] is None else said_of(held)
    had_left = held["away_ms"] is not None
    run(connection, _STATE, (device, int(said.online), said.backlog, now_ms))
    news = list(moments(before, said, had_left))
    if said.online or before is None:
        away = None if said.online else now_ms
        cut = now_ms if any(what == "power_cut" for what, _ in news) else held["cut_ms"]
        run(connection, _UPSERT, (device, now_ms, away, cut, *_values(said)))
    elif not had_left:
        sql = "UPDATE kiosk_now SET away_ms = ?, bye = ? WHERE device = ?"
        run(connection, sql, (now_ms, int(said.bye), device))
    for what, detail in news:
        add_moment(connection, device, what, detail, now_ms)


def add_moment(connection: Connection, device: str, what: str, detail: str, now_ms: int) -> None:
    """One line of a kiosk's history; the oldest go beyond MOST_MOMENTS."""
    sql = "INSERT INTO kiosk_moment (device, at_ms, what, detail) VALUES (?, ?, ?, ?)"
    run(connection, sql, (device, now_ms, what, detail[:200]))
    sql = (
        "DELETE FROM kiosk_moment WHERE device = ? AND id <= (SELECT id FROM kiosk_moment WHERE device = ?"
        " ORDER BY id DESC LIMIT 1 OFFSET ?)"
    )
    run(connection, sql, (device, device, MOST_MOMENTS))


def said_of(row: Mapping[str, Any]) -> Said:
    """What a row of kiosk_now keeps."""
    values = {name: row[name] for name in _KEPT}
    values |= {name: tuple(str(values[name] or "").split()) for name in _LISTS}
    values |= {name: None if values[name] is None else bool(values[name]) for name in _FLAGS}
    return Said(online=row["away_ms"] is None, **values)


def _values(said: Said) -> list[Any]:
    found: list[Any] = []
    for name in _KEPT:
        value = getattr(said, name)
        found.append(" ".join(value) if name in _LISTS else int(value) if isinstance(value, bool) else value)
    return found
