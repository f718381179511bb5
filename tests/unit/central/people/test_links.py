"""Links join and part exactly: whatever was made and undone before, only the links in force count."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.engine import Connection

from central.database import open_database
from central.people.changes import changed_persons, forget_changed
from central.people.components import named, parts
from central.people.links import NewLink, link, links_of, undo
from central.people.persons import current_person, identities_of, persons_of
from central.statements import run
from central.tables import metadata
from wire.refusal import Refused

NODES = 7
CODES = [bytes([n]) * 16 for n in range(1, NODES + 1)]
MOVES = st.lists(st.tuples(st.booleans(), st.integers(0, NODES - 1), st.integers(0, NODES - 1)), max_size=14)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = open_database(f"sqlite:///{tmp_path_factory.mktemp('links')}/links.db")
    metadata.create_all(made)
    yield made
    made.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as one:
        yield one
        one.rollback()


def naive(edges: list[tuple[int, int]]) -> list[int]:
    """Each node's smallest neighbour of any length of way: spread until nothing changes."""
    label = list(range(NODES))
    for _ in range(NODES):
        for one, other in edges:
            label[one] = label[other] = min(label[one], label[other])
    return label


@given(edges=st.lists(st.tuples(st.integers(0, NODES - 1), st.integers(0, NODES - 1)), max_size=12))
def test_connected_parts_are_those_of_a_naive_spread(edges: list[tuple[int, int]]) -> None:
    found = named(parts(range(NODES), edges), {node: node for node in range(NODES)})
    assert [found[node] for node in range(NODES)] == naive(edges)


@settings(max_examples=40)
@given(moves=MOVES)
def test_undoing_a_link_splits_exactly(engine: Engine, moves: list[tuple[bool, int, int]]) -> None:
    """Links made and undone in any order, beside a naive graph that knows only the edges in force."""
    with engine.connect() as connection:
        persons = persons_of(connection, [(code, 1) for code in CODES], 1)
        first = [persons[code] for code in CODES]
        standing: list[tuple[int, int, int]] = []
        for making, one, other in moves:
            if making and one != other:
                made = link(connection, NewLink(CODES[one], CODES[other], "person_says", "test"), 2)
                if made not in [held[0] for held in standing]:
                    standing.append((made, one, other))
            elif standing:
                gone = standing.pop((one * NODES + other) % len(standing))
                undo(connection, gone[0], "test", 3)
            expected = naive([(a, b) for _, a, b in standing])
            now = persons_of(connection, [(code, 1) for code in CODES], 4)
            assert [now[code] for code in CODES] == [first[label] for label in expected]
            assert [current_person(connection, number) for number in first] == [first[label] for label in expected]
        connection.rollback()


def test_whoever_moved_is_to_be_traced_anew(connection: Connection) -> None:
    persons = persons_of(connection, [(CODES[0], 1), (CODES[1], 4), (CODES[2], 2)], 1)
    made = link(connection, NewLink(CODES[1], CODES[0], "check_in_pass", "job:x"), 2)
    assert changed_persons(connection) == sorted([persons[CODES[0]], persons[CODES[1]]])
    forget_changed(connection, changed_persons(connection))
    undo(connection, made, "officer", 3)
    assert changed_persons(connection) == sorted([persons[CODES[0]], persons[CODES[1]]])


def test_a_link_says_where_it_comes_from_and_how_sure_it_is(connection: Connection) -> None:
    persons = persons_of(connection, [(CODES[0], 1), (CODES[1], 5)], 1)
    link(connection, NewLink(CODES[0], CODES[1], "card", "lan", "BN-2026-000001"), 2)
    undo(connection, links_of(connection, persons[CODES[0]])[0].id, "minh", 9)
    (told,) = links_of(connection, persons[CODES[0]])
    assert (told.source, told.confidence, told.said_by, told.case) == ("card", 100, "lan", "BN-2026-000001")
    assert (told.undone_ms, told.undone_by) == (9, "minh")
    assert identities_of(connection, persons[CODES[1]]) == [(CODES[1], 5)]


def test_the_same_link_twice_is_one(connection: Connection) -> None:
    persons_of(connection, [(CODES[0], 1), (CODES[1], 5)], 1)
    new = NewLink(CODES[0], CODES[1], "card", "lan")
    assert link(connection, new, 2) == link(connection, new._replace(one=CODES[1], other=CODES[0]), 3)


@pytest.mark.parametrize(
    ("one", "other", "source", "reason"),
    [
        (CODES[0], CODES[0], "card", "same_code"),
        (CODES[0], CODES[1], "name", "bad_source"),
        (CODES[0], b"z" * 16, "card", "identity_unknown"),
    ],
)
def test_a_link_without_ground_is_refused(
    connection: Connection, one: bytes, other: bytes, source: str, reason: str
) -> None:
    persons_of(connection, [(CODES[0], 1), (CODES[1], 5)], 1)
    with pytest.raises(Refused, match=reason):
        link(connection, NewLink(one, other, source, "lan"), 2)
    assert run(connection, "SELECT count(*) FROM identity_link").scalar_one() == 0


def test_a_link_is_undone_once(connection: Connection) -> None:
    persons_of(connection, [(CODES[0], 1), (CODES[1], 5)], 1)
    made = link(connection, NewLink(CODES[0], CODES[1], "card", "lan"), 2)
    undo(connection, made, "lan", 3)
    with pytest.raises(Refused, match="link_unknown"):
        undo(connection, made, "lan", 4)
