"""Counting the days: visits by place, and from them and the desks' numbers one row for each ward and day.

- Bounded: at most PLACES places, or one day, in one call; each call is one transaction and may be repeated.
- A place is due when something came from it since it was counted, and once a day with every day whose visits are all
  still there: a kiosk that was away brings its days late.
- What is known only while it is so (kiosks up, open items) is written for today alone, and stays as it was.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.engine import Connection

from central.database import insert_rows
from central.desks.figures import by_light, checks_late, desk_day, open_items
from central.desks.missing import daily_reports
from central.desks.said import DAY_MS, VIET_NAM_MS, day_of, start_of
from central.feedback.counting import open_words, words_of_day
from central.reports.schema import day_count, ward_day
from central.safety.counting import checks_of_day
from central.statements import run
from wire.reasons import DECLINED, DUE, HELD
from wire.records import Direction, Signal

PLACES = 300
AGAIN_MS = 15 * 60_000
_TODAY_AGAIN_MS = 55_000
WHOLE_DAYS = 20  # visits are destroyed after 21 days: the day before may have lost some already
_OF_TODAY = ("kiosks", "kiosks_up", "feedback_open")
_NAMES = [column.name for column in ward_day.columns][3:]
_NOT_NULL = {column.name for column in ward_day.columns if not column.nullable}

# Of the ways in, each person once a day: who owed a declaration, of whom it was there; ways in whose kiosk did not say.
# Who has shown no code is counted by each way in.
_OWED = f"direction = {int(Direction.IN)} AND declaration IN ({DUE}, {HELD}, {DECLINED})"
_THERE = f"direction = {int(Direction.IN)} AND declaration = {HELD}"
_DECLARED = (
    f"count(DISTINCT CASE WHEN {_OWED} THEN person END) + sum(CASE WHEN {_OWED} AND person IS NULL THEN 1 ELSE 0 END),"
    f" count(DISTINCT CASE WHEN {_THERE} THEN person END)"
    f" + sum(CASE WHEN {_THERE} AND person IS NULL THEN 1 ELSE 0 END),"
    f" sum(CASE WHEN direction = {int(Direction.IN)} AND declaration IS NULL THEN 1 ELSE 0 END)"
)

Areas = dict[tuple[str, str], dict[str, int | None]]


def count_places(connection: Connection, now_ms: int, *, at_once: bool = False) -> bool:
    """Count what is due of at most PLACES places; whether more may be waiting. `at_once`: however short ago it was."""
    today = day_of(now_ms)
    found = _due_places(connection, now_ms, now_ms + 1 if at_once else now_ms - AGAIN_MS)
    changed: set[int] = set()
    for place, venue, whole_ms in found:
        whole = whole_ms <= now_ms - DAY_MS
        first = today - WHOLE_DAYS if whole else today - 1
        changed |= _count_place(connection, place, venue, first, today)
        sql = (
            "INSERT INTO place_counted (place, counted_ms, whole_ms) VALUES (?, ?, ?) ON CONFLICT (place)"
            " DO UPDATE SET counted_ms = excluded.counted_ms, whole_ms = excluded.whole_ms"
        )
        run(connection, sql, (place, now_ms, now_ms if whole else whole_ms))
    mark_days(connection, changed)
    return len(found) == PLACES


def mark_days(connection: Connection, days: Iterable[int]) -> None:
    """Let these days be made anew."""
    for day in sorted(days):
        sql = "INSERT INTO report_day (day, made_ms, dirty) VALUES (?, 0, 1) ON CONFLICT (day) DO UPDATE SET dirty = 1"
        run(connection, sql, (day,))


def make_day(connection: Connection, now_ms: int) -> bool:
    """Make the day that waits longest, today once a minute; whether another one waits."""
    today = day_of(now_ms)
    made_ms = run(connection, "SELECT made_ms FROM report_day WHERE day = ?", (today,)).scalar()
    if made_ms is None or made_ms <= now_ms - _TODAY_AGAIN_MS:
        mark_days(connection, [today])
    rows = run(connection, "SELECT day FROM report_day WHERE dirty = 1 ORDER BY made_ms, day DESC LIMIT 2").all()
    if rows:
        write_day(connection, int(rows[0][0]), now_ms)
    return len(rows) > 1


def write_day(connection: Connection, day: int, now_ms: int) -> None:
    """Write every ward's row of a day."""
    made = _day(connection, day)
    if day == day_of(now_ms):
        _put_kiosks(connection, made)
        for (province, ward, kind), n in open_items(connection).items():
            if kind == "report":
                _of(made, province, ward)["feedback_open"] = n
        for (province, ward), n in open_words(connection).items():
            values = _of(made, province, ward)
            values["feedback_open"] = (values.get("feedback_open") or 0) + n
        for values in made.values():
            values["feedback_open"] = values.get("feedback_open") or 0
    else:
        _keep_what_was(connection, day, made)
    run(connection, "DELETE FROM ward_day WHERE day = ?", (day,))
    rows = [(day, *area, *(_value(values, name) for name in _NAMES)) for area, values in sorted(made.items())]
    insert_rows(connection, ward_day, rows, if_absent=True)
    run(connection, "UPDATE report_day SET made_ms = ?, dirty = 0 WHERE day = ?", (now_ms, day))


