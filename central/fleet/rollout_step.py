"""PURE. How far something has gone out, and whether it may go further.

A plan is a list of rings. Each names a share of all kiosks (by their buckets, wire.release), wards or other scopes, and
groups; whoever is in a ring stays in. The rules, in their order:
- stop when more have failed than the plan allows: rolled back, refused, a self-test that fails on the new version, or
  gone for an hour after it came;
- stop when the first ring has nobody in it: nothing would have been tried before everybody gets it;
- go on only when the ring has been held for its hours, at least one kiosk runs well, and so does the plan's percentage
  of those that can be expected to; whoever has been away for a day is not waited for;
- otherwise wait. Silence is never success: a bad version that tells nothing stays in its ring.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from central.fleet.why import DAY_MS, ENDED_BADLY, HOUR_MS, Kiosk, Located, Why
from wire.refusal import Refused
from wire.release import BUCKETS, MOST_SCOPES, bucket

MOST_RINGS = 8
_TAKEN_MS = 10 * 60_000  # a bulletin lies retained at the broker: whoever is connected has it within seconds


@dataclass(frozen=True, slots=True)
class Ring:
    """Who joins: a share of all in ten-thousandths, scopes of bulletins, names of groups."""

    share: int = 0
    scopes: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """`most_failed` kiosks, or `most_failed_pct` of a ring's where that is more, may fail before it stops."""

    rings: tuple[Ring, ...]
    hold_h: int = 24
    good_pct: int = 90
    most_failed: int = 0
    most_failed_pct: int = 2
    salt: str = "1"

    def upto(self, ring: int) -> Ring:
        """Who is in while so many rings have begun: shares and scopes only ever grow."""
        begun = self.rings[:ring]
        return Ring(
            max((one.share for one in begun), default=0),
            tuple(dict.fromkeys(scope for one in begun for scope in one.scopes)),
            tuple(dict.fromkeys(group for one in begun for group in one.groups)),
        )


DEFAULT_RINGS = (Ring(100), Ring(1_000), Ring(5_000), Ring(BUCKETS))


class Member(NamedTuple):
    """One kiosk of a ring: `state` is good, failed, waiting or away."""

    device: str
    state: str


class Step(NamedTuple):
    """`what` is wait, advance, done or stop; `why` has a sentence (fleet.step_WHY)."""

    what: str
    why: str


