"""A pass that was given at a check-in leads to the card of that check-in, however late its batch comes."""

import pytest

from central.authority.days import DAY_MS, HOUR_MS, MINUTE_MS
from central.opening import Pseudonyms
from central.people.pass_links import link_passes
from central.tracing.stays import derive_stays
from tests.parts.centre import NOW_MS, Centre
from wire.envelope import pass_of, record_id
from wire.records import Direction, IdentityKind, Signal, Source, Visit

CARD = "099200000001"


@pytest.fixture
def database() -> str:
    """What is not about SQL's dialects needs one database alone."""
    return "sqlite"


def visit(kind: IdentityKind, number: str, way: Direction) -> Visit:
    """A way through the gate."""
    return Visit(way, Signal.ALLOW, kind, number, (), source=Source.CAMERA)


def look(centre: Centre, now_ms: int) -> None:
    """The jobs, until nothing waits."""
    names = Pseudonyms(centre.ring.secret("pepper"))
    with centre.engine.begin() as connection:
        while derive_stays(connection, now_ms):
            pass
        while link_passes(connection, names, now_ms):
            pass


def persons(centre: Centre) -> list[int]:
    """Whose the codes are, by kind."""
    return [row[0] for row in centre.rows("SELECT person FROM identity ORDER BY kind")]


@pytest.mark.parametrize("late", [False, True])
def test_the_pass_of_a_check_in_is_its_holders(centre: Centre, late: bool) -> None:
    device = centre.device()
    came = NOW_MS - 3 * HOUR_MS
    device.add(visit(IdentityKind.CCCD, CARD, Direction.IN), at_ms=came)
    given = pass_of(record_id(device.device, device.epoch, 1)).hex()
    device.add(visit(IdentityKind.PASS, given, Direction.OUT), at_ms=came + 50 * MINUTE_MS)
    if late:  # the check-in's batch comes an hour after the check-out's
        centre.take(device.batch(2, 1))
        look(centre, NOW_MS)
        assert centre.one("SELECT count(*) FROM identity_link") == 0
        centre.take(device.batch(1, 1))
        look(centre, NOW_MS + HOUR_MS)
    else:
        centre.take(device.batch(1, 2))
        look(centre, NOW_MS)
    assert len(set(persons(centre))) == 1
    assert centre.rows("SELECT source, confidence, said_by FROM identity_link") == [
        ("check_in_pass", 98, "job:pass_links")
    ]


def test_a_pass_of_another_place_or_day_is_nobodys_and_is_not_looked_for_for_ever(centre: Centre) -> None:
    device = centre.device()
    device.add(visit(IdentityKind.CCCD, CARD, Direction.IN), at_ms=NOW_MS - 2 * DAY_MS)
    old = pass_of(record_id(device.device, device.epoch, 1)).hex()
    device.add(visit(IdentityKind.PASS, old, Direction.OUT), at_ms=NOW_MS)
    device.add(visit(IdentityKind.PASS, "ab" * 16, Direction.IN), at_ms=NOW_MS)
    centre.take(device.batch(1, 3))
    for later in (0, HOUR_MS, 2 * DAY_MS, 9 * DAY_MS):
        look(centre, NOW_MS + later)
    assert len(set(persons(centre))) == 3
    assert centre.rows("SELECT DISTINCT tries, next_ms FROM pass_looked") == [(3, None)]
