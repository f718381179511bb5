"""The inspectors' pages: what is due by ward, a place as they see it, and one page on which everything is put down."""

from typing import Any

from flask import Response, g, request

from central.access.roles import Purpose, Right
from central.places.places import Place, place_of, places_by_number
from central.safety.checks import place_scheme, sections_of, text_of
from central.safety.evidence import Shot, keep_pictures, of_scheme, picture, pictures_of, read_pictures
from central.safety.inspections import (
    MOST_DAYS,
    Found,
    Inspection,
    ask_inspection,
    due_inspections,
    finish_inspection,
    inspection_of,
    open_findings,
    open_of,
)
from central.safety.reasons import criterion_text
from central.safety.remind_views import late_by_ward
from central.safety.scoring import Scheme
from central.safety.showing import shown_place
from central.safety.states import State
from central.web.console import Desk
from central.zoning.names import official
from wire.refusal import Refused

_SHOWN = 100
_DAYS = 7


def due_page(desk: Desk) -> Any:
    """What is to be inspected in this officer's areas, by ward; what is due first on top."""
    venue = request.args.get("venue", "").strip()[:64]
    if venue:
        return desk.go(f"/inspections/of/{venue}") if _is_code(venue) else desk.go("/inspections")
    with desk.read() as connection:
        due = due_inspections(connection, desk.areas(Right.INSPECTIONS_WORK), _SHOWN + 1)
        held = places_by_number(connection, [one.place for one in due])
    by_ward: dict[str, list[tuple[Place, Inspection]]] = {}
    for one in due[:_SHOWN]:
        by_ward.setdefault(held[one.place].ward, []).append((held[one.place], one))
    wards = [(official("ward", ward, g.language) if ward else "", rows) for ward, rows in by_ward.items()]
    late = late_by_ward(desk, Right.INSPECTIONS_WORK)
    return desk.show("safety/inspections.html", wards=wards, more=len(due) > _SHOWN, now_ms=desk.now_ms, late=late)


def place_page(desk: Desk, venue: str) -> str:
    """A place as an inspector sees it: the manager's page, with pictures and what waits for an inspection."""
    with desk.read() as connection:
        place = place_of(connection, venue)
        desk.require(Right.INSPECTIONS_WORK, place.areas)
        shown = shown_place(connection, place, desk.now_ms)
        pictures = pictures_of(connection, place.number)
        waiting = open_of(connection, place.number)
    said = {"manages": False, "ways": None}
    return desk.show("safety/desk.html", **shown, **said, inspecting=True, pictures=pictures, waiting=waiting)


def ask_view(desk: Desk, venue: str) -> Any:
    """POST: an inspection more."""
    with desk.write() as connection:
        place = place_of(connection, venue)
        desk.require(Right.INSPECTIONS_WORK, place.areas)
        number = ask_inspection(connection, place.number, "planned", "", desk.now_ms, desk.officer.account)
        desk.note(connection, "inspection_asked", Purpose.UPKEEP, f"I-{number}", place=place.id)
    return desk.go(f"/inspections/{number}", "safety.asked")


def inspect_page(desk: Desk, number: int) -> str:
    """One inspection: all criteria on one page, to be filled in on the spot."""
    with desk.read() as connection:
        one = inspection_of(connection, number)
        place = places_by_number(connection, [one.place])[one.place]
        desk.require(Right.INSPECTIONS_WORK, place.areas)
        scheme = place_scheme(connection, one.place)
        before = {f.criterion.partition("@")[0]: f for f in open_findings(connection, one.place)}
    return desk.show(
        "safety/inspect.html",
        one=one,
        place=place,
        sections=sections_of(scheme, "periodic"),
        text=lambda criterion: text_of(scheme, criterion).get(g.language) or text_of(scheme, criterion).get("vi", ""),
        criterion_text=lambda named: criterion_text(g.language, named),
        before=before,
        days=_DAYS,
        most_days=MOST_DAYS,
        now_ms=desk.now_ms,
    )


def finish_view(desk: Desk, number: int) -> Any:
    """POST: what was found."""
    with desk.read() as connection:
        one = inspection_of(connection, number)
        place = places_by_number(connection, [one.place])[one.place]
        desk.require(Right.INSPECTIONS_WORK, place.areas)
        scheme = place_scheme(connection, one.place)
    state, found, shots = _result(), _findings(scheme), _pictures(scheme)
    with desk.write() as connection:
        words = _line(request.form.get("words", ""))
        finish_inspection(connection, number, state, words, found, desk.officer.account, desk.now_ms)
        keep_pictures(connection, one.place, "inspection", number, shots, desk.now_ms)
        said = {"place": place.id, "state": str(state), "findings": len(found)}
        desk.note(connection, "inspection_done", Purpose.UPKEEP, f"I-{number}", **said)
    return desk.go(f"/inspections/of/{place.id}", "safety.finished")


def picture_view(desk: Desk, number: int) -> Response:
    """A picture, for who inspects there."""
    with desk.read() as connection:
        place_number, data = picture(connection, number)
        place = places_by_number(connection, [place_number])[place_number]
        desk.require(Right.INSPECTIONS_WORK, place.areas)
    return Response(data, mimetype="image/jpeg", headers={"Content-Disposition": "inline; filename=picture.jpg"})


def _result() -> State:
    text = request.form.get("result", "")
    if text not in ("safe", "at_risk", "unsafe"):
        raise Refused("safety_result", text[:16])
    return State(text)


def _findings(scheme: Scheme) -> list[Found]:
    """Every criterion that is marked, with its words and days."""
    return [
        Found(criterion, _line(request.form.get(f"w-{criterion}", "")), _days(request.form.get(f"d-{criterion}", "")))
        for criterion in (*(one.id for one in scheme.criteria), "")
        if request.form.get(f"f-{criterion}")
    ]


def _pictures(scheme: Scheme) -> list[Shot]:
    """The place as a whole, and what is marked, each with its picture."""
    known = [one.id for one in scheme.criteria]
    sent = [("", "picture"), *((one, f"p-{one}") for one in known if request.form.get(f"f-{one}"))]
    given = [(one, request.files[name]) for one, name in sent if name in request.files]
    return of_scheme(read_pictures(given, known), scheme.id)


def _days(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 4 else 0


def _line(text: str) -> str:
    return " ".join(text.split())[:500]


def _is_code(text: str) -> bool:
    return text.isascii() and all(c.isalnum() or c in "-_." for c in text)
