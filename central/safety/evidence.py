"""Pictures beside a self-check or an inspection: small, made anew, each tied to a criterion, for inspectors alone.

- At most MOST_OF_ONE come with one form, which is 1 MB in all (central.web.app); each is read and written anew within
  the limits of central.feedback.pictures before anything is written down: the database does not wait for pictures.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, NamedTuple

from sqlalchemy.engine import Connection
from werkzeug.datastructures import FileStorage

from central.feedback.pictures import small_picture
from central.statements import run
from wire.refusal import Refused

MOST_OF_ONE = 5


class Shot(NamedTuple):
    """A picture as it is kept: a small JPEG, and the criterion that it shows ("" for the place as a whole)."""

    criterion: str
    data: bytes


class Held(NamedTuple):
    """One that is kept: its number, when, and of which criterion."""

    number: int
    made_ms: int
    criterion: str


def read_pictures(files: Sequence[tuple[str, FileStorage]], criteria: Collection[str]) -> list[Shot]:
    """(criterion, file) as a form sent them, made small; fields without a file are passed over.

    Raises Refused: safety_pictures (more than five), criterion_unknown, bad_picture, too_fast.
    """
    sent = [(criterion, file.read()) for criterion, file in files if file.filename]
    given = [(criterion, data) for criterion, data in sent if data]
    if len(given) > MOST_OF_ONE:
        raise Refused("safety_pictures")
    if any(criterion and criterion not in criteria for criterion, _ in given):
        raise Refused("criterion_unknown")
    return [Shot(criterion, small_picture(data)) for criterion, data in given]


def numbered_pictures(
    form: Mapping[str, str], files: Mapping[str, FileStorage], criteria: Collection[str]
) -> list[Shot]:
    """The pictures of a self-check's form: `picture` and `about`, `picture-2` and `about-2`, and so on."""
    names = ["", *(f"-{n}" for n in range(2, MOST_OF_ONE + 1))]
    found = [(form.get(f"about{n}", ""), files[f"picture{n}"]) for n in names if f"picture{n}" in files]
    return read_pictures(found, criteria)


def of_scheme(shots: Sequence[Shot], scheme: str) -> list[Shot]:
    """The same, with criteria named as "4@market-2026"."""
    return [shot._replace(criterion=f"{shot.criterion}@{scheme}" if shot.criterion else "") for shot in shots]


def keep_pictures(
    connection: Connection,
    place: int,
    of: Literal["self_check", "inspection"],
    number: int,
    shots: Sequence[Shot],
    now_ms: int,
) -> None:
    """Keep the pictures of a form. Raises Refused("safety_pictures"): there would be more than five."""
    held = run(connection, f"SELECT count(*) FROM evidence WHERE {of} = ?", (number,)).scalar_one()
    if held + len(shots) > MOST_OF_ONE:
        raise Refused("safety_pictures", str(number))
    sql = f"INSERT INTO evidence (place, {of}, criterion, picture, made_ms) VALUES (?, ?, ?, ?, ?)"
    for shot in shots:
        run(connection, sql, (place, number, shot.criterion, shot.data, now_ms))


def pictures_of(connection: Connection, place: int, limit: int = 24) -> list[Held]:
    """The newest pictures of a place; `criterion` as "4@market-2026"."""
    sql = "SELECT id, made_ms, criterion FROM evidence WHERE place = ? ORDER BY made_ms DESC, id DESC LIMIT ?"
    return [Held(*row) for row in run(connection, sql, (place, limit))]


def picture(connection: Connection, number: int) -> tuple[int, bytes]:
    """(number of the place, the JPEG). Raises Refused("picture_unknown")."""
    row = run(connection, "SELECT place, picture FROM evidence WHERE id = ?", (number,)).first()
    if row is None:
        raise Refused("picture_unknown", str(number))
    return int(row[0]), bytes(row[1])
