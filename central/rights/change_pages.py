"""The request desk, what changes a person's data: proposed by one officer and signed by another, or stopped at once."""

from typing import Any

from flask import request

from central.access.roles import Purpose, Right
from central.radio.destroying import overwrite_freed, settle
from central.rights import corrections, deletions, requests, two_officers
from central.rights.request_data import mine
from central.web.console import Desk, Page
from wire.refusal import Refused

_PURPOSE, _WORK, _DECIDE = Purpose.DATA_SUBJECT, Right.REQUESTS_WORK, Right.REQUESTS_DECIDE


def delete(desk: Desk, name: str) -> Any:
    """POST: propose to destroy what is held of the person."""
    if request.form.get("sure") != "1":
        raise Refused("not_sure", name)
    with desk.write() as connection:
        row = mine(desk, connection, name)
        two_officers.propose(connection, name, two_officers.DELETION, desk.officer.account, desk.now_ms)
        deletions.check_free(connection, row.person, desk.now_ms)
        desk.note(connection, "deletion_proposed", _PURPOSE, name, person=row.person)
    return desk.go(f"/requests/{name}", said="rights.said.proposed")


def correct(desk: Desk, name: str) -> Any:
    """POST: propose what a field should have said; the value goes into the case key's seal and nowhere else."""
    form = request.form
    records = corrections.read_records(form.getlist("record"))
    new = corrections.NewCorrection(form.get("field", ""), form.get("value", ""), records)
    with desk.write() as connection:
        row = mine(desk, connection, name)
        corrections.propose_correction(connection, desk.site.ring, name, new, desk.officer.account, desk.now_ms)
        desk.note(connection, "correction_proposed", _PURPOSE, name, person=row.person, records=len(records))
    return desk.go(f"/requests/{name}", said="rights.said.proposed")


def decide(desk: Desk, name: str) -> Any:
    """POST: the second officer signs or refuses what another has proposed; a deletion is done at once."""
    signed, given = request.form.get("answer") == "sign", request.form.get("proposal", "")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 16 else 0
    detail: dict[str, int] = {}
    with desk.write() as connection:
        row = mine(desk, connection, name, _DECIDE)
        one = two_officers.decide(connection, name, number, desk.officer.account, signed=signed, now_ms=desk.now_ms)
        if one.what == two_officers.DELETION and signed:
            overwrite_freed(connection)
            done = deletions.delete_person(connection, desk.site.ring, name, desk.now_ms)
            detail = {"records": done.records, "kiosks": done.kiosks}
        elif one.what == two_officers.CORRECTION and not signed:
            corrections.drop_correction(connection, number)
        action = f"{one.what}_{one.state}"
        desk.note(connection, action, _PURPOSE, name, person=row.person, **detail)
    if detail:
        settle(desk.site.engine, ("raw_record", "conflict", "visit", "stay", "identity", "correction"))
    return desk.go(f"/requests/{name}", said=f"rights.said.{action}")


def restrict(desk: Desk, name: str) -> Any:
    """POST: nothing more is done with the person's data from now on; or, with `end`, it goes on again."""
    ends = request.form.get("end") == "1"
    with desk.write() as connection:
        row = mine(desk, connection, name)
        (requests.end_restriction if ends else requests.restrict)(connection, name, desk.now_ms)
        action = "restriction_ended" if ends else "processing_restricted"
        desk.note(connection, action, _PURPOSE, name, person=row.person)
    return desk.go(f"/requests/{name}", said="rights.said.unrestricted" if ends else "rights.said.restricted")


_ONE = "/requests/<name>"
PAGES = (
    Page(f"{_ONE}/delete", "rights_delete", delete, _WORK, methods=("POST",)),
    Page(f"{_ONE}/correct", "rights_correct", correct, _WORK, methods=("POST",)),
    Page(f"{_ONE}/decide", "rights_decide", decide, _DECIDE, methods=("POST",)),
    Page(f"{_ONE}/restrict", "rights_restrict", restrict, _WORK, methods=("POST",)),
)
