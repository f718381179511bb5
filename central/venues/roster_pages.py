"""Lists of standing passes: a sheet comes in, cards go out as a PDF, and no name stays."""

from typing import Any

from flask import request
from sqlalchemy.engine import Connection

from central.access.roles import Purpose, Right
from central.authority import once
from central.authority.posting import post
from central.places.places import Place
from central.venues import rosters
from central.venues.cards_pdf import cards_pdf
from central.venues.counts import inside_by_label
from central.venues.desk_pages import open_place, own_place
from central.venues.door_pages import pdf_answer
from central.venues.sheets import read_sheet
from central.web.console import Desk, Page
from wire.refusal import Refused


def rosters_page(desk: Desk, venue: str) -> str:
    """GET /venues/ID/rosters"""
    with desk.read() as connection:
        place = own_place(desk, connection, venue)
        found = rosters.rosters_of(connection, place)
    return desk.show("venues/rosters.html", place=place, rosters=found, kinds=rosters.KINDS, once=once.token())


def add_roster(desk: Desk, venue: str) -> Any:
    """POST: an empty list."""

    def write(connection: Connection) -> str:
        place = open_place(desk, connection, venue)
        name, kind = request.form.get("name", "")[:80], request.form.get("kind", "")[:8]
        shows = request.form.get("shows") == "yes"
        number = rosters.new_roster(connection, place, name, kind, shows, desk.officer.account, desk.now_ms)
        desk.note(connection, "roster_made", Purpose.UPKEEP, f"venue-{place.id}", roster=number, shows=shows)
        return f"/venues/{place.id}/rosters/{number}"

    return post(desk, write, "venues.said.roster")


def roster_page(desk: Desk, venue: str, number: int) -> str:
    """GET /venues/ID/rosters/N: labels and passes; who is in, where the labels are nobody's."""
    with desk.read() as connection:
        place = own_place(desk, connection, venue)
        roster = rosters.roster_of(connection, place, number)
        held = rosters.held_by(connection, roster)
        inside = {}
        if roster.shows:
            inside = inside_by_label(connection, place, [one.pass_id for one in held], desk.now_ms)
    return desk.show(
        "venues/roster.html",
        place=place,
        roster=roster,
        held=held,
        inside=inside,
        once=once.token,
        at_once=rosters.AT_ONCE,
    )


def fill_roster(desk: Desk, venue: str, number: int) -> Any:
    """POST: the cards of a sheet, or of so many numbers, as a PDF to print now: the names are gone afterwards."""
    with desk.read() as connection:
        own_place(desk, connection, venue)  # before anything is made of the file
    wanted = _wanted()
    days = request.form.get("days", "")
    with desk.write() as connection:
        place, roster = _both(desk, connection, venue, number)
        many = int(days) if days.isascii() and days.isdecimal() and len(days) < 4 else 0
        cards = rosters.fill(connection, desk.site.ring, roster, wanted, many, desk.now_ms)
        desk.note(connection, "cards_printed", Purpose.UPKEEP, f"venue-{place.id}", roster=number, cards=len(cards))
    return pdf_answer(cards_pdf(place.name, roster.name, cards), f"{place.id}-cards.pdf")


def change_pass(desk: Desk, venue: str, number: int, one: int) -> Any:
    """POST: a lost card is replaced (a PDF with the new one), or a pass ends."""
    if request.form.get("answer") == "lost":
        with desk.write() as connection:
            place, roster = _both(desk, connection, venue, number)
            name = request.form.get("name", "")[:80]
            card = rosters.replace_lost(connection, desk.site.ring, roster, one, name, desk.now_ms)
            desk.note(connection, "card_replaced", Purpose.UPKEEP, f"venue-{place.id}", roster=number)
        return pdf_answer(cards_pdf(place.name, roster.name, [card]), f"{place.id}-card.pdf")

    def write(connection: Connection) -> str:
        place, roster = _both(desk, connection, venue, number)
        rosters.revoke_one(connection, desk.site.ring, roster, one, desk.now_ms)
        desk.note(connection, "card_revoked", Purpose.UPKEEP, f"venue-{place.id}", roster=number)
        return f"/venues/{place.id}/rosters/{number}"

    return post(desk, write, "venues.said.card_gone")


def end_roster(desk: Desk, venue: str, number: int) -> Any:
    """POST: every pass of the list ends."""

    def write(connection: Connection) -> str:
        place, roster = _both(desk, connection, venue, number)
        rosters.end_roster(connection, desk.site.ring, roster, desk.now_ms)
        desk.note(connection, "roster_ended", Purpose.UPKEEP, f"venue-{place.id}", roster=number)
        return f"/venues/{place.id}/rosters"

    return post(desk, write, "venues.said.roster_gone")


def _both(desk: Desk, connection: Connection, venue: str, number: int) -> tuple[Place, rosters.Roster]:
    place = open_place(desk, connection, venue)
    return place, rosters.roster_of(connection, place, number)


def _wanted() -> list[rosters.Wanted]:
    sheet = request.files.get("sheet")
    if sheet is not None and sheet.filename:
        return rosters.read_rows(read_sheet(sheet.stream.read(), rosters.HEADINGS, rosters.AT_ONCE))
    count = request.form.get("count", "")
    if not (count.isascii() and count.isdecimal() and len(count) < 4):
        raise Refused("roster_empty")
    return rosters.numbered(request.form.get("stem", "")[:40], int(count))


_OWN = Right.VENUE_MANAGE
ROSTERS = (
    Page("/venues/<venue>/rosters", "venues_rosters", rosters_page, _OWN),
    Page("/venues/<venue>/rosters/new", "venues_add_roster", add_roster, _OWN, ("POST",)),
    Page("/venues/<venue>/rosters/<int:number>", "venues_roster", roster_page, _OWN),
    Page("/venues/<venue>/rosters/<int:number>/cards", "venues_cards", fill_roster, _OWN, ("POST",)),
    Page("/venues/<venue>/rosters/<int:number>/<int:one>", "venues_change_pass", change_pass, _OWN, ("POST",)),
    Page("/venues/<venue>/rosters/<int:number>/end", "venues_end_roster", end_roster, _OWN, ("POST",)),
)
