"""What a guard may do, as requests of a session. Each is passed to the gate's desk and answered with what it said."""

from collections.abc import Callable

from flask import Blueprint, Response, abort, g, jsonify, request

from ui.guard.desk import GuardDesk, Said, Slip
from ui.guard.paper import MOST_SLIPS, NotASlip, read_slip
from ui.streams import Slots
from wire.overrides import is_reason

SCANS = 2  # a claimed card holds a thread while it is waited for
SCAN_S = 15.0
MOST_WORDS = 300  # of a report: two sentences, typed with a thumb


def add_actions(inside: Blueprint, desk: GuardDesk, now_ms: Callable[[], int | None]) -> None:
    """Every action on the blueprint; `now_ms` is None while the kiosk does not know the time."""
    _add_gate(inside, desk)
    _add_paper(inside, desk, now_ms)


def _add_gate(inside: Blueprint, desk: GuardDesk) -> None:
    @inside.post("/override")
    def override() -> Response:
        body, allow = body_of(), _flag("allow")
        reason, view = body.get("reason"), body.get("view")
        if type(reason) is not int or type(view) is not int or not is_reason(reason, allow):
            abort(400)
        return answer_of(desk.override(g.session.name, allow, reason, view))

    @inside.post("/help")
    def call() -> Response:
        return answer_of(desk.help(g.session.name, _flag("on")))

    @inside.post("/suspected")
    def suspected() -> Response:
        words = body_of().get("words")
        if not isinstance(words, str) or len(words) > MOST_WORDS:
            abort(400)
        return answer_of(desk.report_case(g.session.name, " ".join(words.split())))

    @inside.post("/lights")
    def lights() -> Response:
        return answer_of(desk.test_lights(g.session.name))


def _add_paper(inside: Blueprint, desk: GuardDesk, now_ms: Callable[[], int | None]) -> None:
    scans = Slots(SCANS)

    @inside.post("/paper")
    def paper() -> Response:
        return answer_of(desk.paper(g.session.name, _flag("on")))

    @inside.post("/slip")
    def slip() -> Response:
        return answer_of(desk.next_slip(g.session.name))

    @inside.post("/scan")
    def scan() -> Response:
        if not scans.take():
            return answer_of(Said(False, "busy"))
        try:
            card = desk.scan(g.session.name, SCAN_S)
        finally:
            scans.give_back()
        g.session.card = card
        if card is None:
            return answer_of(Said(False, "no_card"))
        return jsonify({"ok": True, "problem": "", "kind": card[0]})

    @inside.post("/slips")
    def slips() -> Response:
        rows = body_of().get("slips")
        if not isinstance(rows, list) or not 0 < len(rows) <= MOST_SLIPS:
            abort(400)
        try:
            read = [read_slip(row, g.session.card, now_ms()) for row in rows]
        except NotASlip as error:
            return answer_of(Said(False, error.problem))
        return _entered(desk, read)


def _entered(desk: GuardDesk, read: list[Slip]) -> Response:
    if len({slip.number for slip in read}) < len(read):
        return answer_of(Said(False, "slip_known"))
    said = desk.enter_slips(g.session.name, read)
    if said.ok:
        g.session.card = None
    return answer_of(said)


def answer_of(said: Said) -> Response:
    """What an action said, as the page hears it."""
    answer = jsonify({"ok": said.ok, "problem": said.problem, "number": said.number})
    answer.status_code = 200 if said.ok else 409
    return answer


def body_of() -> dict[str, object]:
    """The request's JSON object; 400 for anything else."""
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else abort(400)


def _flag(key: str) -> bool:
    value = body_of().get(key)
    return value if isinstance(value, bool) else abort(400)
