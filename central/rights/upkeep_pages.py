"""Pages of what runs by itself or once in a while: limits and certificates, holds, records of processing, breaches."""

from datetime import date
from typing import Any

from flask import Response, g, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from central.access.roles import Purpose, Right
from central.rights import breaches, certificates, holds
from central.rights.clocks import HOUR_MS, day_of, end_of
from central.rights.letters import FORMATS, write
from central.rights.limits import limits
from central.rights.processing import activities, as_csv, as_json, assessment, controller, heads
from central.rights.request_data import mine
from central.rights.words import WORDS
from central.statements import run
from central.web.console import Desk, Page
from wire.refusal import Refused

_PURPOSE = Purpose.DATA_SUBJECT
_RUNS = (
    "SELECT r.id, r.about, r.began_ms, r.ended_ms, r.certificate, sum(c.destroyed), sum(c.held) FROM deletion_run r"
    " LEFT JOIN deletion_count c ON c.run = r.id GROUP BY r.id, r.about, r.began_ms, r.ended_ms, r.certificate"
    " ORDER BY r.id DESC LIMIT 60"
)
_WAITING = (
    "SELECT s.device, count(*), max(r.ends_ms) FROM deletion_range r JOIN stream s ON s.id = r.stream"
    " WHERE r.answered_ms IS NULL AND r.ends_ms > ? GROUP BY s.device ORDER BY max(r.ends_ms) DESC LIMIT 500"
)


def retention_page(desk: Desk) -> Any:
    """Limits, runs with their certificates, kiosks that have not answered, and holds."""
    with desk.read() as connection:
        runs = run(connection, _RUNS).all()
        waiting = run(connection, _WAITING, (desk.now_ms,)).all()
        held = holds.holds(connection)
    return desk.show(
        "rights/retention.html", limits=limits(), runs=runs, waiting=waiting, holds=held, today=day_of(desk.now_ms)
    )


def certificate(desk: Desk, number: int) -> Any:
    """A certificate as it was signed."""
    with desk.read() as connection:
        sql = "SELECT message FROM deletion_certificate WHERE number = ?"
        message = run(connection, sql, (min(number, 1 << 53),)).scalar()
    if message is None:
        raise Refused("certificate_unknown", str(number))
    headers = {"Content-Disposition": f"attachment; filename=deletion-{number}.certificate"}
    return Response(bytes(message), headers=headers, mimetype="application/cose")


def certificate_page(desk: Desk, number: int) -> Any:
    """What a certificate says, and whether its signature holds."""
    with desk.read() as connection:
        sql = "SELECT message FROM deletion_certificate WHERE number = ?"
        message = run(connection, sql, (min(number, 1 << 53),)).scalar()
    if message is None:
        raise Refused("certificate_unknown", str(number))
    body = certificates.read(bytes(message), certificates.public_keys(desk.site.ring))
    names = {limit.kind: limit.name_vi for limit in limits().limits} if g.language == "vi" else {}
    return desk.show("rights/certificate.html", body=body, number_=number, names=names)


def new_hold(desk: Desk) -> Any:
    """POST: ask for a hold."""
    form = request.form
    try:
        ends_ms = end_of(date.fromisoformat(form.get("ends", "")))
    except ValueError as error:
        raise Refused("bad_day", form.get("ends", "")[:10]) from error
    new = holds.NewHold(
        form.get("kind", ""),
        form.get("what", "").strip()[:64],
        form.get("reason", "")[:1000],
        form.get("basis", "")[:300],
        ends_ms,
    )
    with desk.write() as connection:
        if new.kind == "person":
            mine(desk, connection, new.what)
        number = holds.ask_hold(connection, new, desk.officer.account, desk.now_ms)
        desk.note(connection, "hold_asked", _PURPOSE, f"hold-{number}", kind=new.kind)
    return desk.go("/retention", said="rights.said.hold_asked")


def sign_hold(desk: Desk, hold: int) -> Any:
    """POST: the second officer signs."""
    with desk.write() as connection:
        holds.sign_hold(connection, hold, desk.officer.account, desk.now_ms)
        desk.note(connection, "hold_signed", _PURPOSE, f"hold-{hold}")
    return desk.go("/retention", said="rights.said.hold_signed")


def lift_hold(desk: Desk, hold: int) -> Any:
    """POST: a hold ends before its date."""
    with desk.write() as connection:
        holds.lift_hold(connection, hold, desk.officer.account, desk.now_ms)
        desk.note(connection, "hold_lifted", _PURPOSE, f"hold-{hold}")
    return desk.go("/retention", said="rights.said.hold_lifted")


