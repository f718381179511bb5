"""What moderators do with a word: look, ask, publish, confirm as serious, refuse, pass on. Who may, the page asks.

What is decided of a word holds for those folded into it: of an equal one the sender reads the same end.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from central.desks.said import day_of, start_of
from central.feedback.counting import tell_safety
from central.feedback.letters import send_letter
from central.feedback.life import REASONS, next_state, visible_from
from central.feedback.personal import only_struck, tidy
from central.feedback.sealing import open_words
from central.keys import Keyring
from central.safety.inspections import ask_inspection
from central.statements import run
from wire.refusal import Refused

MOST_NOTE = 500
HOUR_MS = 3_600_000
_QUEUE = 2_000
_COLUMNS = (
    "f.id, f.place, f.made_ms, f.source, f.topic, f.rating, f.language, f.words, f.voice, f.state, f.seen_ms,"
    " f.serious, f.inspection, f.same_as, f.campaign, f.public_words, f.visible_ms, f.reason"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A row of `feedback`, its words sealed. `there`: tied to a real visit."""

    id: int
    place: int
    made_ms: int
    source: str
    topic: str
    rating: int
    language: str
    sealed: bytes
    there: bool
    state: str
    seen_ms: int | None
    serious: bool
    inspection: int | None
    same_as: int | None
    campaign: int | None
    public_words: str
    visible_ms: int | None
    reason: str


def word_of(connection: Connection, number: int) -> Word:
    """Raises Refused("word_unknown")."""
    row = run(connection, f"SELECT {_COLUMNS} FROM feedback f WHERE f.id = ? AND f.source = 'page'", (number,)).first()
    if row is None:
        raise Refused("word_unknown")
    return _word(row)


def waiting_words(connection: Connection) -> list[Word]:
    """What waits, the oldest first, without what says the same as another, and of a flood the first that is left."""
    sql = (
        f"SELECT {_COLUMNS} FROM feedback f WHERE f.state IN ('waiting', 'asked') AND f.source = 'page'"
        " AND f.same_as IS NULL AND (f.campaign IS NULL OR f.id = (SELECT min(h.id) FROM feedback h"
        " WHERE h.campaign = f.campaign AND h.same_as IS NULL AND h.state IN ('waiting', 'asked')))"
        " ORDER BY f.made_ms LIMIT ?"
    )
    return [_word(row) for row in run(connection, sql, (_QUEUE,))]


def of_campaign(connection: Connection, head: int) -> list[Word]:
    """Every word of a flood."""
    sql = f"SELECT {_COLUMNS} FROM feedback f WHERE f.campaign = ? ORDER BY f.id LIMIT ?"
    return [_word(row) for row in run(connection, sql, (head, _QUEUE))]


def how_many(connection: Connection, column: str, numbers: Iterable[int]) -> dict[int, int]:
    """How many words point at each by `column`, same_as or campaign."""
    found = {}
    for number in numbers:
        sql = f"SELECT count(*) FROM feedback WHERE {'same_as' if column == 'same_as' else 'campaign'} = ?"
        found[number] = int(run(connection, sql, (number,)).scalar_one())
    return found


def there_together(connection: Connection, word: Word) -> int:
    """Voices with a visit that spoke about this place within an hour of a word: many at once may be arranged."""
    sql = (
        "SELECT count(DISTINCT voice) FROM feedback WHERE place = ? AND made_ms BETWEEN ? AND ? AND voice IS NOT NULL"
        " AND state <> 'withdrawn'"
    )
    return int(run(connection, sql, (word.place, word.made_ms - HOUR_MS, word.made_ms + HOUR_MS)).scalar_one())


def see(connection: Connection, word: Word, now_ms: int) -> None:
    """A moderator has opened it: the sender reads "being looked at"."""
    run(connection, "UPDATE feedback SET seen_ms = ? WHERE id = ? AND seen_ms IS NULL", (now_ms, word.id))


def publish(
    connection: Connection, ring: Keyring, word: Word, released: str, *, serious: bool, picture: bool, now_ms: int
) -> None:
    """Release the words, struck at most; `picture`: the place may see it. Raises Refused: not_struck, word_state."""
    if not only_struck(open_words(word.sealed, ring.folder), released):
        raise Refused("not_struck")
    state = next_state(word.state, "publish")
    visible = visible_from(word.made_ms, _visits_of_day(connection, word), now_ms)
    sql = (
        "UPDATE feedback SET state = ?, public_words = ?, visible_ms = ?, decided_ms = ?, serious = ?,"
        " seen_ms = coalesce(seen_ms, ?) WHERE id = ?"
    )
    flag = int(serious or word.serious)
    run(connection, sql, (state, tidy(released), visible, now_ms, flag, now_ms, word.id))
    sql = (
        "UPDATE feedback SET state = 'counted', visible_ms = ?, decided_ms = ?"
        " WHERE same_as = ? AND state IN ('waiting', 'asked')"
    )
    run(connection, sql, (visible, now_ms, word.id))
    if picture:
        run(connection, "UPDATE feedback_picture SET shown = 1 WHERE feedback = ?", (word.id,))
    tell_safety(connection, word.place, now_ms)


