"""What goes from one database to the other goes once, wherever the job is ended."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store import match_log
from store.db import Store
from store.match_log import Name
from store.sightings import Sightings
from tests.parts.matched import CANDIDATE, ENCOUNTER
from tests.unit.store.desk import Desk, desk_in, make_visit
from tests.unit.store.heard import DAY, identifier, sightings_in

_NAMES = [Name(identifier(number, 16), DAY, identifier(9, 16)) for number in range(3)]


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[Desk, Store, Sightings]]:
    with desk_in(tmp_path) as desk, sightings_in(tmp_path) as sightings:
        yield desk, desk.open(), sightings


def _left(sightings: Sightings) -> tuple[int, int]:
    """(batches that are begun, names that are sent for all that is known)."""
    begun = sightings.rows("SELECT count(*) FROM sending")[0][0]
    return begun, sum(match_log.is_sent(sightings, one.name) for one in _NAMES)


def test_a_batch_that_was_committed_is_sent(both: tuple[Desk, Store, Sightings]) -> None:
    desk, store, sightings = both
    batch = match_log.begin(sightings, store, _NAMES)
    desk.recorder(store).record(ENCOUNTER)
    match_log.finish(sightings, batch)
    match_log.recover(sightings, store)
    assert _left(sightings) == (0, 3)


def test_a_batch_that_never_reached_the_outbox_is_to_be_sent_again(both: tuple[Desk, Store, Sightings]) -> None:
    """Whatever other records were written meanwhile, and however many of this kind before."""
    desk, store, sightings = both
    recorder = desk.recorder(store)
    recorder.record(ENCOUNTER)
    match_log.begin(sightings, store, _NAMES)
    recorder.record(make_visit(1))
    match_log.recover(sightings, store)
    assert _left(sightings) == (0, 0)


@pytest.mark.parametrize("record", [ENCOUNTER, CANDIDATE])
def test_a_batch_that_reached_it_is_not_sent_again(both: tuple[Desk, Store, Sightings], record: object) -> None:
    desk, store, sightings = both
    recorder = desk.recorder(store)
    recorder.record(make_visit(1))
    match_log.begin(sightings, store, _NAMES)
    recorder.record(make_visit(2))
    recorder.record(record)  # type: ignore[arg-type]
    match_log.recover(sightings, store)
    match_log.recover(sightings, store)
    assert _left(sightings) == (0, 3)


def test_what_was_sent_of_a_case_is_forgotten_with_it(both: tuple[Desk, Store, Sightings]) -> None:
    _, store, sightings = both
    with sightings.transaction():
        seal = sightings.seal_of_new(DAY)
    names = [Name(identifier(n, 16), DAY, seal.name(b"case", case)) for n, case in enumerate((b"a", b"b", b"b"))]
    match_log.finish(sightings, match_log.begin(sightings, store, names))
    match_log.forget_other_cases(sightings, ["a"])
    assert [match_log.is_sent(sightings, one.name) for one in names] == [True, False, False]
