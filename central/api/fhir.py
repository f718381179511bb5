"""FHIR R4 (4.0.1), read only: what the server can do, the forms, and what was declared, one case or request at a time.

- A response is opened by the opener, which checks right, purpose, area and that the case or request runs, and writes
  its row of the log first. Only a token that was issued for it (`strong`) asks the opener at all.
- `about` and `purpose` are parameters of every request for responses: without a reason nothing is searched.
- Refusals are OperationOutcome. Nobody is a Patient here: who declared stands in the answers, where the form asks.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Response, request
from sqlalchemy.engine import Connection

from central.access.accounts import begin_session, end_session
from central.access.roles import Purpose, Right, areas_of_place
from central.api.asking import REFUSALS, Ask, Form, Purses, admit, headed, like, one_of, refusal_code, whole
from central.api.reading import iso, within
from central.desks.tied import tied
from central.library import Library, read_library, sent_forms, shipped_forms
from central.rights.tied import records_of_request
from central.statements import run
from central.vault.port import Asking, OpenedRecord, RecordId
from central.web.entering import roles
from forms.packed import unpack
from forms.response import build
from wire.envelope import record_id
from wire.refusal import Refused

if TYPE_CHECKING:
    from central.web.app import Site

VERSION = "4.0.1"
_MOST = 500  # the opener takes no more at once
_AT_ONCE = 400  # records in one statement
_CODES = {400: "invalid", 401: "login", 403: "forbidden", 404: "not-found", 405: "not-supported", 409: "business-rule"}
_CODES |= {429: "throttled", 503: "transient"}
_PURPOSES = (Purpose.TRACING, Purpose.CARE, Purpose.DATA_SUBJECT, Purpose.DECLARATION)
_ABOUT = r"BN-[0-9]{4}-[0-9]{6}|R-[0-9]{4}-[0-9]{6}|D-[0-9]{1,18}-[0-9]{1,18}"
_WHY: dict[str, Form] = {"about": like(_ABOUT), "purpose": one_of(*map(str, _PURPOSES))}
_UUID = like(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_FORM_ID = like(r"[0-9a-f]{16}")
View = Callable[..., Response]


def routes(site: "Site", purses: Purses) -> list[tuple[str, str, View]]:
    """(address, name, view) of every FHIR address."""
    asks = partial(_answering, site, purses)
    search = {**_WHY, "questionnaire": like(r"[\x21-\x7e]{1,200}"), "_count": whole(1, _MOST)}
    return [
        ("/fhir/metadata", "fhir_metadata", partial(_metadata, site)),
        ("/fhir/Questionnaire", "fhir_forms", asks(_forms, {"url": like(r"[\x21-\x7e]{1,200}")}, {})),
        ("/fhir/Questionnaire/<form_id>", "fhir_form", asks(_form, {}, {"form_id": _FORM_ID})),
        ("/fhir/QuestionnaireResponse", "fhir_responses", asks(_responses, search, {})),
        ("/fhir/QuestionnaireResponse/<response_id>", "fhir_response", asks(_response, _WHY, {"response_id": _UUID})),
    ]


def _answering(
    site: "Site",
    purses: Purses,
    read: Callable[..., Mapping[str, Any]],
    takes: Mapping[str, Form],
    parts: Mapping[str, Form],
) -> View:
    def answer(**named: str) -> Response:
        try:
            ask = admit(site, roles(), purses, takes)
            return fhir_json(read(ask, **{name: _part(parts[name], text) for name, text in named.items()}))
        except Refused as refusal:
            return _outcome(refusal)

    return answer


def _part(form: Form, text: str) -> Any:
    try:
        return form(text)
    except ValueError as error:
        raise Refused("unknown", "address") from error


def fhir_json(body: Mapping[str, Any]) -> Response:
    """A resource with FHIR's own media type."""
    return Response(json.dumps(body, ensure_ascii=False), mimetype="application/fhir+json")


def _outcome(refusal: Refused) -> Response:
    status, vi, en = REFUSALS[refusal_code(refusal)]
    issue = {"severity": "error", "code": _CODES[status], "details": {"text": en}, "diagnostics": vi}
    return headed(fhir_json({"resourceType": "OperationOutcome", "issue": [issue]}), status, refusal)


