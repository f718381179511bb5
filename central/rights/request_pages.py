"""The request desk: /requests, one request with its clocks and steps, what is held, and the letters."""

from datetime import date
from typing import Any

from flask import Response, request
from sqlalchemy.engine import Connection

from central.access.proposals import areas_around
from central.access.roles import Purpose, Right
from central.authority.area_names import provinces
from central.people.persons import known_persons
from central.rights import corrections, requests, two_officers
from central.rights.answering import answer, first_answer, frame_of
from central.rights.clocks import clocks, day_of, days_left, standing, start_of
from central.rights.letters import FORMATS, write
from central.rights.receipts import find_record
from central.rights.request_data import looks_at, mine, open_held
from central.rights.restricting import is_restricted
from central.rights.schema import KINDS, OUTCOMES
from central.rights.tied import records_of_request
from central.rights.words import WORDS
from central.statements import run
from central.web.console import Desk, Page
from wire.records import IdentityKind
from wire.refusal import Refused

_LABELLED = frozenset(key.removeprefix("rights.field.") for key in WORDS if key.startswith("rights.field."))
_NUMBERS = ("CCCD", "BHYT", "PERSONAL_QR", "PASSPORT")
_PURPOSE, _WORK = Purpose.DATA_SUBJECT, Right.REQUESTS_WORK
_EARLIEST = 2020  # before that nothing was recorded


def list_page(desk: Desk) -> Any:
    """Open requests by their dates; the closed ones under ?closed=1."""
    closed = request.args.get("closed") == "1"
    given = request.args.get("page", "")
    page = int(given) if given.isdecimal() and len(given) < 5 else 0
    with desk.read() as connection:
        rows = requests.requests(connection, desk.areas(_WORK), closed=closed, page=page)
        late = requests.late_ones(connection, desk.areas(_WORK), desk.now_ms)
    return desk.show(
        "rights/requests.html", rows=[_dated(row, desk.now_ms) for row in rows], closed=closed, page=page, late=late
    )


_VENUES = "SELECT DISTINCT venue FROM device WHERE venue <> '' ORDER BY venue LIMIT 500"
_DESTROYED = (
    "SELECT r.began_ms, sum(c.destroyed) FROM deletion_run r JOIN deletion_count c ON c.run = r.id WHERE r.about = ?"
    " GROUP BY r.id, r.began_ms ORDER BY r.id DESC LIMIT 1"
)


def new_page(desk: Desk) -> Any:
    """GET: the form. POST: the request, and on to its page."""
    today = day_of(desk.now_ms)
    if request.method == "GET":
        known = {"knows": clocks().knows(today), "areas": _areas(desk)}
        return desk.show("rights/new_request.html", kinds=KINDS, channels=requests.CHANNELS, today=today, **known)
    form = request.form
    came = _day(form.get("came", ""))
    asked_ms = desk.now_ms if came == today else start_of(came)
    area = form.get("area", "") or _areas(desk)[0]
    what = (form.get("kind", ""), form.get("channel", ""), form.get("language", ""), form.get("processors") == "1")
    new = requests.NewRequest(*what, asked_ms, area)
    with desk.write() as connection:
        desk.require(_WORK, areas_around(connection, area))
        name = requests.open_request(connection, new, desk.officer.account, desk.now_ms)
        desk.note(connection, "request_opened", _PURPOSE, name, kind=new.kind, area=area)
    return desk.go(f"/requests/{name}", said="rights.said.opened")


def _areas(desk: Desk) -> list[str]:
    """Where an officer may open a request: their own areas, and every province for whoever acts everywhere."""
    held = sorted(desk.areas(_WORK))
    return held + [f"province-{code}" for code in sorted(provinces())] if "all" in held else held


def one_page(desk: Desk, name: str) -> Any:
    """One request: its clocks, its steps, what may be done next, and who looked at whoever asks."""
    with desk.write() as connection:
        row = mine(desk, connection, name)
        desk.note(connection, "request_seen", _PURPOSE, name, person=row.person)
        count = len(records_of_request(connection, name))
        looks = looks_at(connection, row.person)
        kiosks = _kiosks(connection, name)
        destroyed = run(connection, _DESTROYED, (name,)).first()
        proposed = two_officers.proposals(connection, name)
        stops = row.person is not None and is_restricted(connection, row.person)
        venues = [venue for (venue,) in run(connection, _VENUES)]
    return desk.show(
        "rights/request.html",
        **_dated(row, desk.now_ms),
        records=count,
        looks=looks,
        kiosks=kiosks,
        destroyed=destroyed,
        waiting=next((one for one in proposed if one.state == "open"), None),
        signed=[one for one in proposed if one.state == "signed"],
        stops=stops,
        venues=venues,
        numbers=_NUMBERS,
        outcomes=OUTCOMES,
        today=day_of(desk.now_ms),
    )


def identify(desk: Desk, name: str) -> Any:
    """POST: a card was shown (its number goes to the opener and nowhere else), or a receipt."""
    form = request.form
    with desk.read() as connection:
        mine(desk, connection, name)
        two_officers.none_waits(connection, name)
    person, records = None, []
    if form.get("how") == "receipt":
        with desk.read() as connection:
            found = find_record(connection, form.get("code", ""), form.get("venue", "")[:64], _day(form.get("day", "")))
        records.append(found)
    else:
        kind = form.get("number_kind", "")
        if kind not in _NUMBERS or not form.get("number", "").strip():
            raise Refused("bad_request", "a number and its kind")
        asking = desk.asking(_PURPOSE, name)
        pseudonym = desk.vault.pseudonym(asking, int(IdentityKind[kind]), form["number"].strip()[:64])
        with desk.read() as connection:
            person = known_persons(connection, [pseudonym]).get(pseudonym)
    with desk.write() as connection:
        how = form.get("how", "")
        requests.identify(connection, name, person, how, records, desk.officer.account, desk.now_ms)
        desk.note(connection, "identity_checked", _PURPOSE, name, person=person, how=how, found=person is not None)
    return desk.go(f"/requests/{name}", said="rights.said.identified")


