"""The officers' pages of central.zoning. Nobody is on them: cases and contacts are numbers."""

import json
import re
from dataclasses import replace
from functools import partial
from typing import Any

from flask import g, request
from sqlalchemy.engine import Connection

from central.access.roles import Purpose, Right
from central.web.console import Desk, Page
from central.zoning.counting import affected, areas_of, cases_by_ward, place_named, risk_points
from central.zoning.covering import Point, smallest
from central.zoning.jobs import new_zone
from central.zoning.names import names_of, official, province_of
from central.zoning.pictures import time_line, ward_bars
from central.zoning.proposing import COVERS, Area, weigh
from central.zoning.rule import DAY_MS, LEVELS, shipped_rule, worse
from central.zoning.zones import (
    NewZone,
    Zone,
    act,
    decide,
    history,
    in_force,
    left_by,
    open_proposals,
    propose,
    recent,
    state_at,
    zone_of,
)
from wire.refusal import Refused

_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PAGE, _LOOKED_AT = 50, 1_000
_ACTS = {"refuse": "refused", "end": "ended", "undo": "undone", "restore": "restored"}


def zones_page(desk: Desk) -> str:
    """What waits for a decision, what is in force, and the wards in one picture."""
    now_ms, rule = desk.now_ms, shipped_rule()
    with desk.read() as connection:
        waiting = [z for z in open_proposals(connection, now_ms, _LOOKED_AT) if _mine(desk, z)]
        running = [z for z in in_force(connection, now_ms) if _mine(desk, z)]
        running.sort(key=lambda zone: -LEVELS.index(zone.level))
        ended = [(z, s) for z, s in recent(connection, now_ms - 30 * DAY_MS) if _was(z, s, now_ms)]
        past = [(zone, state) for zone, state in ended if _mine(desk, zone)][:30]
        cases = cases_by_ward(connection)
        named = [*waiting[:_PAGE], *running[:_PAGE], *(zone for zone, _ in past)]
        names = names_of(connection, [zone.area for zone in named], g.language)
    by_ward = {f"ward-{ward}": n for (province, ward), n in cases.items() if _in_reach(desk, ward, province)}
    wards = {f"ward-{z.ward}": "" for z in running if z.ward} | dict.fromkeys(by_ward, "")
    for zone in running:
        if zone.ward:
            ward = f"ward-{zone.ward}"
            wards[ward] = worse(wards[ward] or "green", zone.level)
    shown = names | {ward: official("ward", ward[5:], g.language) for ward in wards}
    return desk.show(
        "zoning/zones.html",
        waiting=waiting[:_PAGE],
        running=running[:_PAGE],
        more_waiting=len(waiting[_PAGE:]),
        more_running=len(running[_PAGE:]),
        past=past,
        names=shown,
        bars=ward_bars(by_ward, shown, wards),
        counts={level: sum(zone.level == level for zone in running) for level in reversed(LEVELS)},
        days=max(rule.windows),
        grounds={zone.id: json.loads(zone.reasons) for zone in (*waiting[:_PAGE], *running[:_PAGE])},
        now_ms=now_ms,
        may_propose=desk.may(Right.ZONES_PROPOSE),
    )


def zone_page(desk: Desk, number: int) -> str:
    """One zone with its reasons, its time and its history, and the buttons of whoever may decide."""
    with desk.read() as connection:
        zone = zone_of(connection, number)
        desk.require(Right.REPORT_READ, zone.areas)
        events = history(connection, number)
        grounds = json.loads(zone.reasons)
        areas = [zone.area, *(f"venue-{row[0]}" for row in grounds["venues"])]
        names = names_of(connection, areas, g.language)
    state = left_by(events)
    return desk.show(
        "zoning/zone.html",
        zone=zone,
        state=state,
        shown=state_at(zone, events, desk.now_ms),
        events=events,
        grounds=grounds,
        figures=sorted(grounds["figures"].items(), key=_by_days),
        covers=[(name, grounds["covers"][name]) for name in COVERS if name in grounds["covers"]],
        names=names,
        line=time_line(grounds["first_ms"], grounds["last_ms"], zone.from_ms, zone.to_ms, events, desk.now_ms),
        may_decide=desk.roles.may(desk.officer, Right.ZONES_DECIDE, zone.areas),
        own=zone.proposed_by == desk.officer.account,
        now_ms=desk.now_ms,
    )