def _metadata(site: "Site") -> Response:
    """The CapabilityStatement; open to everybody, as FHIR has it: nothing in it is about a person."""
    if request.method != "GET":
        return _outcome(Refused("no_method"))
    search = [{"name": name, "type": "token"} for name in ("about", "purpose", "questionnaire")]
    resources = [
        {
            "type": "Questionnaire",
            "interaction": [{"code": "read"}, {"code": "search-type"}],
            "searchParam": [{"name": "url", "type": "uri"}],
        },
        {
            "type": "QuestionnaireResponse",
            "interaction": [{"code": "read"}, {"code": "search-type"}],
            "searchParam": search,
            "documentation": "Each request names a case or a request of a person (about) and a purpose.",
        },
    ]
    return fhir_json(
        {
            "resourceType": "CapabilityStatement",
            "status": "active",
            "date": (iso(site.now_ms()) or "")[:10],
            "kind": "instance",
            "implementation": {"description": "Gatepost"},
            "fhirVersion": VERSION,
            "format": ["application/fhir+json"],
            "rest": [{"mode": "server", "security": {"description": "Bearer token"}, "resource": resources}],
        }
    )


def _forms(ask: Ask) -> dict[str, Any]:
    found = _known_forms(ask)
    wanted = ask.values.get("url")
    return _bundle([form for form in found.values() if wanted is None or form.get("url") == wanted])


def _form(ask: Ask, form_id: str) -> dict[str, Any]:
    found = _known_forms(ask).get(form_id)
    if found is None:
        raise Refused("unknown", "form")
    return found


def _known_forms(ask: Ask) -> dict[str, dict[str, Any]]:
    """id -> the Questionnaire, of every form that ships or was published."""
    with ask.site.engine.connect().execution_options(reads_only=True) as connection:
        sent = sent_forms(connection, ask.site.ring.root())
    library = Library(sent)
    names = sorted({*shipped_forms(), *sent})
    found = {}
    for name in names:
        form_id = hashlib.sha256(name.encode()).hexdigest()[:16]
        found[form_id] = {**library.resource(name), "id": form_id}
    return found


def _responses(ask: Ask) -> dict[str, Any]:
    with ask.site.engine.connect().execution_options(reads_only=True) as connection:
        records = _candidates(ask, connection)[: ask.values.get("_count", _MOST)]
    found = _opened(ask, records)
    wanted = ask.values.get("questionnaire")
    return _bundle([one for one in found if wanted is None or one.get("questionnaire") == wanted])


def _response(ask: Ask, response_id: str) -> dict[str, Any]:
    with ask.site.engine.connect().execution_options(reads_only=True) as connection:
        records = [one for one in _candidates(ask, connection) if _id_of(connection, one) == response_id]
    found = _opened(ask, records)
    if not found:
        raise Refused("unknown", "response")
    return found[0]


def _candidates(ask: Ask, connection: Connection) -> list[RecordId]:
    """Declarations that belong to what the request is about, newest first. Raises Refused."""
    about, purpose = ask.values.get("about"), ask.values.get("purpose")
    if about is None or purpose is None:
        raise Refused("bad_parameter", "about and purpose")
    officer = ask.caller.officer
    if not ask.caller.strong or Purpose(purpose) not in ask.roles.purposes(officer, Right.NAMES_OPEN):
        raise Refused("not_allowed", purpose)
    if about.startswith("D-"):
        return _of_item(ask, connection, about, Purpose(purpose))
    if about.startswith("R-"):
        return _declared(connection, sorted(records_of_request(connection, about), reverse=True))
    return _of_case(ask, connection, about, Purpose(purpose))


def _declared(connection: Connection, records: list[tuple[int, int]]) -> list[RecordId]:
    """The declarations among `records`, in their order, at most as many as the opener takes."""
    found: list[RecordId] = []
    for start in range(0, len(records), _AT_ONCE):
        some = records[start : start + _AT_ONCE]
        pairs = ", ".join(["(?, ?)"] * len(some))
        sql = f"SELECT stream, seq FROM declared WHERE kind IN (2, 8) AND (stream, seq) IN (VALUES {pairs})"
        found += map(RecordId._make, run(connection, sql, [number for one in some for number in one]))
    return sorted(found, reverse=True)[:_MOST]


