"""What came of a case that is over without standing: contacts withdrawn, alerts recalled, published keys ruled out.

A case that was confirmed and is closed in order takes nothing back: whoever was warned was warned rightly.
"""

from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.keys import Keyring
from central.radio import cases as radio_cases
from central.statements import run
from wire.refusal import Refused


class TakenBack(NamedTuple):
    """Contacts withdrawn, tasks ended, and whether keys of radio were ruled out."""

    contacts: int
    tasks: int
    radio: bool


def take_back(connection: Connection, ring: Keyring, case: str, now_ms: int) -> TakenBack:
    """Take back what came of a case; repeatable."""
    from central.alerts.recalling import recall_case

    contacts = run(
        connection, "UPDATE contact SET state = 'withdrawn' WHERE case_id = ? AND state <> 'withdrawn'", (case,)
    ).rowcount
    tasks = end_tasks(connection, case, now_ms)
    recall_case(connection, ring, case, now_ms)  # last: whoever was told by a call gets another call
    try:
        radio_cases.rule_out(connection, ring, case, now_ms)
    except Refused as refusal:
        if refusal.reason != "case_unknown":
            raise
        return TakenBack(contacts, tasks, False)
    return TakenBack(contacts, tasks, True)


def end_tasks(connection: Connection, case: str, now_ms: int) -> int:
    """End what is still open for a case: nobody is called for it any more."""
    sql = "UPDATE task SET done_ms = ?, outcome = 'not_needed' WHERE about = ? AND done_ms IS NULL"
    return run(connection, sql, (now_ms, case)).rowcount
