"""What a list shows to whoever compares two versions of it, and what becomes of one that is too long for a bulletin."""

import pytest

from central.alerts.lists import dirty_scopes, end_of, mark, publish_scope
from central.alerts.schema import exposure_entry
from central.database import insert_rows
from central.published import published
from tests.parts.centre import NOW_MS, Centre
from wire.bulletin import Bulletin, Rejected, accept
from wire.exposures import MOST_ENTRIES, read_exposures, until_of

SCOPE, DAY_MS = "province-99", 86_400_000
UNTIL = end_of(NOW_MS + 14 * DAY_MS)


@pytest.fixture
def database() -> str:
    return "sqlite"


def put(centre: Centre, numbers: range) -> None:
    """Entries of a release that is out."""
    with centre.engine.begin() as connection:
        rows = [(SCOPE, (n * 9973).to_bytes(8, "big"), 1, 1, UNTIL, 1) for n in numbers]
        insert_rows(connection, exposure_entry, rows)
        mark(connection, [SCOPE])


def publish(centre: Centre, now_ms: int = NOW_MS) -> list[Bulletin]:
    with centre.engine.begin() as connection:
        for scope in dirty_scopes(connection):
            publish_scope(connection, centre.ring, scope, now_ms)
        return published(connection, centre.ring.root(), "exposures")


def entries(found: list[Bulletin]) -> set[bytes]:
    joined = b"".join(bulletin.body["entries"] for bulletin in found)
    return {joined[at : at + 8] for at in range(0, len(joined), 8)}


def test_two_versions_differ_by_no_more_than_who_came_and_who_left(centre: Centre) -> None:
    put(centre, range(1, 11))
    before = entries(publish(centre))
    put(centre, range(11, 14))
    after = entries(publish(centre))
    assert len(before) == len(after) == 64
    assert len(after - before) == len(before - after) == 3  # random ones gave way


def test_a_recall_leaves_the_length_as_it_was(centre: Centre) -> None:
    put(centre, range(1, 61))
    before = entries(publish(centre))
    with centre.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM exposure_entry WHERE release = 1")
        mark(connection, [SCOPE])
    after = publish(centre)
    assert len(entries(after)) == len(before) == 64
    assert until_of([read_exposures(b.body) for b in after], (9973).to_bytes(8, "big") + bytes(8)) is None


def test_random_entries_end_when_real_ones_do(centre: Centre) -> None:
    put(centre, range(1, 3))
    (bulletin,) = publish(centre)
    assert bulletin.body["untils"] == [UNTIL]


def test_a_gate_that_was_off_still_takes_the_list_that_replaces_a_longer_lived_one(centre: Centre) -> None:
    put(centre, range(1, 3))
    (first,) = publish(centre)
    with centre.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM exposure_entry")
        mark(connection, [SCOPE])
    publish(centre)
    (row,) = centre.rows("SELECT message FROM bulletin WHERE kind = 'exposures'")
    taken = accept(first, row[0], centre.ring.root(), first.expires_ms - 1, frozenset({SCOPE}))
    assert not isinstance(taken, Rejected)


def test_more_than_a_bulletin_holds_goes_into_a_second_one_and_comes_back_out(centre: Centre) -> None:
    put(centre, range(1, MOST_ENTRIES + 2))
    found = publish(centre)
    assert [bulletin.name for bulletin in found] == ["list-0", "list-1"]
    assert len(entries(found)) == 100_352
    last = ((MOST_ENTRIES + 1) * 9973).to_bytes(8, "big") + bytes(8)
    assert until_of([read_exposures(b.body) for b in found], last) == UNTIL
    with centre.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM exposure_entry")
        mark(connection, [SCOPE])
    assert [len(b.body["ends"]) for b in publish(centre)] == [64, 0]
