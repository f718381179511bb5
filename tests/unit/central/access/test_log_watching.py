"""Somebody who holds the database rewrites rows that no head covers yet: what a running process notices by itself."""

from pathlib import Path

import pytest
from sqlalchemy.engine import Connection

from central.access.audit import BEFORE_FIRST, COLUMNS, Look, chain, note
from central.access.roles import Purpose
from central.access.verifying import Fault, against_opener
from central.access.watching import NOTHING, Glance, Seen, Watch, follow, read_seen, walk
from central.statements import run
from wire.refusal import Refused

NOW_MS = 1_790_000_000_000


def add(connection: Connection, count: int = 1) -> None:
    """So many looks."""
    for i in range(count):
        note(connection, Look("ca.truc", "named", Purpose.TRACING, f"BN-2026-{i:06d}", "case_officer"), NOW_MS + i)


def forge(connection: Connection, first: int) -> None:
    """Change a row and compute every hash after it anew, as who holds the database can."""
    run(connection, "UPDATE audit SET about = 'BN-2026-999999' WHERE number = ?", (first,))
    rows = run(connection, f"SELECT {', '.join(COLUMNS)} FROM audit ORDER BY number").all()
    before = BEFORE_FIRST
    for row in rows:
        before = chain(before, tuple(row[:9])) if row[0] >= first else bytes(row[9])
        run(connection, "UPDATE audit SET hash = ? WHERE number = ?", (before, row[0]))


def changed_at(watch: Watch, connection: Connection) -> str:
    """Where the watch finds it."""
    with pytest.raises(Refused, match="log_changed") as refused:
        watch.look(connection)
    return refused.value.detail


def test_a_log_that_only_grows_is_followed_to_its_end(connection: Connection) -> None:
    watch = Watch()
    for count in (0, 3, 1, 0, 7):
        add(connection, count)
        watch.keep(watch.look(connection))
        watch.go_round(connection)
    assert (watch.seen.number, watch.changed) == (11, 0)


@pytest.mark.parametrize("first", [1, 4, 5])
def test_rows_that_were_computed_anew_behind_the_opener_are_found(connection: Connection, first: int) -> None:
    watch = Watch()
    add(connection, 5)
    watch.keep(watch.look(connection))
    forge(connection, first)
    add(connection)
    assert changed_at(watch, connection) == "5"
    assert changed_at(watch, connection) == "5"  # until somebody has looked into it


def test_an_end_that_was_cut_off_is_found(connection: Connection) -> None:
    watch = Watch()
    add(connection, 5)
    watch.keep(watch.look(connection))
    run(connection, "DELETE FROM audit WHERE number > 3")
    assert changed_at(watch, connection) == "5"


def test_a_row_in_the_middle_that_kept_its_hash_is_found_on_the_round(connection: Connection) -> None:
    watch = Watch()
    add(connection, 5)
    watch.keep(watch.look(connection))
    run(connection, "UPDATE audit SET actor = 'nobody' WHERE number = 2")
    watch.look(connection)
    with pytest.raises(Refused, match="log_changed"):
        watch.go_round(connection)
    assert (watch.changed, changed_at(watch, connection)) == (2, "2")


def test_what_was_seen_stands_over_a_restart(connection: Connection, tmp_path: Path) -> None:
    path = tmp_path / "log-seen.json"
    watch = Watch(path)
    add(connection, 3)
    watch.keep(watch.look(connection))
    assert (Watch(path).seen, path.stat().st_mode & 0o777) == (watch.seen, 0o600)
    assert against_opener(connection, read_seen(path)) == []
    forge(connection, 2)
    assert changed_at(Watch(path), connection) == "3"
    assert against_opener(connection, read_seen(path)) == [Fault(3, "behind_opener")]
    path.write_text("{}")
    with pytest.raises(Refused, match="malformed"):
        Watch(path)


def test_nothing_is_seen_before_there_is_a_log(connection: Connection, tmp_path: Path) -> None:
    assert follow(connection, NOTHING) == NOTHING == read_seen(tmp_path / "none")
    assert against_opener(connection, NOTHING) == []
    with pytest.raises(Refused, match="log_changed"):
        walk(Seen(1, BEFORE_FIRST), [])


def test_a_page_notices_that_the_row_it_saw_is_another_one(connection: Connection) -> None:
    glance = Glance()
    assert glance.look(connection)  # an empty log
    add(connection, 3)
    assert glance.look(connection)
    add(connection, 2)
    assert glance.look(connection)
    forge(connection, 4)
    assert not glance.look(connection)
    assert glance.changed == 5
    assert glance.look(connection)  # said once; the process remembers that it was
    run(connection, "DELETE FROM audit WHERE number > 1")
    assert not glance.look(connection)
    assert glance.changed == 5
