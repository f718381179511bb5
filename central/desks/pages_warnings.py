"""The early-warning page. Nobody is on it, and small numbers are not told apart."""

from typing import Any

from flask import g, request

from central.access.roles import Purpose, Right
from central.desks import warnings as early
from central.desks.baseline import shown
from central.desks.pictures import day_bars
from central.desks.said import day_of
from central.web.console import Desk
from central.zoning.names import official, venue_names

_DAYS = 30
_MOST_PICTURES = 12


def warnings_page(desk: Desk) -> str:
    """What stands out, each with its own past; then how often that has been nothing."""
    rule, areas = early.warning_rule(), desk.areas(Right.DECLARATIONS_WORK)
    with desk.read() as connection:
        found = early.warnings(connection, areas, day_of(desk.now_ms) - _DAYS)
        named = venue_names(connection, [one.area[6:] for one in found if one.area.startswith("venue-")])
        pasts = {one.id: early.past_of(connection, one, _DAYS) for one in found[:_MOST_PICTURES]}
        false, judged = early.own_history(connection)
    names = {one.area: _name(one.area, named) for one in found}
    return desk.show(
        "desks/warnings.html",
        found=found,
        names=names,
        bars={n: day_bars(past, rule.least_people) for n, past in pasts.items()},
        people={one.id: shown(one.people, rule.least_people) for one in found},
        mistaken=false,
        judged=judged,
        simulated=[(mean, *early.simulated(mean), *early.simulated_outbreaks(mean)) for mean in (2, 10, 40)],
        rule=rule,
        judgements=early.JUDGEMENTS,
        days=_DAYS,
    )


def judge_view(desk: Desk, number: int) -> Any:
    """POST: what it turned out to be."""
    with desk.write() as connection:
        one = early.warning_of(connection, number)
        desk.require(Right.DECLARATIONS_WORK, early.areas_of(one) - {"all"})
        judgement = request.form.get("judgement", "")
        early.judge_warning(connection, number, judgement, desk.officer.account, desk.now_ms)
        desk.note(connection, "warning_judged", Purpose.DECLARATION, f"W-{number}", judgement=judgement)
    return desk.go("/warnings", "desks.judged_said")


def _name(area: str, venues: dict[str, str]) -> str:
    kind, _, value = area.partition("-")
    return venues.get(value, value) if kind == "venue" else official(kind, value, g.language)