def new_page(desk: Desk) -> Any:
    """GET: the form, with the figures of the area once it is named. POST: the proposal."""
    if request.method == "GET" and "area" not in request.values:
        return desk.show("zoning/new.html", area=None, made=None, levels=LEVELS, wrong=False)
    now_ms, rule = desk.now_ms, shipped_rule()
    with desk.write() as connection:
        area, points = _asked(connection, now_ms - max(rule.windows) * DAY_MS, now_ms)
        if area is None:
            return desk.show("zoning/new.html", area=None, made=None, levels=LEVELS, wrong=True)
        desk.require(Right.ZONES_PROPOSE, _areas(area))
        made = weigh(area, points, None, rule, now_ms)
        if request.method == "GET":
            names = names_of(connection, [area.name], g.language)
            said = {"area": area, "made": made, "names": names, "levels": LEVELS, "wrong": False}
            return desk.show("zoning/new.html", days=-(-(made.to_ms - now_ms) // DAY_MS), **said)
        touched = partial(affected, connection, now_ms=now_ms)  # of whole provinces, too: not for a look alone
        plan = smallest(points, {area.name: area.visits}, touched, rule.spread_venues)
        wanted = _form(new_zone(weigh(area, points, plan, rule, now_ms), rule, now_ms), now_ms)
        number = propose(connection, wanted, desk.officer.account, now_ms)
        desk.note(connection, "zone_proposed", Purpose.ZONING, f"Z-{number}")
    return desk.go(f"/zones/{number}", "zoning.proposed")


def decide_view(desk: Desk, number: int) -> Any:
    """POST: the second person's yes."""
    with desk.write() as connection:
        desk.require(Right.ZONES_DECIDE, zone_of(connection, number).areas)
        zone = decide(connection, number, desk.officer.account, request.form.get("words", ""), desk.now_ms)
        desk.note(connection, "zone_decided", Purpose.ZONING, f"Z-{number}", level=zone.level)
    return desk.go(f"/zones/{number}", "zoning.decided_said")


def act_view(desk: Desk, number: int, what: str) -> Any:
    """POST: refuse, end, undo or restore, with a reason; each is an event of its own."""
    if what not in _ACTS:
        raise Refused("zone_state", what[:16])
    with desk.write() as connection:
        desk.require(Right.ZONES_DECIDE, zone_of(connection, number).areas)
        words = request.form.get("words", "")
        act(connection, number, _ACTS[what], desk.officer.account, words, desk.now_ms)
        desk.note(connection, f"zone_{_ACTS[what]}", Purpose.ZONING, f"Z-{number}")
    return desk.go(f"/zones/{number}", f"zoning.{_ACTS[what]}_said")


def withdraw_view(desk: Desk, number: int) -> Any:
    """POST: whoever proposed it takes it back before anybody has decided."""
    with desk.write() as connection:
        desk.require(Right.ZONES_PROPOSE, zone_of(connection, number).areas)
        if zone_of(connection, number).proposed_by != desk.officer.account:
            raise Refused("zone_state", "not the proposer")
        act(connection, number, "withdrawn", desk.officer.account, "-", desk.now_ms)
        desk.note(connection, "zone_withdrawn", Purpose.ZONING, f"Z-{number}")
    return desk.go("/zones", "zoning.withdrawn_said")


def _asked(connection: Connection, since_ms: int, now_ms: int) -> tuple[Area | None, list[Point]]:
    """The area that the form names, with the risk that lies in it."""
    kind, code = request.values.get("kind", ""), request.values.get("area", "").strip()
    if kind not in ("venue", "ward", "province") or not _CODE.fullmatch(code):
        return None, []
    area = areas_of(connection, [f"{kind}-{code}"], now_ms)[f"{kind}-{code}"]
    if kind == "venue" and place_named(connection, code) is None:
        return None, []
    if kind == "ward" and not area.province:
        area = replace(area, province=province_of(code))
    if not area.province or (kind == "province" and official(kind, code, "vi") == code):
        return None, []
    return area, [point for point in risk_points(connection, since_ms, area.name) if area.name in point.areas]


def _form(new: NewZone, now_ms: int) -> NewZone:
    level, said = request.form.get("level", new.level), request.form.get("days", "")
    days = int(said) if said.isdecimal() and len(said) < 5 else 0
    if level not in LEVELS or not 1 <= days <= shipped_rule().most_days:
        raise Refused("zone_time", said[:8])
    words = request.form.get("words", "")[:500]
    place = (new.area, new.ward, new.province)
    return NewZone(*place, level, now_ms, now_ms + days * DAY_MS, new.rule, new.reasons, words)


def _areas(area: Area) -> frozenset[str]:
    named = (("ward", area.ward), ("province", area.province))
    return frozenset({area.name, *(f"{kind}-{value}" for kind, value in named if value)})


def _by_days(figure: tuple[str, float]) -> tuple[str, int]:
    name, _, days = figure[0].rpartition("_")
    return name, int(days)


def _was(zone: Zone, state: str, now_ms: int) -> bool:
    """Whether a zone belongs to the past: it is over, or something else was done with it."""
    return state in ("refused", "ended", "undone") or (state == "in_force" and zone.to_ms <= now_ms)


def _mine(desk: Desk, zone: Zone) -> bool:
    return desk.may(Right.REPORT_READ, zone.areas)


def _in_reach(desk: Desk, ward: str, province: str) -> bool:
    return desk.may(Right.REPORT_READ, {f"ward-{ward}", f"province-{province}"})


PAGES: tuple[Page, ...] = (
    Page("/zones", "zoning_zones", zones_page, Right.REPORT_READ, menu="zoning.menu"),
    Page("/zones/<int:number>", "zoning_zone", zone_page, Right.REPORT_READ),
    Page("/zones/new", "zoning_new", new_page, Right.ZONES_PROPOSE, ("GET", "POST")),
    Page("/zones/<int:number>/decide", "zoning_decide", decide_view, Right.ZONES_DECIDE, ("POST",)),
    Page("/zones/<int:number>/withdraw", "zoning_withdraw", withdraw_view, Right.ZONES_PROPOSE, ("POST",)),
    Page("/zones/<int:number>/<what>", "zoning_act", act_view, Right.ZONES_DECIDE, ("POST",)),
)
