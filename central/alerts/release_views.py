"""The officers' pages of releases: the list with the stop switch, one release with who is reached by what."""

from typing import Any

from sqlalchemy.engine import Connection

from central.access.roles import Purpose, Right, areas_of_place
from central.alerts import proposing, releasing
from central.alerts.finding import find_ways, newest_records, pass_holders, with_browsers
from central.alerts.limits import limits
from central.alerts.proposing import Draft
from central.alerts.releasing import Release
from central.alerts.sealing import sender_public
from central.alerts.sending import ready
from central.alerts.stops import ALL, end_stop, put_stop, standing
from central.authority import asked, once
from central.authority.areas import rows_within
from central.authority.cases import case_of
from central.authority.posting import post
from central.places.places import places_by_number
from central.statements import run
from central.web.console import Desk

_CASES = """
SELECT f.id, f.state, count(*) FROM case_file f JOIN contact c ON c.case_id = f.id AND c.state <> 'withdrawn'
WHERE f.state IN ('suspected', 'confirmed') AND f.signed_by IS NOT NULL AND {within}
  AND NOT EXISTS (SELECT 1 FROM reach r JOIN release a ON a.id = r.release
                  WHERE r.contact = c.id AND a.state IN ('proposed', 'held', 'released', 'sent')
                    AND r.state <> 'withdrawn')
GROUP BY f.id, f.state ORDER BY max(f.opened_ms) DESC LIMIT 20
"""


def list_page(desk: Desk) -> str:
    """GET /alerts"""
    before = asked.whole("before")
    within, values = rows_within(desk.areas(Right.ALERTS_STOP), "f")
    with desk.read() as connection:
        found = [one for one in releasing.releases(connection, before or None) if _sees(desk, connection, one)]
        stops = standing(connection)
        cases = run(connection, _CASES.format(within=within), values).all()
        able = ready(connection)
    return desk.show(
        "alerts/list.html",
        found=found,
        stop=next((one for one in stops if one.about == ALL), None),
        cases=cases,
        able=able.channels,
        proposes=desk.roles.may(desk.officer, Right.ALERTS_PROPOSE),
        frees=desk.roles.may(desk.officer, Right.ALERTS_RELEASE),
        older=found[-1].id if len(found) == 50 else None,
        once=once.token(),
    )


def propose_page(desk: Desk) -> Any:
    """POST /alerts/propose: the opener is asked first, then the proposal is written in one transaction."""
    case = asked.text("case")
    with desk.read() as connection:
        _require(desk, connection, case, Right.ALERTS_PROPOSE)
        if answered := _answered(desk, connection):
            return desk.go(answered)
        exposed = proposing.to_tell(connection, case)
        persons = sorted({one.person for one in exposed})
        records = newest_records(connection, persons)
        holders = pass_holders(connection, persons)
        able = ready(connection)
        public = sender_public(desk.site.ring.folder)
    ways = find_ways(desk.vault, desk.asking(Purpose.TRACING, case), persons, records, holders)
    draft = Draft(case, desk.officer.account, able.channels, public, able.base)

    def write(connection: Connection) -> str:
        told = with_browsers(connection, ways, desk.now_ms)
        number = proposing.propose(connection, draft, exposed, told, limits(), desk.now_ms)
        counts = releasing.release_of(connection, number).counts
        desk.note(connection, "alert_proposed", Purpose.TRACING, case, release=number, **counts)
        return f"/alerts/{number}"

    return post(desk, write, "alerts.said.proposed")


def one_page(desk: Desk, number: int) -> str:
    """GET /alerts/ID"""
    with desk.write() as connection:
        one = _one(desk, connection, number, Right.ALERTS_STOP)
        rows = run(connection, _REACH, (number,)).all()
        messages = dict(run(connection, _MESSAGES, (number,)).all())
        stations = run(connection, "SELECT id, name FROM station ORDER BY name LIMIT 500").all()
        scopes = [scope for (scope,) in run(connection, _SCOPES, (number,))]
        stopped = any(s.about in (ALL, f"case-{one.case_id}") for s in standing(connection))
        places = places_by_number(connection, [why[3] for why in one.held if why[3]])
        case = case_of(connection, one.case_id)
        desk.note(connection, "alert_seen", Purpose.TRACING, one.case_id, release=number, person=case.person)
    return desk.show(
        "alerts/one.html",
        one=one,
        case=case,
        rows=rows,
        messages=messages,
        stations=stations,
        scopes=scopes,
        stopped=stopped,
        slow=one.state == "released" and not stopped and desk.now_ms - (one.released_ms or 0) > _SLOW_MS,
        places=places,
        steps=_steps(desk, one),
        once=once.token(),
        login=desk.officer.account,
    )


def assign_page(desk: Desk, number: int) -> Any:
    """POST /alerts/ID/assign"""
    station = asked.text("station")

    def write(connection: Connection) -> str:
        one = _one(desk, connection, number, Right.ALERTS_PROPOSE)
        done = proposing.assign(connection, number, "" if station == "province" else station)
        desk.note(connection, "alert_assigned", Purpose.TRACING, one.case_id, release=number, people=done)
        return f"/alerts/{number}"

    return post(desk, write, "alerts.said.assigned")


