"""What the public pages write is a gate's record: sealed, chained, taken by ingest, and at the place of the poster."""

import pytest

from central.phones.joining import join
from central.phones.taking import take_handed_in
from central.phones.writing import Said, Writer
from tests.parts.centre import NOW_MS, Centre
from wire.envelope import ClockQuality
from wire.records import PUBLIC_PAGES, Direction, IdentityKind, PhoneVisit, Signal
from wire.refusal import Refused

PASS = bytes(range(16))


@pytest.fixture
def database() -> str:
    """The way on PostgreSQL is in test_told.py."""
    return "sqlite"


def checked_in(place: str) -> PhoneVisit:
    return PhoneVisit(place, "g-2", Direction.IN, Signal.ALLOW, IdentityKind.PASS, PASS.hex(), companions=1)


@pytest.fixture
def writer(centre: Centre) -> Writer:
    key = join(centre.engine, centre.ring, NOW_MS)
    return Writer(centre.engine, key, centre.ring.root().recipients, lambda: NOW_MS)


def test_a_phone_checks_in_at_the_place_of_the_poster(centre: Centre, writer: Writer) -> None:
    before = NOW_MS - 60_000
    ids = writer.write([Said(checked_in("v-cho-thu"), before, ClockQuality.HOLDOVER)])
    assert len(ids) == 1
    assert len(ids[0]) == 16
    assert take_handed_in(centre.engine, centre.ingest, NOW_MS) == 1
    assert centre.rows("SELECT venue, gate, at_ms, direction, companions, identity_kind FROM visit") == [
        ("v-cho-thu", "g-2", before, 1, 1, int(IdentityKind.PASS))
    ]
    assert take_handed_in(centre.engine, centre.ingest, NOW_MS) == 0


def test_the_holder_of_a_pass_is_told_by_its_pseudonym(centre: Centre, writer: Writer) -> None:
    writer.write([Said(checked_in("v-cho-thu"), NOW_MS)])
    with centre.engine.begin() as connection:
        marks = "?, ?, ?" if connection.dialect.name == "sqlite" else "%s, %s, %s"
        sql = f"INSERT INTO phone_pass (id, made_ms, ends_ms) VALUES ({marks})"
        connection.exec_driver_sql(sql, (PASS, NOW_MS, NOW_MS + 1))
    take_handed_in(centre.engine, centre.ingest, NOW_MS)
    assert centre.one("SELECT pseudonym FROM phone_pass") == centre.one("SELECT person FROM visit")


def test_no_other_device_speaks_for_another_place(centre: Centre) -> None:
    gate = centre.device()
    gate.add(checked_in("v-elsewhere"))
    (outcome,) = centre.take(gate.batch(1, 1))
    assert (outcome.rejected, outcome.refused) == (1, None)
    assert centre.one("SELECT count(*) FROM visit") == 0


def test_what_could_not_be_committed_gives_its_numbers_to_nobody(centre: Centre, writer: Writer) -> None:
    def fails(*_: object) -> None:
        raise ValueError("no")

    first = writer.write([Said(checked_in("v-cho-thu"), NOW_MS)])
    with pytest.raises(ValueError, match="no"):
        writer.write([Said(checked_in("v-cho-thu"), NOW_MS)], also=fails)
    second = writer.write([Said(checked_in("v-cho-thu"), NOW_MS + 1), Said(checked_in("v-x"), NOW_MS + 2)])
    assert len({*first, *second}) == 3
    take_handed_in(centre.engine, centre.ingest, NOW_MS)
    assert centre.one("SELECT count(*) FROM visit") == 3
    assert centre.one(f"SELECT count(*) FROM stream WHERE device = '{PUBLIC_PAGES}'") == 2
    assert centre.rows("SELECT kind FROM alarm") == []


def test_a_centre_whose_ingest_is_away_does_not_fill_its_disk(centre: Centre) -> None:
    now = [NOW_MS]
    key = join(centre.engine, centre.ring, NOW_MS)
    writer = Writer(centre.engine, key, centre.ring.root().recipients, lambda: now[0], most_waiting=2)
    for _ in range(3):
        now[0] += 1000
        writer.write([Said(checked_in("v-cho-thu"), NOW_MS)])
    now[0] += 1000
    with pytest.raises(Refused, match="busy"):
        writer.write([Said(checked_in("v-cho-thu"), NOW_MS)])
    assert take_handed_in(centre.engine, centre.ingest, NOW_MS) == 3
    now[0] += 1000
    writer.write([Said(checked_in("v-cho-thu"), NOW_MS)])
