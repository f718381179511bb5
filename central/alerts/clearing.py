"""Clearance passes: offered to a contact when the follow-up is over; gates honour them without a network."""

import secrets
from io import BytesIO
from typing import Any

from sqlalchemy.engine import Connection

from central.access.roles import Purpose, Right
from central.alerts.recalling import forget_entries
from central.authority.diseases import disease_of
from central.keys import Keyring
from central.passes import Issued, issue_pass
from central.statements import run
from central.web.console import Desk
from wire.refusal import Refused

CLEAR_DAYS = 14
_DAY_MS = 86_400_000


def clear(connection: Connection, ring: Keyring, contact: int, now_ms: int, pass_id: bytes) -> Issued:
    """A pass that says so, once the days of follow-up are over and nothing else is held against them.

    What other releases say of this person's passes ends as well, for this contact's case. Raises Refused:
    contact_unknown, follow_up_runs, still_exposed (another case lists them later).
    """
    sql = (
        "SELECT c.person, c.last_ms, f.disease FROM contact c JOIN case_file f ON f.id = c.case_id"
        " WHERE c.id = ? AND c.state <> 'withdrawn'"
    )
    row = run(connection, sql, (contact,)).first()
    if row is None:
        raise Refused("contact_unknown")
    days_ms = disease_of(row[2]).follow_up(now_ms).days * _DAY_MS
    if now_ms < row[1] + days_ms:
        raise Refused("follow_up_runs")
    sql = (
        "SELECT count(*) FROM contact c JOIN case_file f ON f.id = c.case_id WHERE c.person = ? AND c.id <> ?"
        " AND c.state <> 'withdrawn' AND f.state IN ('suspected', 'confirmed') AND c.last_ms > ?"
    )
    if run(connection, sql, (row[0], contact, now_ms - days_ms)).scalar_one():
        raise Refused("still_exposed")
    for (release,) in run(connection, "SELECT DISTINCT release FROM reach WHERE contact = ?", (contact,)).all():
        forget_entries(connection, release, contact)
    try:
        return issue_pass(connection, ring, pass_id, CLEAR_DAYS, 0, None, now_ms, cleared=True)
    except FileNotFoundError as error:
        raise Refused("pass_key_away") from error


def page(desk: Desk, contact: int) -> Any:
    """POST /contacts/ID/clearance: the pass, to print or to photograph. It bears no name."""
    import segno

    with desk.write() as connection:
        sql = "SELECT case_id, ward, province, person FROM contact WHERE id = ?"
        row = run(connection, sql, (contact,)).first()
        if row is None:
            raise Refused("contact_unknown")
        areas = {"all", f"ward-{row[1]}", f"province-{row[2]}"}
        desk.require(Right.CONTACTS_WORK, areas)
        issued = clear(connection, desk.site.ring, contact, desk.now_ms, secrets.token_bytes(16))
        desk.note(connection, "clearance_issued", Purpose.CARE, row[0], person=row[3])
    out = BytesIO()
    assert issued.text is not None  # a printed pass
    segno.make(issued.text, error="m", micro=False).save(out, kind="svg", xmldecl=False, svgns=False, omitsize=True)
    return desk.show("alerts/clearance.html", code=out.getvalue().decode(), expires_ms=issued.expires_s * 1000)
