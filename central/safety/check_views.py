"""The pages on which a place checks itself: its list, its desk, and the questions, one section a page.

The answers of the sections before travel in the form itself: nothing is kept until the pledge is taken and sent.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from flask import abort, g, request
from sqlalchemy.engine import Connection

from central.access.roles import Purpose, Right
from central.places.places import Place, place_of, places_by_id
from central.safety.checks import PLEDGE, Section, SelfCheck, hand_in, place_scheme, sections_of, text_of
from central.safety.closing_days import opening_of
from central.safety.evidence import MOST_OF_ONE, keep_pictures, numbered_pictures, of_scheme
from central.safety.history import kept_check
from central.safety.periods import Period, day_of
from central.safety.remind_views import reminding_of
from central.safety.scoring import Criterion, Scheme
from central.safety.showing import due_of, shown_place
from central.safety.states import state_of
from central.statements import run
from central.web.console import Desk

_MOST_PLACES = 200
_SAID = {"yes": 1, "no": 0, "na": None}


def places_page(desk: Desk) -> Any:
    """The places that this account may check, what holds of each and what is to do there."""
    now_ms = desk.now_ms
    with desk.read() as connection:
        held = _places(connection, desk.areas(Right.VENUE_CHECK))
        rows = [(one, state_of(connection, one.number, now_ms), _to_do(connection, one, now_ms)) for one in held]
    if len(rows) == 1:
        return desk.go(f"/safety/{rows[0][0].id}")
    return desk.show("safety/places.html", rows=rows)


def desk_page(desk: Desk, venue: str) -> str:
    """One place: what holds, what is to do, what was measured, what happened."""
    with desk.read() as connection:
        place = place_of(connection, venue)
        desk.require(Right.VENUE_CHECK, place.areas)
        shown = shown_place(connection, place, desk.now_ms)
    said = {"manages": desk.may(Right.VENUE_MANAGE, place.areas), **reminding_of(desk, place)}
    return desk.show("safety/desk.html", **shown, **said, inspecting=False, pictures=[], waiting=[])


def check_page(desk: Desk, venue: str, period: str) -> Any:
    """GET: the first section. POST: the next one, the one before, or the check as a whole."""
    if period not in ("daily", "periodic"):
        abort(404)
    which: Period = "daily" if period == "daily" else "periodic"
    with desk.read() as connection:
        place = place_of(connection, venue)
        desk.require(Right.VENUE_CHECK, place.areas)
        scheme = place_scheme(connection, place.number)
    sections = sections_of(scheme, which)
    if request.method == "GET":
        return _ask(desk, place, scheme, which, 0, {}, ())
    given = given_answers(scheme, which, sections, request.form)
    step = _step(len(sections)) if len(sections) > 1 else 0
    if request.form.get("go") == "back":
        return _ask(desk, place, scheme, which, max(0, step - 1), given, ())
    open_here = [one.id for section in sections[: step + 1] for one in section.criteria if one.id not in given]
    if open_here:
        first = next(n for n, s in enumerate(sections) if any(one.id in open_here for one in s.criteria))
        return _ask(desk, place, scheme, which, first, given, open_here)
    if step < len(sections) and len(sections) > 1:
        return _ask(desk, place, scheme, which, step + 1, given, ())
    if not request.form.get("pledge"):
        return _ask(desk, place, scheme, which, step, given, ("pledge",))
    return _keep(desk, place, scheme, which, given)


def given_answers(
    scheme: Scheme, period: Period, sections: Sequence[Section], form: Mapping[str, str]
) -> dict[str, int | None]:
    """What a form answers, by criterion id; what it does not offer is left out, so that it is asked again."""
    in_points = scheme.answers == "points" and period == "periodic"
    found: dict[str, int | None] = {}
    for one in (one for section in sections for one in section.criteria):
        text = form.get(f"c-{one.id}", "")
        if in_points and text.isdecimal() and len(text) < 4 and int(text) <= one.most:
            found[one.id] = int(text)
        elif not in_points and (text in ("yes", "no") or (text == "na" and one.optional)):
            found[one.id] = _SAID[text]
    return found


def _ask(
    desk: Desk,
    place: Place,
    scheme: Scheme,
    period: Period,
    step: int,
    given: Mapping[str, int | None],
    left: Sequence[str],
) -> str:
    sections = sections_of(scheme, period)
    section = sections[step] if step < len(sections) else None
    alone = len(sections) == 1  # questions and pledge on one page: the short check of a day
    here = section.criteria if section is not None else ()
    return desk.show(
        "safety/check.html",
        place=place,
        period=period,
        step=step,
        steps=1 if alone else len(sections) + 1,
        section=section,
        last=section is None or alone,
        pictures=range(1, MOST_OF_ONE + 1),
        asked=[one for s in sections for one in s.criteria],
        given=given,
        carried={name: value for name, value in given.items() if all(one.id != name for one in here)},
        left=left,
        not_met=[one for s in sections for one in s.criteria if given.get(one.id, 1) == 0],
        points=scheme.answers == "points" and period == "periodic",
        text=lambda one: _text(scheme, one),
        value=_value,
        pledge=PLEDGE[g.language],
    )


def _keep(desk: Desk, place: Place, scheme: Scheme, period: Period, given: Mapping[str, int | None]) -> Any:
    now_ms, language = desk.now_ms, g.language
    shots = numbered_pictures(request.form, request.files, [one.id for one in scheme.criteria])
    with desk.write() as connection:
        check = SelfCheck(place.number, period, scheme, given, desk.officer.account, now_ms, language)
        number, found = hand_in(connection, check, now_ms)
        keep_pictures(connection, place.number, "self_check", number, of_scheme(shots, scheme.id), now_ms)
        pledge = hashlib.sha256(PLEDGE[language].encode()).hexdigest()[:16]
        said = {"place": place.id, "period": period, "state": str(found.state), "pledge": pledge}
        desk.note(connection, "self_check", Purpose.UPKEEP, f"SC-{number}", **said)
    return desk.go(f"/safety/{place.id}", "safety.sent")


def _step(sections: int) -> int:
    """Which section the form answers; a form without one answers all of them."""
    text = request.form.get("step", "")
    return min(int(text), sections) if text.isdecimal() and len(text) < 3 else sections


def _places(connection: Connection, areas: frozenset[str]) -> list[Place]:
    found = list(places_by_id(connection, [area[6:] for area in areas if area.startswith("venue-")]).values())
    wider = [area.split("-", 1) for area in areas if area.startswith(("ward-", "province-"))]
    for column, code in [*wider, *([["all", ""]] if "all" in areas else [])]:
        where = "closed_ms IS NULL" + ("" if column == "all" else f" AND {column} = ?")
        sql = f"SELECT id FROM place WHERE {where} ORDER BY name, id LIMIT ?"
        values = (_MOST_PLACES,) if column == "all" else (code, _MOST_PLACES)
        found += places_by_id(connection, [row[0] for row in run(connection, sql, values)]).values()
    return sorted({one.number: one for one in found}.values(), key=lambda one: (one.name, one.id))[:_MOST_PLACES]


def _to_do(connection: Connection, place: Place, now_ms: int) -> Literal["todo_daily", "todo_periodic", "todo_none"]:
    daily = kept_check(connection, place.number, "daily", now_ms)
    whole = kept_check(connection, place.number, "periodic", now_ms)
    today = day_of(now_ms)
    opening = opening_of(connection, place.number)
    if opening.shut(today):
        return "todo_none"
    if due_of(daily, whole, "periodic", now_ms) != "good":
        return "todo_periodic"
    return "todo_none" if due_of(daily, whole, "daily", now_ms, opening) == "good" else "todo_daily"


def _text(scheme: Scheme, one: Criterion) -> str:
    texts = text_of(scheme, one)
    return texts.get(g.language) or texts.get("vi", "")


def _value(points: bool, given: int | None) -> str:
    """How an answer stands in the form."""
    if points:
        return str(given)
    return "na" if given is None else "yes" if given else "no"
