"""The pages for everybody: a manager puts a place before the ward. Three steps, one thing each."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import g, request
from werkzeug.utils import redirect

from central.authority.area_names import area_name, provinces
from central.phones.limits import Purse, networks_of
from central.places.kinds import KINDS
from central.venues import registering
from central.venues.asking import Said, read_phone, read_place
from central.venues.texting import can_text
from central.web.console import OpenPage, show_open
from central.zoning.names import wards_of
from wire.refusal import Refused

if TYPE_CHECKING:
    from central.web.app import Site

_PLACES = Purse(20, 6 * 60_000)  # texts that an address may cause: an office registers its markets in an afternoon
_ALL_PLACES = Purse(600, 6_000)  # of everybody: ten a minute, however many addresses somebody has
_CODES = Purse(60, 10_000)
_FIELDS = ("name", "kind", "province", "ward", "address", "capacity", "lat", "lon", "opens", "closes", "phone")
_SHOWN_AGAIN = frozenset({"bad_name", "bad_address_of_place", "bad_capacity", "bad_point", "bad_hours", "bad_phone"})
_SHOWN_AGAIN |= {"ward_unknown"}


def form_page(site: "Site") -> Any:
    """GET: what kind of place and in which province, then all the rest. POST: keep it, send the code."""
    given = {name: request.values.get(name, "")[:200] for name in _FIELDS}
    if given["kind"] not in KINDS or given["province"] not in provinces():
        return show_open("venues/register_kind.html", kinds=KINDS, provinces=_by_name(provinces()), given=given)
    if request.method == "GET":
        return _form(given, registering.new_secret())
    secret = request.form.get("once", "")
    try:
        said, phone = read_place(given), read_phone(given["phone"])
    except Refused as refusal:
        if refusal.reason not in _SHOWN_AGAIN:
            raise
        return _form(given, secret, refusal.reason), 400
    return _register(site, secret, said, phone)


def _register(site: "Site", secret: str, said: Said, phone: str) -> Any:
    _count(site, "register", _PLACES, _ALL_PLACES)
    with site.engine.begin() as connection:
        registering.register(connection, site.ring, secret, said, phone, g.language, site.now_ms())
    return redirect(f"/register/{secret}", 303)


def _form(given: Mapping[str, str], secret: str, wrong: str = "") -> str:
    return show_open("venues/register.html", given=given, wards=wards_of(given["province"]), once=secret, wrong=wrong)


def state_page(site: "Site", secret: str, wrong: str = "") -> Any:
    """GET /register/SECRET: the code, or how far it is."""
    with site.engine.connect().execution_options(reads_only=True) as connection:
        found = registering.wanted(connection, secret)
        texts = can_text(connection)
    over = found.code_ends_ms <= site.now_ms() or found.tries >= registering.TRIES
    return show_open(
        "venues/registered.html",
        found=found,
        secret=secret,
        texts=texts,
        over=over,
        wrong=wrong,
        again=found.codes < registering.CODES,
        minutes=registering.CODE_MS // 60_000,
        ward=area_name(found.said.ward),
    )


def code_page(site: "Site", secret: str) -> Any:
    """POST /register/SECRET/code"""
    _count(site, "register code", _CODES)
    try:
        with site.engine.begin() as connection:
            right = registering.prove(connection, secret, request.form.get("code", "")[:12], site.now_ms())
    except Refused as refusal:
        if refusal.reason != "code_over":
            raise
        return state_page(site, secret, "code_over"), 409
    return redirect(f"/register/{secret}", 303) if right else (state_page(site, secret, "code_wrong"), 400)


def again_page(site: "Site", secret: str) -> Any:
    """POST /register/SECRET/again: another code."""
    _count(site, "register", _PLACES, _ALL_PLACES)
    try:
        with site.engine.begin() as connection:
            registering.send_code(connection, site.ring, secret, site.now_ms())
    except Refused as refusal:
        if refusal.reason != "codes_used":
            raise
        return state_page(site, secret, "codes_used"), 409
    return redirect(f"/register/{secret}", 303)


def _count(site: "Site", what: str, purse: Purse, of_all: Purse | None = None) -> None:
    """Take a coin of this network's purse, and of everybody's. Raises Refused("too_fast")."""
    counter, now_ms = site.phones.counter, site.now_ms()
    counter.take(what, purse, networks_of(request.remote_addr, request.headers.get("X-Forwarded-For")), now_ms)
    if of_all is not None:
        counter.take(what, of_all, ("everybody",), now_ms)


def _by_name(named: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(named.items(), key=lambda pair: pair[1])


OPEN: tuple[OpenPage, ...] = (
    OpenPage("/register", "venues_register", form_page, ("GET", "POST")),
    OpenPage("/register/<secret>", "venues_registered", state_page),
    OpenPage("/register/<secret>/code", "venues_code", code_page, ("POST",)),
    OpenPage("/register/<secret>/again", "venues_again", again_page, ("POST",)),
)
