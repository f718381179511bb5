"""What people say at a kiosk: topic and rating, taken by ingest with the record. Their words and phone stay sealed.

Counted and never shown alone, from the next day on: at a small place the hour would say who it was. A word on a
suspected case belongs to the health station's desk (central.desks.triage) and is not taken here.
"""

from collections.abc import Iterable

from sqlalchemy.engine import Connection

from central.desks.said import FEEDBACK, Said
from central.feedback.life import DAY_MS, day_start
from central.feedback.topics import known_topic
from central.places.places import place_number
from central.statements import run

PLACE_HOUR = 120  # of one place: more than its visitors can have said
_HOUR_MS = 3_600_000
_OF_THE_STATION = "suspected_case"


def keep_from_kiosk(connection: Connection, stream: int, venue: str, said: Iterable[Said], now_ms: int) -> None:
    """Rows for the words among `said`, in ingest's transaction."""
    words = [one for one in said if one.kind == FEEDBACK and one.topic != _OF_THE_STATION]
    if not words or not venue:
        return
    place = place_number(connection, venue, now_ms)
    sql = "SELECT count(*) FROM feedback WHERE place = ? AND made_ms > ? AND source = 'kiosk'"
    room = PLACE_HOUR - int(run(connection, sql, (place, now_ms - _HOUR_MS)).scalar_one())
    sql = (
        "INSERT INTO feedback (place, made_ms, source, stream, seq, topic, rating, language, words, digest, sketch,"
        " state, reason, serious, public_words, visible_ms)"
        " VALUES (?, ?, 'kiosk', ?, ?, ?, ?, '', ?, ?, ?, 'counted', '', 0, '', ?)"
        " ON CONFLICT (stream, seq) DO NOTHING"
    )
    for one in words[: max(0, room)]:
        at_ms = now_ms if one.at_ms is None else min(one.at_ms, now_ms)
        what = (known_topic(one.topic).id, dict(one.numbers).get("rating", 0), b"", b"", b"")
        run(connection, sql, (place, at_ms, stream, one.seq, *what, day_start(at_ms) + DAY_MS))