def release_page(desk: Desk, number: int) -> Any:
    """POST /alerts/ID/release"""

    def write(connection: Connection) -> str:
        one = _one(desk, connection, number, Right.ALERTS_RELEASE)
        state = releasing.release_it(connection, number, desk.officer.account, limits(), desk.now_ms)
        desk.note(connection, "alert_" + state, Purpose.TRACING, one.case_id, release=number, **one.counts)
        return f"/alerts/{number}"

    return post(desk, write, "alerts.said.released")


def free_page(desk: Desk, number: int) -> Any:
    """POST /alerts/ID/free"""

    def write(connection: Connection) -> str:
        one = _one(desk, connection, number, Right.ALERTS_RELEASE)
        releasing.free(connection, number, desk.officer.account)
        desk.note(connection, "alert_freed", Purpose.TRACING, one.case_id, release=number)
        return f"/alerts/{number}"

    return post(desk, write, "alerts.said.released")


def stop_page(desk: Desk, number: int) -> Any:
    """POST /alerts/ID/stop"""

    def write(connection: Connection) -> str:
        one = _one(desk, connection, number, Right.ALERTS_STOP)
        releasing.stop(connection, number, desk.officer.account, desk.now_ms)
        desk.note(connection, "alert_stopped", Purpose.TRACING, one.case_id, release=number)
        return f"/alerts/{number}"

    return post(desk, write, "alerts.said.stopped")


def recall_page(desk: Desk, number: int) -> Any:
    """POST /alerts/ID/recall"""

    def write(connection: Connection) -> str:
        one = _one(desk, connection, number, Right.ALERTS_STOP)
        releasing.recall(connection, number, desk.officer.account, desk.now_ms)
        desk.note(connection, "alert_recalled", Purpose.TRACING, one.case_id, release=number)
        return f"/alerts/{number}"

    return post(desk, write, "alerts.said.recalled")


def stop_all_page(desk: Desk) -> Any:
    """POST /alerts/stop-all: whoever may stop at all may stop everything."""
    reason = asked.text("reason", 200)

    def write(connection: Connection) -> str:
        put_stop(connection, ALL, reason, desk.officer.account, desk.now_ms)
        desk.note(connection, "alerts_stopped_all", Purpose.TRACING, "")
        return "/alerts"

    return post(desk, write, "alerts.said.all_stopped")


def go_on_page(desk: Desk) -> Any:
    """POST /alerts/go-on"""

    def write(connection: Connection) -> str:
        desk.require(Right.ALERTS_RELEASE, {"all"})
        end_stop(connection, ALL, desk.officer.account, desk.now_ms)
        desk.note(connection, "alerts_go_on", Purpose.TRACING, "")
        return "/alerts"

    return post(desk, write, "alerts.said.go_on")


def _answered(desk: Desk, connection: Connection) -> str:
    """Where this very form led when it was sent before: the opener is not asked again for it."""
    sql = "SELECT answer FROM form_sent WHERE token = ? AND login = ?"
    return str(run(connection, sql, (asked.text("once"), desk.officer.account)).scalar() or "")


def _steps(desk: Desk, one: Release) -> frozenset[str]:
    """What this officer may do now: buttons that would be refused are not shown."""
    login, may = desk.officer.account, desk.roles.may
    releases = may(desk.officer, Right.ALERTS_RELEASE)
    steps = {
        "assign": one.state == "proposed" and bool(one.counts.get("none")) and may(desk.officer, Right.ALERTS_PROPOSE),
        "release": one.state == "proposed" and releases and login != one.proposed_by and not one.counts.get("none"),
        "free": one.state == "held" and releases and login not in (one.proposed_by, one.released_by),
        "stop": one.state in ("proposed", "held", "released", "sent"),
        "recall": one.sent_ms is not None and one.state in ("sent", "stopped"),
    }
    return frozenset(step for step, able in steps.items() if able)


def _one(desk: Desk, connection: Connection, number: int, right: Right) -> Release:
    one = releasing.release_of(connection, number)
    _require(desk, connection, one.case_id, right)
    return one


def _require(desk: Desk, connection: Connection, case: str, right: Right) -> None:
    desk.require(right, case_of(connection, case).areas)


def _sees(desk: Desk, connection: Connection, one: Release) -> bool:
    row = run(connection, "SELECT ward, province FROM case_file WHERE id = ?", (one.case_id,)).one()
    return desk.may(Right.ALERTS_STOP, areas_of_place("", row[0], row[1]))


_SLOW_MS = 15_000  # the job takes half a second
_REACH = (
    "SELECT channel, state, count(*), sum(segments) FROM reach WHERE release = ? AND state <> 'withdrawn'"
    " GROUP BY channel, state ORDER BY channel, state"
)
_MESSAGES = "SELECT why, count(*) FROM message WHERE release = ? AND kind = 'alert' AND why <> '' GROUP BY why"
_SCOPES = "SELECT DISTINCT scope FROM exposure_entry WHERE release = ? ORDER BY scope"
