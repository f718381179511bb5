"""A centre that is lost and comes back from an old copy: the kiosks must be able to fill what the copy had not seen."""

import json
from pathlib import Path

import pytest

from central.access.roles import Purpose
from central.access.verifying import verify
from central.backup import back_up, newest_backup, restore
from central.tables import metadata
from central.vault.port import Asking, RecordId
from central.vault.register import periods, places_of
from central.verifying import verify_backup
from tests.integration.central.vault.scene import CASE, making_scene
from tests.parts.centre import NOW_MS, Centre, open_existing
from tests.parts.warm import Nursery, WarmChild
from wire.receipt import accept_receipt, encode_receipt
from wire.refusal import Refused

PASSPHRASE = "mật khẩu của bản sao"


def test_a_centre_restored_from_an_old_copy_asks_again_and_gets_all(centre: Centre, tmp_path: Path) -> None:
    device = centre.device()
    centre.take(device.batch(1, 100))
    back_up(centre.engine, centre.keys, tmp_path / "copies", PASSPHRASE, NOW_MS)
    centre.take(device.batch(101, 100))
    last = centre.receipt(device)
    assert last.through_seq == 200

    generation = restore(centre.engine, centre.keys, newest_backup(tmp_path / "copies"), PASSPHRASE, NOW_MS)
    again = open_existing(centre.url, centre.keys)
    again.take(device.batch(150, 1))
    receipt = again.receipt(device)
    assert (receipt.generation, receipt.through_seq, receipt.missing) == (generation, 100, ((101, 149),))
    message = encode_receipt(receipt, again.ring.signing("receipt"))
    assert accept_receipt(last, message, again.ring.root().keys("receipt"), device.device) == receipt
    again.take(device.batch(101, 100))
    assert again.receipt(device).through_seq == 200
    assert again.one("SELECT count(*) FROM visit") == 200
    again.engine.dispose()


def test_restoring_the_same_copy_twice_raises_the_generation_twice(centre: Centre, tmp_path: Path) -> None:
    path = back_up(centre.engine, centre.keys, tmp_path / "copies", PASSPHRASE, NOW_MS)
    first = restore(centre.engine, centre.keys, path, PASSPHRASE, NOW_MS)
    second = restore(centre.engine, centre.keys, path, PASSPHRASE, NOW_MS + 60_000)
    assert second > first > 1


def test_nothing_is_restored_under_a_process_that_goes_on_writing(centre: Centre, tmp_path: Path) -> None:
    path = back_up(centre.engine, centre.keys, tmp_path / "copies", PASSPHRASE, NOW_MS)
    if centre.engine.dialect.name != "sqlite":
        pytest.skip("on PostgreSQL whoever is connected goes on in the schema that was restored")
    web = open_existing(centre.url, centre.keys)
    assert web.one("SELECT count(*) FROM visit") == 0
    with pytest.raises(Refused, match="centre_runs"):
        restore(centre.engine, centre.keys, path, PASSPHRASE, NOW_MS)
    assert [one.name for one in centre.keys.parent.glob("*before-restore*")] == []
    web.engine.dispose()
    assert restore(centre.engine, centre.keys, path, PASSPHRASE, NOW_MS) > 1


def test_a_damaged_database_does_not_keep_its_copy_away(centre: Centre, tmp_path: Path) -> None:
    path = back_up(centre.engine, centre.keys, tmp_path / "copies", PASSPHRASE, NOW_MS)
    if centre.engine.dialect.name != "sqlite":
        pytest.skip("a damaged PostgreSQL is its administrator's")
    centre.engine.dispose()
    Path(str(centre.engine.url.database)).write_bytes(b"no database at all" * 500)
    assert restore(centre.engine, centre.keys, path, PASSPHRASE, NOW_MS) > 1


def test_what_stood_there_is_moved_aside_and_not_destroyed(centre: Centre, tmp_path: Path) -> None:
    path = back_up(centre.engine, centre.keys, tmp_path / "copies", PASSPHRASE, NOW_MS)
    before = (centre.keys / "receipt.key").read_bytes()
    restore(centre.engine, centre.keys, path, PASSPHRASE, NOW_MS)
    aside = centre.keys.with_name(f"keys.before-restore-{NOW_MS}")
    assert (aside / "receipt.key").read_bytes() == before
    assert (centre.keys / "receipt.key").read_bytes() == before


