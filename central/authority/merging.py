"""Two files of one illness become one, and two again as long as nobody has acted on it.

- Only files of the same disease and the same person: never because names look alike. Codes are joined first, by a link.
- One goes into the other, never a confirmed one into a suspected one: its contacts and tasks move, and its window
  counts when that one is traced.
- Both files tell it. It can be undone until the case that took it in is traced again, released, or a contact worked on.
"""

from sqlalchemy.engine import Connection

from central.authority.cases import CaseFile, case_of
from central.authority.events import last_of, tell
from central.statements import run
from wire.refusal import Refused


def merge(connection: Connection, case: CaseFile, into: CaseFile, officer: str, now_ms: int) -> None:
    """`case` becomes part of `into`. Raises Refused: not_running, same_case, other_disease, other_person,
    merge_other_way.
    """
    if case.id == into.id:
        raise Refused("same_case")
    if not (case.runs and into.runs):
        raise Refused("not_running")
    if case.disease != into.disease:
        raise Refused("other_disease")
    if (case.state, into.state) == ("confirmed", "suspected"):
        raise Refused("merge_other_way")  # a confirmed case must not end itself with a suspected one
    if case.person is None or case.person != into.person:
        raise Refused("other_person")
    _hold(connection, case.id, into.id)
    sql = "SELECT id, person, state FROM contact WHERE case_id = ? ORDER BY id"
    there = {row[1] for row in run(connection, sql, (into.id,))}
    rows = run(connection, sql, (case.id,)).all()
    moved = [contact for contact, person, _ in rows if person not in there]
    doubles = {str(contact): state for contact, person, state in rows if person in there}
    for contact in moved:
        run(connection, "UPDATE contact SET case_id = ? WHERE id = ?", (into.id, contact))
        run(connection, "UPDATE task SET about = ? WHERE contact = ? AND about = ?", (into.id, contact, case.id))
    for contact in map(int, doubles):
        run(connection, "UPDATE contact SET state = 'withdrawn' WHERE id = ?", (contact,))
    sql = "UPDATE case_file SET state = 'merged', merged_into = ?, closed_ms = ? WHERE id = ?"
    run(connection, sql, (into.id, now_ms, case.id))
    was = {"state": case.state, "ends_ms": case.ends_ms, "into": into.id, "moved": moved, "doubles": doubles}
    tell(connection, case.id, officer, "merged", was, now_ms)
    tell(connection, into.id, officer, "absorbed", {"case": case.id, "contacts": len(moved)}, now_ms)


def _hold(connection: Connection, *cases: str) -> None:
    """Nobody else merges or ends these until the transaction is over. Raises Refused("not_running")."""
    sql = "UPDATE case_file SET state = state WHERE id = ? AND state IN ('suspected', 'confirmed')"
    for case in sorted(cases):  # always in one order, else two merges would wait for each other
        if run(connection, sql, (case,)).rowcount != 1:
            raise Refused("not_running")


def may_part(connection: Connection, case: CaseFile) -> bool:
    """Whether the merge can still be undone."""
    told = last_of(connection, case.id, "merged")
    if case.state != "merged" or told is None or case.merged_into is None:
        return False
    into = case_of(connection, case.merged_into)
    later = [last_of(connection, into.id, what) for what in ("traced", "released")]
    acted = [event for event in later if event is not None and event.id > told.id]
    sql = (
        "SELECT 1 FROM contact c JOIN task t ON t.contact = c.id WHERE c.case_id = ? AND t.done_ms > ?"
        " AND t.officer IS NOT NULL LIMIT 1"
    )
    return into.runs and not acted and run(connection, sql, (into.id, told.at_ms)).first() is None


def part(connection: Connection, case: CaseFile, officer: str, now_ms: int) -> None:
    """Undo the merge: everything stands as before it. Raises Refused("acted_on")."""
    told = last_of(connection, case.id, "merged")
    if told is None or not may_part(connection, case):
        raise Refused("acted_on", case.id)
    into, was = str(told.detail["into"]), told.detail
    for contact in was["moved"]:
        run(connection, "UPDATE contact SET case_id = ? WHERE id = ? AND case_id = ?", (case.id, contact, into))
        run(connection, "UPDATE task SET about = ? WHERE contact = ? AND about = ?", (case.id, contact, into))
    for contact, state in was["doubles"].items():
        run(connection, "UPDATE contact SET state = ? WHERE id = ?", (state, int(contact)))
    sql = "UPDATE case_file SET state = ?, ends_ms = ?, merged_into = NULL, closed_ms = NULL WHERE id = ?"
    run(connection, sql, (was["state"], was["ends_ms"], case.id))
    tell(connection, case.id, officer, "parted", {"from": into}, now_ms)
    tell(connection, into, officer, "parted", {"case": case.id}, now_ms)
