"""The pages of the fleet: every kiosk, one of them, the alarms, the code on a box. Nobody who visits is on them."""

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from flask import abort, g, request

from central.access.roles import Purpose, Right
from central.fleet import caring, claims, listing
from central.fleet.codes import WHYS
from central.fleet.overview import Brief, devices_within, overview
from central.fleet.why import Trouble
from central.fleet.words import WORDS, codes_in_words
from central.statements import run
from central.web.console import Desk
from wire.refusal import Refused

PAGE = 50
_LONGEST = 64


def fleet_page(desk: Desk) -> str:
    """Every kiosk of the officer's areas, filtered, fifty at a time."""
    chosen = {name: _asked(name) for name in ("mark", "why", "version", "group", "place")}
    with desk.read() as connection:
        hours, wanted = listing.hours_of(connection), listing.targets(connection)
        every = overview(connection, hours, wanted, desk.now_ms, desk.areas(Right.FLEET_READ))
        belongs = listing.groups(connection)
        found = [one for one in every if _fits(one, chosen, belongs)] if any(chosen.values()) else every
        pages = max(1, -(-len(found) // PAGE))
        page = min(max(1, int(_asked("page")) if _asked("page").isdecimal() else 1), pages)
        some = [one.device for one in found[(page - 1) * PAGE : page * PAGE]]
        rows = listing.some_kiosks(connection, some, hours, wanted, desk.now_ms)
    return desk.show(
        "fleet/fleet.html",
        marks_of=Counter(one.mark for one in every),
        total=len(every),
        matching=len(found),
        rows=rows,
        chosen=chosen,
        versions=sorted({one.version for one in every if one.version}),
        whys=sorted({WHYS[number][0] for number in {one.why for one in every}}),
        groups=sorted({name for names in belongs.values() for name in names}),
        waiting=sum(one.backlog or 0 for one in every),
        behind=sum(one.behind for one in every),
        page=page,
        pages=pages,
        link=lambda **more: "?" + urlencode({k: v for k, v in {**chosen, **more}.items() if v}),
        wrong=_sentence,
    )


def kiosk_page(desk: Desk, device: str) -> str:
    """One kiosk: how it stands, what it said, what happened."""
    with desk.read() as connection:
        shown = listing.one_kiosk(connection, device, desk.now_ms)
        if shown is None:
            abort(404)
        desk.require(Right.FLEET_READ, set(shown.kiosk.scopes()))
        moments = listing.moments_of(connection, device)
        alarms = caring.alarms(connection, device)
        names = sorted(listing.groups(connection).get(device, frozenset()))
        boxes = run(
            connection,
            "SELECT claimed_ms, claimed_by, replaces FROM kiosk_claim WHERE device = ? AND claimed_ms IS NOT NULL"
            " ORDER BY claimed_ms DESC LIMIT 1",
            (device,),
        ).first()
    return desk.show(
        "fleet/kiosk.html",
        one=shown,
        moments=moments,
        alarms=alarms,
        names=names,
        box=boxes,
        wrong=_sentence,
        told=_told,
        words_of=lambda codes: codes_in_words(g.language, codes),
        may=desk.may(Right.FLEET_CHANGE, set(shown.kiosk.scopes())),
    )


def group_view(desk: Desk, device: str) -> Any:
    """POST: into a group, or out of it."""
    name = request.form.get("group", "").strip()
    with desk.write() as connection:
        _own(desk, connection, device)
        leave = request.form.get("do") == "out"
        (caring.take_out if leave else caring.put_into)(connection, name, device)
        action = "fleet_ungrouped" if leave else "fleet_grouped"
        desk.note(connection, action, Purpose.UPKEEP, f"KIOSK-{device}", group=name[:32])
    return desk.go(f"/fleet/kiosk/{device}", "fleet.said_changed")


def alarms_page(desk: Desk) -> str:
    """What somebody has to see to, and the hours in which nobody is told."""
    with desk.read() as connection:
        found, areas = caring.alarms(connection), desk.areas(Right.FLEET_READ)
        if "all" not in areas:
            mine = devices_within(connection, areas)
            found = [one for one in found if one.device in mine]
        hours = listing.hours_of(connection)
    return desk.show(
        "fleet/alarms.html",
        open=[one for one in found if one.seen_ms is None],
        seen=[one for one in found if one.seen_ms is not None],
        told=_told,
        hours=[(scope, _clock(a), _clock(b)) for scope, (a, b) in sorted(hours.items())],
        may=desk.may(Right.FLEET_CHANGE),
    )


def seen_view(desk: Desk) -> Any:
    """POST: somebody sees to an alarm."""
    kind, device = request.form.get("kind", ""), request.form.get("device", "")
    with desk.write() as connection:
        if device:
            _own(desk, connection, device)
        else:
            desk.require(Right.FLEET_CHANGE, {"all"})
        caring.see_to(connection, kind, device, desk.officer.account, request.form.get("words", ""), desk.now_ms)
        desk.note(connection, "alarm_seen", Purpose.UPKEEP, f"KIOSK-{device or 'centre'}", kind=kind[:40])
    back = f"/fleet/kiosk/{device}" if request.form.get("back") == "kiosk" else "/fleet/alarms"
    return desk.go(back, "fleet.said_seen")


def quiet_view(desk: Desk) -> Any:
    """POST: quiet hours of a scope, or none any more."""
    scope = request.form.get("scope", "").strip()
    with desk.write() as connection:
        desk.require(Right.FLEET_CHANGE, {scope or "all"})
        if request.form.get("do") == "end":
            caring.end_quiet(connection, scope)
        else:
            start, end = request.form.get("from", ""), request.form.get("to", "")
            caring.set_quiet(connection, scope, start, end, desk.officer.account, desk.now_ms)
        desk.note(connection, "fleet_quiet", Purpose.UPKEEP, scope[:64], do=request.form.get("do", "set")[:8])
    return desk.go("/fleet/alarms", "fleet.said_changed")


def claim_page(desk: Desk) -> str:
    """Type or scan the code on a box; then say where it hangs, or which one it replaces."""
    code = request.args.get("code", "").strip()[:80]
    held = None
    if code:
        with desk.read() as connection:
            held = claims.claim_of(connection, code)
    return desk.show("fleet/claim.html", code=code, held=held)


def claim_view(desk: Desk) -> Any:
    """POST: it hangs here, or it replaces that one."""
    code, old = request.form.get("code", "")[:80], request.form.get("replaces", "").strip()
    venue, gate, by = request.form.get("venue", "").strip(), request.form.get("gate", "").strip(), desk.officer.account
    with desk.write() as connection:
        held = claims.claim_of(connection, code)
        if held.venue:
            _own(desk, connection, held.device)
        if old:
            _own(desk, connection, old)
            claims.replace(connection, code, old, by, desk.now_ms)
        else:
            desk.require(Right.FLEET_CHANGE, _areas_of(connection, venue))
            claims.claim(connection, code, venue, gate, by, desk.now_ms)
        action = "fleet_replaced" if old else "fleet_claimed"
        desk.note(connection, action, Purpose.UPKEEP, f"KIOSK-{held.device}", old=old[:32], venue=venue[:64])
    return desk.go(f"/fleet/kiosk/{held.device}", "fleet.said_replaced" if old else "fleet.said_claimed")


def _own(desk: Desk, connection: Any, device: str) -> None:
    shown = listing.one_kiosk(connection, device, desk.now_ms)
    if shown is None:
        raise Refused("device_unknown", device[:40])
    desk.require(Right.FLEET_CHANGE, set(shown.kiosk.scopes()))


def _areas_of(connection: Any, venue: str) -> set[str]:
    row = run(connection, "SELECT ward, province FROM place WHERE id = ?", (venue,)).first()
    if row is None:
        raise Refused("bad_place", venue[:40])
    return {
        "all",
        f"venue-{venue}",
        *(f"{kind}-{value}" for kind, value in zip(("ward", "province"), row, strict=True) if value),
    }


def _asked(name: str) -> str:
    value = request.args.get(name, "").strip()
    return value if len(value) <= _LONGEST and value.isprintable() else ""


def _fits(one: Brief, chosen: dict[str, str], belongs: dict[str, frozenset[str]]) -> bool:
    place = chosen["place"].lower()
    return (
        chosen["mark"] in ("", one.mark)
        and chosen["why"] in ("", WHYS[one.why][0])
        and chosen["version"] in ("", one.version or "")
        and (not chosen["group"] or chosen["group"] in belongs.get(one.device, ()))
        and (not place or any(place in (text or "").lower() for text in (one.device, one.venue, one.place)))
    )


def _sentence(found: Trouble) -> str:
    """One trouble in words."""
    detail = codes_in_words(g.language, found.detail) if found.code in ("fails", "warns", "agent") else found.detail
    return str(g.words["say"](f"fleet.trouble_{found.code}", detail=detail))


def _told(alarm: caring.OpenAlarm) -> str:
    """An alarm's detail in words; as it stands, where it is not of the fleet."""
    code, _, rest = alarm.detail.partition(" ")
    if f"fleet.trouble_{code}" in WORDS:
        return _sentence(Trouble(code, "bad", rest))
    return str(g.words["say"](f"fleet.why_{code}")) if f"fleet.why_{code}" in WORDS else alarm.detail


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