def _of_item(ask: Ask, connection: Connection, about: str, purpose: Purpose) -> list[RecordId]:
    """The opener sees all that the token's account holds: what this token holds is asked here."""
    if purpose not in (Purpose.DECLARATION, Purpose.BORDER_HEALTH):
        raise Refused("not_allowed", purpose)
    found = tied(connection, purpose, about)
    if found is None:
        raise Refused("not_running", about)
    if not ask.roles.may(ask.caller.officer, Right.NAMES_OPEN, found.areas):
        raise Refused("not_allowed", "area")
    return sorted(found.records)


def _of_case(ask: Ask, connection: Connection, case_id: str, purpose: Purpose) -> list[RecordId]:
    row = run(connection, "SELECT person, ward, province FROM case_file WHERE id = ?", (case_id,)).first()
    if row is None:
        raise Refused("not_running", case_id)
    here = ask.roles.may(ask.caller.officer, Right.NAMES_OPEN, areas_of_place("", row[1], row[2]))
    where, values = within(ask.areas(Right.NAMES_OPEN))
    if purpose == Purpose.TRACING and not here:
        raise Refused("not_allowed", "area")
    where, values = ("1 = 1", ()) if purpose == Purpose.TRACING else (where, values)
    sql = (
        "SELECT d.stream, d.seq FROM declared d JOIN identity i ON i.pseudonym = d.person WHERE d.kind IN (2, 8) AND"
        f" (i.person IN (SELECT person FROM contact WHERE case_id = ? AND state <> 'withdrawn' AND {where})"
        " OR i.person = ?) ORDER BY d.at_ms DESC LIMIT ?"
    )
    index = row[0] if here and row[0] is not None else -1
    return [RecordId(*found) for found in run(connection, sql, (case_id, *values, index, _MOST))]


def _opened(ask: Ask, records: list[RecordId]) -> list[dict[str, Any]]:
    """The responses of these records. Whoever refused to declare has none, nor has a form nobody knows any more."""
    if not records:
        return []
    with _session(ask) as secret:
        asking = Asking(secret, Purpose(ask.values["purpose"]), ask.values["about"])
        opened = ask.site.vault.open(asking, records)
    with ask.site.engine.connect().execution_options(reads_only=True) as connection:
        library = read_library(connection, ask.site.ring.root())
        built = [_built(library, one, _id_of(connection, one.record)) for one in opened if one.kind == "Declaration"]
    return [one for one in built if one is not None]


@contextmanager
def _session(ask: Ask) -> Iterator[str]:
    """A session of the token's account for one call of the opener, which knows sessions and no tokens."""
    with ask.site.engine.begin() as connection:
        secret = begin_session(connection, ask.caller.officer.account, ask.now_ms, strong=True)
    try:
        yield secret
    finally:
        with ask.site.engine.begin() as connection:
            end_session(connection, secret)


def _built(library: Library, opened: OpenedRecord, response_id: str) -> dict[str, Any] | None:
    fields = opened.fields
    if fields.get("refused"):
        return None
    try:
        form = library.form(str(fields["form"]))
        answers = unpack(form, bytes(fields["answers"]))
    except Refused:
        return None
    language, authored = str(fields["language"]), str(fields["authored"])
    return build(form, answers, language=language, authored=authored, response_id=response_id)


def _id_of(connection: Connection, record: RecordId) -> str:
    sql = "SELECT device, epoch FROM stream WHERE id = ?"
    device, epoch = run(connection, sql, (record.stream,)).first() or ("", b"")
    return str(uuid.UUID(bytes=record_id(device, bytes(epoch), record.seq)))


def _bundle(resources: list[dict[str, Any]]) -> dict[str, Any]:
    entry = [{"resource": resource, "search": {"mode": "match"}} for resource in resources]
    head = {"resourceType": "Bundle", "type": "searchset", "total": len(resources)}
    return {**head, "entry": entry} if entry else head
