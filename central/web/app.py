"""The centre's Flask app: the operator's list and health, enrolment, the officers' pages and the programs' addresses.

Who may come is asked at each address: the operator's by the token (or an officer with fleet.read), a page of PAGES by
session and right, a page of OPEN by nobody, the API by its own tokens. An address that names none of these is shut.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from importlib import import_module
from importlib.util import find_spec

from flask import Flask, Response, abort, g, jsonify, redirect, render_template, request, url_for
from sqlalchemy import Engine
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response as AnyResponse

from central import enrolment
from central.access.oidc import Provider
from central.access.roles import Right
from central.access.watching import Glance
from central.alarms import all_alarms
from central.fleet import health as fleet
from central.keys import Keyring
from central.phones.desk import PhoneDesk
from central.vault.port import NoOpener, Vault
from central.web import access, entering, visits
from central.web.chart import hours_chart
from central.web.console import FLEET, add_pages, all_pages, open_pages
from central.web.errors import Centre, add_errors
from central.web.frame import begin_page, harden, words
from central.web.inside import inside, lines
from wire.refusal import Refused

# Who asks for themselves who may come, beside the pages that packages list.
_OPEN = frozenset({"enrol", "health_json", "static", "sign_out"})
_OPERATOR = {page.name: page for page in FLEET}
_FORM_BYTES = 1 << 20
_DEVICES = 100  # on the health page; /health.json has them all


class _RowNumber(IntegerConverter):
    """A row's number in an address; 404 for one that no database could hold."""

    def __init__(self, routes: Map) -> None:
        super().__init__(routes, max=1 << 53)


@dataclass(frozen=True, slots=True)
class Site:
    """What the pages stand on. `brokers` are told to new kiosks; `hosts` are names this server answers to."""

    engine: Engine
    ring: Keyring
    brokers: Sequence[str]
    hosts: frozenset[str]
    now_ms: Callable[[], int]
    vault: Vault = field(default_factory=NoOpener)
    provider: Provider | None = None  # of the province's own accounts, where it has them
    glance: Glance = field(default_factory=Glance)  # what this process remembers of the log
    phones: PhoneDesk = field(default_factory=PhoneDesk)  # what it holds for visitors' phones


def make_app(site: Site) -> Flask:
    """The app with all its routes."""
    app = Centre(__name__)
    app.url_map.converters = {**app.url_map.converters, "int": _RowNumber}
    app.config.update(MAX_CONTENT_LENGTH=_FORM_BYTES, MAX_FORM_MEMORY_SIZE=_FORM_BYTES)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.after_request(harden)
    app.add_url_rule("/", "visits", partial(_visits_page, site))
    app.add_url_rule("/health", "health", partial(_health_page, site))
    app.add_url_rule("/health.json", "health_json", partial(_health_json, site))
    app.add_url_rule("/api/state.json", "state_json", partial(_state_json, site))
    app.add_url_rule("/enrol", "enrol", partial(_enrol, site), methods=["POST"])
    app.add_url_rule("/sign-out", "sign_out", partial(entering.sign_out, site), methods=["POST"])
    add_pages(app, site, partial(entering.enter, site), all_pages(), open_pages())
    shut = {*_OPERATOR, "state_json"}
    if find_spec("central.api.routes"):
        import_module("central.api.routes").add_routes(app, site)
    itself = {rule.endpoint for rule in app.url_map.iter_rules()} - shut
    app.before_request(partial(_guard, site, frozenset(itself | _OPEN)))
    add_errors(app)
    return app


def _guard(site: Site, itself: frozenset[str]) -> AnyResponse | tuple[str, int] | None:
    """Host, Origin and, but for those that ask for themselves, the operator: before any page."""
    begin_page()
    if not access.host_allowed(request, site.hosts) or not access.origin_allowed(request):
        abort(403)
    if request.endpoint == "enrol":
        request.max_content_length = enrolment.MAX_REQUEST_BYTES
    if request.endpoint in itself:
        return None
    token = site.ring.operator_token()
    given = request.args.get("token")
    if given is not None and access.is_token(given, token):
        answer = redirect(request.path)
        answer.set_cookie(
            access.COOKIE, access.cookie_of(token), httponly=True, samesite="Lax", secure=request.is_secure
        )
        return answer
    if access.is_operator(request, token):
        return None
    return _officer(site)


