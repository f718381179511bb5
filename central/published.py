"""What this centre has published and still stands: bulletins read back from the table that they were stored in.

A row is believed only under a key that the root names for its kind, as a kiosk believes it. A key that was rotated
twice is named no more: then the same content is published anew.
"""

from sqlalchemy.engine import Connection

from central.statements import run
from wire.bulletin import Bulletin, Rejected, accept
from wire.root import Root


def published(connection: Connection, root: Root, kind: str) -> list[Bulletin]:
    """The newest of each scope and name, by scope and name; those that are over by their date among them."""
    sql = "SELECT scope, message FROM bulletin WHERE kind = ? ORDER BY scope, name"
    found = [
        accept(None, bytes(message), root, None, frozenset({scope})) for scope, message in run(connection, sql, (kind,))
    ]
    return [one for one in found if not isinstance(one, Rejected)]
