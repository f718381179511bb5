"""What one officer of the request desk may not do alone: destroy somebody's data, or change what they are said to be.

- One proposes, another signs at a session of their own with a second factor. The database refuses one who does both.
- Whoever proposed may take it back; the second may refuse it. Then it can be proposed again.
- While a proposal waits nobody identifies anybody else for the request, and it is not closed.
"""

from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.statements import run
from wire.refusal import Refused

DELETION, CORRECTION = "deletion", "correction"
# Of which kinds of request a deletion may come, and a correction.
KINDS = {DELETION: ("deletion", "withdraw", "object"), CORRECTION: ("correction",)}


class Proposal(NamedTuple):
    """A row of rights_proposal."""

    id: int
    request: str
    what: str
    proposed_by: str
    proposed_ms: int
    decided_by: str | None
    decided_ms: int | None
    state: str


_COLUMNS = ", ".join(Proposal._fields)


def propose(connection: Connection, request: str, what: str, officer: str, now_ms: int) -> int:
    """Put it before a second officer; its number.

    Raises Refused: request_unknown, request_closed, not_identified, bad_request (not of this kind of request),
    proposal_waits (one of them does already).
    """
    sql = "SELECT kind, closed_ms, identified_ms FROM rights_request WHERE id = ?"
    row = run(connection, sql, (request,)).first()
    if row is None:
        raise Refused("request_unknown", request[:32])
    if row.closed_ms is not None:
        raise Refused("request_closed", request)
    if row.kind not in KINDS[what]:
        raise Refused("bad_request", what)
    if row.identified_ms is None:
        raise Refused("not_identified", request)
    sql = (
        "INSERT INTO rights_proposal (request, what, proposed_by, proposed_ms, state) VALUES (?, ?, ?, ?, 'open')"
        " ON CONFLICT DO NOTHING RETURNING id"
    )
    number = run(connection, sql, (request, what, officer, now_ms)).scalar()
    if number is None:
        raise Refused("proposal_waits", request)
    return int(number)


def decide(connection: Connection, request: str, number: int, officer: str, *, signed: bool, now_ms: int) -> Proposal:
    """Sign or refuse a proposal of a request; as it stands then. Whoever proposed it may only take it back.

    Raises Refused: proposal_gone (there is none, or somebody was quicker), same_officer.
    """
    held = next((one for one in proposals(connection, request) if one.id == number and one.state == "open"), None)
    if held is None:
        raise Refused("proposal_gone", request)
    if signed and held.proposed_by == officer:
        raise Refused("same_officer", "it needs two people")
    state = "signed" if signed else "refused"
    sql = "UPDATE rights_proposal SET state = ?, decided_by = ?, decided_ms = ? WHERE id = ? AND state = 'open'"
    if run(connection, sql, (state, officer, now_ms, number)).rowcount != 1:
        raise Refused("proposal_gone", request)
    return held._replace(state=state, decided_by=officer, decided_ms=now_ms)


def proposals(connection: Connection, request: str) -> list[Proposal]:
    """The newest 50 of a request, newest first."""
    sql = f"SELECT {_COLUMNS} FROM rights_proposal WHERE request = ? ORDER BY id DESC LIMIT 50"
    return [Proposal(*row) for row in run(connection, sql, (request,))]


def none_waits(connection: Connection, request: str) -> None:
    """Raises Refused("proposal_waits") while one does."""
    sql = "SELECT 1 FROM rights_proposal WHERE request = ? AND state = 'open' LIMIT 1"
    if run(connection, sql, (request,)).first() is not None:
        raise Refused("proposal_waits", request)


def need_signed(connection: Connection, request: str, what: str) -> None:
    """Raises Refused("second_officer") unless two officers have signed it."""
    sql = "SELECT 1 FROM rights_proposal WHERE request = ? AND what = ? AND state = 'signed' LIMIT 1"
    if run(connection, sql, (request, what)).first() is None:
        raise Refused("second_officer", request)
