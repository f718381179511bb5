"""The pages of roll-outs: what goes out, ring by ring, and the buttons of whoever may begin or stop it."""

import json
from typing import Any, NamedTuple

from flask import request

from central.access.roles import Purpose, Right
from central.fleet import rollouts
from central.fleet.listing import versions_in_use
from central.fleet.rollout_step import DEFAULT_RINGS, Member, Plan, Ring, counted, step
from central.web.console import Desk
from wire import release
from wire.refusal import Refused

_EVERYWHERE = {"all"}
_STATES = ("good", "failed", "waiting", "away")


class Bar(NamedTuple):
    """One ring: `parts` are (state, count, left edge and width in thousandths of the bar)."""

    number: int
    ring: Ring
    state: str  # past, now or to come
    by_state: dict[str, int]
    total: int
    parts: list[tuple[str, int, int, int]]

    @property
    def percent(self) -> str:
        """The share up to here, as people write it."""
        return f"{self.ring.share / 100:g}"


def rollouts_page(desk: Desk) -> str:
    """What runs, what waits, what is over; and the versions that kiosks run."""
    with desk.read() as connection:
        found = rollouts.rollouts(connection)
        bars = {
            one.id: bars_of(one, rollouts.by_ring(connection, one, desk.now_ms))
            for one in found
            if one.state == "running"
        }
        versions = versions_in_use(connection)
    return desk.show(
        "fleet/rollouts.html",
        found=[(one, one.state_at(desk.now_ms)) for one in found],
        bars=bars,
        versions=versions,
        may=desk.may(Right.FLEET_CHANGE, _EVERYWHERE),
    )


def new_page(desk: Desk) -> Any:
    """GET: the form. POST: put a release or another bulletin before the second person."""
    if request.method == "GET":
        return desk.show("fleet/new.html", rings="1, 10, 50, 100", kinds=_kinds())
    desk.require(Right.FLEET_CHANGE, _EVERYWHERE)
    form = request.form
    kind = form.get("kind", release.KIND)
    plan = Plan(
        _rings(form.get("rings", "")),
        hold_h=_whole("hold_h"),
        good_pct=_whole("good_pct"),
        most_failed=_whole("most_failed"),
        salt=(form.get("version", "") or "1")[:64] if kind == release.KIND else "1",
    )
    with desk.write() as connection:
        body = _release(plan, desk.now_ms) if kind == release.KIND else _json(form.get("body", ""))
        words, by = form.get("words", ""), desk.officer.account
        held = rollouts.propose(connection, kind, form.get("name", "").strip(), body, plan, by, words, desk.now_ms)
        about = f"ROLLOUT-{held.id}"
        desk.note(connection, "rollout_proposed", Purpose.UPKEEP, about, kind=kind, version=held.label)
    return desk.go(f"/fleet/rollouts/{held.id}", "fleet.said_proposed")


def rollout_page(desk: Desk, number: int) -> str:
    """One: its rings as bars, its rules, what comes next."""
    with desk.read() as connection:
        held = rollouts.rollout_of(connection, number)
        rings = rollouts.by_ring(connection, held, desk.now_ms)
    coming = None
    if held.state == "running" and held.ring_ms is not None:
        begun = [one for ring in rings[: held.ring] for one in ring]
        coming = step(held.plan, held.ring, held.ring_ms, begun, desk.now_ms)
    return desk.show(
        "fleet/rollout.html",
        one=held,
        state=held.state_at(desk.now_ms),
        bars=bars_of(held, rings),
        coming=coming,
        body=_readable(held),
        digest=held.hash.hex(),
        own=held.proposed_by == desk.officer.account,
        may_sign=desk.may(Right.FLEET_RELEASE, _EVERYWHERE),
        may_stop=desk.may(Right.FLEET_CHANGE, _EVERYWHERE),
        failed=[one.device for ring in rings[: held.ring] for one in ring if one.state == "failed"][:50],
    )


