"""A declaration by light counts once, and once more with the centre's word: what a restart remembers of it."""

import shutil
import sqlite3
from pathlib import Path

import pytest

import store.db
from store import light, retention
from store.db import FILE, Store, connect, migrate, open_store, statements
from store.light import MOST_WORDLESS, LightTaken, is_taken, write_taken
from store.recorder import Entry
from tests.unit.store.desk import DAY_MS, START_MS, Desk, send_all, write
from wire.envelope import ClockQuality
from wire.records import SealedDeclaration, Signal

ONE = b"d" * 16
END_MS = START_MS + 40 * DAY_MS
STEPS = Path(store.db.__file__).parent


def take(desk: Desk, store_: Store, worded: bool = False, until_ms: int = END_MS) -> None:
    record = SealedDeclaration("thu-1|1", Signal.ASK, (31,), 0, b"sealed on a phone")
    desk.recorder(store_).record_all([Entry(record, light=LightTaken(ONE, worded, until_ms))])


def known(store_: Store) -> tuple[bool, bool]:
    """(taken without the word, taken with it)"""
    return is_taken(store_, ONE, False), is_taken(store_, ONE, True)


def test_what_was_taken_is_known_by_the_next_process_and_counts_once_more_with_the_word(desk: Desk) -> None:
    store_ = desk.open()
    assert known(store_) == (False, False)
    take(desk, store_)
    assert known(store_) == (True, False)
    desk.close()
    take(desk, desk.open(), worded=True)
    assert known(desk.open()) == (True, True)
    take(desk, desk.open())
    assert known(desk.open()) == (True, True), "the word is not forgotten"


def test_the_record_and_what_is_known_of_it_are_written_together_or_not_at_all(desk: Desk) -> None:
    store_ = desk.open()
    too_early = LightTaken(ONE, False, -1)
    record = SealedDeclaration("thu-1|1", Signal.ASK, (), 0, b"sealed on a phone")
    with pytest.raises(store.db.StoreError):
        desk.recorder(store_).record_all([Entry(record, light=too_early)])
    assert known(store_) == (False, False)
    assert store_.execute("SELECT count(*) FROM outbox").fetchone() == (0,)


def test_it_is_forgotten_after_its_order_and_not_before(desk: Desk) -> None:
    store_ = desk.open()
    take(desk, store_, worded=True)
    desk.now_ms = END_MS + DAY_MS
    assert retention.purge(store_, retention.Limits(), ClockQuality.SYNCED).light == 0
    assert known(store_) == (True, True)
    desk.now_ms += 1
    assert retention.purge(store_, retention.Limits(), ClockQuality.SYNCED).light == 1
    assert known(store_) == (False, False)


def test_a_flood_of_home_made_ones_pushes_out_the_oldest_of_its_kind_and_no_proven_one(desk: Desk) -> None:
    store_ = desk.open()
    with store_.transaction() as db:
        write_taken(db, 1, LightTaken(b"w" * 16, True, END_MS))
        for n in range(MOST_WORDLESS + 3):
            write_taken(db, 2 + n, LightTaken(n.to_bytes(16, "big"), False, END_MS))
    assert store_.execute("SELECT count(*) FROM light_taken").fetchone() == (MOST_WORDLESS + 1,)
    assert is_taken(store_, b"w" * 16, True)
    oldest = [is_taken(store_, n.to_bytes(16, "big"), False) for n in range(4)]
    assert oldest == [False, False, False, True]


def test_a_damaged_database_takes_it_along(desk: Desk) -> None:
    store_ = desk.open()
    take(desk, store_, worded=True)
    write(desk.recorder(store_), 200)
    rows = store_.execute("SELECT rootpage FROM sqlite_master WHERE name = 'visit'").fetchone()[0]
    store_.checkpoint()
    desk.close()
    with (desk.folder / FILE).open("r+b") as file:
        file.seek((rows - 1) * 4096)
        file.write(b"\xff" * 4096)
    again, moved = desk.start()
    assert moved is not None
    assert known(again) == (True, True)


def _of_version(folder: Path, version: int) -> None:
    """A database as an older program left it: schema.sql and the first migrations alone."""
    folder.mkdir()
    old = connect(folder / FILE)
    steps = [STEPS / "schema.sql", *sorted((STEPS / "migrations").glob("*.sql"))][:version]
    for step in steps:
        for statement in statements(step.read_text("utf-8")):
            old.execute(statement)
    old.execute(f"PRAGMA user_version={version}")
    old.execute("INSERT INTO epoch (epoch, why, drawn_ms, floor_head) VALUES (?, 'new', 0, ?)", (b"e" * 8, bytes(32)))
    old.close()


@pytest.mark.parametrize("version", [1, 2, 3])
def test_every_older_database_is_brought_forward_to_it(tmp_path: Path, version: int) -> None:
    _of_version(tmp_path / "old", version)
    desk = Desk(tmp_path / "old")
    try:
        store_ = desk.open()
        (epoch,) = store_.execute("SELECT epoch FROM epoch").fetchone()
        take(desk, store_)
        assert known(store_) == (True, False)
        assert sorted(send_all(store_, epoch)) == [1]
    finally:
        desk.close()


def test_a_program_from_before_it_refuses_the_database(tmp_path: Path) -> None:
    open_store(tmp_path / "new", now_ms=lambda: START_MS).close()
    older = tmp_path / "older"
    (older / "migrations").mkdir(parents=True)
    shutil.copy(STEPS / "schema.sql", older)
    for path in sorted((STEPS / "migrations").glob("*.sql"))[:2]:
        shutil.copy(path, older / "migrations")
    store_ = Desk(tmp_path / "new")
    try:
        with pytest.raises(store.db.StoreError, match="knows 3"):
            migrate(store_.open(), older)
    finally:
        store_.close()


@pytest.mark.parametrize(
    "row", [(b"short", 0, 1, 0), (ONE, 2, 1, 0), (ONE, 0, 1, -1), (None, 0, 1, 0), (ONE, 0, "x", 0)]
)
def test_the_table_refuses_what_no_program_writes(desk: Desk, row: tuple[object, ...]) -> None:
    store_ = desk.open()
    with pytest.raises(sqlite3.IntegrityError), store_.connection as db:
        db.execute("INSERT INTO light_taken (declaration, worded, place, until_ms) VALUES (?, ?, ?, ?)", row)
    assert light.is_taken(store_, ONE, False) is False
