"""A case from its order to its end: what is published, what comes of it, and that nothing of it is left or returns."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from central.backup import back_up, newest_backup, restore
from central.bulletins import to_publish
from central.declaring import end_order, publish_order
from central.export import export_bulletins
from central.ingest import Taken
from central.radio import cases
from central.radio.cases import Publication
from central.radio.destroying import CASE_TABLES, overwrite_freed, settle
from central.radio.matched import encounters_of
from tests.parts.centre import NOW_MS, Centre, open_existing, run_central
from tests.parts.devices import SyntheticDevice
from tests.parts.matched import CANDIDATE, CASE, ENCOUNTER, encounter_of
from tests.unit.central.orders import paper
from wire.bulletin import Bulletin, accept
from wire.case_keys import CaseKey, CaseKeys, read_case_keys
from wire.refusal import Refused

DAY_MS = 86_400_000
DAY_S = NOW_MS // DAY_MS * 86_400
KEY = CaseKey("bluezone", bytes(range(32)), DAY_S - 86_400, DAY_S + 86_400, 96, CASE)
SAID = Publication("lenh-thu", "venue-cho-thu-1", CASE, "suspected", NOW_MS + 14 * DAY_MS, upload=True)
LATER_MS = NOW_MS + 60_000


def order(centre: Centre, scope: str = "all", days: int = 30, now_ms: int = NOW_MS, **changes: Any) -> None:
    with centre.engine.begin() as connection:
        publish_order(connection, centre.ring, paper(**changes), scope, days, now_ms)


def publish(centre: Centre, said: Publication = SAID, now_ms: int = NOW_MS) -> Bulletin:
    with centre.engine.begin() as connection:
        return cases.publish_keys(connection, centre.ring, said, (replace(KEY, case=said.case),), now_ms)


def rule_out(centre: Centre, case: str = CASE, now_ms: int = LATER_MS) -> cases.Forgotten:
    with centre.engine.begin() as connection:
        overwrite_freed(connection)
        gone = cases.rule_out(connection, centre.ring, case, now_ms)
    settle(centre.engine, CASE_TABLES)
    return gone


def heard(centre: Centre) -> list[CaseKeys]:
    """What gates take of the newest bulletins."""
    found = []
    for scope, message in centre.rows("SELECT scope, message FROM bulletin WHERE kind = 'ble_keys' ORDER BY scope"):
        read = accept(None, message, centre.ring.root(), LATER_MS, frozenset({scope}))
        assert isinstance(read, Bulletin)
        found.append(read_case_keys(read.body))
    return found


def look(centre: Centre, case: str = CASE, now_ms: int = LATER_MS) -> list[dict[str, Any]]:
    with centre.engine.begin() as connection:
        cases.check_may_look(connection, centre.ring, case, now_ms)
        return list(encounters_of(connection, case))


def matched(centre: Centre) -> SyntheticDevice:
    """A gate that has sent a visit, an encounter, a candidate and another case's encounter."""
    device = centre.device()
    device.add(device.visit(1))
    for record in (ENCOUNTER, CANDIDATE, encounter_of("F0-02")):
        device.add(record)
    centre.take(device.batch(1, 4))
    return device


def export(centre: Centre, connection: Connection, folder: Path) -> list[dict[str, object]]:
    """What is written onto a stick for the venue's kiosks."""
    return list(export_bulletins(connection, centre.ring, folder / "stick", "cho-thu-1", (), LATER_MS))


def sealed(centre: Centre) -> list[int]:
    """How many bytes are left of each record."""
    return [len(row[0]) for row in centre.rows("SELECT sealed FROM raw_record ORDER BY seq")]


def test_keys_go_out_under_a_running_order_alone(centre: Centre) -> None:
    with pytest.raises(Refused, match="order_unknown"):
        publish(centre)
    order(centre)
    made = publish(centre)
    assert heard(centre) == [CaseKeys("lenh-thu", True, (KEY,), {CASE: "suspected"}, 15)]
    assert made.expires_ms == SAID.expires_ms
    with centre.engine.begin() as connection:
        end_order(connection, centre.ring, "lenh-thu", LATER_MS)
    with pytest.raises(Refused, match="order_not_running"):
        publish(centre, now_ms=LATER_MS + 1)


def test_keys_end_with_their_order(centre: Centre) -> None:
    order(centre, days=2)
    assert publish(centre).expires_ms == NOW_MS + 2 * DAY_MS


@pytest.mark.parametrize(
    ("of_order", "of_keys", "goes"),
    [
        ("all", "province-01", True),
        ("province-01", "province-01", True),
        ("province-01", "venue-cho-thu-1", True),
        ("province-01", "province-02", False),
        ("province-01", "all", False),
        ("venue-cho-thu-1", "ward-00001", False),
        ("all", "planet", False),
    ],
)
def test_keys_go_no_further_than_their_order(of_order: str, of_keys: str, goes: bool, centre: Centre) -> None:
    order(centre, of_order)
    said = replace(SAID, scope=of_keys)
    if goes:
        publish(centre, said)
        return
    with pytest.raises(Refused, match="order_elsewhere"):
        publish(centre, said)


def test_a_case_that_is_published_again_has_its_new_keys_alone(centre: Centre) -> None:
    order(centre)
    publish(centre)
    with centre.engine.begin() as connection:
        newer = replace(KEY, key=b"n" * 32)
        said = replace(SAID, standing="confirmed", expires_ms=NOW_MS + DAY_MS)
        made = cases.publish_keys(connection, centre.ring, said, (newer,), LATER_MS)
    assert heard(centre) == [CaseKeys("lenh-thu", True, (newer,), {CASE: "confirmed"}, 15)]
    assert made.expires_ms == SAID.expires_ms  # a gate that was away must still hear the later word


def test_what_matched_is_listed_while_the_order_runs(centre: Centre) -> None:
    order(centre)
    publish(centre)
    matched(centre)
    first, second = look(centre)
    assert (first["kind"], first["venue"], first["id"], first["windows"]) == (
        *("encounter", "v-cho-mau", ENCOUNTER.identifier.hex(), 17),
    )
    assert first["buckets"] == [0, 2, 9, 6, 0, 0, 0, 0] and first["confidence"] == 70
    assert (second["kind"], second["case_id"], second["id"], second["bucket"]) == (
        *("candidate", ENCOUNTER.identifier.hex(), bytes(range(16)).hex(), 3),
    )
    with pytest.raises(Refused, match="case_unknown"):
        look(centre, "F0-02")  # a gate named it, but nobody published it here
    with pytest.raises(Refused, match="order_not_running"):
        look(centre, now_ms=NOW_MS + 31 * DAY_MS)


def test_a_case_that_is_ruled_out_leaves_nothing_but_its_numbers(centre: Centre) -> None:
    order(centre)
    publish(centre)
    publish(centre, replace(SAID, scope="province-01"))
    device = matched(centre)
    before = sealed(centre)
    bytes_of_it = device.sealed[1]
    assert rule_out(centre) == (2, 1, 1, 2)
    assert [(batch.keys, dict(batch.cases)) for batch in heard(centre)] == [((), {CASE: "ruled_out"})] * 2
    assert sealed(centre) == [before[0], 0, 0, before[3]]
    assert centre.one("SELECT count(*) FROM encounter") == 1  # the other case's
    with pytest.raises(Refused, match="case_ruled_out"):
        look(centre)
    assert centre.receipt(device).through_seq == 4
    if centre.engine.dialect.name == "sqlite":
        left = b"".join(path.read_bytes() for path in Path(str(centre.engine.url.database)).parent.glob("central.db*"))
        assert bytes_of_it[-32:] not in left and KEY.key not in left
        assert device.sealed[0][-32:] in left


def test_what_comes_again_or_late_of_it_is_not_kept_either(centre: Centre) -> None:
    order(centre)
    publish(centre)
    device = matched(centre)
    rule_out(centre)
    (again,) = centre.take(device.batch(1, 4))
    assert (again.new, again.duplicates, again.conflicts) == (0, 4, 0)
    device.add(ENCOUNTER)
    device.add(encounter_of("F0-02"))
    (late,) = centre.take(device.batch(5, 2))
    assert late.new == 2 and centre.receipt(device).through_seq == 6
    assert [length > 0 for length in sealed(centre)] == [True, False, False, True, False, True]
    assert centre.rows("SELECT reason FROM raw_record WHERE seq = 5") == [("ruled_out",)]
    assert centre.one("SELECT count(*) FROM encounter") == 2


def test_a_cloned_card_s_records_of_the_case_go_with_it(centre: Centre) -> None:
    order(centre)
    publish(centre)
    device = matched(centre)
    twin = centre.device(seed=1)
    for record in (twin.visit(9), encounter_of("F0-02"), ENCOUNTER, ENCOUNTER):
        twin.add(record)
    (outcome,) = centre.take(twin.batch(1, 4))
    assert outcome.conflicts == 4 and device.epoch == twin.epoch
    assert rule_out(centre).records == 4
    kept = centre.rows("SELECT seq, sealed FROM conflict ORDER BY seq")
    assert [(seq, len(data) > 0) for seq, data in kept] == [(1, True), (2, True), (3, False), (4, False)]
    clone = centre.device(seed=1)
    clone.add(ENCOUNTER)
    centre.take(clone.batch(1, 1))  # another conflict, of a case that is ruled out already
    left = [len(data) for (data,) in centre.rows("SELECT sealed FROM conflict WHERE seq = 1")]
    assert len(left) == 2 and left.count(0) == 1


