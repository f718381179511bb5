""" "Call me back": a one-time code in an alert; whoever opens it asks for a call of the station that looks after them.

A code is 12 letters of 32 (60 random bits), kept as its hash. It names nobody: the page behind it shows no name, and a
code that does not exist is answered like one that was used.
"""

import hashlib
from collections.abc import Callable

from sqlalchemy.engine import Connection

from central.alerts.limits import Limits
from central.authority.tasks import NewTask, open_task
from central.places.places import station_for
from central.statements import run

CODE_LETTERS = 12
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: none looks like another
_ALIKE = str.maketrans("oil", "011")


def new_code(random_bytes: Callable[[int], bytes]) -> str:
    """A fresh code; each byte gives five bits."""
    return "".join(_LETTERS[byte & 31] for byte in random_bytes(CODE_LETTERS))


def code_hash(code: str) -> bytes:
    """How a code stands in the database; capitals and look-alikes count as what was meant."""
    return hashlib.sha256(b"gatepost/1 call back" + code.strip().lower().translate(_ALIKE).encode()).digest()


def is_open(connection: Connection, code: str, now_ms: int) -> bool:
    """Whether a call can be asked for with this code now."""
    return _row(connection, code, now_ms) is not None


def ask_back(connection: Connection, code: str, limits: Limits, now_ms: int) -> bool:
    """Put a call on the station's list; False for a code that is over, used or none. The contact counts as told."""
    row = _row(connection, code, now_ms)
    if row is None:
        return False
    reach, contact, person, case, ward, province = row
    station = station_for(connection, ward, province)
    theirs = "" if station is None else station.id
    new = NewTask("call_back", case, now_ms + limits.call_back_ms, theirs, ward, province, contact, person)
    task = open_task(connection, new, now_ms)
    run(connection, "UPDATE call_code SET task = ? WHERE hash = ?", (task, code_hash(code)))
    run(
        connection,
        "UPDATE reach SET state = 'delivered', changed_ms = ? WHERE id = ? AND state = 'sent'",
        (now_ms, reach),
    )
    return True


def _row(connection: Connection, code: str, now_ms: int) -> tuple[int, int, int, str, str, str] | None:
    sql = (
        "SELECT r.id, c.id, c.person, c.case_id, c.ward, c.province FROM call_code k JOIN reach r ON r.id = k.reach"
        " JOIN contact c ON c.id = r.contact"
        " WHERE k.hash = ? AND k.task IS NULL AND k.ends_ms > ? AND r.state IN ('sent', 'delivered')"
    )
    row = run(connection, sql, (code_hash(code), now_ms)).first()
    return None if row is None else (row[0], row[1], row[2], row[3], row[4], row[5])
