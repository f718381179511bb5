"""How many people live in an area, as somebody who knows has said."""

import re
from collections.abc import Iterable

from sqlalchemy.engine import Connection

from central.statements import run
from wire.refusal import Refused

_AREA = re.compile(r"ward-[0-9]{5}|province-[0-9]{2}")


def put_residents(connection: Connection, rows: Iterable[tuple[str, int, str]]) -> None:
    """(area, people, source): added, or said anew. Raises Refused("bad_area")."""
    for area, people, source in rows:
        if not _AREA.fullmatch(area) or people < 1:
            raise Refused("bad_area", area[:64])
        sql = (
            "INSERT INTO area_people (area, people, source) VALUES (?, ?, ?)"
            " ON CONFLICT (area) DO UPDATE SET people = excluded.people, source = excluded.source"
        )
        run(connection, sql, (area, people, source))
