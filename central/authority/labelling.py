"""F1, F2, F3: a person says so, under a named version of a definition. Software only lists candidates with a hop."""

from sqlalchemy.engine import Connection

from central.authority.diseases import disease_of
from central.statements import run
from wire.refusal import Refused

LABELS = ("F1", "F2", "F3")


def label(connection: Connection, contact: int, word: str, officer: str, now_ms: int) -> str:
    """Set a contact's label ("" takes it away); the name of the definition that it was given under.

    Raises Refused: bad_label, contact_unknown.
    """
    if word not in ("", *LABELS):
        raise Refused("bad_label", word[:8])
    sql = "SELECT f.disease FROM contact c JOIN case_file f ON f.id = c.case_id WHERE c.id = ?"
    disease = run(connection, sql, (contact,)).scalar()
    if disease is None:
        raise Refused("contact_unknown", str(contact))
    name = disease_of(str(disease)).definition(now_ms).name if word else ""
    sql = "UPDATE contact SET label = ?, definition = ?, labelled_by = ? WHERE id = ?"
    run(connection, sql, (word, name, officer if word else None, contact))
    return name
