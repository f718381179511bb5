"""From the centre's command to a kiosk without a network: tags and keys of cases on a USB stick, both programs real."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from central.keys import Keyring
from store import bulletins
from store.db import open_store
from sync_agent.identity import Identity, Papers
from tests.parts.centre import run_central
from tests.unit.central.orders import paper
from wire.case_keys import read_case_keys
from wire.root import pin_root
from wire.tags import read_tags

DEVICE, VENUE = "t-gate-7", "cho-thu-1"
KEY = bytes(range(32)).hex()


def lines_of(command: list[str]) -> list[dict[str, Any]]:
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def enrolled(folder: Path, ring: Keyring) -> Path:
    """A kiosk as enrolment leaves it; the file of its settings."""
    root = pin_root(ring.root_messages()[0], ring.fingerprint())
    store = open_store(folder / "kiosk", now_ms=lambda: 0)
    bulletins.keep_root(store, ring.root_messages()[0], root)
    store.close()
    Identity(folder / "kiosk" / "identity").keep(Papers(DEVICE, VENUE, "a", ("mqtt://127.0.0.1:1",)), "", "")
    settings = folder / "kiosk.toml"
    settings.write_text(
        f"""
device.id = "{DEVICE}"
venue = {{ id = "{VENUE}", name = "Chợ Thử", kind = "market", province = "01" }}
gate = {{ id = "a", name = "Cửa A", direction = "both" }}
centre.enrol_url = "http://127.0.0.1:1/enrol"
centre.root_fingerprint = "{ring.fingerprint().hex()}"
centre.brokers = ["mqtt://127.0.0.1:1"]
devices = {{ folder = "{folder}", camera.kind = "files", lights.kind = "file" }}
storage.folder = "{folder / "kiosk"}"
""",
        "utf-8",
    )
    return settings


def test_tags_and_case_keys_reach_a_kiosk_by_hand(tmp_path: Path) -> None:
    words = ("--database", f"sqlite:///{tmp_path}/central.db", "--keys", str(tmp_path / "keys"))
    assert run_central("keys", "init", "--folder", str(tmp_path / "keys")).returncode == 0
    settings = enrolled(tmp_path, Keyring(tmp_path / "keys"))
    assert run_central("keys", "new-root", "--folder", str(tmp_path / "keys")).returncode == 0
    (tmp_path / "order.json").write_text(json.dumps(paper()), "utf-8")
    row = {"system": "dp3t", "key": KEY, "start": "2026-09-01T00:00:00+00:00", "end": "2026-09-14T00:00:00+00:00"}
    (tmp_path / "keys.json").write_text(json.dumps({"keys": [row]}), "utf-8")
    said = ("--order", "lenh-thu", "--case", "F0-01", "--standing", "confirmed", "--expires", "14")
    stick = tmp_path / "stick"
    for command in (
        ("order", "publish", str(tmp_path / "order.json")),
        ("case-keys", "publish", str(tmp_path / "keys.json"), "--scope", "province-01", *said),
        ("tag", "issue", "--venue", VENUE, "--days", "30", "--count", "3"),
        ("tag", "issue", "--venue", "cho-thu-2", "--days", "30"),
    ):
        assert run_central(*command, *words).returncode == 0, command
    written = run_central("bulletin", "export", str(stick), "--venue", VENUE, "--scope", "province-01", *words)
    assert written.returncode == 0 and len(written.stdout.splitlines()) == 4 == len(list(stick.iterdir()))

    agent = [sys.executable, "-m", "sync_agent", "carry", "--settings", str(settings), "--bench"]
    lines = lines_of([*agent, "--bulletins", str(stick)])
    assert {(line["kind"], line["taken"]) for line in lines} == {
        *((kind, True) for kind in ("root", "order", "ble_keys", "tags")),
    }
    store = open_store(tmp_path / "kiosk", now_ms=lambda: 0)
    (tags,), (keys,) = bulletins.all_of(store, "tags"), bulletins.all_of(store, "ble_keys")
    store.close()
    assert len(read_tags(tags.body)) == 3
    assert [key.key.hex() for key in read_case_keys(keys.body).keys] == [KEY]
    assert {line["refused"] for line in lines_of([*agent, "--bulletins", str(stick)])} == {"unchanged"}
