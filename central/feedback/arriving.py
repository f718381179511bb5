"""A citizen's word comes in: kept once, sealed, folded into those that say the same, put apart where it is a flood.

- Nothing of the sender is kept: no address, no pass. A code to follow it, and a phone in a letter already sealed.
- Of a flood (CAMPAIGN_FROM words in an hour about one place by people who have shown no visit) the queue has one row.
- A voice (one pass, one place) says at most VOICE_DAY words a day, and counts once in the rule of safety.
"""

from functools import partial
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.alerts.reachable import phone_of, takes_texts
from central.alerts.sealing import Letter, seal_letter, sender_public
from central.feedback.alike import nearly, plain, sketch_of
from central.feedback.counting import tell_safety
from central.feedback.life import DAY_MS
from central.feedback.sealing import mac, seal_bytes, seal_words
from central.feedback.tickets import Ticket, code_of, read_code
from central.feedback.topics import known_topic
from central.feedback.words import WORDS
from central.keys import Keyring
from central.places.places import Place
from central.statements import run
from wire.refusal import Refused

MOST_WORDS = 2_000
CAMPAIGN_FROM = 8
HOUR_MS = 3_600_000
PLACE_HOUR = 200  # words about one place in an hour; then the page asks to come back later
VOICE_DAY = 5
_SAME_MS = 30 * DAY_MS
_COMPARED = 60


class Sent(NamedTuple):
    """What a form says. `picture` is one of central.feedback.pictures; `voice` of a real visit, None without one."""

    topic: str
    rating: int
    words: str
    language: str
    phone: str = ""
    picture: bytes = b""
    voice: bytes | None = None


def code_mac(ring: Keyring, code: str) -> bytes:
    """How a code stands in the database. Raises Refused("code_wrong")."""
    return mac(ring.folder, "kept code", read_code(code).encode())


def take(connection: Connection, ring: Keyring, place: Place, ticket: Ticket, sent: Sent, now_ms: int) -> str:
    """Keep a word; its code, without strokes. A ticket that has sent one already changes nothing.

    Raises Refused: nothing_said, bad_words, bad_phone, place_busy, too_many.
    """
    code = code_of(ticket.text, partial(mac, ring.folder))
    kept = code_mac(ring, code)
    if run(connection, "SELECT 1 FROM feedback WHERE code = ?", (kept,)).first() is not None:
        return code
    _check(connection, place.number, sent, now_ms)
    picture = seal_bytes(sent.picture, ring.folder) if sent.picture else b""
    letter = _letter(ring, sent) if sent.phone else b""
    text = plain(sent.words)
    digest = mac(ring.folder, "words", text.encode()) if text else b""
    sketch = sketch_of(sent.words, mac(ring.folder, "sketch"))
    same = _same_as(connection, place.number, digest, sketch, now_ms)
    sql = (
        "INSERT INTO feedback (place, made_ms, source, code, topic, rating, language, words, digest, sketch, voice,"
        " state, reason, serious, same_as, public_words)"
        " VALUES (?, ?, 'page', ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', '', 0, ?, '')"
        " ON CONFLICT (code) DO NOTHING RETURNING id"
    )
    sealed = seal_words(sent.words, ring.folder)
    said = (known_topic(sent.topic).id, sent.rating, sent.language, sealed, digest, sketch, sent.voice, same)
    number = run(connection, sql, (place.number, now_ms, kept, *said)).scalar()
    if number is None:  # the same form, sent at the same moment
        return code
    if picture:
        sql = "INSERT INTO feedback_picture (feedback, made_ms, sealed, shown) VALUES (?, ?, ?, 0)"
        run(connection, sql, (number, now_ms, picture))
    if letter:
        sql = "INSERT INTO feedback_letter (feedback, made_ms, sealed) VALUES (?, ?, ?)"
        run(connection, sql, (number, now_ms, letter))
    if sent.voice is None:
        _put_apart(connection, place.number, now_ms)
    elif known_topic(sent.topic).counts:
        tell_safety(connection, place.number, now_ms)
    return code


def _check(connection: Connection, place: int, sent: Sent, now_ms: int) -> None:
    if not sent.words.strip() and not sent.rating:
        raise Refused("nothing_said")
    if len(sent.words) > MOST_WORDS or not 0 <= sent.rating <= 5:
        raise Refused("bad_words")
    if sent.phone and not takes_texts(phone_of(sent.phone)):
        raise Refused("bad_phone")
    sql = "SELECT count(*) FROM feedback WHERE place = ? AND made_ms > ? AND source = 'page'"
    if sent.voice is None and _count(connection, sql + " AND voice IS NULL", place, now_ms - HOUR_MS) >= PLACE_HOUR:
        raise Refused("place_busy")
    sql += " AND voice = ?"
    if sent.voice is not None and _count(connection, sql, place, now_ms - DAY_MS, sent.voice) >= VOICE_DAY:
        raise Refused("too_many")


def _count(connection: Connection, sql: str, *values: object) -> int:
    return int(run(connection, sql, values).scalar_one())


def _letter(ring: Keyring, sent: Sent) -> bytes:
    """The whole message, sealed now: nobody but the sending job ever sees the number, and only when it is sent."""
    text = WORDS["feedback.letter"][0 if sent.language == "vi" else 1]
    return seal_letter(Letter(phone_of(sent.phone), "", text), sender_public(ring.folder))


def _same_as(connection: Connection, place: int, digest: bytes, sketch: bytes, now_ms: int) -> int | None:
    """The first word of the last days about this place that says the same; None for none."""
    since = now_ms - _SAME_MS
    if digest:
        sql = (
            "SELECT min(id) FROM feedback WHERE place = ? AND made_ms > ? AND digest = ? AND same_as IS NULL"
            " AND state IN ('waiting', 'asked', 'published')"
        )
        found = run(connection, sql, (place, since, digest)).scalar()
        if found is not None:
            return int(found)
    if not sketch:
        return None
    sql = (
        "SELECT id, sketch FROM feedback WHERE place = ? AND made_ms > ? AND same_as IS NULL"
        " AND state IN ('waiting', 'asked', 'published') ORDER BY made_ms DESC LIMIT ?"
    )
    rows = run(connection, sql, (place, since, _COMPARED)).all()
    return min((int(number) for number, other in rows if nearly(sketch, bytes(other))), default=None)


def _put_apart(connection: Connection, place: int, now_ms: int) -> None:
    """Into the flood that runs, or into a new one once this hour has enough words of people without a visit."""
    of_hour = "place = ? AND made_ms > ? AND source = 'page' AND voice IS NULL AND state IN ('waiting', 'asked')"
    at = (place, now_ms - HOUR_MS)
    head = run(connection, f"SELECT max(campaign) FROM feedback WHERE {of_hour}", at).scalar()
    if head is None:
        rows = run(connection, f"SELECT id FROM feedback WHERE {of_hour} ORDER BY id", at).all()
        if len(rows) < CAMPAIGN_FROM:
            return
        head = rows[0][0]
    run(connection, f"UPDATE feedback SET campaign = ? WHERE {of_hour} AND campaign IS NULL", (head, *at))
