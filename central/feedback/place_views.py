"""The place's own page: what was published about it, and its answers. It sees words and days; never who, never when."""

from typing import Any

from flask import Response, g, request
from sqlalchemy.engine import Connection

from central.access.roles import Purpose, Right
from central.authority import once
from central.authority.posting import post
from central.feedback import answering, showing
from central.feedback.moderating import word_of
from central.feedback.views import picture_of
from central.places.places import Place, place_of, places_by_id, places_by_number
from central.statements import run
from central.web.console import Desk

MANAGE = Right.VENUE_MANAGE
_SHOWN = 50


def places_page(desk: Desk) -> Any:
    """GET /feedback/mine: the places of this manager; the one, where it is one."""
    venues = [area.removeprefix("venue-") for area in desk.areas(MANAGE) if area.startswith("venue-")]
    with desk.read() as connection:
        places = sorted(places_by_id(connection, venues).values(), key=lambda place: place.name)
    if len(places) == 1:
        return desk.go(f"/feedback/of/{places[0].id}")
    return desk.show("feedback/mine.html", places=places)


def place_page(desk: Desk, venue: str) -> str:
    """GET /feedback/of/PLACE"""
    with desk.read() as connection:
        place = _mine(desk, connection, venue)
        rows = showing.public_feedback(connection, place.number, desk.now_ms, _SHOWN)
        counts = showing.feedback_counts(connection, place.number, desk.now_ms)
        answers = {row.number: answering.answers_to(connection, row.number) for row in rows}
        shown = [row.number for row in rows]  # at most _SHOWN
        sql = (
            "SELECT p.feedback FROM feedback_picture p JOIN feedback f ON f.id = p.feedback WHERE f.place = ?"
            f" AND f.state = 'published' AND p.shown = 1 AND f.id IN ({', '.join('?' * len(shown)) or 'NULL'})"
        )
        pictures = {int(row[0]) for row in run(connection, sql, (place.number, *shown))}
    return desk.show(
        "feedback/place.html",
        place=place,
        rows=rows,
        counts=counts,
        answers=answers,
        pictures=pictures,
        turns=answering.TURNS,
        once=once.token,
        spoken=g.language,
    )


def answer_page(desk: Desk, number: int) -> Any:
    """POST /feedback/N/answer"""
    kept = ""

    def write(connection: Connection) -> str:
        nonlocal kept
        word = word_of(connection, number)
        place = places_by_number(connection, [word.place])[word.place]
        desk.require(MANAGE, place.areas)
        kept = answering.answer(connection, word, request.form.get("words", "")[:4_000], desk.now_ms)
        desk.note(connection, "feedback_answered", Purpose.UPKEEP, f"F-{number}", state=kept)
        return f"/feedback/of/{place.id}"

    answer = post(desk, write)
    return desk.go(answer.headers["Location"], f"feedback.said.answer_{kept or 'public'}")


def picture_page(desk: Desk, number: int) -> Response:
    """GET /feedback/N/released-picture: where a moderator lets the place see it."""
    with desk.write() as connection:
        word = word_of(connection, number)
        desk.require(MANAGE, places_by_number(connection, [word.place])[word.place].areas)
        desk.note(connection, "feedback_picture", Purpose.UPKEEP, f"F-{number}")
        return picture_of(desk, connection, number, " AND shown = 1")


def _mine(desk: Desk, connection: Connection, venue: str) -> Place:
    place = place_of(connection, venue)
    desk.require(MANAGE, place.areas)
    return place
