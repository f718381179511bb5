"""Strands: in whatever order and overlap batches come, nothing is vouched for that is not here, and all that is."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import Connection

from central.schema import metadata
from central.statements import run
from central.strands import Strand, add_strand, marks_of
from wire.batch import CHAIN_START, link
from wire.receipt import MARK_BYTES, Mark

LENGTH, FORK = 12, 4  # two cards that share their first four records


def _chain(name: str) -> list[bytes]:
    """h(0) .. h(12) of a card; the records are its name and number, the first ones those of the image."""
    chain = [CHAIN_START]
    for seq in range(1, LENGTH + 1):
        chain.append(link(chain[-1], b"%s %d" % (b"image" if seq <= FORK else name.encode(), seq)))
    return chain


CHAINS = {name: _chain(name) for name in ("a", "b")}


class Stream:
    """One stream of a centre that has nothing but strands, and what was put into it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        run(connection, "DELETE FROM strand")
        self.here: dict[str, set[int]] = {"a": set(), "b": set()}
        self.first: dict[int, str] = {}

    def put(self, card: str, first: int, last: int) -> bool:
        """A batch of a card; whether its chain agrees."""
        chain = CHAINS[card]
        branches = any(seq > FORK and self.first.setdefault(seq, card) != card for seq in range(first, last + 1))
        for name in ("a", "b"):
            self.here[name] |= {seq for seq in range(first, last + 1) if seq <= FORK or name == card}
        strand = Strand(first, last, chain[first - 1], chain[last])
        return add_strand(self._connection, 1, strand, chain.__getitem__, branches=branches)

    def strands(self) -> list[Strand]:
        """All of them, the lowest first."""
        sql = "SELECT first_seq, last_seq, h_before, h_after FROM strand ORDER BY first_seq, last_seq"
        return [Strand(*row) for row in run(self._connection, sql)]

    def ends(self) -> list[tuple[int, int]]:
        """Their first and last numbers."""
        return [(s.first, s.last) for s in self.strands()]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def stream(engine: Engine) -> Iterator[Stream]:
    with engine.begin() as connection:
        yield Stream(connection)


def test_a_chain_that_grows_is_one_strand(stream: Stream) -> None:
    assert all(stream.put("a", first, first + 2) for first in (1, 4, 7))
    assert stream.ends() == [(1, 9)]


def test_batches_out_of_order_twice_and_overlapping_become_one_strand(stream: Stream) -> None:
    for first, last in ((7, 9), (1, 3), (1, 3), (2, 2), (3, 8), (8, 12), (5, 6)):
        assert stream.put("a", first, last)
    assert stream.strands() == [Strand(1, 12, CHAIN_START, CHAINS["a"][12])]


def test_a_branch_is_a_strand_of_its_own_and_its_clone_loses_nothing(stream: Stream) -> None:
    assert stream.put("a", 1, 8)
    stream.put("b", 5, 10)
    assert stream.ends() == [(1, 8), (5, 10)]
    assert stream.put("a", 5, 8) and stream.put("a", 9, 11), "the first card goes on, and so does"
    assert stream.put("b", 11, 12), "the second"
    assert stream.ends() == [(1, 11), (5, 12)]


def test_a_branch_whose_beginning_is_missing_vouches_for_no_beginning(stream: Stream) -> None:
    """The clone's 9..12 came first, its 5..8 never: a tip alone would have made it forget them."""
    stream.put("b", 9, 12)
    assert not stream.put("a", 1, 8), "the chains do not join"
    assert stream.strands() == [
        Strand(1, 8, CHAIN_START, CHAINS["a"][8]),
        Strand(9, 12, CHAINS["b"][8], CHAINS["b"][12]),
    ]


def test_the_ends_are_told_the_highest_first_and_only_those_that_begin_below_through(
    engine: Engine, stream: Stream
) -> None:
    stream.put("a", 1, 6)
    stream.put("b", 5, 8)
    stream.put("a", 11, 12)
    ends = marks_of(stream._connection, 1, 8, 9)
    assert ends == [Mark(5, 8, CHAINS["b"][8][:MARK_BYTES]), Mark(1, 6, CHAINS["a"][6][:MARK_BYTES])]
    assert marks_of(stream._connection, 1, 8, 1) == ends[:1]


_cuts = st.tuples(st.integers(1, LENGTH), st.integers(1, LENGTH)).map(lambda pair: (min(pair), max(pair)))
_batches = st.lists(st.tuples(st.sampled_from("ab"), _cuts), max_size=12)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_batches)
def test_no_strand_says_more_than_came(engine: Engine, batches: list[tuple[str, tuple[int, int]]]) -> None:
    with engine.begin() as connection:
        stream = Stream(connection)
        for card, (first, last) in batches:
            stream.put(card, first, last)
            for strand in stream.strands():
                whose = [n for n, c in CHAINS.items() if c[strand.last] == strand.h_after]
                assert whose
                for name in whose:
                    assert CHAINS[name][strand.first - 1] == strand.h_before
                    assert set(range(strand.first, strand.last + 1)) <= stream.here[name]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_cuts, min_size=1, max_size=12))
def test_one_card_alone_has_one_strand_for_each_run_of_what_came(engine: Engine, cuts: list[tuple[int, int]]) -> None:
    with engine.begin() as connection:
        stream = Stream(connection)
        assert all(stream.put("a", first, last) for first, last in cuts)
        here = sorted(stream.here["a"])
        firsts = [seq for seq in here if seq - 1 not in here]
        lasts = [seq for seq in here if seq + 1 not in here]
        assert stream.ends() == list(zip(firsts, lasts, strict=True))
