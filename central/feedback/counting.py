"""Which words count: for the rule that may turn a place to "at risk", and for the province's report.

What counts in the rule: a word that a moderator has confirmed as serious, or one on a topic that `counts` by somebody
who was there. One pass counts once at a place, however often and under however many words it
speaks; words that nobody has confirmed, by people who have shown no visit, count for nothing, a thousand of them too.
"""

from sqlalchemy.engine import Connection

from central.desks.said import start_of
from central.feedback.life import DAY_MS
from central.feedback.topics import topics
from central.safety.reports import Report, reports_changed
from central.statements import run

COUNTED_MS = 60 * DAY_MS


def counted_reports(connection: Connection, place: int, now_ms: int) -> list[Report]:
    """Every word about a place of the last 60 days that counts in the rule."""
    counting = [topic.id for topic in topics().values() if topic.counts]
    marks = ", ".join("?" * len(counting))
    sql = (
        "SELECT f.id, f.made_ms, f.voice, f.serious,"
        " (SELECT min(a.public_ms) FROM feedback_answer a WHERE a.feedback = coalesce(f.same_as, f.id))"
        " FROM feedback f WHERE f.place = ? AND f.made_ms > ? AND f.source = 'page'"
        " AND f.state NOT IN ('refused', 'withdrawn')"
        f" AND (f.serious = 1 OR f.voice IS NOT NULL AND f.topic IN ({marks})) ORDER BY f.id LIMIT 2000"
    )
    rows = run(connection, sql, (place, now_ms - COUNTED_MS, *counting)).all()
    return [
        Report(int(n), int(at), voice is not None, bool(serious), answered, bytes(voice).hex() if voice else "")
        for n, at, voice, serious, answered in rows
    ]


def tell_safety(connection: Connection, place: int, now_ms: int) -> None:
    """Have the rule asked again, in the transaction in which something that counts has changed."""
    reports_changed(connection, place, counted_reports(connection, place, now_ms), now_ms)


def open_words(connection: Connection) -> dict[tuple[str, str], int]:
    """(province, ward) -> words that wait for a moderator."""
    sql = (
        "SELECT p.province, p.ward, count(*) FROM feedback f JOIN place p ON p.number = f.place"
        " WHERE f.state IN ('waiting', 'asked') AND f.same_as IS NULL GROUP BY p.province, p.ward"
    )
    return {(row[0], row[1]): int(row[2]) for row in run(connection, sql)}


def words_of_day(connection: Connection, day: int) -> dict[tuple[str, str], int]:
    """(province, ward) -> words typed on pages on a day; a kiosk's are counted with its records (central.desks)."""
    sql = (
        "SELECT p.province, p.ward, count(*) FROM feedback f JOIN place p ON p.number = f.place"
        " WHERE f.source = 'page' AND f.made_ms >= ? AND f.made_ms < ? GROUP BY p.province, p.ward"
    )
    return {(row[0], row[1]): int(row[2]) for row in run(connection, sql, (start_of(day), start_of(day + 1)))}
