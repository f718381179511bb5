"""The outbreak as a picture: cases by day, and who may have infected whom. Numbers of cases alone; no person."""

from typing import Any, NamedTuple

from markupsafe import Markup
from sqlalchemy.engine import Connection

from central.access.roles import Purpose, Right
from central.authority import asked
from central.authority.areas import rows_within
from central.authority.days import DAY_MS
from central.authority.diseases import diseases
from central.statements import run
from central.tracing.chains import Case, chains
from central.tracing.curve import epidemic_curve
from central.tracing.model import Stay
from central.tracing.pictures import chain_picture, curve_picture
from central.web.console import Desk
from central.web.words import say

_DAYS = 60
_MOST_CASES = 100  # drawn in the chain
_MOST_LISTED = 50
_MOST_STAYS = 20_000


class Listed(NamedTuple):
    """A case of the outbreak; `at_ms` is its onset, or the result where nobody fell ill."""

    id: str
    person: int | None
    state: str
    at_ms: int
    from_ms: int
    to_ms: int


def page(desk: Desk) -> str:
    """GET /cases/outbreak"""
    code = asked.text("disease", 32)
    disease = code if code in diseases() else next(iter(diseases()))
    with desk.write() as connection:
        cases = _cases(desk, connection, disease)
        known = [one for one in cases if one.person is not None][:_MOST_CASES]
        stays = _stays(connection, known)
        listed = cases[:_MOST_LISTED]
        persons = {one.person for one in (*listed, *known) if one.person is not None}  # of the others: a count
        desk.note(connection, "outbreak_seen", Purpose.TRACING, "", cases=len(cases), disease=disease, persons=persons)
    words = {state: say(_language(), f"authority.case.{state}") for state in ("confirmed", "suspected", "closed")}
    told = [Case(one.id, one.person or 0, one.at_ms, one.from_ms, one.to_ms) for one in known]
    return desk.show(
        "authority/outbreak.html",
        disease=disease,
        diseases=diseases(),
        total=len(cases),
        cases=listed,
        # Markup: the pictures escape what they are given, and names of cases are ours.
        curve=Markup(curve_picture(_days(cases), say(_language(), "authority.curve"), words)),
        chain=Markup(chain_picture(told, chains(told, stays), say(_language(), "authority.chains"))),
    )


def _days(cases: list[Listed]) -> list[Any]:
    return epidemic_curve((one.at_ms, one.state) for one in cases)


def _cases(desk: Desk, connection: Connection, disease: str) -> list[Listed]:
    within, values = rows_within(desk.areas(Right.CASES_READ))
    sql = (
        "SELECT id, person, state, COALESCE(onset_ms, result_ms, opened_ms), from_ms, to_ms FROM case_file"
        f" WHERE state IN ('confirmed', 'suspected', 'closed') AND disease = ? AND opened_ms > ? AND {within}"
        " ORDER BY opened_ms DESC LIMIT 2000"
    )
    return [Listed(*row) for row in run(connection, sql, (disease, desk.now_ms - _DAYS * DAY_MS, *values))]


def _stays(connection: Connection, cases: list[Listed]) -> list[Stay]:
    if not cases:
        return []
    persons = sorted({one.person or 0 for one in cases})
    sql = (
        f"SELECT place, person, in_ms, out_ms, assumed FROM stay WHERE person IN ({', '.join('?' * len(persons))})"
        " AND in_ms > ? ORDER BY in_ms LIMIT ?"
    )
    since = min(one.from_ms for one in cases) - 14 * DAY_MS
    found = run(connection, sql, (*persons, since, _MOST_STAYS))
    return [Stay(place, person, start, end, bool(assumed)) for place, person, start, end, assumed in found]


def _language() -> str:
    from flask import g

    return str(g.language)