def confirm(connection: Connection, word: Word, now_ms: int) -> None:
    """A moderator has found out that it is so: it counts in the rule of safety. Raises Refused("word_state")."""
    if word.state not in ("waiting", "asked", "published") or word.serious:
        raise Refused("word_state")
    run(connection, "UPDATE feedback SET serious = 1 WHERE id = ?", (word.id,))
    tell_safety(connection, word.place, now_ms)


def refuse(connection: Connection, word: Word, reason: str, now_ms: int) -> None:
    """Not published, with one of REASONS; the sender reads which. Raises Refused: bad_reason, word_state."""
    if reason not in REASONS:
        raise Refused("bad_reason")
    state = next_state(word.state, "refuse")
    sql = (
        "UPDATE feedback SET state = ?, reason = ?, decided_ms = ?, seen_ms = coalesce(seen_ms, ?), serious = 0"
        " WHERE id = ? OR same_as = ? AND state IN ('waiting', 'asked')"
    )
    run(connection, sql, (state, reason, now_ms, now_ms, word.id, word.id))
    send_letter(connection, word.id, now_ms)
    tell_safety(connection, word.place, now_ms)


def refuse_flood(connection: Connection, head: int, now_ms: int) -> int:
    """Refuse as repeated what is left of a flood; how many. What was taken out of it and published stays."""
    sql = (
        "UPDATE feedback SET state = 'refused', reason = 'repeated', decided_ms = ?, seen_ms = coalesce(seen_ms, ?)"
        " WHERE campaign = ? AND voice IS NULL AND serious = 0 AND state IN ('waiting', 'asked')"
    )
    return run(connection, sql, (now_ms, now_ms, head)).rowcount


def ask(connection: Connection, word: Word, question: str, now_ms: int) -> None:
    """A question to the sender, who reads it with the code. Raises Refused: bad_words, word_state."""
    state = next_state(word.state, "ask")
    _note(connection, word, "asked", question, now_ms)
    sql = "UPDATE feedback SET state = ?, seen_ms = coalesce(seen_ms, ?) WHERE id = ?"
    run(connection, sql, (state, now_ms, word.id))
    send_letter(connection, word.id, now_ms, keep=True)


def pass_on(connection: Connection, word: Word, why: str, by: str, now_ms: int) -> int:
    """Have an inspector go there; the number of the inspection. Raises Refused: word_state, bad_words."""
    if word.inspection is not None or word.state not in ("waiting", "asked", "published"):
        raise Refused("word_state")
    if why:
        _note(connection, word, "inspect", why, now_ms)
    number = ask_inspection(connection, word.place, "feedback", str(word.id), now_ms, by)
    sql = "UPDATE feedback SET inspection = ?, seen_ms = coalesce(seen_ms, ?) WHERE id = ?"
    run(connection, sql, (number, now_ms, word.id))
    return number


def _note(connection: Connection, word: Word, what: str, words: str, now_ms: int) -> None:
    words = tidy(words)
    if not words or len(words) > MOST_NOTE:
        raise Refused("bad_words")
    sql = "INSERT INTO feedback_note (feedback, made_ms, at_ms, what, sealed, words) VALUES (?, ?, ?, ?, ?, ?)"
    run(connection, sql, (word.id, word.made_ms, now_ms, what, b"", words))


def _visits_of_day(connection: Connection, word: Word) -> int:
    day = day_of(word.made_ms)
    sql = (
        "SELECT count(*) FROM (SELECT 1 FROM visit v JOIN place p ON p.id = v.venue WHERE p.number = ?"
        " AND v.at_ms >= ? AND v.at_ms < ? LIMIT 5) few"
    )
    return int(run(connection, sql, (word.place, start_of(day), start_of(day + 1))).scalar_one())


def _word(row: Iterable[Any]) -> Word:
    values = list(row)
    values[7], values[8], values[11] = bytes(values[7]), values[8] is not None, bool(values[11])
    return Word(*values)
