"""What everybody reads of a place, and what the sender reads with the code. Days, never hours; never who."""

from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.feedback.answering import Answer, answers_to
from central.feedback.arriving import MOST_WORDS, code_mac
from central.feedback.counting import tell_safety
from central.feedback.life import DAY_MS, day_start, next_state, told
from central.feedback.sealing import seal_words
from central.keys import Keyring
from central.statements import run
from wire.refusal import Refused

MOST_MORE = 3  # words that a sender may add


class PublicAnswer(NamedTuple):
    """What the place said. `day_ms`: midnight in Viet Nam of its day."""

    words: str
    day_ms: int


class PublicWord(NamedTuple):
    """A published word. `there`: the sender has shown a visit; `rating` 0: none given."""

    number: int
    day_ms: int
    topic: str
    rating: int
    words: str
    there: bool
    answers: tuple[PublicAnswer, ...]


class Followed(NamedTuple):
    """What a sender reads. `step`: central.feedback.life.told; `question`: of a moderator, "" for none."""

    number: int
    step: str
    place: str
    topic: str
    day_ms: int
    reason: str
    question: str
    answers: tuple[PublicAnswer, ...]
    may_add: bool
    may_withdraw: bool


def public_feedback(connection: Connection, place: int, now_ms: int, limit: int = 20) -> list[PublicWord]:
    """The newest published words about a place."""
    sql = (
        "SELECT id, visible_ms, topic, rating, public_words, voice IS NOT NULL FROM feedback"
        " WHERE place = ? AND state = 'published' AND visible_ms <= ? ORDER BY visible_ms DESC, id DESC LIMIT ?"
    )
    rows = run(connection, sql, (place, now_ms, limit)).all()
    return [
        PublicWord(int(n), day_start(at), topic, rating, words, bool(there), _public(answers_to(connection, int(n))))
        for n, at, topic, rating, words, there in rows
    ]


def feedback_counts(connection: Connection, place: int, now_ms: int, days: int = 90) -> dict[str, int]:
    """topic -> how many words of the last days: those published, those that said the same, and those at kiosks."""
    sql = (
        "SELECT topic, count(*) FROM feedback WHERE place = ? AND made_ms > ? AND visible_ms <= ?"
        " AND state IN ('published', 'counted') GROUP BY topic ORDER BY count(*) DESC, topic"
    )
    return {str(row[0]): int(row[1]) for row in run(connection, sql, (place, now_ms - days * DAY_MS, now_ms))}


def follow(connection: Connection, ring: Keyring, code: str, now_ms: int) -> Followed:
    """What became of the word of a code. Raises Refused: code_wrong, code_unknown."""
    sql = (
        "SELECT f.id, f.state, f.seen_ms, f.visible_ms, f.topic, f.made_ms, f.reason, p.name, f.same_as,"
        " (SELECT count(*) FROM feedback_note n WHERE n.feedback = f.id AND n.what = 'more'),"
        " coalesce((SELECT max(n.id) FROM feedback_note n WHERE n.feedback = f.id AND n.what = 'asked'), 0)"
        " FROM feedback f JOIN place p ON p.number = f.place WHERE f.code = ?"
    )
    row = run(connection, sql, (code_mac(ring, code),)).first()
    if row is None:
        raise Refused("code_unknown")
    number, state, seen, visible, topic, made, reason, place, same_as, added, asked = row
    answers = _public(answers_to(connection, int(same_as or number)))
    question = ""
    if state == "asked":
        question = str(run(connection, "SELECT words FROM feedback_note WHERE id = ?", (asked,)).scalar_one())
    step = told(state, seen is not None, bool(answers), visible is not None and visible <= now_ms)
    is_open = state in ("waiting", "asked")
    may_withdraw = is_open or state == "published"
    day = day_start(made)
    return Followed(
        int(number), step, place, topic, day, reason, question, answers, is_open and added < MOST_MORE, may_withdraw
    )


def add_more(connection: Connection, ring: Keyring, code: str, words: str, now_ms: int) -> None:
    """One more word of the sender. Raises Refused: code_wrong, code_unknown, bad_words, word_state."""
    followed = follow(connection, ring, code, now_ms)
    if not words.strip() or len(words) > MOST_WORDS:
        raise Refused("bad_words")
    if not followed.may_add:
        raise Refused("word_state")
    sql = (
        "INSERT INTO feedback_note (feedback, made_ms, at_ms, what, sealed, words)"
        " SELECT id, made_ms, ?, 'more', ?, '' FROM feedback WHERE id = ?"
    )
    run(connection, sql, (now_ms, seal_words(words.strip(), ring.folder), followed.number))
    run(connection, "UPDATE feedback SET state = 'waiting' WHERE id = ? AND state = 'asked'", (followed.number,))


def withdraw(connection: Connection, ring: Keyring, code: str, now_ms: int) -> None:
    """The sender takes it back: words, picture and phone are destroyed, and nobody reads it any more.

    Raises Refused: code_wrong, code_unknown, word_state.
    """
    number = follow(connection, ring, code, now_ms).number
    place, state = run(connection, "SELECT place, state FROM feedback WHERE id = ?", (number,)).one()
    sql = (
        "UPDATE feedback SET state = ?, words = ?, digest = ?, sketch = ?, public_words = '', visible_ms = NULL,"
        " decided_ms = ? WHERE id = ?"
    )
    run(connection, sql, (next_state(state, "withdraw"), b"", b"", b"", now_ms, number))
    for table in ("feedback_picture", "feedback_letter"):
        run(connection, f"DELETE FROM {table} WHERE feedback = ?", (number,))
    run(connection, "UPDATE feedback_note SET sealed = ? WHERE feedback = ?", (b"", number))
    sql = "UPDATE feedback SET same_as = NULL WHERE same_as = ? AND state IN ('waiting', 'asked')"
    run(connection, sql, (number,))  # those who said the same go on without it
    tell_safety(connection, int(place), now_ms)


def _public(answers: list[Answer]) -> tuple[PublicAnswer, ...]:
    return tuple(PublicAnswer(one.words, day_start(one.public_ms)) for one in answers if one.public_ms is not None)
