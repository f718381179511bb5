"""What was last said of each case, and in which generation of the centre: before the last restore, or since.

After a restore nobody knows whether a case that the copy names was ruled out meanwhile. Until somebody says so again,
its keys are held back from brokers and sticks, and what came of it is not shown.
"""

import hashlib
import re

from sqlalchemy.engine import Connection

from central.registry import generation_of
from central.statements import run

KIND = "ble_keys"


def name_of(case: str) -> str:
    """The bulletin's name of a case: a topic takes few letters, so its hash tells two cases apart."""
    said = re.sub(r"[^a-z0-9]+", "-", case.lower()).strip("-")
    return f"{said[:40] or 'case'}-{hashlib.sha256(case.encode()).hexdigest()[:12]}"


def say(connection: Connection, case: str, standing: str, now_ms: int) -> None:
    """Note what is said of a case now, in this generation."""
    run(
        connection,
        "INSERT INTO ble_case (id, standing, said_ms, generation) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE"
        " SET standing = excluded.standing, said_ms = excluded.said_ms, generation = excluded.generation",
        (case, standing, now_ms, generation_of(connection)),
    )


def held_back(connection: Connection) -> frozenset[str]:
    """The names of `ble_keys` bulletins of cases of which nobody has said anything since the last restore."""
    sql = "SELECT id FROM ble_case WHERE generation < ? AND standing IN ('confirmed', 'suspected')"
    return frozenset(name_of(case) for (case,) in run(connection, sql, (generation_of(connection),)).all())