def first(desk: Desk, name: str) -> Any:
    """POST: the first answer was given."""
    with desk.write() as connection:
        mine(desk, connection, name)
        requests.answer_first(connection, name, desk.now_ms)
        desk.note(connection, "request_answered", _PURPOSE, name)
    return desk.go(f"/requests/{name}", said="rights.said.answered")


def extend(desk: Desk, name: str) -> Any:
    """POST: fifteen more days, with a reason."""
    with desk.write() as connection:
        mine(desk, connection, name)
        requests.extend(connection, name, request.form.get("why", ""), desk.now_ms)
        desk.note(connection, "request_extended", _PURPOSE, name)
    return desk.go(f"/requests/{name}", said="rights.said.extended")


def data(desk: Desk, name: str) -> Any:
    """POST: what is held, in clear, for the person who stands there; and the form that corrects it."""
    with desk.read() as connection:
        row = mine(desk, connection, name)
    held = open_held(desk, row)
    with desk.write() as connection:
        desk.note(connection, "data_shown", _PURPOSE, name, person=row.person, records=len(held))
    fields = sorted({name for one in held for name in one.fields} - corrections.NOT_CORRECTED)
    return desk.show("rights/held.html", request_row=row, held=held, fields=fields, labelled=_LABELLED)


def close(desk: Desk, name: str) -> Any:
    """POST: the request is done."""
    form = request.form
    with desk.write() as connection:
        mine(desk, connection, name)
        account = desk.officer.account
        requests.close(connection, name, form.get("outcome", ""), form.get("reason", ""), account, desk.now_ms)
        desk.note(connection, "request_closed", _PURPOSE, name, outcome=form.get("outcome", ""))
    return desk.go(f"/requests/{name}", said="rights.said.closed")


def letter(desk: Desk, name: str) -> Any:
    """POST: the first answer or the last one as a paper; what is held stands in it where the person asked to see it."""
    form = request.form.get("form", "")
    if form not in FORMATS:
        raise Refused("bad_format", form[:8])
    which = request.form.get("which", "first")
    with desk.read() as connection:
        row = mine(desk, connection, name)
        looks = looks_at(connection, row.person)
    tells = which == "answer" and row.kind in ("access", "correction")
    with_data = tells and row.identified_ms is not None and row.closed_ms is None
    held = open_held(desk, row) if with_data else []
    said = first_answer(row) if which == "first" else answer(row, held, looks)
    paper = write(said, form, frame_of(row, desk.now_ms))
    with desk.write() as connection:
        desk.note(connection, "letter_written", _PURPOSE, name, person=row.person, which=which, records=len(held))
    headers = {"Content-Disposition": f"attachment; filename={name}-{which}.{form}"}
    return Response(paper, headers=headers, mimetype=FORMATS[form])


def _dated(row: requests.Request, now_ms: int) -> dict[str, Any]:
    """A request with what its clocks say: of the first answer, of the whole, and of whichever comes next."""
    next_ms = row.due_ms if row.answered_ms else min(row.answer_due_ms, row.due_ms)
    return {
        "next_ms": next_ms,
        "next_standing": standing(next_ms, now_ms, row.closed_ms),
        "request_row": row,
        "answer_standing": standing(row.answer_due_ms, now_ms, row.answered_ms),
        "standing": standing(row.due_ms, now_ms, row.closed_ms),
        "left": days_left(row.due_ms, now_ms),
    }


def _kiosks(connection: Connection, name: str) -> list[tuple[str, int | None, int]]:
    """(device, when it answered or None, when its own limit ends) for a deletion of this request."""
    sql = (
        "SELECT s.device, count(*) - count(r.answered_ms), max(r.answered_ms), max(r.ends_ms) FROM deletion_range r"
        " JOIN deletion_run d ON d.id = r.run JOIN stream s ON s.id = r.stream WHERE d.about = ? GROUP BY s.device"
        " ORDER BY s.device"
    )
    return [(device, None if missing else at, ends) for device, missing, at, ends in run(connection, sql, (name,))]


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise Refused("bad_day", text[:10]) from error
    if not _EARLIEST <= found.year < _EARLIEST + 200:
        raise Refused("bad_day", text[:10])
    return found


_ONE = "/requests/<name>"
PAGES = (
    Page("/requests", "rights_requests", list_page, _WORK, menu="rights.requests"),
    Page("/requests/new", "rights_new", new_page, _WORK, methods=("GET", "POST")),
    Page(_ONE, "rights_request", one_page, _WORK, looks=True),
    Page(f"{_ONE}/identify", "rights_identify", identify, _WORK, methods=("POST",)),
    Page(f"{_ONE}/first", "rights_first", first, _WORK, methods=("POST",)),
    Page(f"{_ONE}/extend", "rights_extend", extend, _WORK, methods=("POST",)),
    Page(f"{_ONE}/data", "rights_data", data, _WORK, methods=("POST",), looks=True),
    Page(f"{_ONE}/close", "rights_close", close, _WORK, methods=("POST",)),
    Page(f"{_ONE}/letter", "rights_letter", letter, _WORK, methods=("POST",), looks=True),
)
