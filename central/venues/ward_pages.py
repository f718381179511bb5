"""The ward's pages: who asks to come onto the map, what managers want to change, and who lost their way in."""

from typing import Any

from flask import request
from sqlalchemy.engine import Connection

from central.access.accounts import grants_of
from central.access.roles import Purpose, Right
from central.authority import once
from central.authority.area_names import area_name
from central.authority.posting import post
from central.places.places import Place, place_of, places_by_number
from central.venues import changing, confirming, registering
from central.venues.asking import clock_of
from central.venues.listing import OWNER, STAFF, add_manager
from central.venues.texting import can_text
from central.web.console import Desk, Page
from wire.refusal import Refused

_SHOWN = 100
_LOOKED_AT = 2_000
_DECIDED_MS = 30 * 86_400_000


def waiting_page(desk: Desk) -> str:
    """GET /venues/waiting: what waits in the officer's areas, oldest first."""
    with desk.read() as connection:
        found = registering.registrations(connection, ("waiting", "asked"), _LOOKED_AT)
        mine = [one for one in found if _may(desk, one)]
        done = registering.registrations(connection, ("confirmed", "refused"), _LOOKED_AT, desk.now_ms - _DECIDED_MS)
        changes = [one for one in changing.waiting(connection) if desk.may(Right.PLACES_CONFIRM, one.place.areas)]
        moved = [row for row in changing.moved(connection, desk.now_ms - _DECIDED_MS) if _reaches(desk, row[0])]
    return desk.show(
        "venues/waiting.html",
        waiting=[one for one in mine if one.state == "waiting"][:_SHOWN],
        asked=[one for one in mine if one.state == "asked"][:_SHOWN],
        done=[one for one in reversed(done) if _may(desk, one)][:20],
        changes=changes[:_SHOWN],
        moved=moved[:20],
        area_name=area_name,
        once=once.token,
    )


def one_page(desk: Desk, number: int, code: str = "") -> str:
    """GET /venues/waiting/N: everything the ward has to know, and what may be the same place."""
    with desk.read() as connection:
        found = _mine(desk, connection, number)
        alike = confirming.alike(connection, found) if found.state in ("asked", "waiting") else []
        texts = can_text(connection)
        place = places_by_number(connection, [found.place]).get(found.place) if found.place else None
    return desk.show(
        "venues/waiting_one.html",
        found=found,
        alike=alike,
        texts=texts,
        place=place,
        reasons=confirming.REASONS,
        area_name=area_name,
        once=once.token,
        code=code,
        minutes=registering.CODE_MS // 60_000,
        clock_of=clock_of,
    )


def confirm_page(desk: Desk, number: int) -> Any:
    """POST: the place comes onto the map. Without texts the first code is shown once, to be handed over."""
    with desk.write() as connection:
        _mine(desk, connection, number)
        made = confirming.confirm(connection, desk.site.ring, number, desk.officer.account, desk.now_ms)
        desk.note(connection, "place_confirmed", Purpose.UPKEEP, f"venue-{made.venue}", registration=number)
    if made.code is None:
        return desk.go(f"/venues/waiting/{number}", "venues.said.confirmed")
    return desk.show("venues/first_code.html", login=made.login, code=made.code, back="/venues/waiting")


def refuse_page(desk: Desk, number: int) -> Any:
    """POST: it does not come onto the map; `reason` is one of a closed list."""
    reason = request.form.get("reason", "")

    def write(connection: Connection) -> str:
        _mine(desk, connection, number)
        confirming.refuse(connection, desk.site.ring, number, reason, desk.officer.account, desk.now_ms)
        desk.note(connection, "place_refused", Purpose.UPKEEP, f"registration {number}", reason=reason)
        return "/venues/waiting"

    return post(desk, write, "venues.said.refused")


def code_page(desk: Desk, number: int) -> Any:
    """POST: a code to read out, to whoever proves at the office (or on the telephone) that they run the place."""
    with desk.write() as connection:
        found = _mine(desk, connection, number)
        if found.state != "asked":
            raise Refused("registration_state")
        code = registering.new_code(connection, found, desk.now_ms, by="ward")
        desk.note(connection, "code_read_out", Purpose.UPKEEP, f"registration {number}")
    return one_page(desk, number, code)


def first_code_page(desk: Desk, venue: str) -> Any:
    """POST /venues/ID/first-code: a new first code for the manager, shown once; the old way in is gone."""
    with desk.write() as connection:
        place = _place(desk, connection, venue)
        _over_manager(desk, connection, place)
        login, code = add_manager(connection, place, desk.now_ms)
        desk.note(connection, "manager_invited", Purpose.UPKEEP, f"venue-{place.id}")
    return desk.show("venues/first_code.html", login=login, code=code, back="/venues/waiting")


def change_page(desk: Desk, number: int) -> Any:
    """POST: yes or no to what a manager wants to be said otherwise."""
    yes = request.form.get("answer") == "yes"

    def write(connection: Connection) -> str:
        change = changing.change_of(connection, number)
        desk.require(Right.PLACES_CONFIRM, change.place.areas)
        changing.decide(connection, change, yes, desk.officer.account, desk.now_ms)
        action = "place_change_confirmed" if yes else "place_change_refused"
        desk.note(connection, action, Purpose.UPKEEP, f"venue-{change.place.id}", fields=sorted(change.wanted))
        return "/venues/waiting"

    return post(desk, write, "venues.said.change_done" if yes else "venues.said.change_refused")


def _over_manager(desk: Desk, connection: Connection, place: Place) -> None:
    """A new first code opens all that an account may do: other places are their own wards', other roles not ours."""
    for grant in grants_of(connection, place.id.lower()[:32], desk.now_ms):
        if grant.role not in (OWNER, STAFF) or not grant.area.startswith("venue-"):
            raise Refused("manager_gone")
        desk.require(Right.PLACES_CONFIRM, place_of(connection, grant.area[6:]).areas)


def _mine(desk: Desk, connection: Connection, number: int) -> registering.Registration:
    found = registering.registration_of(connection, number)
    desk.require(Right.PLACES_CONFIRM, confirming.areas_of(found.said))
    return found


def _may(desk: Desk, found: registering.Registration) -> bool:
    return desk.may(Right.PLACES_CONFIRM, confirming.areas_of(found.said))


def _reaches(desk: Desk, place: Place) -> bool:
    return desk.may(Right.PLACES_CONFIRM, place.areas)


def _place(desk: Desk, connection: Connection, venue: str) -> Place:
    place = place_of(connection, venue)
    desk.require(Right.PLACES_CONFIRM, place.areas)
    return place


_RIGHT = Right.PLACES_CONFIRM
WARD = (
    Page("/venues/waiting", "venues_waiting", waiting_page, _RIGHT, menu="venues.menu_waiting"),
    Page("/venues/waiting/<int:number>", "venues_waiting_one", one_page, _RIGHT),
    Page("/venues/waiting/<int:number>/confirm", "venues_confirm", confirm_page, _RIGHT, ("POST",)),
    Page("/venues/waiting/<int:number>/refuse", "venues_refuse", refuse_page, _RIGHT, ("POST",)),
    Page("/venues/waiting/<int:number>/code", "venues_ward_code", code_page, _RIGHT, ("POST",)),
    Page("/venues/changes/<int:number>", "venues_change", change_page, _RIGHT, ("POST",)),
    Page("/venues/<venue>/first-code", "venues_first_code", first_code_page, _RIGHT, ("POST",)),
)
