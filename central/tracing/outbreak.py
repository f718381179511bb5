"""Cases of the database as an outbreak: chains, curve and sources, for a page. Whoever shows them notes it."""

from collections.abc import Sequence
from random import Random

from sqlalchemy.engine import Connection

from central.statements import run
from central.tracing.backward import Crowd, Source, Suspect, find_sources
from central.tracing.bulk import as_usual, fetch, for_long_questions, given
from central.tracing.chains import Case, Link, Timing, chains
from central.tracing.contacts import stays_of
from central.tracing.curve import Day, epidemic_curve
from central.tracing.model import DAY_MS, SIZES_MS, ContactRule, Stay
from wire.refusal import Refused

_MOST_CASES = 500
_MOST_STAYS = 300_000


def cases_of(connection: Connection, ids: Sequence[str]) -> list[Case]:
    """The cases of these files that have a person, in order of onset. Raises Refused("too_many_cases")."""
    if len(ids) > _MOST_CASES:
        raise Refused("too_many_cases", str(len(ids)))
    if not ids:
        return []
    sql = (
        "SELECT id, person, COALESCE(onset_ms, opened_ms), from_ms, to_ms FROM case_file"
        f" WHERE id IN ({', '.join('?' * len(ids))}) AND person IS NOT NULL AND merged_into IS NULL"
    )
    found = [Case(*row) for row in run(connection, sql, sorted(ids))]
    return sorted(found, key=lambda one: (one.onset_ms, one.id))


def chains_of(connection: Connection, cases: Sequence[Case], timing: Timing | None = None) -> list[Link]:
    """Who may have infected whom among them."""
    if not cases:
        return []
    span = min(one.from_ms for one in cases), max(one.to_ms for one in cases)
    stays = stays_of(connection, {one.person for one in cases}, span, ContactRule())
    return chains(cases, [stay for several in stays.values() for stay in several], timing)


def curve_of(connection: Connection, ids: Sequence[str], *, by_report: bool = False) -> list[Day]:
    """Cases by day of onset (of report, where nobody fell ill), or by report; each by its state."""
    if not ids:
        return []
    when = "opened_ms" if by_report else "COALESCE(onset_ms, opened_ms)"
    sql = f"SELECT {when}, state FROM case_file WHERE id IN ({', '.join('?' * len(ids))}) AND merged_into IS NULL"
    return epidemic_curve((at_ms, state) for at_ms, state in run(connection, sql, sorted(ids)[:_MOST_CASES]))


def sources_of(
    connection: Connection, cases: Sequence[Case], chance: Random, timing: Timing | None = None
) -> list[Source]:
    """The venue-hours that best explain them. The control are the visitors of all places where any of them was.

    Raises Refused("too_many_stays") where these are too many to be looked at in one go: ask for fewer cases.
    """
    timing = timing or Timing()
    longest, shortest = int(timing.longest_days * DAY_MS), int(timing.shortest_days * DAY_MS)
    suspects = [Suspect(one.person, one.onset_ms - longest, one.onset_ms - shortest) for one in cases]
    if len(suspects) < 2:
        return []
    span = min(one.from_ms for one in suspects), max(one.to_ms for one in suspects)
    own = stays_of(connection, {one.person for one in suspects}, span, ContactRule())
    places = sorted({stay.place for several in own.values() for stay in several})
    return find_sources(Crowd(_stays_at(connection, places, span)), suspects, chance)


def _stays_at(connection: Connection, places: Sequence[int], span: tuple[int, int]) -> list[Stay]:
    if not places:
        return []
    for_long_questions(connection)
    asked = given(connection, ["place"], [(place,) for place in places])
    sizes = ", ".join(f"({size}, {most_ms})" for size, most_ms in enumerate(SIZES_MS))
    sql = (
        f"SELECT s.place, s.person, s.in_ms, s.out_ms, s.assumed FROM {asked.sql} a CROSS JOIN (VALUES {sizes}) z"
        " CROSS JOIN stay s WHERE s.place = a.place AND s.size = z.column1"
        " AND s.in_ms >= ? - z.column2 AND s.in_ms <= ? AND s.out_ms >= ? LIMIT ?"
    )
    rows = fetch(connection, sql, (*asked.values, span[0], span[1], span[0], _MOST_STAYS + 1))
    as_usual(connection)
    if len(rows) > _MOST_STAYS:
        raise Refused("too_many_stays", str(_MOST_STAYS))
    return [Stay(place, person, start, end, assumed != 0) for place, person, start, end, assumed in rows]
