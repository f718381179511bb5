"""The arrivals desk's pages: gates, one flight or vehicle with its seats, one person who entered."""

from typing import Any

from flask import g, request
from sqlalchemy.engine import Connection

from central.access.roles import Purpose, Right
from central.desks import arrivals as rows
from central.desks.missing import due_days, reported_days
from central.desks.pages_declarations import said_answers
from central.desks.pictures import seat_map
from central.desks.said import day_of
from central.desks.seats import arrival_rule, neighbours_on_board
from central.web.console import Desk
from central.zoning.names import official, venue_names
from wire.records import IdentityKind
from wire.refusal import Refused

_RIDE_DAYS = 21


def gates_page(desk: Desk) -> str:
    """The points of entry, the vehicles of the chosen one, and finding somebody by passport."""
    with desk.read() as connection:
        found = [gate for gate in rows.gates(connection, desk.now_ms) if desk.may(Right.ARRIVALS_WORK, gate.areas)]
        venue = request.args.get("gate", "") or (found[0].venue if found else "")
        chosen = next((gate for gate in found if gate.venue == venue), None)
        vehicles = [] if chosen is None else rows.rides(connection, chosen.venue, day_of(desk.now_ms) - _RIDE_DAYS)
    return desk.show("desks/arrivals.html", gates=found, chosen=chosen, rides=vehicles, at_once=rows.AT_ONCE)


def take_view(desk: Desk) -> Any:
    """POST: open the next declarations of a gate and make their arrivals."""
    venue = request.form.get("gate", "")
    with desk.write() as connection:
        gate = next((one for one in rows.gates(connection, desk.now_ms) if one.venue == venue), None)
        if gate is None:
            raise Refused("gate_unknown", venue[:64])
        desk.require(Right.ARRIVALS_WORK, gate.areas)
        waiting = rows.waiting_at(connection, venue, desk.now_ms)
        days = rows.days_of(connection, waiting)
        desk.note(connection, "arrivals_taken_in", Purpose.BORDER_HEALTH, f"V-{venue}", records=len(waiting))
    asking = desk.asking(Purpose.BORDER_HEALTH, f"V-{venue}")
    taken = rows.read_taken(desk.vault.open(asking, waiting) if waiting else [], days, desk.vault, asking)
    with desk.write() as connection:
        rows.keep_taken(connection, venue, taken, desk.officer.account, desk.now_ms)
    return desk.go(f"/arrivals?gate={venue}", "desks.taken_said")


def find_view(desk: Desk) -> Any:
    """POST: the number goes to the opener, which gives its pseudonym; it stands in no address and no log."""
    number = rows.passport_number(request.form.get("passport", ""))
    venue = request.form.get("gate", "")
    if not number:
        raise Refused("bad_passport")
    asking = desk.asking(Purpose.BORDER_HEALTH, f"V-{venue}")
    pseudonym = desk.vault.pseudonym(asking, IdentityKind.PASSPORT, number)
    with desk.write() as connection:
        found = [one for one in rows.by_passport(connection, pseudonym) if desk.may(Right.ARRIVALS_WORK, one.areas)]
        persons = sorted({one.person for one in found if one.person is not None})
        about = f"V-{venue}"
        desk.note(connection, "passport_looked_for", Purpose.BORDER_HEALTH, about, persons=persons, found=len(found))
    if not found:
        raise Refused("passport_unknown")
    return desk.go(f"/arrivals/{found[0].id}")


def ride_page(desk: Desk) -> str:
    """One vehicle of one day: its seats as a picture, and who came by it."""
    vehicle, venue, day = (request.args.get(name, "") for name in ("vehicle", "gate", "day"))
    if not day.isdecimal() or len(day) > 6:
        raise Refused("ride_unknown", vehicle[:20])
    with desk.write() as connection:
        people = rows.on_board(connection, vehicle, int(day), venue)
        if not people:
            raise Refused("ride_unknown", vehicle[:20])
        desk.require(Right.ARRIVALS_WORK, people[0].areas)
        persons = {one.person for one in people if one.person is not None}
        about = f"V-{people[0].venue}"
        desk.note(connection, "vehicle_shown", Purpose.BORDER_HEALTH, about, people=len(people), persons=persons)
        names = venue_names(connection, [venue])
    chosen = request.args.get("near", "")
    near = int(chosen) if chosen.isdecimal() and len(chosen) < 10 else 0
    beside = neighbours_on_board([(one.id, one.seat) for one in people], near, arrival_rule())
    return desk.show(
        "desks/ride.html",
        vehicle=vehicle,
        day=int(day),
        people=people,
        names=names,
        venue=venue,
        near=near,
        beside=beside,
        seats=seat_map([(one.id, one.seat, one.seen_ms is not None) for one in people], near, beside),
        rule=arrival_rule(),
    )


def arrival_page(desk: Desk, number: int) -> str:
    """One person who entered: what is due, without opening anything."""
    with desk.write() as connection:
        one = _required(desk, connection, number)
        desk.note(connection, "arrival_shown", Purpose.BORDER_HEALTH, one.about, person=one.person)
        return _show(desk, connection, one, None)


def open_view(desk: Desk, number: int) -> str:
    """POST: the entry declaration in clear."""
    with desk.write() as connection:
        one = _required(desk, connection, number)
        desk.note(connection, "arrival_opened", Purpose.BORDER_HEALTH, one.about, person=one.person)
    opened = desk.vault.open(desk.asking(Purpose.BORDER_HEALTH, one.about), [one.record])
    if not opened:
        raise Refused("cannot_open", one.about)
    with desk.read() as connection:
        return _show(desk, connection, one, opened[0])


def act_view(desk: Desk, number: int, what: str) -> Any:
    """POST: seen, or leave with how."""
    with desk.write() as connection:
        one = _required(desk, connection, number)
        if what == "seen":
            rows.see(connection, one, desk.officer.account, desk.now_ms)
        elif what == "leave":
            rows.leave(connection, one, request.form.get("how", ""), desk.now_ms)
        else:
            raise Refused("bad_outcome", what[:16])
        how = request.form.get("how", "") if what == "leave" else ""
        desk.note(connection, f"arrival_{what}", Purpose.BORDER_HEALTH, one.about, person=one.person, how=how)
    return desk.go(f"/arrivals/{number}", f"desks.{what}_said")


def _required(desk: Desk, connection: Connection, number: int) -> rows.Arrival:
    one = rows.arrival_of(connection, number)
    desk.require(Right.ARRIVALS_WORK, one.areas)
    return one


def _show(desk: Desk, connection: Connection, one: rows.Arrival, opened: Any) -> str:
    due = due_days(one.day, one.release_day, desk.now_ms, arrival_rule().grace_hours)
    due = due if one.release_day is not None and one.person is not None else range(0)
    told = reported_days(connection, one.person, due) if one.person is not None else set()
    stay = [official("ward", one.stay_ward, g.language)] if one.stay_ward else []
    stay += [official("province", one.stay_province, g.language)] if one.stay_province else []
    return desk.show(
        "desks/arrival.html",
        one=one,
        names=venue_names(connection, [one.venue]),
        due=due,
        missing=[day for day in due if day not in told],
        today=day_of(desk.now_ms),
        stay=", ".join(stay),
        left=rows.LEFT,
        item=None,
        **said_answers(desk, connection, opened),
    )
