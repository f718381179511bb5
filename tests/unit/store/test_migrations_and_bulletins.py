"""Forward migrations from version 1, newer databases refused; documents kept as accepted."""

import shutil
from pathlib import Path

import pytest

import store.db
from store import bulletins, reserve
from store.db import StoreError, migrate
from tests.unit.store.desk import Desk, send_all, write
from tests.unit.wire.samples import NOW_MS, ROOTS, make_root
from wire.bulletin import Bulletin
from wire.refusal import Refused
from wire.root import encode_root, fingerprint_of

STEPS = Path(store.db.__file__).parent


def _steps_with(tmp_path: Path, **scripts: str) -> Path:
    """A copy of the migrations, with more of them."""
    folder = tmp_path / "steps"
    (folder / "migrations").mkdir(parents=True)
    shutil.copy(STEPS / "schema.sql", folder)
    for path in (STEPS / "migrations").glob("*.sql"):
        shutil.copy(path, folder / "migrations")
    for name, script in scripts.items():
        (folder / "migrations" / f"{name}.sql").write_text(script)
    return folder


def test_an_older_database_is_brought_forward_and_keeps_every_row(desk: Desk, tmp_path: Path) -> None:
    store_ = desk.open()
    epoch = write(desk.recorder(store_), 3)[0].epoch
    script = (
        "ALTER TABLE visit ADD COLUMN gate TEXT;\n"
        "CREATE TRIGGER t AFTER INSERT ON meta BEGIN\n  DELETE FROM rejected;\n  DELETE FROM rejected;\nEND;\n"
        "UPDATE visit SET gate = 'a;b';\n"
    )
    migrate(store_, _steps_with(tmp_path, m900=script))
    assert store_.execute("SELECT gate FROM visit").fetchall() == [("a;b",)] * 3
    assert len(send_all(store_, epoch)) == 3
    before = store_.execute("PRAGMA user_version").fetchone()
    migrate(store_, tmp_path / "steps")
    assert store_.execute("PRAGMA user_version").fetchone() == before


def test_a_migration_that_fails_half_way_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    store_ = desk.open()
    with pytest.raises(StoreError):
        migrate(
            store_,
            _steps_with(tmp_path, m900="ALTER TABLE visit ADD COLUMN gate TEXT;\nINSERT INTO nowhere VALUES (1);\n"),
        )
    assert "gate" not in [row[1] for row in store_.execute("PRAGMA table_info(visit)")]
    write(desk.recorder(store_), 1)


def test_a_system_that_was_rolled_back_goes_on_with_what_the_newer_one_left(desk: Desk, tmp_path: Path) -> None:
    """Else an update that fails its trial would leave a gate that cannot record."""
    store_ = desk.open()
    known = len([STEPS / "schema.sql", *(STEPS / "migrations").glob("*.sql")])
    script = f"ALTER TABLE visit ADD COLUMN gate TEXT;\nINSERT INTO meta VALUES ('readable_from', '{known}');\n"
    migrate(store_, _steps_with(tmp_path, m900=script))
    store_.close()
    old = desk.open()  # the program of before, with its own steps
    assert old.execute("PRAGMA user_version").fetchone() == (known + 1,)
    epoch = write(desk.recorder(old), 2)[0].epoch
    assert len(send_all(old, epoch)) == 2
    for value in (str(known + 1), "many", "0"):
        old.execute("UPDATE meta SET value = ? WHERE key = 'readable_from'", (value,))
        with pytest.raises(StoreError):
            migrate(old)


def test_every_new_migration_says_which_older_program_may_go_on_with_it() -> None:
    for path in sorted((STEPS / "migrations").glob("*.sql")):
        if int(path.name[:3]) > 4:  # the card did not update itself before
            assert "'readable_from'" in path.read_text("utf-8"), path.name


def test_a_newer_database_is_refused_and_left_alone(desk: Desk) -> None:
    store_ = desk.open()
    write(desk.recorder(store_), 2)
    store_.execute("PRAGMA user_version=99")
    desk.close()
    for start in (desk.open, desk.start):
        with pytest.raises(StoreError, match="version 99"):
            start()
    assert not (desk.folder / "aside").exists()


def test_an_older_bulletin_never_replaces_a_newer_one(desk: Desk) -> None:
    store_ = desk.open()
    for version in (2, 1, 3, 2):
        bulletins.keep(store_, Bulletin("rules", "all", "x", version, 0, 9, {"v": version}), b"m", NOW_MS)
    kept = bulletins.current(store_, "rules", "all", "x")
    assert kept is not None and (kept.version, kept.body) == (3, {"v": 3})
    assert bulletins.all_of(store_, "rules") == [kept]
    assert bulletins.current(store_, "rules", "all", "y") is None


def test_the_root_is_walked_up_from_the_pinned_one(desk: Desk) -> None:
    store_ = desk.open()
    assert bulletins.root(store_) is None
    for version in (1, 2, 3):
        made = make_root(version)
        bulletins.keep_root(store_, encode_root(made, ROOTS), made)
    assert bulletins.root(store_) == bulletins.root(store_, fingerprint_of(made)) == made


def test_a_swapped_root_is_not_believed(desk: Desk) -> None:
    store_ = desk.open()
    strangers = ROOTS[::-1][:2]
    bulletins.keep_root(store_, encode_root(make_root(1), ROOTS), make_root(1))
    swapped = make_root(2, signers=strangers, threshold=1)
    bulletins.keep_root(store_, encode_root(swapped, strangers[:1]), swapped)
    with pytest.raises(Refused):
        bulletins.root(store_)
    with pytest.raises(Refused) as refused:
        bulletins.root(store_, bytes(16))
    assert refused.value.reason == "foreign"


def test_the_reserve_holds_real_bytes_and_gives_them_back(tmp_path: Path) -> None:
    assert reserve.hold(tmp_path, 3 << 20) and reserve.hold(tmp_path, 3 << 20)
    stat = (tmp_path / reserve.FILE).stat()
    assert stat.st_size == 3 << 20 and stat.st_blocks * 512 >= 3 << 20
    assert reserve.release(tmp_path) and not reserve.release(tmp_path)
    assert reserve.free_bytes(tmp_path) > 0