def test_accounts_cases_and_the_audit_log_come_back_and_the_restoring_is_noted(centre: Centre, tmp_path: Path) -> None:
    with making_scene(centre) as scene:
        session = scene.session("case_officer")
        scene.vault.open(Asking(session, Purpose.TRACING, CASE), [RecordId(1, 1)])
    kept = ("account", "account_grant", "case_file", "contact", "person", "identity", "look_notice", "raw_record")
    before = {table: sorted(map(repr, centre.rows(f"SELECT * FROM {table}"))) for table in kept}
    path = back_up(centre.engine, centre.keys, tmp_path / "copies", PASSPHRASE, NOW_MS)
    scene.change("DELETE FROM contact")

    restore(centre.engine, centre.keys, path, PASSPHRASE, NOW_MS + 1)
    again = open_existing(centre.url, centre.keys)
    assert {table: sorted(map(repr, again.rows(f"SELECT * FROM {table}"))) for table in kept} == before
    assert again.rows("SELECT actor, action FROM audit ORDER BY number")[-1] == ("command", "centre_restored")
    assert again.one("SELECT count(*) FROM session") == 0
    with again.engine.connect() as connection:
        assert verify(connection, ()).faults == ()
    again.engine.dispose()


def test_a_backup_is_tried_before_it_is_trusted(centre: Centre, tmp_path: Path) -> None:
    with making_scene(centre):
        path = back_up(centre.engine, centre.keys, tmp_path / "copies", PASSPHRASE, NOW_MS)
        rows = verify_backup(centre.engine, path, PASSPHRASE, NOW_MS)
    assert set(rows) == {*metadata.tables, "alembic_version"}
    assert (rows["raw_record"], rows["visit"], rows["case_file"]) == (6, 6, 1)
    assert sorted(tmp_path.glob("copies/*")) == [path]
    if centre.engine.dialect.name == "postgresql":
        assert not centre.rows("SELECT 1 FROM pg_database WHERE datname LIKE 'gatepost_verify_%%'")


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_backup_with_a_broken_log_is_found_when_it_is_tried(centre: Centre, tmp_path: Path) -> None:
    with making_scene(centre) as scene:
        for records in ([RecordId(1, 1)], [RecordId(1, 3)]):
            scene.vault.open(scene.asking(), records)
        scene.change("UPDATE audit SET actor = 'nobody' WHERE number = 1")
    path = back_up(centre.engine, centre.keys, tmp_path / "copies", PASSPHRASE, NOW_MS)
    with pytest.raises(Refused, match="chain_broken"):
        verify_backup(centre.engine, path, PASSPHRASE, NOW_MS)


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_backup_that_holds_the_case_key_is_written_down(centre: Centre, tmp_path: Path) -> None:
    path = back_up(centre.engine, centre.keys, tmp_path / "copies", PASSPHRASE, NOW_MS)
    kid = periods(centre.ring)[-1].kid
    assert places_of(centre.keys, kid) == [f"backup {path.name}"]


def test_a_wrong_passphrase_changes_nothing(centre: Centre, tmp_path: Path) -> None:
    device = centre.device()
    centre.take(device.batch(1, 5))
    path = back_up(centre.engine, centre.keys, tmp_path / "copies", PASSPHRASE, NOW_MS)
    with pytest.raises(Refused):
        restore(centre.engine, centre.keys, path, "another passphrase", NOW_MS)
    assert centre.one("SELECT count(*) FROM visit") == 5


def test_nothing_of_a_backup_can_be_read_without_its_passphrase(centre: Centre, tmp_path: Path) -> None:
    path = back_up(centre.engine, centre.keys, tmp_path / "copies", PASSPHRASE, NOW_MS)
    data = path.read_bytes()
    assert (centre.keys / "pepper.key").read_bytes().strip() not in data
    assert b"raw_record" not in data
    assert path.stat().st_mode & 0o077 == 0


def test_the_commands_do_the_same(centre: Centre, nursery: Nursery, tmp_path: Path) -> None:
    def run(*words: str) -> dict[str, object]:
        argv = ["central", *words, "--database", centre.url, "--keys", str(centre.keys)]
        log = tmp_path / f"{words[0]}.log"
        said = WarmChild(nursery, words[0], argv, log, GATEPOST_BACKUP_PASSPHRASE=PASSPHRASE).run()
        return dict(json.loads(said))

    assert run("backup", "--to", str(tmp_path / "c"), "--verify")["verified"] is True
    centre.engine.dispose()
    generation = run("restore", "--from", str(tmp_path / "c"))["generation"]
    assert isinstance(generation, int) and generation > 1