def _value(values: dict[str, int | None], name: str) -> int | None:
    return values.get(name, 0 if name in _NOT_NULL else None)


def _of(made: Areas, province: str, ward: str) -> dict[str, int | None]:
    return made.setdefault((province, ward), {})


def _due_places(connection: Connection, now_ms: int, before_ms: int) -> list[tuple[int, str, int]]:
    """(number, venue, when it was counted whole) of places that have news, those that wait longest first."""
    sql = (
        "SELECT p.number, p.id, coalesce(c.whole_ms, 0) FROM place p JOIN device d ON d.venue = p.id"
        " JOIN stream s ON s.device = d.id LEFT JOIN place_counted c ON c.place = p.number"
        " WHERE coalesce(c.counted_ms, 0) < ? GROUP BY p.number, p.id, c.counted_ms, c.whole_ms"
        " HAVING max(s.last_ms) >= coalesce(c.counted_ms, 0) OR coalesce(c.whole_ms, 0) <= ?"
        " ORDER BY coalesce(c.counted_ms, 0), p.number LIMIT ?"
    )
    found = list(run(connection, sql, (before_ms, now_ms - DAY_MS, PLACES)))
    found += run(connection, _POSTERS_ALONE, (before_ms, now_ms - 2 * DAY_MS, PLACES - len(found)))
    return [(int(row[0]), str(row[1]), int(row[2])) for row in found]


# Places without a gate, at which phones check in by the poster.
_POSTERS_ALONE = """
SELECT p.number, p.id, coalesce(c.whole_ms, 0) FROM place p LEFT JOIN place_counted c ON c.place = p.number
WHERE coalesce(c.counted_ms, 0) < ? AND EXISTS (SELECT 1 FROM visit v WHERE v.venue = p.id AND v.at_ms >= ?)
  AND NOT EXISTS (SELECT 1 FROM device d WHERE d.venue = p.id)
ORDER BY coalesce(c.counted_ms, 0), p.number LIMIT ?
"""


def _count_place(connection: Connection, place: int, venue: str, first: int, last: int) -> set[int]:
    """Count a place from day `first` to day `last`; the days whose numbers changed."""
    counts: dict[int, list[int]] = {}
    times = (start_of(first), start_of(last + 1))
    sql = (
        f"SELECT (at_ms + {VIET_NAM_MS}) / {DAY_MS}, sum(CASE WHEN direction = ? THEN 1 ELSE 0 END),"
        " sum(CASE WHEN direction = ? THEN 1 ELSE 0 END),"
        f" sum(CASE WHEN direction = ? AND signal <> ? THEN 1 ELSE 0 END), {_DECLARED}"
        " FROM visit WHERE venue = ? AND at_ms >= ? AND at_ms < ? GROUP BY 1"
    )
    ways = (int(Direction.IN), int(Direction.OUT), int(Direction.IN), int(Signal.ALLOW))
    for day, ins, outs, asked, *declared in run(connection, sql, (*ways, venue, *times)):
        counts[int(day)] = [int(ins), int(outs), int(asked), 0, 0, *map(int, declared)]
    sql = (
        f"SELECT (in_ms + {VIET_NAM_MS}) / {DAY_MS}, count(*), sum(CASE WHEN assumed = 0 THEN 1 ELSE 0 END) FROM stay"
        " WHERE place = ? AND size IN (0, 1, 2, 3, 4, 5) AND in_ms >= ? AND in_ms < ? AND assumed IN (0, 1) GROUP BY 1"
    )
    for day, stays, ended in run(connection, sql, (place, *times)):
        counts.setdefault(int(day), [0] * 8)[3:5] = [int(stays), int(ended)]
    names = "day, ins, outs, asked, stays, ended, due, done, untold"
    sql = f"SELECT {names} FROM day_count WHERE place = ? AND day BETWEEN ? AND ?"
    before = {int(row[0]): [int(n) for n in row[1:]] for row in run(connection, sql, (place, first, last))}
    changed = {day for day in {*before, *counts} if before.get(day) != counts.get(day)}
    if changed:
        run(connection, "DELETE FROM day_count WHERE place = ? AND day BETWEEN ? AND ?", (place, first, last))
        insert_rows(connection, day_count, [(day, place, *row) for day, row in counts.items()], if_absent=True)
    return changed


