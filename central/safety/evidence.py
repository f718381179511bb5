"""Pictures beside a self-check or an inspection: small, made anew, for inspectors alone."""

from typing import Literal

from sqlalchemy.engine import Connection

from central.feedback.pictures import small_picture
from central.statements import run
from wire.refusal import Refused

MOST_OF_ONE = 5


def keep_picture(
    connection: Connection, place: int, of: Literal["self_check", "inspection"], number: int, data: bytes, now_ms: int
) -> None:
    """Keep a picture that came with a form. Raises Refused: bad_picture, safety_pictures (there are five already)."""
    held = run(connection, f"SELECT count(*) FROM evidence WHERE {of} = ?", (number,)).scalar_one()
    if held >= MOST_OF_ONE:
        raise Refused("safety_pictures", str(number))
    sql = f"INSERT INTO evidence (place, {of}, criterion, picture, made_ms) VALUES (?, ?, '', ?, ?)"
    run(connection, sql, (place, number, small_picture(data), now_ms))


def pictures_of(connection: Connection, place: int, limit: int = 12) -> list[tuple[int, int]]:
    """(number, Unix ms) of the newest pictures of a place."""
    sql = "SELECT id, made_ms FROM evidence WHERE place = ? ORDER BY made_ms DESC, id DESC LIMIT ?"
    return [(number, made_ms) for number, made_ms in run(connection, sql, (place, limit))]


def picture(connection: Connection, number: int) -> tuple[int, bytes]:
    """(number of the place, the JPEG). Raises Refused("picture_unknown")."""
    row = run(connection, "SELECT place, picture FROM evidence WHERE id = ?", (number,)).first()
    if row is None:
        raise Refused("picture_unknown", str(number))
    return int(row[0]), bytes(row[1])
