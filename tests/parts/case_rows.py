"""A case with everything that can hang on it, as rows: for what is read of a case, and what goes when it ends.

How a case comes about is driven through the officers' pages elsewhere; here only the shape of the tables counts.
"""

from typing import Any

from sqlalchemy.engine import Connection

from central.statements import run

CASE = "BN-2026-000001"


def put(connection: Connection, table: str, **values: Any) -> None:
    """One row."""
    names = ", ".join(values)
    marks = ", ".join("?" * len(values))
    run(connection, f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))


def put_case(connection: Connection, now_ms: int, case: str = CASE, *, closed: bool = True) -> None:
    """A signed case of one person with one contact, an event, a release, a message, a task and a follow-up."""
    person, other = (
        int(run(connection, "INSERT INTO person (made_ms) VALUES (?) RETURNING id", (now_ms,)).scalar_one())
        for _ in range(2)
    )
    where = {"ward": "00004", "province": "01"}
    put(
        connection,
        "case_file",
        **{"id": case, "person": person, "disease": "measles", "state": "closed" if closed else "confirmed", **where},
        evidence="laboratory",
        reference="XN-THU-1",
        rule="measles-1",
        from_ms=now_ms,
        to_ms=now_ms,
        opened_by="hoa",
        opened_ms=now_ms,
        signed_by="binh",
        signed_ms=now_ms,
        closed_ms=now_ms if closed else None,
    )
    number = int(case[-6:])
    seen = {"case_id": case, "person": other, "hop": 1, "overlap_ms": 2_520_000, "reasons": "[]", "last_ms": now_ms}
    put(connection, "contact", id=number, label="F1", definition="thu-1", state="reached", **seen, **where)
    put(connection, "case_event", id=number, case_id=case, at_ms=now_ms, said_by="hoa", what="opened", detail="{}")
    said = {
        "template": "t",
        "limits": "l",
        "proposed_by": "hoa",
        "proposed_ms": now_ms,
        "held": "[]",
        "until_ms": now_ms,
    }
    put(connection, "release", id=number, case_id=case, state="over", counts='{"sms": 1}', **said)
    task = {"kind": "call", "about": case, "contact": number, "station": "", "made_ms": now_ms, "due_ms": now_ms}
    put(connection, "task", id=number, tries=0, **task, **where)
    by = {"channel": "sms", "state": "sent", "language": "vi", "segments": 1, "task": number, "changed_ms": now_ms}
    put(connection, "reach", id=number, release=number, contact=number, **by)
    sent = {"kind": "alert", "channel": "sms", "sealed": b"", "state": "sent", "tries": 1, "next_ms": 0, "why": ""}
    put(connection, "message", release=number, reach=number, ends_ms=now_ms, far_id="", **sent)
    put(connection, "call_code", hash=number.to_bytes(32), reach=number, ends_ms=now_ms)
    put(connection, "follow_up", contact=number, day=1, task=number)
