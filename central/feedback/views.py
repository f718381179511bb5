"""The moderators' pages. Words are opened when somebody looks at one, and each look is in the log."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, request
from sqlalchemy.engine import Connection

from central.access.roles import Purpose, Right
from central.authority import once
from central.authority.posting import post
from central.feedback import answering, moderating
from central.feedback.life import OPEN, REASONS
from central.feedback.moderating import Word, word_of
from central.feedback.personal import STRUCK, strike
from central.feedback.sealing import open_bytes, open_words
from central.feedback.topics import known_topic
from central.places.places import Place, places_by_number
from central.statements import run
from central.web.console import Desk

_SHOWN = 100
_MOST_NOTES = 200  # of one word: what its sender added and was asked, each of them sealed
_MANY_TOGETHER = 3
MODERATE = Right.FEEDBACK_MODERATE


def queue_page(desk: Desk) -> str:
    """GET /feedback: the most serious first, then the oldest. No words: those are behind each row."""
    with desk.read() as connection:
        held = answering.held_answers(connection)
        waiting = moderating.waiting_words(connection)
        places = places_by_number(connection, [*(word.place for word in waiting), *(place for _, place in held)])
        mine = [word for word in waiting if desk.may(MODERATE, places[word.place].areas)]
        mine.sort(key=lambda word: (known_topic(word.topic).rank, word.made_ms))
        shown = mine[:_SHOWN]
        same = moderating.how_many(connection, "same_as", [word.id for word in shown])
        floods = moderating.how_many(connection, "campaign", [word.campaign for word in shown if word.campaign])
    answers = [(one, places[number]) for one, number in held if desk.may(MODERATE, places[number].areas)]
    return desk.show(
        "feedback/queue.html",
        rows=shown,
        more=len(mine) - len(shown),
        places=places,
        same=same,
        floods=floods,
        first={word.id for word in shown if known_topic(word.topic).rank == 1},
        answers=answers,
        once=once.token,
    )


def word_page(desk: Desk, number: int) -> str:
    """GET /feedback/N: the words, opened for this look, and what can be done."""
    with desk.write() as connection:
        word, place = _mine(desk, connection, number)
        moderating.see(connection, word, desk.now_ms)
        desk.note(connection, "feedback_read", Purpose.UPKEEP, f"F-{number}")
        words = open_words(word.sealed, desk.site.ring.folder)
        sql = "SELECT at_ms, what, sealed, words FROM feedback_note WHERE feedback = ? ORDER BY id LIMIT ?"
        notes = [
            (at_ms, what, said or open_words(bytes(sealed), desk.site.ring.folder))
            for at_ms, what, sealed, said in run(connection, sql, (number, _MOST_NOTES))
        ]
        picture = run(connection, "SELECT shown FROM feedback_picture WHERE feedback = ?", (number,)).scalar()
        same = moderating.how_many(connection, "same_as", [number])[number]
        answers = answering.answers_to(connection, number)
        together = moderating.there_together(connection, word)
    return desk.show(
        "feedback/word.html",
        together=together if together >= _MANY_TOGETHER else 0,
        word=word,
        place=place,
        words=words,
        struck=strike(words),
        notes=notes,
        picture=picture,
        same=same,
        answers=answers,
        reasons=REASONS,
        open=word.state in OPEN,
        once=once.token,
        mark=STRUCK,
    )


def picture_page(desk: Desk, number: int) -> Response:
    """GET /feedback/N/picture"""
    with desk.write() as connection:
        _mine(desk, connection, number)
        desk.note(connection, "feedback_picture", Purpose.UPKEEP, f"F-{number}")
        return picture_of(desk, connection, number, "")


def picture_of(desk: Desk, connection: Connection, number: int, only: str) -> Response:
    """The picture of a word as a JPEG; 404 where there is none. `only` is a condition."""
    sealed = run(connection, f"SELECT sealed FROM feedback_picture WHERE feedback = ?{only}", (number,)).scalar()
    if sealed is None:
        abort(404)
    return Response(open_bytes(bytes(sealed), desk.site.ring.folder), mimetype="image/jpeg")


def flood_page(desk: Desk, number: int) -> str:
    """GET /feedback/flood/N: all words of a flood, to take out what is worth a look."""
    with desk.read() as connection:
        _, place = _mine(desk, connection, number)
        rows = moderating.of_campaign(connection, number)
    waiting = [word for word in rows if word.state in OPEN]
    return desk.show("feedback/flood.html", rows=rows, place=place, head=number, left=len(waiting), once=once.token())


def refuse_flood_page(desk: Desk, number: int) -> Any:
    """POST /feedback/flood/N/refuse"""

    def write(connection: Connection) -> str:
        _mine(desk, connection, number)
        count = moderating.refuse_flood(connection, number, desk.now_ms)
        desk.note(connection, "feedback_flood_refused", Purpose.UPKEEP, f"F-{number}", words=count)
        return "/feedback"

    return post(desk, write, "feedback.said.refuse")


def act_page(desk: Desk, number: int, what: str) -> Any:
    """POST /feedback/N/WHAT: publish, serious, refuse, inspect, ask."""
    if what not in _ACTS:
        abort(404)

    def write(connection: Connection) -> str:
        word, _ = _mine(desk, connection, number)
        detail = _ACTS[what](desk, connection, word)
        desk.note(connection, f"feedback_{what}", Purpose.UPKEEP, f"F-{number}", **detail)
        return "/feedback" if what in ("publish", "refuse") else f"/feedback/{number}"

    return post(desk, write, f"feedback.said.{what}")


def decide_answer_page(desk: Desk, number: int, what: str) -> Any:
    """POST /feedback/answers/N/release or /drop"""
    if what not in ("release", "drop"):
        abort(404)

    def write(connection: Connection) -> str:
        place = answering.place_of_answer(connection, number)
        desk.require(MODERATE, places_by_number(connection, [place])[place].areas)
        answering.decide_answer(connection, number, what == "release", desk.now_ms)
        desk.note(connection, f"answer_{what}", Purpose.UPKEEP, f"answer-{number}")
        return "/feedback"

    return post(desk, write, f"feedback.said.{what}")


def _publish(desk: Desk, connection: Connection, word: Word) -> dict[str, Any]:
    serious, picture = "serious" in request.form, "picture" in request.form
    released = request.form.get("words", "")[:4_000]
    moderating.publish(connection, desk.site.ring, word, released, serious=serious, picture=picture, now_ms=desk.now_ms)
    return {"serious": serious, "picture": picture}


def _serious(desk: Desk, connection: Connection, word: Word) -> dict[str, Any]:
    moderating.confirm(connection, word, desk.now_ms)
    return {}


def _refuse(desk: Desk, connection: Connection, word: Word) -> dict[str, Any]:
    reason = request.form.get("reason", "")
    moderating.refuse(connection, word, reason, desk.now_ms)
    return {"reason": reason}


def _inspect(desk: Desk, connection: Connection, word: Word) -> dict[str, Any]:
    why = request.form.get("words", "")[:4_000]
    return {"inspection": moderating.pass_on(connection, word, why, desk.officer.account, desk.now_ms)}


def _ask(desk: Desk, connection: Connection, word: Word) -> dict[str, Any]:
    moderating.ask(connection, word, request.form.get("words", "")[:4_000], desk.now_ms)
    return {}


_ACTS: dict[str, Callable[[Desk, Connection, Word], dict[str, Any]]] = {
    "publish": _publish,
    "serious": _serious,
    "refuse": _refuse,
    "inspect": _inspect,
    "ask": _ask,
}


def _mine(desk: Desk, connection: Connection, number: int) -> tuple[Word, Place]:
    """A word about a place that this officer looks after. Ends the request for any other."""
    word = word_of(connection, number)
    place = places_by_number(connection, [word.place])[word.place]
    desk.require(MODERATE, place.areas)
    return word, place
