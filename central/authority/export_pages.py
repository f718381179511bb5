"""The contacts of a case as a file: for the province's own tables, and for systems that read FHIR. No name is in it."""

from typing import Any

from flask import Response

from central.access.audit import Look
from central.access.roles import Purpose, Right
from central.authority.cases import case_of
from central.statements import run
from central.tracing.exporting import TYPES, Form, export_lines
from central.web.console import Desk
from wire.refusal import Refused

_FORMS: dict[str, Form] = {"csv": "csv", "xlsx": "xlsx", "json": "fhir"}


def page(desk: Desk, case: str, ending: str) -> Any:
    """GET /cases/ID/contacts.csv, .xlsx or .json (FHIR R4); the log gets its row with the number of lines"""
    if ending not in _FORMS:
        raise Refused("form_unknown")
    form = _FORMS[ending]
    with desk.write() as connection:
        one = case_of(connection, case)
        desk.require(Right.TRACE_RUN, one.areas)
        role = desk.roles.giving(desk.officer, Right.TRACE_RUN)
        # Each of them is told that they were looked at.
        sql = "SELECT person FROM contact WHERE case_id = ? AND state <> 'withdrawn' ORDER BY id"
        persons = tuple(row[0] for row in run(connection, sql, (case,)))
        look = Look(desk.officer.account, "contacts_exported", Purpose.TRACING, case, role, persons=persons)
        body = export_lines(connection, look, [case], form, desk.now_ms)
    answer = Response(body, content_type=TYPES[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="{one.id}.{ending}"'
    return answer
