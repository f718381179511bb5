"""What the pages show of a place: its report card with the plots of the week, for its manager and for inspectors."""

from dataclasses import replace
from typing import Any

from flask import g
from sqlalchemy.engine import Connection

from central.places.places import Place
from central.safety.checks import place_scheme, sections_of
from central.safety.closing_days import closures_of, day_text
from central.safety.contradicting import measure_rules
from central.safety.history import Kept, history, report_card
from central.safety.inspections import open_findings
from central.safety.opening import ALWAYS, Opening
from central.safety.periods import PERIODS, Period, day_of, remind_at, until_of
from central.safety.plots import Plot, week_plot
from central.safety.reasons import criterion_text, sentence


def shown_place(connection: Connection, place: Place, now_ms: int) -> dict[str, Any]:
    """The values of safety/card.html. What a kiosk holds back from nobody: counts, dates, sentences."""
    card, scheme = report_card(connection, place.number, now_ms), place_scheme(connection, place.number)
    hours, today = card.measured.hours, day_of(now_ms)
    shut = card.opening.shut(today)
    daily = due_of(card.daily, card.periodic, "daily", now_ms, card.opening)
    return {
        "place": place,
        "card": card,
        "scheme": scheme,
        "asked": {period: sum(len(one.criteria) for one in sections_of(scheme, period)) for period in PERIODS},
        "dues": {"daily": "shut" if shut else daily, "periodic": _due(card.periodic, now_ms)},
        "shut": shut,
        "opens_day": day_text(card.opening.opens_after(today)),
        "closures": [
            (n, day_text(first), day_text(last)) for n, first, last in closures_of(connection, place.number, today)
        ],
        "weekdays": [bool(card.opening.weekdays >> n & 1) for n in range(7)],
        "sure": card.sure,
        "crowd": week_plot([(h.hour_ms, h.occupancy) for h in hours], card.measured.capacity, now_ms),
        "air": _air([(h.hour_ms, h.co2_mean) for h in hours], now_ms),
        "units": {rule.id: rule.fact for rule in measure_rules()},
        "findings": open_findings(connection, place.number),
        "history": history(connection, place.number, 30, now_ms),
        "reason_text": lambda reason: sentence(g.language, reason),
        "criterion_text": lambda named: criterion_text(g.language, named),
        "now_ms": now_ms,
    }


def due_of(daily: Kept | None, periodic: Kept | None, period: Period, now_ms: int, opening: Opening = ALWAYS) -> str:
    """never, good, due or late; a whole check stands in for the short one of its day."""
    if period == "periodic":
        return _due(periodic, now_ms)
    known = [one for one in (daily, _as_daily(periodic, opening)) if one is not None]
    newest = max(known, key=lambda one: one.until_ms, default=None)
    return _due(newest, now_ms, "daily")


def _as_daily(whole: Kept | None, opening: Opening) -> Kept | None:
    if whole is None:
        return None
    return replace(whole, until_ms=until_of("daily", whole.at_ms, 0, opening.opens_after))


def _due(kept: Kept | None, now_ms: int, period: Period = "periodic") -> str:
    if kept is None:
        return "never"
    if kept.until_ms <= now_ms:
        return "late"
    return "due" if remind_at(period, kept.until_ms) <= now_ms else "good"


def _air(values: list[tuple[int, int | None]], now_ms: int) -> Plot | None:
    if all(value is None for _, value in values):
        return None
    limit = next((rule.above for rule in measure_rules() if rule.fact == "co2_mean"), None)
    return week_plot(values, limit, now_ms)
