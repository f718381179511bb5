"""Stays out of what gates sent: in any order, over gates and codes, and anew when a clock or a link tells more."""

import random
from typing import Any

import pytest

from central.people.changes import mark_changed
from central.people.persons import known_persons
from central.registry import Device, add_device
from central.statements import run
from central.tracing.contacts import contacts_of
from central.tracing.model import HOUR_MS, MINUTE_MS, ContactRule, Index
from central.tracing.stays import derive_stays
from tests.parts.centre import NOW_MS, Centre
from tests.parts.devices import START_MS, SyntheticDevice
from wire.envelope import ClockQuality
from wire.records import DeviceEvent, Direction, IdentityKind, Signal, Visit

CCCD, BHYT = IdentityKind.CCCD, IdentityKind.BHYT
NUMBERS = {CCCD: "099000000001", BHYT: "GD4990000000001"}


def visit(direction: Direction, who: str = "099000000001", kind: IdentityKind = CCCD, **rest: Any) -> Visit:
    return Visit(direction=direction, signal=rest.pop("signal", Signal.ALLOW), identity_kind=kind, identity=who, **rest)


def derive(centre: Centre) -> None:
    for _ in range(100):
        with centre.engine.begin() as connection:
            if not derive_stays(connection, NOW_MS):
                return
    raise AssertionError("there is always more")


def stays(centre: Centre) -> list[tuple[float, float, int]]:
    """(in, out in hours from the start, assumed), in order."""
    rows = centre.rows("SELECT in_ms, out_ms, assumed FROM stay ORDER BY person, in_ms")
    return [((a - START_MS) / HOUR_MS, (b - START_MS) / HOUR_MS, assumed) for a, b, assumed in rows]


def gate(centre: Centre, name: str, venue: str = "v-cho-mau") -> SyntheticDevice:
    recipients = centre.ring.root().recipients
    device = SyntheticDevice(name, ingest=recipients["ingest"], case=recipients["case"])
    with centre.engine.begin() as connection:
        row = Device(device.device, venue, f"g-{name}", device.public, device.kid, "active", NOW_MS, "0a")
        add_device(connection, row)
    return device


def at(hours: float) -> int:
    return START_MS + int(hours * HOUR_MS)


def test_in_at_one_gate_and_out_at_another_is_one_stay(centre: Centre) -> None:
    front, back = gate(centre, "t-front"), gate(centre, "t-back")
    front.add(visit(Direction.IN), at_ms=at(1))
    back.add(visit(Direction.OUT), at_ms=at(2))
    centre.take(front.batch(1, 1), back.batch(1, 1))
    derive(centre)
    assert stays(centre) == [(1, 2, 0)]
    assert centre.one("SELECT count(*) FROM visit_due") == 0


def test_a_check_out_that_comes_days_later_ends_the_stay_it_belongs_to(centre: Centre) -> None:
    front, back = gate(centre, "t-front"), gate(centre, "t-back")
    front.add(visit(Direction.IN), at_ms=at(1))
    back.add(visit(Direction.OUT), at_ms=at(2))
    centre.take(front.batch(1, 1))
    derive(centre)
    assert stays(centre) == [(1, 13, 1)]
    centre.take(back.batch(1, 1))
    derive(centre)
    assert stays(centre) == [(1, 2, 0)]


def test_batches_in_any_order_and_twice_make_the_same_stays(centre: Centre) -> None:
    chance = random.Random(5)
    gates = [gate(centre, f"t-gate-{n}", f"v-{n % 2}") for n in range(3)]
    for n in range(60):
        who = f"0990000000{chance.randrange(6):02d}"
        one = visit(Direction(1 + n % 2), who, signal=Signal(1 + chance.randrange(4)))
        chance.choice(gates).add(one, at_ms=at(chance.randrange(80)))
    batches = [one.batch(n, 1) for one in gates for n in range(1, len(one.sealed) + 1)]
    centre.take(*batches)
    derive(centre)
    whole = stays(centre)
    run_anew = [*batches, *batches[:10]]
    chance.shuffle(run_anew)
    with centre.engine.begin() as connection:
        for table in ("stay", "visit", "raw_record", "span", "strand"):
            run(connection, f"DELETE FROM {table}")
    for start in range(0, len(run_anew), 20):
        centre.take(*run_anew[start : start + 20])
        derive(centre)
    assert stays(centre) == whole
    assert len(whole) > 10


def test_a_clock_that_was_wrong_moves_the_stay(centre: Centre) -> None:
    front = gate(centre, "t-front")
    front.add(visit(Direction.IN), at_ms=at(1), clock=ClockQuality.UNSET)
    front.add(visit(Direction.OUT), at_ms=at(2), clock=ClockQuality.UNSET)
    front.add(DeviceEvent("clock", {"boot": front.boot.hex(), "offset_ms": 5 * HOUR_MS}), at_ms=at(3))
    centre.take(front.batch(1, 2))
    derive(centre)
    assert stays(centre) == [(1, 2, 0)]
    centre.take(front.batch(3, 1))
    derive(centre)
    assert stays(centre) == [(6, 7, 0)]


def test_two_codes_of_one_person_are_one_stay_once_they_are_linked_and_two_again_after(centre: Centre) -> None:
    front = gate(centre, "t-front")
    front.add(visit(Direction.IN), at_ms=at(1))
    front.add(visit(Direction.OUT, NUMBERS[BHYT], BHYT), at_ms=at(2))
    centre.take(front.batch(1, 2))
    derive(centre)
    apart = stays(centre)
    assert sorted(assumed for *_, assumed in apart) == [1, 2]
    codes = [row[0] for row in centre.rows("SELECT pseudonym FROM identity ORDER BY kind")]
    with centre.engine.begin() as connection:
        persons = known_persons(connection, codes)
        one, other = persons[codes[0]], persons[codes[1]]
        run(connection, "UPDATE identity SET person = ? WHERE pseudonym = ?", (one, codes[1]))
        mark_changed(connection, (one, other), NOW_MS)
    derive(centre)
    assert stays(centre) == [(1, 2, 0)]
    with centre.engine.begin() as connection:
        run(connection, "UPDATE identity SET person = ? WHERE pseudonym = ?", (other, codes[1]))
        mark_changed(connection, (one, other), NOW_MS)
    derive(centre)
    assert sorted(stays(centre)) == sorted(apart)


@pytest.mark.parametrize(("signal", "found"), [(Signal.STOP, 0), (Signal.FAULT, 1), (Signal.ASK, 1)])
def test_who_was_turned_away_is_no_contact(centre: Centre, signal: Signal, found: int) -> None:
    front = gate(centre, "t-front")
    for who, said in (("099000000001", Signal.ALLOW), ("099000000002", signal)):
        front.add(visit(Direction.IN, who, signal=said), at_ms=at(1))
    centre.take(front.batch(1, 2))
    derive(centre)
    with centre.engine.begin() as connection:
        person = run(connection, "SELECT person FROM stay ORDER BY person LIMIT 1").scalar_one()
        index = Index(person, at(0), at(9))
        assert len(contacts_of(connection, [index], ContactRule(min_overlap_ms=15 * MINUTE_MS))) == found


def test_a_visitor_without_a_number_is_nobody(centre: Centre) -> None:
    front = gate(centre, "t-front")
    front.add(visit(Direction.IN, "", IdentityKind.NONE), at_ms=at(1))
    centre.take(front.batch(1, 1))
    derive(centre)
    assert stays(centre) == []
    assert centre.one("SELECT count(*) FROM person") == 0
