"""The line list as CSV, XLSX or FHIR R4, without names; each export is one row of the audit log, written before it.

- A cell that a spreadsheet would take for a formula is given with a mark before it (OWASP, "CSV Injection").
- FHIR: a Bundle of type collection. Contacts are Patients with nothing but our number; each reason is an Observation
  with the status `preliminary`, since a tracer's candidate is no finding. The codes are our own (docs/tracing.md), for
  no public code says "was at the same place at the same time" of any disease. (HL7 FHIR R4, 4.0.1: Bundle, Condition,
  Observation, Patient.)
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any, Literal

from sqlalchemy.engine import Connection

from central.access.audit import Look, note
from central.places.places import Place
from central.tracing.lists import Line, line_list, places_of

Form = Literal["csv", "xlsx", "fhir"]
TYPES: dict[Form, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "fhir": "application/fhir+json",
}
COLUMNS = (
    *("case", "contact", "hop", "label", "state", "first_exposure", "last_exposure", "longest_minutes", "overlaps"),
    *("places", "only_assumed", "ward", "province", "reached", "reached_by"),
)
SYSTEM = "urn:gatepost:tracing"
_VIET_NAM = timezone(timedelta(hours=7))
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_MOST_CELL = 32_000  # a cell of a spreadsheet holds 32,767 characters


def export_lines(connection: Connection, look: Look, cases: Sequence[str], form: Form, now_ms: int) -> bytes:
    """The line list of these cases; `look` says who asks and for what, its detail gets the form and the count."""
    lines = line_list(connection, cases)
    detail = {**look.detail, "form": form, "lines": len(lines), "cases": len(cases)}
    note(connection, replace(look, detail=detail), now_ms)
    places = places_of(connection, lines)
    if form == "fhir":
        return json.dumps(bundle(lines, places, now_ms), ensure_ascii=False).encode()
    rows = [row_of(line, places) for line in lines]
    return as_csv(rows) if form == "csv" else as_xlsx(rows)


def row_of(line: Line, places: Mapping[int, Place]) -> tuple[str | int, ...]:
    """PURE. The cells of COLUMNS."""
    names = sorted({places[why.place].name for why in line.reasons if why.place in places})
    reached = "" if line.reached_ms is None else iso(line.reached_ms)
    return (
        *(line.case, line.contact, line.hop, line.label, line.state, iso(line.first_ms), iso(line.last_ms)),
        *(line.overlap_ms // 60_000, len(line.reasons), "; ".join(names), "yes" if line.assumed else "no"),
        *(line.ward, line.province, reached, line.reached_by),
    )


def as_csv(rows: Sequence[Sequence[str | int]]) -> bytes:
    """PURE. RFC 4180 in UTF-8, with the mark by which Excel knows it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Sequence[Sequence[str | int]]) -> bytes:
    """PURE. One sheet, written row by row."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("contacts")
    sheet.freeze_panes = "A2"
    sheet.append(COLUMNS)
    for row in rows:
        sheet.append([safe(cell) for cell in row])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def safe(cell: str | int) -> str | int:
    """PURE. A text that no spreadsheet calculates with."""
    if isinstance(cell, int):
        return cell
    cell = "".join(mark for mark in cell if mark >= " " or mark in "\t\n\r")[:_MOST_CELL]
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def bundle(lines: Sequence[Line], places: Mapping[int, Place], now_ms: int) -> dict[str, Any]:
    """PURE. The Bundle."""
    cases = sorted({line.case for line in lines})
    resources = [resource for case in cases for resource in _case(case)]
    resources += [resource for line in lines for resource in _contact(line, places)]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": iso(now_ms),
        "entry": [{"fullUrl": f"{SYSTEM}:{one['resourceType']}:{one['id']}", "resource": one} for one in resources],
    }


def _case(case: str) -> Iterator[dict[str, Any]]:
    yield {"resourceType": "Patient", "id": f"case-{case}", "identifier": [{"system": f"{SYSTEM}:case", "value": case}]}
    yield {
        "resourceType": "Condition",
        "id": f"condition-{case}",
        "subject": {"reference": f"Patient/case-{case}"},
        "code": {"text": "case of a notifiable disease, see its file"},
    }


def _contact(line: Line, places: Mapping[int, Place]) -> Iterator[dict[str, Any]]:
    number = f"contact-{line.contact}"
    yield {
        "resourceType": "Patient",
        "id": number,
        "identifier": [{"system": f"{SYSTEM}:contact", "value": str(line.contact)}],
    }
    for at, why in enumerate(line.reasons):
        place = places.get(why.place)
        yield {
            "resourceType": "Observation",
            "id": f"exposure-{line.contact}-{at}",
            "status": "preliminary",
            "code": _code("exposure"),
            "subject": {"reference": f"Patient/{number}"},
            "focus": [{"reference": f"Condition/condition-{line.case}"}],
            "effectivePeriod": {"start": iso(why.start_ms), "end": iso(why.end_ms)},
            "component": [
                {"code": _code("kind"), "valueString": why.kind},
                {"code": _code("hop"), "valueInteger": line.hop},
                {"code": _code("place"), "valueString": place.name if place else str(why.place)},
                {"code": _code("assumed"), "valueBoolean": why.assumed},
            ],
        }


def _code(name: str) -> dict[str, Any]:
    return {"coding": [{"system": SYSTEM, "code": name}]}


def iso(at_ms: int) -> str:
    """PURE. With Viet Nam's offset, to the second."""
    return datetime.fromtimestamp(at_ms // 1000, _VIET_NAM).isoformat()
