"""Early warning in the database: by ward, by venue and by group of symptoms, each against its own past.

    asked      people whose declaration the gate answered with ASK or STOP; by venue and by ward
    reported   suspected cases that citizens reported; by ward
    <group>    signs of illness in the declarations that desks opened (central.desks.symptoms); by province

A person judges each warning; what they say is the history from which the false-alarm share is shown.
"""

import json
import random
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.desks.baseline import Judged, WarningRule, endemic, false_alarms, found_outbreaks, judge_day
from central.desks.said import BY_LIGHT, DECLARATION, FEEDBACK
from central.statements import run
from wire.records import Signal
from wire.refusal import Refused

JUDGEMENTS = ("real", "false", "unclear")
_MOST = 5_000  # areas that are judged in one run


class Series(NamedTuple):
    """One number a day for one area. `ward` is "" for a province."""

    name: str
    area: str
    ward: str
    province: str


class Warned(NamedTuple):
    """A warning as it stands. Numbers of the baseline in tenths of a person."""

    id: int
    series: str
    area: str
    ward: str
    province: str
    day: int
    people: int
    expected_tenths: int
    limit_tenths: int
    judged_ms: int | None
    judgement: str | None


@cache
def warning_rule() -> WarningRule:
    """The rule of this package."""
    d = json.loads(files(__package__).joinpath("rules/warning.json").read_text(encoding="utf-8"))
    names = ("baseline_days", "lag_days", "false_alarms_per_1000_days", "least_people")
    return WarningRule(f"{d['id']}|{d['version']}", *(int(d[name]) for name in names))


def series(connection: Connection, first_day: int, last_day: int) -> dict[Series, dict[int, int]]:
    """The number of each day on which there was one; days without are 0."""
    found: dict[Series, dict[int, int]] = defaultdict(dict)
    sql = (
        "SELECT d.day, d.kind, d.venue, COALESCE(p.ward, ''), COALESCE(p.province, ''), count(*) FROM declared d"
        " LEFT JOIN place p ON p.id = d.venue WHERE d.day BETWEEN ? AND ? AND ((d.kind IN (?, ?)"
        " AND d.outcome IN (?, ?)) OR (d.kind = ? AND d.topic = 'suspected_case')) GROUP BY d.day,"
        " d.kind, d.venue, p.ward, p.province"
    )
    signals = (int(Signal.ASK), int(Signal.STOP))
    values = (first_day, last_day, DECLARATION, BY_LIGHT, *signals, FEEDBACK)
    for day, kind, venue, ward, province, people in run(connection, sql, values):
        name = "reported" if kind == FEEDBACK else "asked"
        areas = [f"ward-{ward}"] * bool(ward) + [f"venue-{venue}"] * (name == "asked")
        for area in areas:
            days = found[Series(name, area, ward, province)]
            days[int(day)] = days.get(int(day), 0) + int(people)
    sql = "SELECT province, day, symptoms, people FROM symptom_count WHERE day BETWEEN ? AND ?"
    for province, day, group, people in run(connection, sql, (first_day, last_day)):
        found[Series(group, f"province-{province}", "", province)][int(day)] = int(people)
    return dict(found)


class Standout(NamedTuple):
    """A day of a series that is above its limit."""

    which: Series
    day: int
    judged: Judged


def standing_out(connection: Connection, day: int, rule: WarningRule) -> list[Standout]:
    """Judge a day that is over (or has enough already) against the days before."""
    found = []
    for which, numbers in sorted(series(connection, day - rule.days, day).items())[:_MOST]:
        past = [numbers.get(d, 0) for d in range(day - rule.days, day)]
        judged = judge_day(past, numbers.get(day, 0), rule)
        if judged is not None and judged.warns and _heard_before(connection, which, day - rule.days):
            found.append(Standout(which, day, judged))
    return found


def warn(connection: Connection, found: Sequence[Standout], rule: WarningRule, now_ms: int) -> None:
    """Keep them as warnings; one that nobody has judged yet grows with its day."""
    for which, day, judged in found:
        sql = (
            "INSERT INTO warning (series, area, ward, province, day, people, expected_tenths, limit_tenths, rule,"
            " made_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (series, area, day) DO UPDATE SET"
            " people = excluded.people WHERE warning.judged_ms IS NULL"
        )
        tenths = (round(judged.expected * 10), round(judged.limit * 10))
        run(connection, sql, (*which, day, judged.people, *tenths, rule.name, now_ms))


def warnings(connection: Connection, areas: Collection[str], since_day: int) -> list[Warned]:
    """Warnings of these areas, those that nobody has judged first."""
    sql = (
        "SELECT id, series, area, ward, province, day, people, expected_tenths, limit_tenths, judged_ms, judgement"
        " FROM warning WHERE day >= ? ORDER BY judged_ms IS NOT NULL, day DESC, id LIMIT 500"
    )
    found = [Warned(*row) for row in run(connection, sql, (since_day,))]
    return [one for one in found if areas_of(one) & frozenset(areas)][:100]