def _officer(site: Site) -> AnyResponse | tuple[str, int] | None:
    """An officer at the operator's pages: those who keep the machines may see them, others are led to their own."""
    desk = entering.desk_of(site, _OPERATOR.get(request.endpoint or "", FLEET[0]))
    if desk is None:
        return render_template("enter.html", **g.words), 401
    if request.routing_exception is not None:
        raise request.routing_exception
    if desk.may(Right.FLEET_READ):
        return None
    if request.endpoint != "visits":
        abort(403)
    menu = desk.menu()
    return redirect(url_for(menu[0].name) if menu else "/me")


def _visits_page(site: Site) -> str:
    chosen = visits.Filter(_name("venue"), _name("device"), _day("day"))
    today = datetime.fromtimestamp(site.now_ms() / 1000, visits.VIET_NAM).date()
    day = chosen.day or today
    with site.engine.connect().execution_options(reads_only=True) as connection:
        among = visits.venues_of(connection, chosen)
        rows = visits.latest(connection, chosen, _mark(), venues=among)
        ins, outs = visits.per_hour(connection, chosen, day, among)
        venues, devices = visits.choices(connection)
        total = visits.total(connection)
    return render_template(
        "visits.html",
        rows=rows,
        chosen=chosen,
        day=day,
        today=today,
        venues=venues,
        devices=devices,
        total=total,
        ins=sum(ins),
        outs=sum(outs),
        chart=hours_chart(ins, outs),
        older=rows[-1].mark if len(rows) == visits.PAGE else None,
        paging=_mark() is not None,
        **words(),
    )


def _health_page(site: Site) -> str:
    with site.engine.connect().execution_options(reads_only=True) as connection:
        state = fleet.health(connection, site.now_ms(), _DEVICES)
        total = int(connection.exec_driver_sql("SELECT count(*) FROM device").scalar_one())
        found = inside(site, connection, site.now_ms())
    well = state["ok"] and not state["alarms"] and all(line.mark in ("good", "off") for line in lines(found))
    return render_template("health.html", state=state, total=total, inside=found, well=well, **words())


def _health_json(site: Site) -> Response:
    if not access.is_this_machine(request) and not access.is_operator(request, site.ring.operator_token()):
        abort(403)
    with site.engine.connect().execution_options(reads_only=True) as connection:
        found = inside(site, connection, site.now_ms())
        own = [{"mark": line.mark, "what": line.key, **line.said} for line in lines(found)]
        return jsonify({**fleet.health(connection, site.now_ms()), "inside": own})


def _state_json(site: Site) -> Response:
    with site.engine.connect().execution_options(reads_only=True) as connection:
        rows = visits.latest(connection, visits.Filter(), limit=10)
        state = {
            "visits": connection.exec_driver_sql("SELECT count(*) FROM visit").scalar_one(),
            "devices": connection.exec_driver_sql("SELECT count(*) FROM device").scalar_one(),
            "last": [
                {
                    "at": r.local.isoformat(timespec="milliseconds"),
                    "direction": r.direction,
                    "signal": r.signal,
                    "device": r.device,
                }
                for r in rows
            ],
            "alarms": [{"kind": a.kind, "device": a.device, "count": a.count} for a in all_alarms(connection)],
        }
    return jsonify(state)


def _enrol(site: Site) -> tuple[Response, int] | Response:
    try:
        asked = enrolment.read_request(request.get_json(silent=True))
        return jsonify(enrolment.enrol(site.engine, site.ring, site.brokers, asked, site.now_ms()))
    except Refused as refusal:
        code = refusal.reason if refusal.reason in enrolment.ERRORS else "bad_request"
        status, vi, en = enrolment.ERRORS[code]
        return jsonify(error=code, vi=vi, en=en), status


def _name(name: str) -> str:
    value = request.args.get(name, "")
    return value if len(value) <= 64 and value.isprintable() else ""  # PostgreSQL's text takes no NUL


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _mark() -> visits.Mark | None:
    parts = request.args.get("before", "").split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
        return None
    return visits.Mark(*map(int, parts))
