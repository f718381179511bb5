"""Contacts out of the centre's stays: central.tracing.overlaps says the rules, here they are asked of the database.

- The first hop asks for every overlap with every stay of the indexes, in one statement for however many they are.
- Further hops ask with the staircase of each place (central.tracing.staircase). What is found is read as it comes, and
  of each person the longest and the latest overlap are kept: the database would take longer to group them.
- A stay is looked for in its class of length, so that a question looks back no further than stays of that class last.
- CROSS JOIN tells SQLite to begin with what is given; PostgreSQL takes it as any other join.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.tracing.bulk import Given, as_usual, fetch, fetch_on, for_long_questions, given, uncollected
from central.tracing.model import SIZES_MS, Contact, ContactRule, Index, Reason, Stay
from central.tracing.overlaps import Reasons, frontier_of, listed, longest_and_latest, span_of
from central.tracing.staircase import Staircase

_SEEN_ONLY, _OUT_ASSUMED = 0, 1


class Window(NamedTuple):
    """At a place, from when to when; `number` says whose.

    Wanted are stays that began by `high_ms`: those that began at `from_ms` or later, and those from before it that end
    at `low_ms` or later.
    """

    number: int
    place: int
    from_ms: int
    to_ms: int
    low_ms: int
    high_ms: int


def contacts_of(connection: Connection, indexes: Sequence[Index], rule: ContactRule) -> list[Contact]:
    """The contacts of `indexes` by hop, the longest overlap first. Raises ValueError for hops outside 1..3."""
    if not 1 <= rule.hops <= 3:
        raise ValueError("hops are 1, 2 or 3")
    if not indexes:
        return []
    for_long_questions(connection)
    with uncollected():
        contacts = _hops(connection, indexes, rule)
    as_usual(connection)
    return contacts


def _hops(connection: Connection, indexes: Sequence[Index], rule: ContactRule) -> list[Contact]:
    reached = {index.person for index in indexes}
    found, exposed = _first_hop(connection, indexes, rule)
    contacts = listed(found, 1)
    for hop in range(2, rule.hops + 1):
        reached |= found.keys()
        stays = stays_of(connection, found, span_of(indexes), rule)
        frontier = frontier_of(stays, exposed if rule.in_order else {}, span_of(indexes))
        found, exposed = _next_hop(connection, frontier, reached, rule)
        contacts += listed(found, hop)
    return contacts


def stays_of(
    connection: Connection, persons: Iterable[int], span: tuple[int, int], rule: ContactRule
) -> dict[int, list[Stay]]:
    """The stays of these persons that reach into the span, unknown check-outs bounded by the rule."""
    asked = given(connection, ["person"], [(person,) for person in persons])
    sql = (
        f"SELECT s.place, s.person, s.in_ms, {_ends(rule)}, s.assumed FROM {asked.sql} a CROSS JOIN stay s"
        " WHERE s.person = a.person AND s.in_ms <= ? AND s.in_ms >= ? AND s.out_ms >= ?"
    )
    values = (*asked.values, span[1], span[0] - SIZES_MS[-1], span[0])
    found = defaultdict[int, list[Stay]](list)
    for place, person, start, end, assumed in fetch(connection, sql, values):
        found[person].append(Stay(place, person, start, end, assumed != _SEEN_ONLY))
    return found


def _first_hop(connection: Connection, indexes: Sequence[Index], rule: ContactRule) -> tuple[Reasons, dict[int, int]]:
    own = {index.person for index in indexes}
    stays = stays_of(connection, own, span_of(indexes), rule)
    mine: list[Stay] = []
    windows: list[Window] = []
    for index in sorted(set(indexes)):
        for stay in stays.get(index.person, ()):
            start, end = max(stay.start_ms, index.from_ms), min(stay.end_ms, index.to_ms)
            if end - start >= rule.min_overlap_ms:
                least = rule.min_overlap_ms
                windows.append(Window(len(mine), stay.place, start, end, start + least, end - least))
                mine.append(stay)
    found: Reasons = defaultdict(list)
    exposed: dict[int, int] = {}
    if windows:
        overlaps = _overlaps(connection, windows, rule)
        sql = f"SELECT number, person, since_ms, until_ms, assumed FROM {overlaps.sql} o"
        for number, person, since, until, assumed in fetch(connection, sql, overlaps.values):
            if person not in own:
                one = mine[number]
                why = Reason("visit", one.place, one.person, since, until, one.assumed or assumed != _SEEN_ONLY)
                found[person].append(why)
                exposed[person] = min(since, exposed.get(person, since))
    return found, exposed


def _next_hop(
    connection: Connection, frontier: Iterable[Stay], reached: set[int], rule: ContactRule
) -> tuple[Reasons, dict[int, int]]:
    steps, windows = steps_of(frontier, rule.min_overlap_ms)
    found: Reasons = {}
    exposed: dict[int, int] = {}
    if not steps:
        return found, exposed
    overlaps = _overlaps(connection, windows, rule)
    sql = f"SELECT person, number, since_ms, until_ms, assumed FROM {overlaps.sql} o"
    for person, number, since, until, assumed in fetch_on(connection, sql, overlaps.values):
        if person in reached:
            continue
        place, other, _, _, unsure = steps[number]
        why = Reason("visit", place, other, since, until, unsure or assumed != _SEEN_ONLY)
        known = found.get(person)
        if known is None:
            found[person] = [why]
            exposed[person] = since
        else:
            found[person] = longest_and_latest(known, why)
            exposed[person] = min(since, exposed[person])
    return found, exposed


def _overlaps(connection: Connection, windows: Sequence[Window], rule: ContactRule) -> Given:
    """(number, person, since_ms, until_ms, assumed) of each stay that has enough in common with a window."""
    least = rule.min_overlap_ms
    near = given(connection, Window._fields, windows)
    sizes = ", ".join(f"({size}, {most_ms})" for size, most_ms in enumerate(SIZES_MS) if most_ms >= least)
    ends = _ends(rule)
    later, earlier = ("GREATEST", "LEAST") if connection.dialect.name == "postgresql" else ("max", "min")
    # Materialized: a planner that begins with the place and asks for the size later reads whole markets.
    sql = (
        "(WITH near AS MATERIALIZED (SELECT n.number, n.place, n.from_ms, n.to_ms, n.low_ms, n.high_ms,"
        f" z.column1 AS size, {earlier}(n.low_ms - z.column2, n.from_ms) AS since_ms"
        f" FROM {near.sql} n CROSS JOIN (VALUES {sizes}) z)"
        f" SELECT n.number, s.person, {later}(s.in_ms, n.from_ms) AS since_ms, {earlier}({ends}, n.to_ms) AS until_ms,"
        " s.assumed FROM near n CROSS JOIN stay s WHERE s.place = n.place AND s.size = n.size"
        " AND s.in_ms >= n.since_ms AND s.in_ms <= n.high_ms"
        f" AND (s.in_ms >= n.from_ms OR {ends} >= n.low_ms) AND {ends} - s.in_ms >= ?)"
    )
    return Given(sql, (*near.values, least))


def _ends(rule: ContactRule) -> str:
    """The end of a stay; where its check-out is assumed, no later than the rule's longest stay."""
    most = int(rule.max_stay_ms)
    return (
        f"CASE WHEN s.assumed = {_OUT_ASSUMED} AND s.out_ms - s.in_ms > {most} THEN s.in_ms + {most} ELSE s.out_ms END"
    )


def steps_of(frontier: Iterable[Stay], least_ms: int) -> tuple[list[Stay], list[Window]]:
    """PURE. The staircases of all places, and for which stays each step is to be asked.

    Of two steps that a stay began after, the later one holds all that the earlier one holds of it; of two that began
    after the stay and go on beyond its end, the earlier one. So each step is asked for the stays that begin upon it
    before the next one begins, and for those from before it that outlast the step before.
    """
    at_place = defaultdict[int, list[Stay]](list)
    for stay in frontier:
        if stay.end_ms - stay.start_ms >= least_ms:
            at_place[stay.place].append(stay)
    steps: list[Stay] = []
    windows: list[Window] = []
    for place, stays in at_place.items():
        stairs = Staircase(stays).steps
        for number, (_, _, start, end, _) in enumerate(stairs):
            until, outlasting = end - least_ms, start + least_ms
            if number + 1 < len(stairs):
                until = min(until, stairs[number + 1].start_ms - 1)
            if number:
                outlasting = max(outlasting, stairs[number - 1].end_ms + 1)
            windows.append(Window(len(steps) + number, place, start, end, outlasting, until))
        steps += stairs
    return steps, windows
