"""Choosing how to be reminded, stopping it, and the ward's list of places that are late."""

from typing import TYPE_CHECKING, Any

from flask import abort, g, request

from central.access.roles import Purpose, Right
from central.alerts.sending import ready
from central.phones.limits import LOOKS, Purse, networks_of
from central.places.places import Place, place_of
from central.safety.late import late_places
from central.safety.periods import DAY_MS
from central.safety.reminder_ways import Channel, choose, stop_by, stop_of, ways_of
from central.safety.reminding import put_letters
from central.web.console import Desk, show_open
from central.web.words import LANGUAGES, say
from central.zoning.names import official
from wire.refusal import Refused

if TYPE_CHECKING:
    from central.web.app import Site

_FIRST_LETTERS = Purse(4, 3_600_000)  # of one account: an address is tried a few times, then once an hour
_SHOWN = 100


def reminding_of(desk: Desk, place: Place) -> dict[str, Any]:
    """What the place's page says of reminders to whoever reads it; nothing to those who run no place."""
    if not _runs(desk, place):
        return {"ways": None}
    with desk.read() as connection:
        channels = ready(connection).channels & {"email", "push"}
        return {"ways": ways_of(connection, place.number, desk.officer.account), "channels": channels}


def remind_view(desk: Desk, venue: str) -> Any:
    """POST: a way more, or one less. An e-mail address gets a first letter at once, with its own way to stop."""
    stop = request.form.get("go") == "stop"
    with desk.write() as connection:
        place = place_of(connection, venue)
        desk.require(Right.VENUE_CHECK, place.areas)
        if not _runs(desk, place):
            abort(403)
        channel = _channel(request.form.get("channel", ""))
        if stop:
            stop_of(connection, place.number, desk.officer.account, channel)
        else:
            given = request.form.get("address", "").strip()[:2048]
            way = choose(connection, desk.site.ring, place.number, desk.officer.account, channel, given, desk.now_ms)
            desk.site.phones.counter.take("remind", _FIRST_LETTERS, [desk.officer.account], desk.now_ms)
            said = [[say(one, f"safety.mail_{key}", name=place.name[:60]) for one in LANGUAGES] for key in _FIRST]
            subject, text = said[0][0], "\n".join(said[1])
            put_letters(connection, desk.site.ring, [way], subject, text, desk.now_ms, desk.now_ms + DAY_MS)
        desk.note(connection, "reminders", Purpose.UPKEEP, f"venue-{place.id}", channel=channel, stopped=stop)
    return desk.go(f"/safety/{place.id}#remind", "safety.reminder_stopped" if stop else "safety.reminder_kept")


def late_page(desk: Desk) -> str:
    """GET /safety/late: the ward's list."""
    return desk.show("safety/late.html", wards=late_by_ward(desk, Right.PLACES_CONFIRM), now_ms=desk.now_ms)


def late_by_ward(desk: Desk, right: Right) -> list[tuple[str, list[Any]]]:
    """(name of the ward, its late places) in this officer's areas, who is late for longest first."""
    with desk.read() as connection:
        found = late_places(connection, desk.areas(right), desk.now_ms, _SHOWN)
    by_ward: dict[str, list[Any]] = {}
    for one in found:
        by_ward.setdefault(one.place.ward, []).append(one)
    return [(official("ward", ward, g.language) if ward else "", rows) for ward, rows in by_ward.items()]


def stop_page(site: "Site", key: str) -> str:
    """GET and POST /check-reminder/KEY: one press and no letter comes any more. It says the same to every key."""
    networks = networks_of(request.remote_addr, request.headers.get("X-Forwarded-For"))
    site.phones.counter.take("remind", LOOKS, networks, site.now_ms())
    if len(key) != 32 or any(one not in "0123456789abcdef" for one in key):
        abort(404)
    stopped = request.method == "POST"
    if stopped:
        with site.engine.begin() as connection:
            stop_by(connection, bytes.fromhex(key))
    return show_open("safety/stopped.html", stopped=stopped, key=key)


def _runs(desk: Desk, place: Place) -> bool:
    return any(grant.area == f"venue-{place.id}" for grant in desk.officer.grants)


def _channel(text: str) -> Channel:
    if text == "email":
        return "email"
    if text == "push":
        return "push"
    raise Refused("safety_address")


_FIRST = ("first", "first_text")
