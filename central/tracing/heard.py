"""Who was heard by radio together with a case, where the centre knows whose device it was: issued tags alone.

A rotating identifier stands for nobody here. A tag's candidate names its pass, and the pass is a code that a person has
shown at a gate. Nothing is given of a case that was ruled out, or of which nobody has spoken since the last restore.
"""

from sqlalchemy.engine import Connection

from central.opening import Pseudonyms
from central.people.persons import known_persons
from central.places.places import place_number
from central.registry import generation_of
from central.statements import run
from central.tracing.model import Index, Reason
from wire.records import IdentityKind

_MOST = 10_000


def heard_near(
    connection: Connection, names: Pseudonyms, case: str, index: Index, now_ms: int
) -> list[tuple[int, Reason]]:
    """(person.id, reason of kind "candidate") of each time that somebody's tag was heard together with the case."""
    sql = (
        "SELECT c.venue, c.identifier, c.start_ms, c.end_ms FROM contact_candidate c"
        " JOIN ble_case b ON b.id = c.case_id"
        " WHERE c.case_id = ? AND c.system = 'tag' AND c.start_ms <= ? AND c.end_ms >= ?"
        " AND b.standing IN ('confirmed', 'suspected') AND b.generation >= ?"
        " ORDER BY c.start_ms, c.stream, c.seq LIMIT ?"
    )
    values = (case, index.to_ms, index.from_ms, generation_of(connection), _MOST)
    heard = [(venue, bytes(tag).hex(), start, end) for venue, tag, start, end in run(connection, sql, values)]
    codes = {tag: names.of(IdentityKind.PASS, tag) or b"" for _, tag, _, _ in heard}
    persons = known_persons(connection, sorted(set(codes.values())))
    made = []
    for venue, tag, start, end in heard:
        person = persons.get(codes[tag])
        if person is not None and person != index.person:
            place = place_number(connection, venue, now_ms)
            since, until = max(start, index.from_ms), min(end, index.to_ms)
            made.append((person, Reason("candidate", place, index.person, since, until)))
    return made
