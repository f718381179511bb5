"""What hangs and stands at a place's doors, and who works there: posters, kiosks, staff."""

from typing import Any

from flask import Response, request
from sqlalchemy.engine import Connection

from central.access.roles import Purpose, Right
from central.authority import once
from central.authority.asked import whole_of
from central.authority.posting import post
from central.kiosk_toml import DIRECTIONS
from central.venues import kiosk_files, posters, staffing
from central.venues.desk_pages import open_place, own_place
from central.venues.poster_pdf import Sheet, posters_pdf
from central.web.console import Desk, Page


def posters_page(desk: Desk, venue: str) -> str:
    """GET /venues/ID/posters"""
    with desk.read() as connection:
        place = own_place(desk, connection, venue)
        found = posters.posters_of(connection, place)
        host = posters.host_for(connection, request.host)
    return desk.show(
        "venues/posters.html",
        place=place,
        posters=found,
        host=host,
        languages=posters.LANGUAGES,
        days=posters.DAYS,
        once=once.token,
    )


def add_poster(desk: Desk, venue: str) -> Any:
    """POST: a door gets its code."""

    def write(connection: Connection) -> str:
        place = open_place(desk, connection, venue)
        gate, language = request.form.get("gate", "")[:60], request.form.get("language", "")[:4]
        made = posters.make_poster(connection, place, gate, language, whole_of("days"), _login(desk), desk.now_ms)
        desk.note(connection, "poster_made", Purpose.UPKEEP, f"venue-{place.id}", poster=made.id)
        return f"/venues/{place.id}/posters"

    return post(desk, write, "venues.said.poster")


def change_poster(desk: Desk, venue: str, number: int) -> Any:
    """POST: another code for the door, or none."""
    down = request.form.get("answer") == "down"

    def write(connection: Connection) -> str:
        place = open_place(desk, connection, venue)
        if down:
            posters.take_down(connection, place, number, desk.now_ms)
        else:
            posters.rotate(connection, place, number, _login(desk), desk.now_ms)
        action = "poster_ended" if down else "poster_rotated"
        desk.note(connection, action, Purpose.UPKEEP, f"venue-{place.id}", poster=number)
        return f"/venues/{place.id}/posters"

    return post(desk, write, "venues.said.poster_down" if down else "venues.said.poster_new")


def posters_file(desk: Desk, venue: str) -> Any:
    """GET /venues/ID/posters.pdf: every door's poster, or one (`poster`); the same bytes each time."""
    chosen = request.args.get("poster", "")
    with desk.read() as connection:
        place = own_place(desk, connection, venue)
        found = [one for one in posters.posters_of(connection, place) if chosen in ("", str(one.id))]
        host = posters.host_for(connection, request.host)
    if not found:
        return desk.go(f"/venues/{place.id}/posters", "venues.said.no_poster")
    sheets = [
        Sheet(
            one.name,
            one.gate,
            posters.text_of(desk.site.ring, place, one, host),
            host or "",
            one.expires_s,
            one.language,
        )
        for one in found
    ]
    return pdf_answer(posters_pdf(sheets), f"{place.id}-posters.pdf")


def staff_page(desk: Desk, venue: str) -> str:
    """GET /venues/ID/staff"""
    with desk.read() as connection:
        place = own_place(desk, connection, venue)
        found = staffing.members(connection, place)
    return desk.show("venues/staff.html", place=place, members=found, once=once.token)


def add_staff(desk: Desk, venue: str) -> Any:
    """POST: an account; its first code is shown once."""
    with desk.write() as connection:
        place = open_place(desk, connection, venue)
        login, code = staffing.add_member(connection, place, request.form.get("name", "")[:80], desk.now_ms)
        desk.note(connection, "staff_added", Purpose.UPKEEP, f"venue-{place.id}", login=login)
    return desk.show("venues/first_code.html", login=login, code=code, back=f"/venues/{place.id}/staff")


