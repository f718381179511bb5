"""Somebody who holds the database rewrites the end of the log, which no head covers: the opener opens nothing more."""

import json
import sqlite3
from pathlib import Path

import pytest

from central.access.audit import BEFORE_FIRST, COLUMNS, chain
from central.vault.port import RecordId
from central.web.app import Site, make_app
from tests.integration.central.reports.world import command
from tests.integration.central.vault.scene import Scene
from tests.parts.centre import NOW_MS, Program
from tests.parts.vault import socket_path
from tests.parts.waits import wait_for
from tests.parts.warm import Nursery
from wire.refusal import Refused

INDEX = RecordId(1, 1)


def rewrite(scene: Scene) -> None:
    """The last row names another officer, and its hash fits."""
    file = scene.centre.url.removeprefix("sqlite:///")
    database = sqlite3.connect(file)
    rows = database.execute(f"SELECT {', '.join(COLUMNS)} FROM audit ORDER BY number").fetchall()
    before = rows[-2][9] if len(rows) > 1 else BEFORE_FIRST
    forged = [*rows[-1][:2], "ai.khac", *rows[-1][3:9]]
    database.execute(
        "UPDATE audit SET actor = ?, hash = ? WHERE number = ?", (forged[2], chain(before, tuple(forged)), forged[0])
    )
    database.commit()
    database.close()


def test_the_next_asking_is_refused_and_the_health_page_says_why(scene: Scene) -> None:
    assert len(scene.vault.open(scene.asking(), [INDEX])) == 1
    assert scene.vault.status().log_changed == 0
    rewrite(scene)
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            scene.vault.open(scene.asking(), [INDEX])
        assert refused.value.reason == "log_changed"
    row = scene.vault.status().log_changed
    assert row == scene.audit().index(next(one for one in scene.audit() if one[0] == "names_opened")) + 1
    assert scene.audit()[-1][0] == "opening_refused" and scene.audit()[-1][2]["why"] == "log_changed"
    assert scene.centre.rows("SELECT kind, detail FROM alarm") == [("log_changed", f"row {row}")]
    site = Site(scene.centre.engine, scene.centre.ring, [], frozenset(), lambda: NOW_MS, scene.vault)
    client = make_app(site).test_client()
    client.get(f"/?token={scene.centre.ring.operator_token()}")
    page = client.get("/health?lang=en").text
    assert f"the log was changed from row {row} on" in page and "Something needs a look" in page


def test_after_a_restored_backup_the_memory_is_laid_aside_with_a_reason(
    scene: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = tmp_path / "seen.json"
    store = ("--database", scene.centre.url, "--keys", str(scene.centre.keys), "--seen", str(seen))
    scene.vault.open(scene.asking(), [INDEX])
    (number, own) = scene.centre.rows("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1")[0]
    seen.write_text(json.dumps({"number": number, "hash": bytes(own).hex()}))
    assert command(capsys, "audit", "verify", *store).returncode == 0
    rewrite(scene)
    done = command(capsys, "audit", "verify", *store)
    assert (done.returncode, json.loads(done.stdout)["faults"]) == (1, [{"number": number, "what": "behind_opener"}])
    assert command(capsys, "audit", "accept", *store, "--reason", "ngắn").returncode != 0
    done = command(capsys, "audit", "accept", *store, "--reason", "Phục hồi từ bản sao lưu hôm qua")
    assert (done.returncode, json.loads(done.stdout)["differed"], seen.exists()) == (0, True, False)
    action, _, detail = scene.audit()[-1]
    assert (action, detail["row"], detail["hash"]) == ("log_accepted", number, bytes(own).hex())


def test_an_opener_that_starts_on_an_older_log_says_what_to_do(scene: Scene, nursery: Nursery, tmp_path: Path) -> None:
    (tmp_path / "seen.json").write_text(json.dumps({"number": 7, "hash": "00" * 32}))  # of a day after the copy
    options = ("--database", scene.centre.url, "--keys", str(scene.centre.keys), "--log-seen", f"{tmp_path}/seen.json")
    with socket_path() as path:
        opener = Program(nursery, tmp_path, "opener", "--socket", str(path), *options)
        try:
            (log,) = tmp_path.glob("opener-*.log")
            wait_for(lambda: "audit accept --reason" in log.read_text(), "the sentence")
            assert "(dòng 7)" in log.read_text() and "(row 7)" in log.read_text()
        finally:
            assert opener.stop() == 0
