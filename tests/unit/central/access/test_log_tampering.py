"""Somebody who holds the database changes the log: what the verifier finds, with and without heads kept elsewhere."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from sqlalchemy.engine import Connection

from central.access import heads, verifying
from central.access.audit import BEFORE_FIRST, COLUMNS, Look, chain, note
from central.access.heads import Head
from central.access.roles import Purpose
from central.access.verifying import Fault
from central.keys import Keyring
from central.statements import run
from wire.refusal import Refused

NOW_MS = 1_790_000_000_000
DAY_MS = 86_400_000


@cache
def ring() -> Keyring:
    """Keys of a centre: log.key is made when it is first needed."""
    return Keyring(Path(mkdtemp()))


@pytest.fixture
def log(connection: Connection) -> Iterator[Connection]:
    """Thirty rows over three days, a signed head at the end of each."""
    for day in range(3):
        for i in range(10):
            at_ms = NOW_MS + day * DAY_MS + i
            persons = (i, i + 100) if i % 3 == 0 else ()
            look = Look(
                "ca.truc", "named", Purpose.TRACING, f"BN-2026-{i:06d}", "case_officer", None, {"n": i}, persons
            )
            note(connection, look, at_ms)
        heads.publish_head(connection, ring(), NOW_MS + day * DAY_MS + 100)
    yield connection


def faults(connection: Connection, kept: list[Head] | None = None) -> set[tuple[int, str]]:
    own = [*reversed(heads.newest_heads(connection, 100))] if kept is None else kept
    return {
        tuple(one) for one in verifying.verify(connection, own, [heads.log_key(ring()).public], now_ms=NOW_MS).faults
    }


def test_a_log_that_nobody_touched_holds(log: Connection) -> None:
    found = verifying.verify(log, [*reversed(heads.newest_heads(log, 9))], now_ms=NOW_MS)
    assert (found.rows, found.last, found.faults) == (30, 30, ())
    part = verifying.verify(log, [], first=21, now_ms=NOW_MS)
    assert (part.rows, part.last, part.faults) == (10, 30, ())


@pytest.mark.parametrize("column", COLUMNS[1:9])
def test_a_changed_row_is_found_whatever_was_changed(log: Connection, column: str) -> None:
    value = 7 if column in ("at_ms", "person") else '{"n": 8}' if column == "detail" else "other"
    run(log, f"UPDATE audit SET {column} = ? WHERE number = 15", (value,))
    assert (15, "changed") in faults(log)
    assert {number for number, _ in faults(log)} == {15}


def test_a_removed_row_is_found(log: Connection) -> None:
    _delete(log, 15)
    assert {(15, "missing"), (16, "changed")} <= faults(log)


def test_removed_rows_whose_rest_was_renumbered_are_found(log: Connection) -> None:
    kept = [*reversed(heads.newest_heads(log, 9))]
    run(log, "DELETE FROM look_notice WHERE number >= 15")
    run(log, "DELETE FROM audit WHERE number = 15")
    for number in range(16, 31):
        run(log, "UPDATE audit SET number = ? WHERE number = ?", (number - 1, number))
    assert {"changed", "forked", "truncated"} <= {what for _, what in faults(log, kept)}


def test_rows_that_changed_places_are_found(log: Connection) -> None:
    run(log, "UPDATE audit SET number = 1000 WHERE number = 12")
    run(log, "UPDATE audit SET number = 12 WHERE number = 15")
    run(log, "UPDATE audit SET number = 15 WHERE number = 1000")
    assert {(12, "changed"), (13, "changed"), (15, "changed")} <= faults(log)


def test_an_end_that_was_cut_off_is_found_by_a_head(log: Connection) -> None:
    for number in range(26, 31):
        _delete(log, number)
    assert faults(log) == {(26, "truncated")}


def test_an_end_cut_off_with_its_head_is_found_by_a_head_kept_elsewhere(log: Connection) -> None:
    kept = [*reversed(heads.newest_heads(log, 9))]
    for number in range(26, 31):
        _delete(log, number)
    run(log, "DELETE FROM tree_head WHERE size = 30")
    assert faults(log) == set()  # the database alone cannot tell
    assert faults(log, kept) == {(26, "truncated")}


def test_a_log_that_was_computed_anew_is_found(log: Connection) -> None:
    _forge(log, 15)
    assert faults(log) == {(20, "forked"), (30, "forked")}


def test_a_log_computed_anew_with_new_heads_does_not_fit_the_published_ones(log: Connection) -> None:
    published = heads.read_document(json.loads(json.dumps(heads.as_document(heads.newest_heads(log, 9)))))
    _forge(log, 15)
    run(log, "DELETE FROM tree_head WHERE size > 10")
    heads.publish_head(log, ring(), NOW_MS + 3 * DAY_MS)
    assert faults(log) == set()  # signed by the right key: only who kept a copy can tell
    assert faults(log, published) == {(20, "forked"), (30, "forked")}


def test_heads_of_another_key_are_refused(log: Connection) -> None:
    stranger = Keyring(Path(mkdtemp()))
    run(log, "DELETE FROM tree_head WHERE size = 30")
    heads.publish_head(log, stranger, NOW_MS + 3 * DAY_MS)
    assert (0, "bad_signature") in faults(log)


def test_a_head_whose_proof_does_not_fit_is_found(log: Connection) -> None:
    run(log, "UPDATE tree_head SET proof = ? WHERE size = 20", (json.dumps(["00" * 32]),))
    assert faults(log) == {(0, "inconsistent")}


def test_who_was_looked_at_cannot_be_changed_unseen(log: Connection) -> None:
    run(log, "DELETE FROM look_notice WHERE number = 4 AND person = 103")
    run(log, "UPDATE look_notice SET person = 999 WHERE number = 7 AND person = 6")
    assert faults(log) == {(4, "persons"), (7, "persons")}


def test_an_exported_file_is_checked_without_the_database(log: Connection) -> None:
    lines, kept = list(verifying.export(log)), [*reversed(heads.newest_heads(log, 9))]
    assert verifying.verify_file(lines, kept).faults == ()
    assert verifying.verify_file(lines[20:], []).faults == ()
    assert verifying.verify_file(lines[:25], kept).faults == (Fault(26, "truncated"),)
    changed = [line.replace("BN-2026-000004", "BN-2026-000005") for line in lines]
    assert {fault.what for fault in verifying.verify_file(changed, kept).faults} == {"changed"}
    assert verifying.verify_file([lines[1], lines[0], *lines[2:]], []).faults != ()
    with pytest.raises(Refused, match="malformed"):
        verifying.verify_file(["{"], [])


def test_a_row_is_proved_to_a_stranger(log: Connection) -> None:
    for number in (1, 15, 30):
        proof = json.loads(json.dumps(heads.prove(log, number)))
        assert heads.check_proof(proof, [heads.log_key(ring()).public]) == ""
        assert heads.check_proof({**proof, "number": number % 30 + 1}) == "not_included"
        assert heads.check_proof({**proof, "row_hash": "00" * 32}) == "not_included"
        assert heads.check_proof(proof, [b"x" * 32]) == "bad_signature"
        assert heads.check_proof({**proof, "head": {**proof["head"], "size": 31}}) == "bad_signature"
    assert heads.check_proof({"number": 1}) == "malformed"
    with pytest.raises(Refused, match="not_under_a_head"):
        heads.prove(log, 31)


def test_a_head_is_signed_once_a_day_and_only_for_something_new(log: Connection) -> None:
    assert heads.publish_head(log, ring(), NOW_MS + 9 * DAY_MS) is None
    assert not heads.is_due(log, NOW_MS + 2 * DAY_MS + 200)
    assert heads.is_due(log, NOW_MS + 3 * DAY_MS)


def _delete(log: Connection, number: int) -> None:
    run(log, "DELETE FROM look_notice WHERE number = ?", (number,))
    run(log, "DELETE FROM audit WHERE number = ?", (number,))


def _forge(log: Connection, first: int) -> None:
    """Change a row and compute every hash after it anew, as who holds the database can."""
    run(log, "UPDATE audit SET about = 'BN-2026-999999' WHERE number = ?", (first,))
    before = run(log, "SELECT hash FROM audit WHERE number = ?", (first - 1,)).scalar() if first > 1 else BEFORE_FIRST
    for row in run(
        log, f"SELECT {', '.join(COLUMNS[:9])} FROM audit WHERE number >= ? ORDER BY number", (first,)
    ).all():
        before = chain(before, tuple(row))
        run(log, "UPDATE audit SET hash = ? WHERE number = ?", (before, row[0]))
