"""What places find difficult: raised by a place's owner or by an officer, answered by an officer, part of the report.

- Nobody is named in them: a text with a long number or an address of e-mail in it is refused before it is kept.
- One is answered once; what was asked is never changed.
"""

import re
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.access.roles import areas_of_place
from central.desks.said import day_of
from central.places.places import place_of
from central.statements import run
from wire.refusal import Refused

TOPICS = ("kiosk", "network", "people", "rules", "other")
MOST = 1000
MOST_OPEN = 20  # of one place: whoever has more should be visited
_PERSONAL = re.compile(r"(?:\d[ .-]?){8,}|\S@\S")


class Difficulty(NamedTuple):
    """One of them. `venue` is "" where it concerns a whole ward or province; `answer` "" while there is none."""

    id: int
    venue: str
    ward: str
    province: str
    topic: str
    words: str
    raised_ms: int
    answer: str
    answered_ms: int | None

    @property
    def areas(self) -> frozenset[str]:
        """Every area that it lies in."""
        return areas_of_place(self.venue, self.ward, self.province)


_COLUMNS = "id, venue, ward, province, topic, words, raised_ms, coalesce(answer, ''), answered_ms"


def raise_difficulty(connection: Connection, venue: str, topic: str, words: str, by: str, now_ms: int) -> int:
    """Keep a difficulty of a place; its number.

    Raises Refused: place_unknown, difficulty_topic, difficulty_words, difficulty_personal, difficulty_many.
    """
    place = place_of(connection, venue)
    if topic not in TOPICS:
        raise Refused("difficulty_topic", topic[:16])
    said = _checked(words)
    sql = "SELECT count(*) FROM difficulty WHERE venue = ? AND answer IS NULL"
    if run(connection, sql, (venue,)).scalar_one() >= MOST_OPEN:
        raise Refused("difficulty_many", str(MOST_OPEN))
    row = run(
        connection,
        "INSERT INTO difficulty (venue, ward, province, topic, words, raised_by, raised_ms, day)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (venue, place.ward, place.province, topic, said, by, now_ms, day_of(now_ms)),
    ).first()
    assert row is not None
    return int(row[0])


def answer_difficulty(connection: Connection, number: int, words: str, by: str, now_ms: int) -> None:
    """Answer one. Raises Refused: difficulty_unknown, difficulty_answered, difficulty_words, difficulty_personal."""
    if difficulty_of(connection, number).answered_ms is not None:
        raise Refused("difficulty_answered", str(number))
    sql = "UPDATE difficulty SET answer = ?, answered_by = ?, answered_ms = ? WHERE id = ? AND answer IS NULL"
    run(connection, sql, (_checked(words), by, now_ms, number))


def difficulty_of(connection: Connection, number: int) -> Difficulty:
    """One of them. Raises Refused("difficulty_unknown")."""
    row = run(connection, f"SELECT {_COLUMNS} FROM difficulty WHERE id = ?", (number,)).first()
    if row is None:
        raise Refused("difficulty_unknown", str(number))
    return Difficulty(*row)


def of_day(connection: Connection, day: int, province: str, ward: str) -> list[Difficulty]:
    """Those raised on a day, of a province or one of its wards; of everywhere with province ""."""
    sql = f"SELECT {_COLUMNS} FROM difficulty WHERE day = ?"
    values: list[object] = [day]
    for name, value in (("province", province), ("ward", ward)):
        if value:
            sql += f" AND {name} = ?"
            values.append(value)
    return [Difficulty(*row) for row in run(connection, f"{sql} ORDER BY id LIMIT 500", values)]


def newest(connection: Connection, areas: Collection[str], limit: int = 100) -> list[Difficulty]:
    """Those that wait for an answer first, then the newest, of areas in which somebody holds a right."""
    by: dict[str, list[str]] = {"venue": [], "ward": [], "province": []}
    for area in areas:
        kind, _, value = area.partition("-")
        by.get(kind, []).append(value)
    parts = [f"{kind} IN ({', '.join('?' * len(values))})" for kind, values in by.items() if values]
    where = "" if "all" in areas else f" WHERE {' OR '.join(parts) or '1 = 0'}"
    values = [] if "all" in areas else [value for of_kind in by.values() for value in of_kind]
    sql = f"SELECT {_COLUMNS} FROM difficulty{where} ORDER BY answered_ms IS NOT NULL, id DESC LIMIT ?"
    return [Difficulty(*row) for row in run(connection, sql, (*values, limit))]


def _checked(words: str) -> str:
    said = " ".join(words.split())
    if not 3 <= len(said) <= MOST or not said.isprintable():
        raise Refused("difficulty_words", str(len(said)))
    if _PERSONAL.search(said):
        raise Refused("difficulty_personal", "a long number, or an address")
    return said
