"""Stays out of visits, made anew for each person and place of which anything came or changed.

- Ingest and clock fixes note runs of visits in `visit_due`, links of persons note them in `person_changed`; the job
  empties both, a bounded piece in each transaction. The stays hang on the visits alone, in whatever order they came.
- All visits of that person at that place are looked at again: a late check-out may end a stay of last week.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from sqlalchemy.engine import Connection

from central.database import put_rows
from central.people.changes import changed_persons, forget_changed
from central.people.persons import persons_of
from central.places.places import Place, place_number, places_by_number
from central.statements import run
from central.tracing.bulk import fetch, given
from central.tracing.model import SIZES_MS, size_of
from central.tracing.pairing import Passage, StayRule, pair, rules_of
from central.tracing.schema import stay

_VISITS_AT_ONCE = 10_000
_RUNS_AT_ONCE = 500
_PERSONS_AT_ONCE = 200
_ALWAYS = 1440


def derive_stays(connection: Connection, now_ms: int) -> bool:
    """Do a piece of what is due; whether more may be waiting. One at a time: another one meanwhile finds nothing."""
    if connection.dialect.name == "postgresql":
        alone = run(connection, "SELECT pg_try_advisory_xact_lock(7166, 20)").scalar()
        if not alone:
            return False
    runs = _take_runs(connection)
    moved = changed_persons(connection, _PERSONS_AT_ONCE)
    pairs = _seen_in(connection, runs, now_ms) | _seen_of(connection, moved, now_ms)
    if moved:
        listed = given(connection, ["person"], [(person,) for person in moved])
        run(connection, f"DELETE FROM stay WHERE person IN {listed.sql}", listed.values)
        forget_changed(connection, moved)
    make_anew(connection, pairs)
    return bool(runs or moved)


def make_anew(connection: Connection, pairs: Iterable[tuple[int, int]]) -> None:
    """The stays of these (place, person), from all visits that are here."""
    wanted = sorted(set(pairs))
    if not wanted:
        return
    picked = given(connection, ["place", "person"], wanted)
    passages = defaultdict[tuple[int, int], list[Passage]](list)
    # A person's visits are few, a venue's are many: || '' keeps both databases from beginning with the venue.
    sql = (
        "SELECT p.place, p.person, v.at_ms, v.direction, v.signal"
        f" FROM {picked.sql} p CROSS JOIN place l CROSS JOIN identity i CROSS JOIN visit v"
        " WHERE l.number = p.place AND i.person = p.person AND v.person = i.pseudonym AND v.venue || '' = l.id"
    )
    for place, person, at_ms, direction, signal in fetch(connection, sql, picked.values):
        passages[place, person].append(Passage(at_ms, direction, signal))
    rules = rules_of_places(connection, {place for place, _ in passages})
    rows = [
        (person, entered, place, left, size_of(left - entered), assumed)
        for (place, person), seen in passages.items()
        for entered, left, assumed in pair(seen, rules[place])
    ]
    sql = f"DELETE FROM stay WHERE person IN (SELECT person FROM {picked.sql} p) AND (place, person) IN {picked.sql}"
    run(connection, sql, picked.values * 2)
    put_rows(connection, stay, rows)


def people_at(connection: Connection, place: int, from_ms: int, to_ms: int) -> int:
    """How many different people were at a place at any moment of [from, to]; who came before and stayed counts."""
    windows = given(connection, ["size", "low"], [(size, from_ms - most) for size, most in enumerate(SIZES_MS)])
    sql = (
        f"SELECT count(DISTINCT s.person) FROM {windows.sql} w CROSS JOIN stay s WHERE s.place = ? AND s.size = w.size"
        " AND s.in_ms >= w.low AND s.in_ms <= ? AND s.out_ms >= ?"
    )
    return int(run(connection, sql, (*windows.values, place, to_ms, from_ms)).scalar_one())


def rules_of_places(connection: Connection, numbers: Iterable[int]) -> dict[int, StayRule]:
    """place.number -> the rule that holds there."""
    return {number: _rule_of(place) for number, place in places_by_number(connection, numbers).items()}


def _rule_of(place: Place) -> StayRule:
    rules = _named_rules()
    rule = rules.get(place.kind, rules["default"])
    if place.closes_min is None or (place.opens_min or 0) % _ALWAYS == place.closes_min % _ALWAYS:
        return rule
    return replace(rule, closes_min=place.closes_min)


@cache
def _named_rules() -> dict[str, StayRule]:
    return rules_of(tomllib.loads(Path(__file__).with_name("stays.toml").read_text(encoding="utf-8")))


def _take_runs(connection: Connection) -> list[tuple[int, int, int]]:
    """(stream, first_seq, last_seq) of a bounded number of visits; what is taken is not due any more."""
    sql = "SELECT id, stream, first_seq, last_seq FROM visit_due ORDER BY id LIMIT ?"
    taken, done, room = [], [], _VISITS_AT_ONCE
    for number, stream, first, last in run(connection, sql, (_RUNS_AT_ONCE,)).all():
        if room <= 0:
            break
        until = min(last, first + room - 1)
        taken.append((int(stream), int(first), int(until)))
        room -= until - first + 1
        if until == last:
            done.append((number,))
        else:
            run(connection, "UPDATE visit_due SET first_seq = ? WHERE id = ?", (until + 1, number))
    if done:
        numbers = given(connection, ["id"], done)
        run(connection, f"DELETE FROM visit_due WHERE id IN {numbers.sql}", numbers.values)
    return taken


def _seen_in(connection: Connection, runs: Sequence[tuple[int, int, int]], now_ms: int) -> set[tuple[int, int]]:
    """(place, person) of the visits in these runs."""
    if not runs:
        return set()
    due = given(connection, ["stream", "first_seq", "last_seq"], runs)
    sql = (
        f"SELECT DISTINCT v.venue, v.person, v.identity_kind FROM {due.sql} d CROSS JOIN visit v"
        " WHERE v.stream = d.stream AND v.seq >= d.first_seq AND v.seq <= d.last_seq AND v.person IS NOT NULL"
    )
    seen = [(venue, bytes(person), kind) for venue, person, kind in fetch(connection, sql, due.values)]
    persons = persons_of(connection, ((person, kind) for _, person, kind in seen), now_ms)
    numbers = {venue: place_number(connection, venue, now_ms) for venue in sorted({venue for venue, _, _ in seen})}
    return {(numbers[venue], persons[person]) for venue, person, _ in seen}


def _seen_of(connection: Connection, persons: Sequence[int], now_ms: int) -> set[tuple[int, int]]:
    """(place, person) of all visits of these persons."""
    if not persons:
        return set()
    listed = given(connection, ["person"], [(person,) for person in persons])
    sql = (
        f"SELECT DISTINCT v.venue, p.person FROM {listed.sql} p CROSS JOIN identity i CROSS JOIN visit v"
        " WHERE i.person = p.person AND v.person = i.pseudonym"
    )
    return {
        (place_number(connection, venue, now_ms), person) for venue, person in fetch(connection, sql, listed.values)
    }
