"""Case keys over time: rotated, unlocked by people with cards, and destroyed when their records are past the limit."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from central.rights.certificates import public_keys, read
from central.rights.limits import limits
from central.vault.ceremony import begin_ceremony, end_ceremony, rotate_case
from central.vault.client import HoldersClient
from central.vault.custody import OFFLINE, file_keys
from central.vault.destroying import Destroyed, count_sealed, destroy_case_key, own_files
from central.vault.port import RecordId
from central.vault.register import destroyed_kids, periods, places_of
from tests.integration.central.reports.world import command
from tests.integration.central.vault.scene import CASE, Scene
from tests.parts.centre import NOW_MS, ROOT
from tests.parts.devices import make_visit
from tests.parts.vault import running_opener
from tests.unit.central.vault.cards import words_of
from wire.refusal import Refused

DAY_MS = 86_400_000
LATE_MS = NOW_MS + (limits().of("sealed_records").days + 1) * DAY_MS
OLD, NEW = RecordId(1, 3), RecordId(2, 3)


def rotate(scene: Scene) -> str:
    """A new month: a new case key, and the same people come again; the old key's id."""
    old = periods(scene.centre.ring)[-1].name
    rotate_case(scene.centre.keys, NOW_MS + DAY_MS)
    scene.centre.take(scene.centre.device("t-gate-2", full=True).batch(1, 6), now_ms=LATE_MS - DAY_MS)
    return old


def destroy(scene: Scene, name: str, told: Sequence[str] = (), now_ms: int = LATE_MS) -> Destroyed:
    ring = scene.centre.ring
    with scene.centre.engine.begin() as connection:
        return destroy_case_key(connection, ring, name, own_files(ring.folder), told, now_ms)


def read_names(scene: Scene, *records: RecordId) -> list[str]:
    """By an opener that is started now and holds what lies in the folder."""
    with running_opener(scene.centre) as vault:
        return [one.fields["name"] for one in vault.open(scene.asking(), records)]


def test_records_of_two_months_are_opened_each_by_its_key(scene: Scene) -> None:
    rotate(scene)
    assert read_names(scene, OLD, NEW) == [make_visit(3, full=True).name] * 2


def test_a_destroyed_month_is_noise_and_the_next_one_is_read(both: Scene) -> None:
    old = rotate(both)
    path = both.centre.keys / OFFLINE / f"case-{old}.key"
    seed = path.read_text()
    done = destroy(both, old)
    assert not path.exists()
    assert (done.records, done.places) == (6, {"file": f"file {path.name} written over and removed"})
    assert read_names(both, OLD, NEW) == [make_visit(3, full=True).name]
    path.write_text(seed)  # a copy that somebody kept, put back: this centre's opener does not take it
    assert read_names(both, OLD, NEW) == [make_visit(3, full=True).name]
    assert both.audit()[-3][0] == "case_key_destroyed"


def test_the_certificate_of_a_destroyed_key_says_what_was_done_and_is_signed(scene: Scene) -> None:
    old = rotate(scene)
    number = destroy(scene, old).certificate
    ((message,),) = scene.centre.rows("SELECT message FROM deletion_certificate WHERE number = ?", number)
    said = read(message, public_keys(scene.centre.ring))
    assert (said["about"], said["kid"].hex(), said["at"]) == (f"key:{old}", old, LATE_MS)
    assert said["counts"] == [["sealed_records", 6, 0, NOW_MS, NOW_MS + DAY_MS]]


def test_a_month_is_named_by_its_date(scene: Scene) -> None:
    old = rotate(scene)
    destroy(scene, "2026-09")
    assert {kid.hex() for kid in destroyed_kids(scene.centre.keys)} == {old}
    for name, reason in (("2026-09", "key_destroyed"), ("2025-01", "key_unknown")):
        with pytest.raises(Refused, match=reason):
            destroy(scene, name)


def test_the_key_of_today_cannot_be_destroyed(scene: Scene) -> None:
    with pytest.raises(Refused, match="key_in_use"):
        destroy(scene, periods(scene.centre.ring)[-1].name)


def test_a_key_is_kept_while_one_of_its_records_may_be_kept(scene: Scene) -> None:
    old = rotate(scene)
    with pytest.raises(Refused, match="within_limit"):
        destroy(scene, old, now_ms=NOW_MS + 2 * DAY_MS)
    assert (scene.centre.keys / OFFLINE / f"case-{old}.key").exists()
    scene.change("UPDATE raw_record SET sealed = x'' WHERE stream = 1")
    assert destroy(scene, old, now_ms=NOW_MS + 2 * DAY_MS).records == 0


