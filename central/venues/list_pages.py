"""A ward's or a school office's list of places: handed in, looked at row by row, then put on the map."""

from typing import Any

from flask import request
from sqlalchemy.engine import Connection

from central.access.roles import Purpose, Right
from central.authority import once
from central.authority.area_names import area_name
from central.authority.posting import post
from central.places.kinds import KINDS
from central.venues import importing
from central.venues.sheets import read_sheet
from central.web.console import Desk, Page
from wire.refusal import Refused

_SHOWN = 200


def lists_page(desk: Desk) -> str:
    """GET /venues/lists: how a list looks, and where to hand it in."""
    offices = sorted(desk.areas(Right.PLACES_CONFIRM))
    return desk.show("venues/lists.html", offices=offices, kinds=KINDS, area_name=area_name, once=once.token())


def look_page(desk: Desk) -> Any:
    """POST /venues/lists: what each row would do; nothing is on the map yet."""
    office = request.form.get("office", "")[:64]
    if office not in desk.areas(Right.PLACES_CONFIRM):
        raise Refused("bad_form")
    sheet = request.files.get("sheet")
    if sheet is None or not sheet.filename:
        raise Refused("sheet_unreadable")
    rows = importing.read_rows(read_sheet(sheet.stream.read(), importing.HEADINGS), office)
    with desk.write() as connection:
        desk.require(Right.PLACES_CONFIRM, {office})
        outcomes = importing.weigh(connection, office, rows)
        number = importing.keep_list(connection, office, rows, desk.officer.account, desk.now_ms)
        desk.note(connection, "list_handed_in", Purpose.UPKEEP, office, rows=len(rows))
    first = sorted(outcomes, key=lambda one: ("bad", "changed", "new", "same").index(one.what))
    return desk.show(
        "venues/list_look.html",
        outcomes=first[:_SHOWN],
        more=len(first[_SHOWN:]),
        summary=importing.summary(outcomes),
        list_number=number,
        once=once.token(),
        area_name=area_name,
    )


def put_page(desk: Desk, number: int) -> Any:
    """POST /venues/lists/N: onto the map, the good rows in one transaction."""

    def write(connection: Connection) -> str:
        office, rows = importing.kept_list(connection, number, desk.officer.account)
        desk.require(Right.PLACES_CONFIRM, {office})
        done = importing.summary(importing.import_rows(connection, office, rows, desk.now_ms))
        importing.end_list(connection, number, desk.now_ms)
        desk.note(connection, "list_imported", Purpose.UPKEEP, office, **done)
        return "/venues/lists"

    return post(desk, write, "venues.said.imported")


_RIGHT = Right.PLACES_CONFIRM
LISTS = (
    Page("/venues/lists", "venues_lists", lists_page, _RIGHT, menu="venues.menu_lists"),
    Page("/venues/lists/look", "venues_look", look_page, _RIGHT, ("POST",)),
    Page("/venues/lists/<int:number>", "venues_put", put_page, _RIGHT, ("POST",)),
)
