"""The manager's desk: which places, one place with its numbers, its data, and how it is given away or closed."""

import re
from typing import Any

from flask import jsonify, request
from sqlalchemy.engine import Connection

from central.access.roles import Purpose, Right
from central.authority import once
from central.authority.area_names import area_name
from central.authority.days import at, ms_of_day
from central.authority.posting import post
from central.phones.rooms import RULES, full_rule_of, put_full_rule
from central.places.kinds import KINDS
from central.places.places import Place, place_of, site_of
from central.safety.states import state_of
from central.statements import run
from central.venues import changing, closing, counts, handing
from central.venues.asking import clock_of, read_place
from central.venues.listing import OWNER
from central.web.chart import hours_chart
from central.web.console import Desk, Page
from central.zoning.names import wards_of
from wire.refusal import Refused

_VENUE = re.compile(r"[A-Za-z0-9._-]{1,60}")
_MOST = 200


def own_place(desk: Desk, connection: Connection, venue: str, right: Right = Right.VENUE_MANAGE) -> Place:
    """The place of an address, for whoever holds `right` there. Ends the request with 403 for others.

    A place that does not exist looks like one that is somebody else's.
    """
    if not _VENUE.fullmatch(venue):
        raise Refused("place_unknown")
    desk.require(right, _areas(connection, venue))
    return place_of(connection, venue)


def open_place(desk: Desk, connection: Connection, venue: str) -> Place:
    """The same, for a change: a place that is closed is not changed any more. Raises Refused("place_closed")."""
    place = own_place(desk, connection, venue)
    if site_of(connection, place.number).closed_ms is not None:
        raise Refused("place_closed")
    return place


def _areas(connection: Connection, venue: str) -> frozenset[str]:
    try:
        return place_of(connection, venue).areas
    except Refused:
        return frozenset({f"venue-{venue}"})


def list_page(desk: Desk) -> str:
    """GET /venues: the places of this officer; those who hold more than venues find theirs by id."""
    areas = desk.areas(Right.VENUE_CHECK)
    venues = sorted(area[6:] for area in areas if area.startswith("venue-"))[:_MOST]
    with desk.read() as connection:
        sql = f"SELECT id, name, number FROM place WHERE id IN ({', '.join('?' * len(venues)) or 'NULL'}) ORDER BY name"
        rows = [(row[0], row[1], state_of(connection, row[2], desk.now_ms)) for row in run(connection, sql, venues)]
    return desk.show("venues/list.html", places=rows, may_manage=desk.may(Right.VENUE_MANAGE))


def desk_page(desk: Desk, venue: str) -> str:
    """GET /venues/ID: how full it is now, and what there is to do."""
    with desk.read() as connection:
        place = own_place(desk, connection, venue, Right.VENUE_CHECK)
        manages = desk.may(Right.VENUE_MANAGE, place.areas)
        site = site_of(connection, place.number)
        found = counts.counts_of(connection, place, desk.now_ms) if manages else None
        state = state_of(connection, place.number, desk.now_ms)
        wanted = changing.open_change(connection, place)
        closes = closing.planned(connection, place)
    return desk.show(
        "venues/desk.html",
        place=place,
        site=site,
        counts=found,
        shown=counts.shown,
        state=state,
        wanted=wanted,
        closes=closes,
        manages=manages,
        area_name=area_name,
    )


def counts_page(desk: Desk, venue: str) -> str:
    """GET /venues/ID/counts"""
    with desk.read() as connection:
        place = own_place(desk, connection, venue, Right.COUNTS_READ)
        found = counts.counts_of(connection, place, desk.now_ms)
    return desk.show(
        "venues/counts.html",
        place=place,
        counts=found,
        shown=counts.shown,
        chart=hours_chart(counts.blurred(found.ins), counts.blurred(found.outs)),
        day=at(found.at_ms),
        at=at,
    )


def counts_json(desk: Desk, venue: str) -> Any:
    """GET /venues/ID/counts.json: the numbers of the page as they are shown."""
    with desk.read() as connection:
        place = own_place(desk, connection, venue, Right.COUNTS_READ)
        found = counts.counts_of(connection, place, desk.now_ms)
    return jsonify(
        inside=counts.shown(found.inside),
        today=counts.shown(found.today),
        last_hour=counts.shown(found.last_hour),
        share="–" if found.share is None else f"{found.share} %",
        per_minute="–" if found.per_minute is None else str(found.per_minute),
        kiosks=f"{found.kiosks.up}/{found.kiosks.all}",
        at=at(found.at_ms).strftime("%H:%M"),
    )


def data_page(desk: Desk, venue: str) -> Any:
    """GET: what the map says of the place. POST: say it anew; name, kind and ward wait for the ward's yes."""
    if request.method == "GET":
        with desk.read() as connection:
            place = own_place(desk, connection, venue)
            site = site_of(connection, place.number)
            wanted = changing.open_change(connection, place)
            full = full_rule_of(connection, place.number)
        return _data(desk, place, _given(place, site, wanted), full, wanted)
    given = {name: request.form.get(name, "")[:200] for name in _DATA}
    with desk.write() as connection:
        place = open_place(desk, connection, venue)
        try:
            said = read_place({**given, "province": place.province})
        except Refused as refusal:
            return _data(desk, place, given, full_rule_of(connection, place.number), {}, refusal.reason), 400
        waits = changing.change(connection, place, said, desk.officer.account, desk.now_ms)
        desk.note(connection, "place_described", Purpose.UPKEEP, f"venue-{place.id}", waits=waits)
    return desk.go(f"/venues/{place.id}", "venues.said.waits" if waits else "venues.said.kept")