def test_a_legal_hold_keeps_the_key(scene: Scene) -> None:
    old = rotate(scene)
    scene.change(
        "INSERT INTO legal_hold (kind, what, reason, basis, asked_by, asked_ms, ends_ms, signed_by, signed_ms)"
        f" VALUES ('case', '{CASE}', 'r', 'b', 'a', 0, {LATE_MS + 1}, 'c', 1)"
    )
    with pytest.raises(Refused, match="held"):
        destroy(scene, old)
    assert destroy(scene, old, now_ms=LATE_MS + 1).records == 6


def test_every_card_must_be_dealt_with_before_a_key_counts_as_destroyed(scene: Scene, tmp_path: Path) -> None:
    holders = ["Bà Thử", "Ông Mẫu"]
    made = begin_ceremony(scene.centre.keys, holders, 2, tmp_path / "sheets", NOW_MS)
    end_ceremony(scene.centre.keys, [words_of(path) for path in made.sheets])
    old = rotate(scene)
    places = places_of(scene.centre.keys, made.kid)
    with pytest.raises(Refused, match="cards of Bà Thử"):
        destroy(scene, old, places[1:])
    with pytest.raises(Refused, match="place_unknown"):
        destroy(scene, old, [*places, "cards of Cô Nháp"])
    assert set(destroy(scene, old, ["cards of *"]).places) == {f"cards of {name}" for name in holders}


def test_the_count_reads_heads_alone_and_passes_over_what_is_no_record(scene: Scene) -> None:
    kid = periods(scene.centre.ring)[-1].kid
    scene.change("UPDATE raw_record SET sealed = x'850102' WHERE seq = 1")
    with scene.centre.engine.connect() as connection:
        assert count_sealed(connection, kid) == (5, NOW_MS)
        assert count_sealed(connection, bytes(8)) == (0, None)


def test_the_keeper_reads_months_and_why_a_key_was_not_destroyed(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    old = rotate(scene)
    keys = str(scene.centre.keys)
    done = command(capsys, "keys", "list", "--folder", keys)
    listed = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["key"] == old, one["month"]) for one in listed] == [(True, "2026-09"), (False, None)]
    store = ("--database", scene.centre.url, "--keys", keys)
    for name, vi, en in (
        ("2025-01", "Không có đúng một khóa", "Not exactly one"),
        (listed[1]["key"], "đang dùng", "in use"),
    ):
        done = command(capsys, "keys", "destroy", name, *store)
        assert done.returncode == 1 and vi in done.stderr and en in done.stderr


def test_people_with_cards_unlock_a_running_opener(scene: Scene, tmp_path: Path) -> None:
    """The whole way, as people type it: `keys ceremony`, --finish, `keys unlock`; then it is locked again."""
    keys, sheets = ["--folder", str(scene.centre.keys)], ["--sheets", str(tmp_path / "sheets")]
    holders = [word for name in ("Bà Thử", "Ông Mẫu", "Cô Nháp") for word in ("--holder", name)]
    made = json.loads(typed("ceremony", *keys, *sheets, *holders, "--needed", "2"))
    cards = [words_of(Path(path)) for path in made["sheets"]]
    assert json.loads(typed("ceremony", *keys, *sheets, "--finish", said=cards[:2]))["key"] == made["key"]
    assert file_keys(scene.centre.keys / OFFLINE) == []
    with running_opener(scene.centre) as vault:
        opener = ["--opener", str(vault.path)]
        with pytest.raises(Refused, match="locked"):
            vault.open(scene.asking(), [OLD])
        wrong = " ".join([*cards[0].split()[:-1], "zero"])
        assert json.loads(typed("unlock", *opener, said=[wrong, cards[2], cards[1]]))["keys"] == [made["key"]]
        assert vault.open(scene.asking(), [OLD])[0].fields["name"] == make_visit(3, full=True).name
        assert HoldersClient(vault.path).lock().kids == ()
        with pytest.raises(Refused, match="locked"):
            vault.open(scene.asking(), [OLD])
    told = [action for action, _, _ in scene.audit()]
    assert [action for action in told if action.startswith("opener_")] == ["opener_unlocked", "opener_locked"]
    assert not any(word in str(scene.centre.rows("SELECT * FROM audit")) for word in cards[1].split() if len(word) > 6)


def typed(action: str, *words: str, said: Sequence[str] = ()) -> str:
    """What a `keys` command prints, with these lines typed into it."""
    argv = [sys.executable, "-m", "central", "keys", action, *words]
    lines = "".join(f"{line}\n" for line in said)
    done = subprocess.run(argv, input=lines, capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout
