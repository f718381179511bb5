"""Which records a request of a person may open or destroy: those of their codes, and those a receipt found."""

from collections.abc import Iterable, Sequence

from sqlalchemy.engine import Connection

from central.rights.person_ends import record_tables
from central.statements import run


def records_of_request(connection: Connection, request: str) -> set[tuple[int, int]]:
    """(stream, seq) of every record that is tied to a request; empty before the person was identified."""
    row = run(
        connection, "SELECT person FROM rights_request WHERE id = ? AND identified_ms IS NOT NULL", (request,)
    ).first()
    if row is None:
        return set()
    sql = "SELECT stream, seq FROM rights_record WHERE request = ?"
    found = {(stream, seq) for stream, seq in run(connection, sql, (request,))}
    return found if row[0] is None else found | records_of_person(connection, row[0])


def records_of_person(connection: Connection, person: int) -> set[tuple[int, int]]:
    """(stream, seq) of the visits of a person's codes, and of what other packages keep by record."""
    found: set[tuple[int, int]] = set()
    for pseudonym, own in ((True, "SELECT pseudonym FROM identity WHERE person = ?"), (False, "?")):
        for table in record_tables(pseudonym=pseudonym):
            sql = f"SELECT stream, seq FROM {table} WHERE person IN ({own})"
            found |= {(stream, seq) for stream, seq in run(connection, sql, (person,))}
    return found


def may_open(connection: Connection, request: str, records: Iterable[Sequence[int]]) -> set[tuple[int, int]]:
    """Those of `records` that the opener may open for a request that runs: identified, and not closed."""
    sql = "SELECT 1 FROM rights_request WHERE id = ? AND identified_ms IS NOT NULL AND closed_ms IS NULL"
    if run(connection, sql, (request,)).first() is None:
        return set()
    return records_of_request(connection, request) & {(record[0], record[1]) for record in records}
