"""Contacts out of the database: as a plain loop finds them, on both databases, whoever gave stays how many codes."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Engine

from central.database import insert_rows, migrate, open_database
from central.statements import run
from central.tracing.contacts import contacts_of
from central.tracing.model import HOUR_MS, ContactRule, Index, Stay, size_of
from central.tracing.schema import stay
from central.tracing.stays import people_at
from tests.parts.postgres import PostgresServer
from tests.unit.central.tracing.naive import naive_contacts, told_of
from tests.unit.central.tracing.worlds import INDEXES, RULES, STAYS

A, B, C = 1, 2, 3
MARKET = 1


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One migrated database for the module; each test puts its own stays and takes them back."""
    if request.param == "sqlite":
        made = open_database(f"sqlite:///{tmp_path_factory.mktemp('tracing')}/central.db")
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        made = open_database(server.new_database())
    migrate(made)
    yield made
    made.dispose()


class World:
    """Stays in a transaction that is rolled back."""

    def __init__(self, engine: Engine, stays: list[Stay]) -> None:
        self.connection = engine.connect()
        rows = {
            (s.person, s.start_ms, s.place): (s.end_ms, size_of(s.end_ms - s.start_ms), int(s.assumed)) for s in stays
        }
        insert_rows(self.connection, stay, [(*key, *rest) for key, rest in rows.items()])
        self.stays = [Stay(place, person, start, rest[0]) for (person, start, place), rest in rows.items()]

    def __enter__(self) -> "World":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.rollback()
        self.connection.close()


@given(STAYS, INDEXES, RULES)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_plain_loop_finds_the_same(
    engine: Engine, stays: list[Stay], indexes: list[Index], rule: ContactRule
) -> None:
    stretch = 20 * 60_000  # so that every class of length has stays
    stays = [Stay(s.place, s.person, s.start_ms * stretch, s.end_ms * stretch) for s in stays]
    indexes = [Index(i.person, i.from_ms * stretch, i.to_ms * stretch) for i in indexes]
    rule = ContactRule("test", rule.min_overlap_ms * stretch, 1 << 40, rule.hops, rule.in_order)
    with World(engine, stays) as world:
        found = contacts_of(world.connection, indexes, rule)
        assert told_of(found) == naive_contacts(world.stays, indexes, rule)
        for contact in found:
            assert all(why.end_ms - why.start_ms >= rule.min_overlap_ms for why in contact.reasons)


@pytest.mark.parametrize("hours", [1, 3, 11, 40, 200, 900])
def test_who_came_long_before_the_window_and_stayed_is_found(engine: Engine, hours: int) -> None:
    start = 2_000 * HOUR_MS
    with World(
        engine, [Stay(MARKET, A, start, start + HOUR_MS), Stay(MARKET, B, start - hours * HOUR_MS, start + HOUR_MS)]
    ) as w:
        index = Index(A, start + HOUR_MS // 2, start + 9 * HOUR_MS)
        (found,) = contacts_of(w.connection, [index], ContactRule())
        assert (found.person, found.overlap_ms) == (B, HOUR_MS // 2)
        assert people_at(w.connection, MARKET, start, start) == 2
        assert people_at(w.connection, MARKET, start + HOUR_MS + 1, start + 2 * HOUR_MS) == 0


def test_an_unknown_check_out_is_bounded_by_the_rule_and_a_known_one_is_not(engine: Engine) -> None:
    late = Stay(MARKET, A, 20 * HOUR_MS, 21 * HOUR_MS)
    rule = ContactRule(max_stay_ms=6 * HOUR_MS)
    whole = Index(A, 0, 100 * HOUR_MS)
    for assumed, found in ((True, 0), (False, 1)):
        with World(engine, [late, Stay(MARKET, B, 10 * HOUR_MS, 22 * HOUR_MS, assumed)]) as world:
            assert len(contacts_of(world.connection, [whole], rule)) == found


def test_the_reasons_say_what_was_assumed(engine: Engine) -> None:
    stays = [Stay(MARKET, A, 0, HOUR_MS), Stay(MARKET, B, 0, HOUR_MS, True), Stay(MARKET, C, 0, HOUR_MS)]
    with World(engine, stays) as world:
        found = contacts_of(world.connection, [Index(A, 0, HOUR_MS)], ContactRule())
    assert {one.person: one.reasons[0].assumed for one in found} == {B: True, C: False}


def test_no_index_is_no_contact(engine: Engine) -> None:
    with World(engine, []) as world:
        assert contacts_of(world.connection, [], ContactRule()) == []
        assert contacts_of(world.connection, [Index(A, 0, HOUR_MS)], ContactRule(hops=3)) == []


def test_what_the_question_needs_does_not_outlive_it(engine: Engine) -> None:
    with World(engine, [Stay(MARKET, A, 0, HOUR_MS), Stay(MARKET, B, 0, HOUR_MS)]) as world:
        contacts_of(world.connection, [Index(A, 0, HOUR_MS)], ContactRule(hops=3))
        if engine.dialect.name == "sqlite":
            assert run(world.connection, "SELECT count(*) FROM temp.sqlite_master").scalar() == 0
        else:
            assert run(world.connection, "SHOW enable_hashjoin").scalar() == "on"