def step(plan: Plan, ring: int, ring_ms: int, members: Sequence[Member], now_ms: int) -> Step:
    """What comes next when `ring` rings have begun, the last at `ring_ms`; `members` are all who are in so far."""
    count = counted(members)
    limit = max(plan.most_failed, len(members) * plan.most_failed_pct // 100)
    if count["failed"] > limit:
        return Step("stop", "failures")
    if not members and ring <= 1:
        return Step("stop", "nobody")
    if now_ms - ring_ms < plan.hold_h * HOUR_MS:
        return Step("wait", "holding")
    expected = len(members) - count["away"]
    if count["good"] == 0 or count["good"] * 100 < plan.good_pct * expected:
        return Step("wait", "unproven")
    return Step("done", "all") if ring >= len(plan.rings) else Step("advance", "well")


def counted(members: Iterable[Member]) -> dict[str, int]:
    """How many of each state."""
    found = {"good": 0, "failed": 0, "waiting": 0, "away": 0}
    for member in members:
        found[member.state] += 1
    return found


def is_in(ring: Ring, salt: str, kiosk: Located, groups: frozenset[str] = frozenset()) -> bool:
    """Whether a kiosk of these groups is in `ring`."""
    if ring.share and (ring.share >= BUCKETS or _bucket(kiosk.device, salt) < ring.share):
        return True
    if ring.scopes and not set(ring.scopes).isdisjoint(kiosk.scopes()):
        return True
    return not groups.isdisjoint(ring.groups)


def joins(rings: Sequence[Ring], salt: str, kiosk: Located, groups: frozenset[str] = frozenset()) -> int | None:
    """The index of the first of `rings` that the kiosk is in, as is_in has it; None: in none."""
    place = _bucket(kiosk.device, salt)
    for number, ring in enumerate(rings):
        if place < ring.share:
            return number
        if (ring.scopes or ring.groups) and is_in(ring, salt, kiosk, groups):
            return number
    return None


_bucket = lru_cache(maxsize=65_536)(bucket)  # each page of the list asks for all of them


def member_of(kiosk: Kiosk, reason: Why, label: str | None, ring_ms: int, now_ms: int) -> Member:
    """How the new thing does at this kiosk. `label`: the version of a release; None for any other bulletin."""
    if label is None:
        has = kiosk.said_ms is not None and kiosk.said_ms >= ring_ms + _TAKEN_MS
        ended = False
    else:
        has = kiosk.version == label
        ended = kiosk.update_version == label and kiosk.update_outcome in ENDED_BADLY
    began = has or (label is not None and kiosk.update_version == label)
    gone = reason.code in ("lost", "silent", "clock") and reason.since_ms is not None
    vanished = gone and now_ms - (reason.since_ms or 0) > HOUR_MS and (reason.since_ms or 0) >= ring_ms
    if ended or (has and kiosk.fails) or (vanished and (began or label is None)):
        return Member(kiosk.device, "failed")
    if has and not gone:
        return Member(kiosk.device, "good")
    off = kiosk.said_ms is None or (kiosk.away_ms is not None and now_ms - kiosk.away_ms > DAY_MS)
    return Member(kiosk.device, "away" if off or kiosk.state != "active" else "waiting")


def write_plan(plan: Plan) -> str:
    """JSON that `read_plan` reads, always the same for the same plan."""
    rings = [{"share": one.share, "scopes": list(one.scopes), "groups": list(one.groups)} for one in plan.rings]
    facts = {name: getattr(plan, name) for name in _NUMBERS}
    return json.dumps({"rings": rings, "salt": plan.salt, **facts}, sort_keys=True)


_NUMBERS = {"hold_h": (0, 24 * 30), "good_pct": (1, 100), "most_failed": (0, 1_000), "most_failed_pct": (0, 20)}


def read_plan(text: str) -> Plan:
    """The plan in JSON. Raises Refused("bad_plan")."""
    try:
        said = json.loads(text)
        rings = tuple(_ring(one) for one in said["rings"])
        numbers = {name: int(said.get(name, getattr(Plan(()), name))) for name in _NUMBERS}
        plan = Plan(rings, salt=str(said.get("salt", "1")), **numbers)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Refused("bad_plan", type(error).__name__) from error
    return check_plan(plan)


def check_plan(plan: Plan) -> Plan:
    """The plan itself. Raises Refused("bad_plan")."""
    if not 1 <= len(plan.rings) <= MOST_RINGS:
        raise Refused("bad_plan", f"1 to {MOST_RINGS} rings")
    shares = [one.share for one in plan.rings]
    if any(not 0 <= share <= BUCKETS for share in shares) or shares != sorted(shares):
        raise Refused("bad_plan", "shares rise from ring to ring")
    if any(not (one.share or one.scopes or one.groups) for one in plan.rings):
        raise Refused("bad_plan", "a ring for nobody")
    if len(plan.upto(MOST_RINGS).scopes) > MOST_SCOPES:
        raise Refused("bad_plan", f"{MOST_SCOPES} scopes at most")
    for name, (least, most) in _NUMBERS.items():
        if not least <= getattr(plan, name) <= most:
            raise Refused("bad_plan", f"{name}: {least} to {most}")
    return plan


def _ring(said: dict[str, Any]) -> Ring:
    scopes, groups = tuple(said.get("scopes", ())), tuple(said.get("groups", ()))
    if not all(isinstance(one, str) and 0 < len(one) <= 64 for one in (*scopes, *groups)):
        raise ValueError("names")
    return Ring(int(said.get("share", 0)), scopes, groups)