def areas_of(one: Warned) -> frozenset[str]:
    """PURE. Where a right must be held to see or judge it."""
    named = (("ward", one.ward), ("province", one.province))
    return frozenset({"all", one.area, *(f"{kind}-{value}" for kind, value in named if value)})


def warning_of(connection: Connection, number: int) -> Warned:
    """Raises Refused("warning_unknown")."""
    sql = (
        "SELECT id, series, area, ward, province, day, people, expected_tenths, limit_tenths, judged_ms, judgement"
        " FROM warning WHERE id = ?"
    )
    row = run(connection, sql, (number,)).first()
    if row is None:
        raise Refused("warning_unknown", str(number))
    return Warned(*row)


def judge_warning(connection: Connection, number: int, judgement: str, officer: str, now_ms: int) -> None:
    """What it turned out to be. Raises Refused: bad_outcome."""
    if judgement not in JUDGEMENTS:
        raise Refused("bad_outcome", judgement[:16])
    sql = "UPDATE warning SET judged_ms = ?, judged_by = ?, judgement = ? WHERE id = ?"
    run(connection, sql, (now_ms, officer, judgement, number))


def own_history(connection: Connection) -> tuple[int, int]:
    """(false ones, all that were judged real or false) of this centre."""
    sql = (
        "SELECT COALESCE(sum(CASE WHEN judgement = 'false' THEN 1 ELSE 0 END), 0), count(*) FROM warning"
        " WHERE judgement IN ('real', 'false')"
    )
    false, judged = run(connection, sql).one()
    return int(false), int(judged)


@cache
def simulated(mean: int, size: float = 10.0, days: int = 1_000) -> tuple[int, int]:
    """(false alarms, days) of an area with so many a day and no outbreak; always the same numbers."""
    return false_alarms(endemic(mean, size, days, random.Random(mean)), warning_rule())


@cache
def simulated_outbreaks(mean: int, size: float = 10.0, tries: int = 100) -> tuple[int, int]:
    """(outbreaks seen within three days, outbreaks) of such an area; always the same numbers."""
    return found_outbreaks(mean, size, tries, warning_rule(), random.Random(mean)), tries


def past_of(connection: Connection, one: Warned, days: int) -> list[int]:
    """The area's numbers of the days up to the warning's own, oldest first; its own rows alone are looked at."""
    first, counted = one.day - days, "(d.kind IN (?, ?) AND d.outcome IN (?, ?))"
    what: tuple[object, ...] = (DECLARATION, BY_LIGHT, int(Signal.ASK), int(Signal.STOP))
    if one.series == "reported":
        counted, what = "(d.kind = ? AND d.topic = 'suspected_case')", (FEEDBACK,)
    if one.area.startswith("province-"):
        sql = "SELECT day, people FROM symptom_count WHERE province = ? AND symptoms = ? AND day BETWEEN ? AND ?"
        values: tuple[object, ...] = (one.province, one.series, first, one.day)
    elif one.area.startswith("venue-"):
        sql = f"SELECT d.day, count(*) FROM declared d WHERE d.venue = ? AND d.day BETWEEN ? AND ? AND {counted}"
        sql, values = f"{sql} GROUP BY d.day", (one.area[6:], first, one.day, *what)
    else:
        sql = (
            "SELECT d.day, count(*) FROM place p JOIN declared d ON d.venue = p.id"
            f" WHERE p.province = ? AND p.ward = ? AND d.day BETWEEN ? AND ? AND {counted} GROUP BY d.day"
        )
        values = (one.province, one.ward, first, one.day, *what)
    numbers: Mapping[int, int] = {int(day): int(people) for day, people in run(connection, sql, values)}
    return [numbers.get(day, 0) for day in range(first, one.day + 1)]


def _heard_before(connection: Connection, which: Series, day: int) -> bool:
    """Whether the area was there when its baseline began: a place that has just opened has no past."""
    if which.area.startswith("province-"):
        sql, values = "SELECT 1 FROM symptom_count WHERE province = ? AND day <= ? LIMIT 1", (which.province, day)
    elif which.area.startswith("venue-"):
        sql, values = "SELECT 1 FROM declared WHERE venue = ? AND day <= ? LIMIT 1", (which.area[6:], day)
    else:
        sql = "SELECT 1 FROM place p JOIN declared d ON d.venue = p.id WHERE p.ward = ? AND d.day <= ? LIMIT 1"
        values = (which.ward, day)
    return run(connection, sql, values).first() is not None