def processing_page(desk: Desk) -> Any:
    """The records of processing; ?as=csv or json for other programs."""
    index = int(g.language == "en")
    found, form = activities(), request.args.get("as", "")
    if form == "json":
        return jsonify(as_json(found, limits()))
    if form == "csv":
        headers = {"Content-Disposition": "attachment; filename=processing.csv"}
        return Response("\ufeff" + as_csv(found, index, limits()), headers=headers, mimetype="text/csv")
    rows = [list(zip(heads(index), activity.row(index, limits()), strict=True)) for activity in found]
    return desk.show("rights/processing.html", rows=rows, controller=controller()[index])


def assessment_paper(desk: Desk, form: str) -> Any:
    """The impact assessment as a paper."""
    if form not in FORMATS:
        raise Refused("bad_format", form[:8])
    return _paper("impact-assessment", form, write(assessment(activities(), int(g.language == "en"), limits()), form))


def breaches_page(desk: Desk) -> Any:
    """GET: every breach, and the form. POST: a new one."""
    if request.method == "GET":
        with desk.read() as connection:
            found = breaches.breaches(connection)
        return desk.show("rights/breaches.html", breaches=found, kinds=breaches.KINDS, now_ms=desk.now_ms)
    form = request.form
    people = form.get("people", "0").strip() or "0"
    hours = form.get("hours_ago", "0").strip() or "0"
    if not (people.isascii() and people.isdigit() and hours.isascii() and hours.isdigit() and len(people + hours) < 15):
        raise Refused("bad_breach", "numbers")
    found_ms = desk.now_ms - int(hours) * HOUR_MS
    new = breaches.NewBreach(
        form.get("kind", ""), form.get("what", ""), int(people), form.get("drill") == "1", found_ms
    )
    with desk.write() as connection:
        name = breaches.open_breach(connection, new, desk.officer.account, desk.now_ms)
        desk.note(connection, "breach_opened", _PURPOSE, name, kind=new.kind, drill=new.drill)
    return desk.go(f"/breaches/{name}", said="rights.said.breach")


def breach_page(desk: Desk, name: str) -> Any:
    """One breach: the clock, the next step, what was done."""
    with desk.read() as connection:
        found = breaches.breach_of(connection, name)
    return desk.show("rights/breach.html", breach=found, steps=breaches.STEPS, now_ms=desk.now_ms)


def breach_step(desk: Desk, name: str) -> Any:
    """POST: a step is done."""
    step = request.form.get("step", "")
    with desk.write() as connection:
        breaches.do_step(connection, name, step, desk.officer.account, desk.now_ms)
        desk.note(connection, "breach_step", _PURPOSE, name, step=step)
    return desk.go(f"/breaches/{name}", said="rights.said.step")


def breach_paper(desk: Desk, name: str, form: str) -> Any:
    """The notice to the authority as a paper."""
    if form not in FORMATS:
        raise Refused("bad_format", form[:8])
    with desk.read() as connection:
        found = breaches.breach_of(connection, name)
    return _paper(name, form, write(breaches.notice(found, WORDS), form))


def _paper(name: str, form: str, paper: bytes) -> AnyResponse:
    headers = {"Content-Disposition": f"attachment; filename={name}.{form}"}
    return Response(paper, headers=headers, mimetype=FORMATS[form])


_RUN, _WORK = Right.RETENTION_RUN, Right.REQUESTS_WORK
_POST = ("POST",)
PAGES = (
    Page("/retention", "rights_retention", retention_page, _RUN, menu="rights.retention"),
    Page("/retention/certificates/<int:number>", "rights_certificate", certificate_page, _RUN),
    Page("/retention/certificates/<int:number>/file", "rights_certificate_file", certificate, _RUN),
    Page("/retention/holds", "rights_hold_new", new_hold, _RUN, methods=_POST),
    Page("/retention/holds/<int:hold>/sign", "rights_hold_sign", sign_hold, _RUN, methods=_POST),
    Page("/retention/holds/<int:hold>/lift", "rights_hold_lift", lift_hold, _RUN, methods=_POST),
    Page("/processing", "rights_processing", processing_page, _WORK, menu="rights.processing"),
    Page("/processing/assessment.<form>", "rights_assessment", assessment_paper, _WORK),
    Page("/breaches", "rights_breaches", breaches_page, _WORK, methods=("GET", "POST"), menu="rights.breaches"),
    Page("/breaches/<name>", "rights_breach", breach_page, _WORK),
    Page("/breaches/<name>/step", "rights_breach_step", breach_step, _WORK, methods=_POST),
    Page("/breaches/<name>/notice.<form>", "rights_breach_notice", breach_paper, _WORK),
)
