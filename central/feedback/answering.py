"""What a place says to a published word: one answer and one more, for everybody. It never sees the sender.

An answer that seems to name somebody (central.feedback.personal) is held until a moderator has looked at it.
"""

from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.feedback.counting import tell_safety
from central.feedback.letters import send_letter
from central.feedback.moderating import Word
from central.feedback.personal import personal_parts, tidy
from central.statements import run
from wire.refusal import Refused

MOST_WORDS = 1_000
TURNS = 2
_COLUMNS = "a.id, a.feedback, a.turn, a.at_ms, a.words, a.state, a.public_ms"


class Answer(NamedTuple):
    """A row of `feedback_answer`."""

    id: int
    feedback: int
    turn: int
    at_ms: int
    words: str
    state: str
    public_ms: int | None


def answer(connection: Connection, word: Word, words: str, now_ms: int) -> str:
    """Keep an answer; "public" or "held". Raises Refused: word_state, bad_words, answered."""
    if word.state != "published" or word.visible_ms is None or word.visible_ms > now_ms:
        raise Refused("word_state")
    words = tidy(words)
    if not words or len(words) > MOST_WORDS:
        raise Refused("bad_words")
    given = [one for one in answers_to(connection, word.id) if one.state != "dropped"]
    if len(given) >= TURNS or any(one.state == "held" for one in given):
        raise Refused("answered")
    state = "held" if personal_parts(words) else "public"
    sql = (
        "INSERT INTO feedback_answer (feedback, made_ms, turn, at_ms, words, state, public_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)"
    )
    public_ms = now_ms if state == "public" else None
    run(connection, sql, (word.id, word.made_ms, len(given) + 1, now_ms, words, state, public_ms))
    if state == "public":
        _tell(connection, word.id, word.place, now_ms)
    return state


def answers_to(connection: Connection, number: int) -> list[Answer]:
    """Every answer to a word, in order."""
    sql = f"SELECT {_COLUMNS} FROM feedback_answer a WHERE a.feedback = ? ORDER BY a.id"
    return [Answer(*row) for row in run(connection, sql, (number,))]


def held_answers(connection: Connection) -> list[tuple[Answer, int]]:
    """(answer, place's number) of those that a moderator has to look at."""
    sql = (
        f"SELECT {_COLUMNS}, f.place FROM feedback_answer a JOIN feedback f ON f.id = a.feedback"
        " WHERE a.state = 'held' ORDER BY a.id LIMIT 500"
    )
    return [(Answer(*row[:7]), int(row[7])) for row in run(connection, sql)]


def place_of_answer(connection: Connection, number: int) -> int:
    """The place's number. Raises Refused("answer_unknown")."""
    sql = "SELECT f.place FROM feedback_answer a JOIN feedback f ON f.id = a.feedback WHERE a.id = ?"
    found = run(connection, sql, (number,)).scalar()
    if found is None:
        raise Refused("answer_unknown")
    return int(found)


def decide_answer(connection: Connection, number: int, release: bool, now_ms: int) -> None:
    """Let a held answer out, or drop it: the place may write another. Raises Refused("word_state")."""
    sql = "UPDATE feedback_answer SET state = ?, public_ms = ? WHERE id = ? AND state = 'held' RETURNING feedback"
    row = run(connection, sql, ("public" if release else "dropped", now_ms if release else None, number)).first()
    if row is None:
        raise Refused("word_state")
    if release:
        _tell(connection, int(row[0]), place_of_answer(connection, number), now_ms)


def _tell(connection: Connection, word: int, place: int, now_ms: int) -> None:
    send_letter(connection, word, now_ms)
    tell_safety(connection, place, now_ms)