def full_page(desk: Desk, venue: str) -> Any:
    """POST: what is done with visitors when the place is full; the same choice as `python -m central when-full`."""
    rule = request.form.get("rule", "")[:10]

    def write(connection: Connection) -> str:
        place = open_place(desk, connection, venue)
        put_full_rule(connection, place.number, rule, desk.now_ms)
        desk.note(connection, "place_full_rule", Purpose.UPKEEP, f"venue-{place.id}", rule=rule)
        return f"/venues/{place.id}/data"

    return post(desk, write, "venues.said.kept")


def _data(desk: Desk, place: Place, given: dict[str, str], full: str, wanted: Any, wrong: str = "") -> str:
    return desk.show(
        "venues/data.html",
        place=place,
        given=given,
        wards=wards_of(place.province),
        kinds=KINDS,
        rules=RULES,
        full=full,
        wanted=wanted,
        wrong=wrong,
        once=once.token,
    )


def _given(place: Place, site: Any, wanted: Any) -> dict[str, str]:
    point = {"lat": site.lat_e6, "lon": site.lon_e6}
    return {
        "name": wanted.get("name", place.name),
        "kind": wanted.get("kind", place.kind),
        "ward": wanted.get("ward", place.ward),
        "address": site.address,
        "capacity": "" if site.capacity is None else str(site.capacity),
        "opens": clock_of(place.opens_min),
        "closes": clock_of(place.closes_min),
        **{name: "" if e6 is None else f"{e6 / 1e6:.6f}" for name, e6 in point.items()},
    }


def end_page(desk: Desk, venue: str) -> str:
    """GET /venues/ID/end: hand the place over, or close it."""
    with desk.read() as connection:
        place = own_place(desk, connection, venue)
        until = handing.open_until(connection, place, desk.now_ms)
        closes = closing.planned(connection, place)
    today = at(desk.now_ms).date().isoformat()
    return desk.show(
        "venues/end.html", place=place, until=until, closes=closes, today=today, once=once.token(), code=""
    )


def give_page(desk: Desk, venue: str) -> Any:
    """POST: a code for whoever takes the place, shown once."""
    with desk.write() as connection:
        place = open_place(desk, connection, venue)
        if not _owns(desk, place):
            raise Refused("not_manager")
        code = handing.give(connection, place, desk.officer.account, desk.now_ms)
        desk.note(connection, "place_offered", Purpose.UPKEEP, f"venue-{place.id}")
    return desk.show("venues/hand_code.html", place=place, code=code)


def keep_page(desk: Desk, venue: str) -> Any:
    """POST: the code counts no more."""

    def write(connection: Connection) -> str:
        place = own_place(desk, connection, venue)
        handing.take_back(connection, place)
        desk.note(connection, "place_kept", Purpose.UPKEEP, f"venue-{place.id}")
        return f"/venues/{place.id}"

    return post(desk, write, "venues.said.kept_place")


def take_page(desk: Desk) -> Any:
    """GET and POST /venues/take: whoever is signed in for some place takes another one over by its code."""
    if request.method == "GET":
        return desk.show("venues/take.html", once=once.token())

    def write(connection: Connection) -> str:
        code = request.form.get("code", "")[:40]
        place, giver = handing.take(connection, code, desk.officer.account, desk.now_ms)
        desk.note(connection, "place_taken", Purpose.UPKEEP, f"venue-{place.id}", given_by=giver)
        return f"/venues/{place.id}"

    return post(desk, write, "venues.said.taken")


def close_page(desk: Desk, venue: str) -> Any:
    """POST: the day on which it closes, or "keep" to stay open."""
    keep = request.form.get("answer") == "keep"

    def write(connection: Connection) -> str:
        place = open_place(desk, connection, venue)
        moment = None
        if not keep:
            try:
                moment = max(ms_of_day(request.form.get("day", "")[:10]), desk.now_ms)
            except (ValueError, OverflowError) as error:
                raise Refused("bad_closing") from error
        closing.plan(connection, place, moment, desk.officer.account, desk.now_ms)
        desk.note(connection, "place_stays" if keep else "place_closes", Purpose.UPKEEP, f"venue-{place.id}")
        return f"/venues/{place.id}"

    return post(desk, write, "venues.said.stays" if keep else "venues.said.closes")


def _owns(desk: Desk, place: Place) -> bool:
    return any(grant.role == OWNER and grant.area == f"venue-{place.id}" for grant in desk.officer.grants)


_DATA = ("name", "kind", "ward", "address", "capacity", "lat", "lon", "opens", "closes")
_OWN, _CHECK = Right.VENUE_MANAGE, Right.VENUE_CHECK
DESK = (
    Page("/venues", "venues_list", list_page, _CHECK, menu="venues.menu"),
    Page("/venues/take", "venues_take", take_page, _CHECK, ("GET", "POST")),
    Page("/venues/<venue>", "venues_desk", desk_page, _CHECK),
    Page("/venues/<venue>/counts", "venues_counts", counts_page, Right.COUNTS_READ),
    Page("/venues/<venue>/counts.json", "venues_counts_json", counts_json, Right.COUNTS_READ),
    Page("/venues/<venue>/data", "venues_data", data_page, _OWN, ("GET", "POST")),
    Page("/venues/<venue>/full", "venues_full", full_page, _OWN, ("POST",)),
    Page("/venues/<venue>/end", "venues_end", end_page, _OWN),
    Page("/venues/<venue>/give", "venues_give", give_page, _OWN, ("POST",)),
    Page("/venues/<venue>/keep", "venues_keep", keep_page, _OWN, ("POST",)),
    Page("/venues/<venue>/close", "venues_close", close_page, _OWN, ("POST",)),
)
