"""How far a roll-out may go. A bad release stays in its ring, whatever it does to the gates."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from central.fleet.rollout_step import (
    DEFAULT_RINGS,
    Member,
    Plan,
    Ring,
    check_plan,
    is_in,
    joins,
    member_of,
    read_plan,
    step,
    write_plan,
)
from central.fleet.why import Kiosk, why
from central.fleet.words import WORDS
from tests.unit.central.fleet.orders import DAY_MS, HOUR_MS, NOW_MS, kiosk
from wire.refusal import Refused
from wire.release import BUCKETS

PLAN = Plan(DEFAULT_RINGS, hold_h=24, good_pct=90, most_failed=1, most_failed_pct=2)
NEW, OLD = "2026.11.2", "2026.11.1"


def ring_of(good: int = 0, failed: int = 0, waiting: int = 0, away: int = 0) -> list[Member]:
    states = ["good"] * good + ["failed"] * failed + ["waiting"] * waiting + ["away"] * away
    return [Member(f"t-{n}", state) for n, state in enumerate(states)]


@pytest.mark.parametrize(
    ("what", "reason", "members", "ring", "hours"),
    [
        ("wait", "holding", ring_of(good=50), 1, 23),
        ("advance", "well", ring_of(good=50), 1, 24),
        ("done", "all", ring_of(good=50), 4, 24),
        ("wait", "unproven", ring_of(good=44, waiting=6), 1, 240),
        ("advance", "well", ring_of(good=45, waiting=5), 1, 24),
        ("wait", "unproven", ring_of(waiting=50), 1, 9_000),
        ("wait", "unproven", ring_of(away=50), 1, 9_000),
        ("advance", "well", ring_of(good=9, away=41), 1, 24),
        ("wait", "holding", ring_of(good=48, failed=1, waiting=1), 1, 1),
        ("stop", "failures", ring_of(good=48, failed=2), 1, 0),
        ("stop", "failures", ring_of(good=950, failed=21, waiting=29), 2, 0),
        ("advance", "well", ring_of(good=980, failed=20), 2, 24),
        ("stop", "nobody", [], 1, 0),
    ],
)
def test_each_rule(what: str, reason: str, members: list[Member], ring: int, hours: int) -> None:
    found = step(PLAN, ring, NOW_MS - hours * HOUR_MS, members, NOW_MS)
    assert (found.what, found.why) == (what, reason)
    assert f"fleet.step_{reason}" in WORDS


@pytest.mark.parametrize(
    ("state", "changed"),
    [
        ("waiting", {"version": OLD}),
        ("good", {"version": NEW}),
        ("good", {"version": NEW, "away_ms": NOW_MS - 3 * HOUR_MS, "bye": 1}),
        ("failed", {"version": OLD, "update_version": NEW, "update_outcome": "rolled_back"}),
        ("failed", {"version": OLD, "update_version": NEW, "update_outcome": "refused"}),
        ("failed", {"version": NEW, "fails": "camera"}),
        ("failed", {"version": NEW, "away_ms": NOW_MS - 2 * HOUR_MS}),
        ("failed", {"version": OLD, "update_version": NEW, "update_outcome": "tried", "away_ms": NOW_MS - 2 * HOUR_MS}),
        ("waiting", {"version": NEW, "away_ms": NOW_MS - 60_000}),
        ("waiting", {"version": OLD, "away_ms": NOW_MS - 2 * HOUR_MS}),
        ("away", {"version": OLD, "away_ms": NOW_MS - 2 * DAY_MS}),
        ("away", {"said_ms": None, "version": None}),
        ("waiting", {"version": OLD, "fails": "camera"}),
    ],
)
def test_how_a_kiosk_of_a_ring_does(state: str, changed: dict[str, Any]) -> None:
    one = kiosk(**changed)
    assert member_of(one, why(one, NOW_MS), NEW, NOW_MS - DAY_MS, NOW_MS).state == state


def test_another_bulletin_is_judged_by_the_health_that_follows() -> None:
    begun = NOW_MS - HOUR_MS
    well, ill, gone = kiosk(), kiosk(fails="camera"), kiosk(away_ms=NOW_MS - 2 * HOUR_MS)
    assert member_of(well, why(well, NOW_MS), None, begun, NOW_MS).state == "good"
    assert member_of(well, why(well, NOW_MS), None, NOW_MS, NOW_MS).state == "waiting"
    assert member_of(ill, why(ill, NOW_MS), None, begun, NOW_MS).state == "failed"
    assert member_of(gone, why(gone, NOW_MS), None, NOW_MS - DAY_MS, NOW_MS).state == "failed"
    assert member_of(gone, why(gone, NOW_MS), None, begun, NOW_MS).state != "failed"  # it was away before


HARM = ("rolled_back", "refused", "fails", "gone", "silent_success", "mute")


def harmed(device: str, how: str, at_ms: int, now_ms: int) -> Kiosk:
    """What the centre sees of a kiosk that has taken a bad release."""
    match how:
        case "rolled_back" | "refused":
            return kiosk(device, said_ms=now_ms, version=OLD, update_version=NEW, update_outcome=how)
        case "fails":
            return kiosk(device, said_ms=now_ms, version=NEW, fails="camera")
        case "gone":
            return kiosk(device, version=OLD, update_version=NEW, update_outcome="tried", away_ms=at_ms)
        case "mute":
            return kiosk(device, said_ms=at_ms, version=OLD)
        case _:
            return kiosk(device, said_ms=now_ms, version=OLD)  # it fell back, and says nothing of it


@settings(max_examples=25, deadline=None)
@given(
    harm=st.lists(st.sampled_from(HARM), min_size=1, max_size=40),
    turns=st.lists(st.integers(1, 40), min_size=4, max_size=12),
    good_pct=st.integers(1, 100),
    hold_h=st.integers(0, 48),
    most_failed=st.integers(0, 5),
)
def test_a_bad_release_never_goes_beyond_the_first_ring(
    harm: list[str], turns: list[int], good_pct: int, hold_h: int, most_failed: int
) -> None:
    plan = check_plan(Plan((Ring(2_000), Ring(6_000), Ring(BUCKETS)), hold_h, good_pct, most_failed, 20))
    fleet = [f"t-{n}" for n in range(30)]
    ring, ring_ms, now_ms, taken = 1, NOW_MS, NOW_MS, set[str]()
    for hours in turns:
        begun = [name for name in fleet if is_in(plan.upto(ring), plan.salt, kiosk(name))]
        taken |= set(begun)
        seen = [harmed(name, harm[n % len(harm)], ring_ms, now_ms) for n, name in enumerate(begun)]
        members = [member_of(one, why(one, now_ms), NEW, ring_ms, now_ms) for one in seen]
        found = step(plan, ring, ring_ms, members, now_ms)
        if found.what == "stop":
            break
        assert found.what == "wait"
        now_ms += hours * HOUR_MS
    share = {name for name in fleet if is_in(plan.rings[0], plan.salt, kiosk(name))}
    assert taken <= share and len(share) < len(fleet) // 2


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, BUCKETS), min_size=1, max_size=8), st.integers(0, 500))
def test_rings_only_grow_and_the_last_holds_them_all(shares: list[int], number: int) -> None:
    plan = Plan(tuple(Ring(share, (f"ward-{n}",)) for n, share in enumerate(sorted(shares))))
    one = kiosk(f"t-{number}", ward="0")
    inside = [is_in(plan.upto(ring), plan.salt, one) for ring in range(1, len(shares) + 1)]
    assert inside == sorted(inside) and inside[0]  # ward-0 is in from the first ring on


_RINGS = st.builds(
    Ring,
    st.integers(0, BUCKETS),
    st.lists(st.sampled_from(("ward-0", "ward-1", "all")), max_size=1).map(tuple),
    st.lists(st.sampled_from(("trial", "other")), max_size=1).map(tuple),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(_RINGS, max_size=6), st.integers(0, 500), st.sampled_from(((), ("trial",), ("trial", "other"))))
def test_a_kiosk_joins_in_the_first_ring_that_it_is_in(rings: list[Ring], number: int, groups: tuple[str, ...]) -> None:
    one, own = kiosk(f"t-{number}", ward=str(number % 3)), frozenset(groups)
    first = next((n for n, ring in enumerate(rings) if is_in(ring, "1", one, own)), None)
    assert joins(rings, "1", one, own) == first


def test_groups_and_scopes_bring_a_kiosk_in() -> None:
    ring = Ring(0, ("province-79",), ("trial",))
    assert is_in(ring, "1", kiosk(), frozenset())
    assert not is_in(ring, "1", kiosk(province="01"), frozenset({"other"}))
    assert is_in(ring, "1", kiosk(province="01"), frozenset({"trial"}))


def test_a_plan_is_written_and_read() -> None:
    plan = Plan((Ring(100, ("ward-1",), ("trial",)), Ring(BUCKETS)), 6, 80, 2, 5, "2026.11.2")
    assert read_plan(write_plan(plan)) == plan


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", '{"rings": []}', '{"rings": [{}]}', '{"rings": [{"share": 5}, {"share": 4}]}', "[" * 9_000),
        *('{"rings": [{"share": 10001}]}', '{"rings": [{"share": "x"}]}', '{"rings": [{"scopes": [1]}]}'),
        *('{"rings": [{"share": 1}], "good_pct": 0}', '{"rings": [{"share": 1}], "most_failed_pct": 90}'),
    ],
)
def test_a_plan_that_is_not_right_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_plan(text)
    assert refused.value.reason == "bad_plan"