def _day(connection: Connection, day: int) -> Areas:
    """What can be counted of any day of the last weeks."""
    made: Areas = {}
    begin, end = start_of(day), start_of(day + 1)
    sql = (
        "SELECT province, ward, count(*) FROM place WHERE made_ms < ? AND (closed_ms IS NULL OR closed_ms >= ?)"
        " GROUP BY province, ward"
    )
    _put(made, ("places",), run(connection, sql, (end, end)))
    sql = (
        "SELECT p.province, p.ward, sum(CASE WHEN c.ins + c.outs > 0 THEN 1 ELSE 0 END), sum(c.ins), sum(c.outs),"
        " sum(c.asked), sum(c.stays), sum(c.ended), sum(c.due), sum(c.done), sum(c.untold)"
        " FROM day_count c JOIN place p ON p.number = c.place WHERE c.day = ? GROUP BY p.province, p.ward"
    )
    names = ("live", "ins", "outs", "asked", "stays", "ended", "due", "done", "untold")
    _put(made, names, run(connection, sql, (day,)))
    _put_declared(connection, day, made)
    for said in desk_day(connection, day):
        values = _of(made, said.province, said.ward)
        values.update(triaged=said.triaged, closed=said.closed, checks=said.checks, feedback=said.feedback)
    for (province, ward), n in words_of_day(connection, day).items():
        values = _of(made, province, ward)
        values["feedback"] = (values.get("feedback") or 0) + n
    for (province, ward), n in checks_of_day(connection, day).items():
        values = _of(made, province, ward)
        values["checks"] = (values.get("checks") or 0) + n
    for (province, ward), late in checks_late(connection, day).items():
        _of(made, province, ward)["checks_late"] = late
    for values in made.values():
        values["checks_late"] = values.get("checks_late") or 0
    sql = (
        "SELECT c.province, c.ward, count(DISTINCT r.contact) FROM release l JOIN reach r ON r.release = l.id"
        " JOIN contact c ON c.id = r.contact WHERE l.sent_ms >= ? AND l.sent_ms < ?"
        " AND r.state <> 'withdrawn' GROUP BY c.province, c.ward"
    )
    _put(made, ("alerts",), run(connection, sql, (begin, end)))
    sql = (
        "SELECT c.province, c.ward, count(*), sum(CASE WHEN c.reached_ms > coalesce(f.result_ms, f.opened_ms)"
        " THEN (c.reached_ms - coalesce(f.result_ms, f.opened_ms)) / 60000 ELSE 0 END)"
        " FROM contact c JOIN case_file f ON f.id = c.case_id"
        " WHERE c.reached_ms >= ? AND c.reached_ms < ? GROUP BY c.province, c.ward"
    )
    _put(made, ("reached", "minutes"), run(connection, sql, (begin, end)))
    return made


def _put_declared(connection: Connection, day: int, made: Areas) -> None:
    """Add what came by light and the daily reports; null where no kiosk said and nothing else was due."""
    for found in (by_light(connection, day), daily_reports(connection, day)):
        for (province, ward), (due, done) in found.items():
            values = _of(made, province, ward)
            values["due"], values["done"] = (values.get("due") or 0) + due, (values.get("done") or 0) + done
    for values in made.values():
        nothing = None if values.get("untold") else 0
        values["due"], values["done"] = (values.get("due"), values.get("done")) if values.get("due") else (nothing,) * 2


def _put_kiosks(connection: Connection, made: Areas) -> None:
    sql = (
        "SELECT coalesce(p.province, ''), coalesce(p.ward, ''), count(*), sum(CASE WHEN s.online = 1 THEN 1 ELSE 0 END)"
        " FROM device d LEFT JOIN place p ON p.id = d.venue LEFT JOIN device_state s ON s.device = d.id"
        " WHERE d.state = 'active' AND d.venue <> '' GROUP BY 1, 2"
    )
    _put(made, ("kiosks", "kiosks_up"), run(connection, sql))
    for values in made.values():
        values["kiosks"], values["kiosks_up"] = values.get("kiosks") or 0, values.get("kiosks_up") or 0


def _keep_what_was(connection: Connection, day: int, made: Areas) -> None:
    sql = f"SELECT province, ward, {', '.join(_OF_TODAY)} FROM ward_day WHERE day = ?"
    for province, ward, *values in run(connection, sql, (day,)):
        if (province, ward) in made:
            made[province, ward].update(zip(_OF_TODAY, values, strict=True))


def _put(made: Areas, names: tuple[str, ...], rows: Iterable[Any]) -> None:
    for province, ward, *values in rows:
        _of(made, province, ward).update(zip(names, map(int, values), strict=True))
