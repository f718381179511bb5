"""The officers' pages of places named in public, and of flags."""

from typing import Any

from sqlalchemy.engine import Connection

from central.access.roles import Purpose, Right
from central.alerts import public
from central.alerts.limits import limits
from central.alerts.public import Naming
from central.authority import asked, once
from central.authority.cases import case_of
from central.authority.days import ms_of_minute
from central.authority.posting import post
from central.places.places import place_of, places_by_number
from central.statements import run
from central.web.console import Desk
from wire.refusal import Refused

_FLAGS = (
    "SELECT id, kind, person, place, other_place, at_ms, gap_ms FROM flag WHERE closed_ms IS NULL"
    " ORDER BY at_ms DESC LIMIT 50"
)


def page(desk: Desk) -> str:
    """GET /alerts/public"""
    with desk.read() as connection:
        found = [
            one
            for one in public.notices(connection, desk.now_ms)
            if desk.may(Right.ALERTS_STOP, case_of(connection, one.case_id).areas)
        ]
        places = places_by_number(connection, [one.place for one in found])
    return desk.show(
        "alerts/public.html",
        found=found,
        places=places,
        limits=limits(),
        once=once.token(),
        proposes=desk.roles.may(desk.officer, Right.ALERTS_PROPOSE),
        releases=desk.roles.may(desk.officer, Right.ALERTS_RELEASE),
        login=desk.officer.account,
    )


def propose_page(desk: Desk) -> Any:
    """POST /alerts/public"""
    case, venue, order = asked.text("case"), asked.text("place"), asked.text("order")
    try:
        start, end = ms_of_minute(asked.text("from", 16)), ms_of_minute(asked.text("to", 16))
    except ValueError as error:
        raise Refused("bad_time") from error

    def write(connection: Connection) -> str:
        place = place_of(connection, venue)
        desk.require(Right.ALERTS_PROPOSE, case_of(connection, case).areas)
        desk.require(Right.ALERTS_PROPOSE, place.areas)
        naming = Naming(case, place.number, start, end, desk.officer.account, order)
        number = public.propose_notice(connection, naming, limits(), desk.now_ms)
        desk.note(connection, "place_proposed", Purpose.TRACING, case, notice=number)
        return "/alerts/public"

    return post(desk, write, "alerts.said.place_proposed")


def release_page(desk: Desk, number: int) -> Any:
    """POST /alerts/public/ID/release"""

    def write(connection: Connection) -> str:
        case = _case_of(desk, connection, number, Right.ALERTS_RELEASE)
        public.release_notice(connection, number, desk.officer.account, desk.now_ms)
        desk.note(connection, "place_named", Purpose.TRACING, case, notice=number)
        return "/alerts/public"

    return post(desk, write, "alerts.said.place_named")


def withdraw_page(desk: Desk, number: int) -> Any:
    """POST /alerts/public/ID/withdraw"""

    def write(connection: Connection) -> str:
        case = _case_of(desk, connection, number, Right.ALERTS_STOP)
        public.withdraw_notice(connection, number, desk.now_ms)
        desk.note(connection, "place_withdrawn", Purpose.TRACING, case, notice=number)
        return "/alerts/public"

    return post(desk, write, "alerts.said.place_withdrawn")


def flags_page(desk: Desk) -> str:
    """GET /alerts/flags"""
    with desk.write() as connection:
        rows = run(connection, _FLAGS).all()
        numbers = [number for row in rows for number in (row[3], row[4]) if number is not None]
        places = places_by_number(connection, numbers)
        rows = [row for row in rows if row[3] in places and desk.may(Right.ALERTS_STOP, places[row[3]].areas)]
        persons = sorted({row[2] for row in rows})
        desk.note(connection, "flags_seen", Purpose.TRACING, "", shown=len(rows), persons=persons)
    return desk.show("alerts/flags.html", rows=rows, places=places, once=once.token())


def close_flag_page(desk: Desk, number: int) -> Any:
    """POST /alerts/flags/ID/close"""

    def write(connection: Connection) -> str:
        row = run(connection, "SELECT place FROM flag WHERE id = ? AND closed_ms IS NULL", (number,)).first()
        if row is None:
            raise Refused("flag_unknown")
        desk.require(Right.ALERTS_STOP, places_by_number(connection, [row[0]])[row[0]].areas)
        sql = "UPDATE flag SET closed_by = ?, closed_ms = ? WHERE id = ?"
        run(connection, sql, (desk.officer.account, desk.now_ms, number))
        desk.note(connection, "flag_closed", Purpose.TRACING, "", flag=number)
        return "/alerts/flags"

    return post(desk, write, "alerts.said.flag_closed")


def _case_of(desk: Desk, connection: Connection, number: int, right: Right) -> str:
    case = run(connection, "SELECT case_id FROM public_notice WHERE id = ?", (number,)).scalar()
    if case is None:
        raise Refused("notice_unknown")
    desk.require(right, case_of(connection, str(case)).areas)
    return str(case)
