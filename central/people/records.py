"""Which sealed records may name a person: the newest visits and declarations of their codes."""

from collections.abc import Mapping, Sequence

from sqlalchemy.engine import Connection

from central.statements import run
from central.vault.port import RecordId


def records_of(connection: Connection, person: int, at_most: int = 6) -> list[RecordId]:
    """Half of them declarations where there are any (a telephone stands there), then visits; the newest first."""
    codes = "(SELECT pseudonym FROM identity WHERE person = ?)"
    sql = (
        f"SELECT stream, seq FROM declared WHERE person IN {codes} AND kind IN (2, 8)"
        " ORDER BY day DESC, at_ms DESC LIMIT ?"
    )
    found = [RecordId(int(stream), int(seq)) for stream, seq in run(connection, sql, (person, at_most // 2))]
    sql = f"SELECT stream, seq FROM visit WHERE person IN {codes} ORDER BY at_ms DESC LIMIT ?"
    rows = run(connection, sql, (person, at_most - len(found)))
    return found + [RecordId(int(stream), int(seq)) for stream, seq in rows]


def owners(records: Mapping[int, Sequence[RecordId]]) -> dict[RecordId, int]:
    """record -> person, of what `records_of` gave for several."""
    return {record: person for person, several in records.items() for record in several}