def test_a_backup_from_before_brings_nothing_back_in_silence(centre: Centre, tmp_path: Path) -> None:
    order(centre)
    publish(centre)
    matched(centre)
    back_up(centre.engine, centre.keys, tmp_path / "copies", "a passphrase of tests", NOW_MS)
    rule_out(centre)
    restore(centre.engine, centre.keys, newest_backup(tmp_path / "copies"), "a passphrase of tests", LATER_MS)
    again = open_existing(centre.url, centre.keys)
    with pytest.raises(Refused, match="case_before_restore"):
        look(again)
    with again.engine.begin() as connection:
        (held, _) = cases.cases(connection, again.ring)
        assert not [topic for topic, _, _ in to_publish(connection, again.ring, {}) if "ble_keys" in topic]
        on_the_stick = [line["kind"] for line in export(again, connection, tmp_path)]
    assert (held.case, held.standing, held.before_restore) == (CASE, "suspected", True)
    assert on_the_stick == ["order"]
    gone = max(version for (version,) in centre.rows("SELECT version FROM bulletin"))
    assert rule_out(again, now_ms=LATER_MS + 1).records == 2
    ((version,),) = again.rows("SELECT version FROM bulletin WHERE kind = 'ble_keys'")
    assert version > gone + 1  # above whatever was published between the copy and its return
    with again.engine.begin() as connection, pytest.raises(Refused, match="case_ruled_out"):
        cases.say_stands(connection, CASE, LATER_MS)
    again.engine.dispose()


def test_a_case_that_still_stands_after_a_restore_is_said_so(centre: Centre, tmp_path: Path) -> None:
    order(centre)
    publish(centre)
    matched(centre)
    back_up(centre.engine, centre.keys, tmp_path / "copies", "a passphrase of tests", NOW_MS)
    restore(centre.engine, centre.keys, newest_backup(tmp_path / "copies"), "a passphrase of tests", LATER_MS)
    again = open_existing(centre.url, centre.keys)
    with again.engine.begin() as connection:
        assert cases.say_stands(connection, CASE, LATER_MS) == "suspected"
        with pytest.raises(Refused, match="case_unknown"):
            cases.say_stands(connection, "F0-02", LATER_MS)
        assert [line["kind"] for line in export(again, connection, tmp_path)] == ["ble_keys", "order"]
    assert len(look(again)) == 2
    again.engine.dispose()


@pytest.mark.parametrize("database", ["postgresql"])  # SQLite has one writer
def test_a_rule_out_waits_for_a_batch_that_is_being_taken(centre: Centre) -> None:
    order(centre)
    publish(centre)
    device = centre.device()
    device.add(ENCOUNTER)
    with centre.engine.begin() as taking:
        centre.ingest.take(taking, device.batch(1, 1), None, NOW_MS, Taken())
        with centre.engine.connect() as other, pytest.raises(OperationalError, match="LockNotAvailable"):
            other.exec_driver_sql("SET lock_timeout = '100ms'")
            cases.rule_out(other, centre.ring, CASE, LATER_MS)
    assert rule_out(centre).encounters == 1


@pytest.mark.parametrize("database", ["sqlite"])
def test_an_operator_s_way_with_a_file(centre: Centre, tmp_path: Path) -> None:
    centre.engine.dispose()
    words = ("--database", centre.url, "--keys", str(centre.keys))
    file = tmp_path / "keys.json"
    row = {"daily_key": KEY.key.hex(), "time_start": DAY_S, "max": 96, "time_end": DAY_S + 86_400}
    file.write_text(json.dumps({"data": [row]}), "utf-8")
    (tmp_path / "order.json").write_text(json.dumps(paper()), "utf-8")
    what = ("--order", "lenh-thu", "--scope", "all", "--case", CASE, "--standing", "confirmed", "--expires", "14")
    telling = ("case-keys", "publish", str(file), *what, *words)
    early = run_central(*telling)
    assert (early.returncode, early.stdout) == (1, "") and "There is no order" in early.stderr
    assert run_central("order", "publish", str(tmp_path / "order.json"), *words).returncode == 0
    done = run_central(*telling)
    assert (done.returncode, json.loads(done.stdout)["keys"]) == (0, 1)
    assert run_central("encounters", CASE, *words).returncode == 0
    (listed,) = (json.loads(line) for line in run_central("case-keys", "list", *words).stdout.splitlines())
    assert (listed["standing"], listed["published"][0]["in_force"]) == ("confirmed", True)
    assert KEY.key.hex() not in json.dumps(listed)
    assert run_central("case-keys", "rule-out", CASE, *words).returncode == 0
    over = run_central("encounters", CASE, *words)
    assert (over.returncode, over.stdout) == (1, "") and "ruled out" in over.stderr
    file.unlink()
    assert run_central(*telling).returncode == 2