def begin_view(desk: Desk, number: int) -> Any:
    """POST: the second person lets the first ring begin."""
    desk.require(Right.FLEET_RELEASE, _EVERYWHERE)
    with desk.write() as connection:
        by, read = desk.officer.account, request.form.get("read", "")
        held = rollouts.begin(connection, desk.site.ring, number, read, by, desk.now_ms)
        desk.note(connection, "rollout_begun", Purpose.UPKEEP, f"ROLLOUT-{number}", version=held.label)
    return desk.go(f"/fleet/rollouts/{number}", "fleet.said_begun")


def stop_view(desk: Desk, number: int) -> Any:
    """POST: stop it; one person is enough."""
    desk.require(Right.FLEET_CHANGE, _EVERYWHERE)
    with desk.write() as connection:
        rollouts.stop(connection, desk.site.ring, number, "by_hand", desk.now_ms)
        desk.note(connection, "rollout_stopped", Purpose.UPKEEP, f"ROLLOUT-{number}")
    return desk.go(f"/fleet/rollouts/{number}", "fleet.said_stopped")


def refuse_view(desk: Desk, number: int) -> Any:
    """POST: the second person says no, or the first takes it back."""
    with desk.write() as connection:
        own = rollouts.rollout_of(connection, number).proposed_by == desk.officer.account
        desk.require(Right.FLEET_CHANGE if own else Right.FLEET_RELEASE, _EVERYWHERE)
        state = rollouts.turn_down(connection, number, desk.officer.account, desk.now_ms)
        desk.note(connection, f"rollout_{state}", Purpose.UPKEEP, f"ROLLOUT-{number}")
    return desk.go("/fleet/rollouts", f"fleet.said_{state}")


def bars_of(held: rollouts.Rollout, rings: list[list[Member]]) -> list[Bar]:
    """The picture of each ring: who runs it well, who failed, who is awaited, who is away."""
    found = []
    for number, (ring, members) in enumerate(zip(held.plan.rings, rings, strict=True), 1):
        begun = number <= held.ring
        count = counted(members) if begun else counted([])
        state = "past" if number < held.ring else "now" if begun else "to_come"
        parts, left = [], 0
        for name in _STATES:
            width = round(1000 * count[name] / len(members)) if members else 0
            parts.append((name, count[name], left, width))
            left += width
        found.append(Bar(number, ring, state, count, len(members), parts))
    return found


def _kinds() -> list[str]:
    return [kind for kind in ("release", "settings", "texts", "form", "order") if kind not in rollouts.NOT_STAGED]


def _rings(text: str) -> tuple[Ring, ...]:
    """ "1, 10 ward-26740, group:thu-nghiem, 100": each a percentage, scopes, groups."""
    found: list[Ring] = []
    for part in (one.split() for one in text.split(",")):
        shares = [one for one in part if one.replace(".", "", 1).isdigit()]
        names = tuple(one.removeprefix("group:") for one in part if one.startswith("group:"))
        scopes = tuple(one for one in part if one not in shares and not one.startswith("group:"))
        if len(shares) > 1:
            raise Refused("bad_plan", "one percentage for a ring")
        found.append(
            Ring(round(float(shares[0]) * 100) if shares else (found[-1].share if found else 0), scopes, names)
        )
    return tuple(found) or DEFAULT_RINGS


def _release(plan: Plan, now_ms: int) -> dict[str, Any]:
    form = request.form
    try:
        digest, size = bytes.fromhex(form.get("sha256", "").strip()), int(form.get("size", ""))
    except ValueError:
        raise Refused("bad_release", "sha256 or size") from None
    text = [form.get(name, "").strip() for name in ("version", "url", "key_id")]
    made = release.Release(text[0], text[1], size, digest, text[2], now_ms, plan.salt, 0, frozenset())
    return release.write_release(made)


def _json(text: str) -> Any:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused("bad_body", "JSON expected") from None
    if not isinstance(body, dict):
        raise Refused("bad_body", "an object expected")
    return body


def _whole(name: str) -> int:
    text = request.form.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Refused("bad_plan", name)
    return int(text)


def _readable(held: rollouts.Rollout) -> str:
    body = rollouts.body_of(held)
    return json.dumps(body, ensure_ascii=False, indent=1, default=lambda value: bytes(value).hex())[:20_000]