def change_staff(desk: Desk, venue: str, login: str) -> Any:
    """POST: a new first code, or the end of their work here."""
    with desk.write() as connection:
        place = open_place(desk, connection, venue)
        if request.form.get("answer") == "code":
            code = staffing.invite_again(connection, place, login, desk.now_ms)
            desk.note(connection, "staff_invited", Purpose.UPKEEP, f"venue-{place.id}", login=login)
            return desk.show("venues/first_code.html", login=login, code=code, back=f"/venues/{place.id}/staff")
        staffing.remove_member(connection, place, login)
        desk.note(connection, "staff_removed", Purpose.UPKEEP, f"venue-{place.id}", login=login)
    return desk.go(f"/venues/{place.id}/staff", "venues.said.staff_gone")


def kiosks_page(desk: Desk, venue: str) -> str:
    """GET /venues/ID/kiosks"""
    with desk.read() as connection:
        place = own_place(desk, connection, venue)
        found = kiosk_files.kiosks_of(connection, place)
        waiting = kiosk_files.waiting_for(connection, place, desk.now_ms)
    return desk.show(
        "venues/kiosks.html", place=place, kiosks=found, waiting=waiting, directions=DIRECTIONS, once=once.token
    )


def add_kiosk(desk: Desk, venue: str) -> Any:
    """POST: kiosk.toml with its token, as a file; the token stands nowhere else."""
    form = request.form
    with desk.write() as connection:
        place = open_place(desk, connection, venue)
        gate, direction = form.get("gate", "")[:60], form.get("direction", "")[:8]
        enrol_url, brokers = f"{request.url_root}enrol", desk.site.brokers
        device, text = kiosk_files.new_kiosk(
            connection,
            desk.site.ring,
            place,
            gate,
            direction,
            enrol_url,
            brokers,
            desk.now_ms,
            posters.host_for(connection, ""),
        )
        desk.note(connection, "kiosk_invited", Purpose.UPKEEP, f"venue-{place.id}", device=device)
    answer = Response(text, mimetype="application/toml")
    answer.headers["Content-Disposition"] = 'attachment; filename="kiosk.toml"'
    return answer


def block_kiosk(desk: Desk, venue: str, device: str) -> Any:
    """POST: it delivers no more."""

    def write(connection: Connection) -> str:
        place = own_place(desk, connection, venue)
        kiosk_files.block_kiosk(connection, place, device)
        desk.note(connection, "kiosk_blocked", Purpose.UPKEEP, f"venue-{place.id}", device=device)
        return f"/venues/{place.id}/kiosks"

    return post(desk, write, "venues.said.kiosk_blocked")


def pdf_answer(data: bytes, name: str) -> Response:
    """A PDF that the browser shows, to be printed."""
    answer = Response(data, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


def _login(desk: Desk) -> str:
    return desk.officer.account


_OWN = Right.VENUE_MANAGE
DOORS = (
    Page("/venues/<venue>/posters", "venues_posters", posters_page, _OWN),
    Page("/venues/<venue>/posters/new", "venues_add_poster", add_poster, _OWN, ("POST",)),
    Page("/venues/<venue>/posters/<int:number>", "venues_change_poster", change_poster, _OWN, ("POST",)),
    Page("/venues/<venue>/posters.pdf", "venues_posters_pdf", posters_file, _OWN),
    Page("/venues/<venue>/staff", "venues_staff", staff_page, _OWN),
    Page("/venues/<venue>/staff/new", "venues_add_staff", add_staff, _OWN, ("POST",)),
    Page("/venues/<venue>/staff/<login>", "venues_change_staff", change_staff, _OWN, ("POST",)),
    Page("/venues/<venue>/kiosks", "venues_kiosks", kiosks_page, _OWN),
    Page("/venues/<venue>/kiosks/new", "venues_add_kiosk", add_kiosk, _OWN, ("POST",)),
    Page("/venues/<venue>/kiosks/<device>/block", "venues_block_kiosk", block_kiosk, _OWN, ("POST",)),
)
