"""A kiosk without a network: tags and keys of cases come on a USB stick, what matched goes back on it, and is forgotten
when the case is ruled out. Every program is the real one.
"""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ble_scanner.rolling_id import bluezone_ids, daily_key_after
from central.database import open_database
from central.keys import Keyring
from central.registry import Device, add_device
from store import bulletins, meta
from store.db import open_store
from store.exposures import exposed_passes
from store.recorder import Recipients, Recorder
from store.sightings import open_sightings
from sync_agent.identity import Identity, Papers
from tests.parts.centre import run_central
from tests.parts.devices import make_visit
from tests.unit.central.orders import paper
from wire.case_keys import read_case_keys
from wire.crypto import kid_of
from wire.envelope import ClockQuality, Stamp
from wire.root import pin_root
from wire.sightings import SYSTEMS, SightingWindow
from wire.tags import read_tags

DEVICE, VENUE = "t-gate-7", "cho-thu-1"
KEY = bytes(range(32)).hex()
DAY_S = 86_400
NOW_S = int(time.time())
TODAY_S = NOW_S // DAY_S * DAY_S


def central(folder: Path, *command: str) -> list[dict[str, Any]]:
    """A command of the centre in `folder`, which must be done; its lines."""
    keys = ("--keys", str(folder / "keys")) if command[0] != "keys" else ()
    database = ("--database", f"sqlite:///{folder}/central.db") if command[0] != "keys" else ()
    done = run_central(*command, *database, *keys)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def lines_of(command: list[str]) -> list[dict[str, Any]]:
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def enrolled(folder: Path, ring: Keyring) -> Path:
    """A kiosk as enrolment leaves it; the file of its settings."""
    root = pin_root(ring.root_messages()[0], ring.fingerprint())
    store = open_store(folder / "kiosk", now_ms=lambda: 0)
    bulletins.keep_root(store, ring.root_messages()[0], root)
    meta.put(store, "enrolled_ms", str(NOW_S * 1000))
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


@dataclass(frozen=True, slots=True)
class Far:
    """A centre and a kiosk of `VENUE` with nothing but a stick between them."""

    folder: Path
    settings: Path

    @property
    def stick(self) -> Path:
        return self.folder / "stick"

    def central(self, *command: str) -> list[dict[str, Any]]:
        return central(self.folder, *command)

    def carry(self, way: str) -> list[dict[str, Any]]:
        where = ("--settings", str(self.settings), "--bench")
        return lines_of([sys.executable, "-m", "sync_agent", "carry", *where, way, str(self.stick)])

    def match(self) -> dict[str, Any]:
        where = ("--settings", str(self.settings), "--bench")
        (counts,) = lines_of([sys.executable, "-m", "ble_scanner", "match", *where])
        return counts

    def bring(self) -> list[dict[str, Any]]:
        """What the centre says now, to the kiosk."""
        self.central("bulletin", "export", str(self.stick), "--venue", VENUE, "--scope", "province-01")
        return self.carry("--bulletins")

    def publish(self, *more: str) -> None:
        """The order, and under it the keys of a case."""
        (self.folder / "order.json").write_text(json.dumps(paper()), "utf-8")
        row = {"system": "bluezone", "key": KEY, "start": TODAY_S - 2 * DAY_S, "end": TODAY_S}
        (self.folder / "keys.json").write_text(json.dumps({"keys": [row]}), "utf-8")
        said = ("--order", "lenh-thu", "--case", "F0-01", "--standing", "confirmed", "--expires", "14")
        self.central("order", "publish", str(self.folder / "order.json"))
        where = ("--scope", "province-01")
        self.central("case-keys", "publish", str(self.folder / "keys.json"), *where, *said, *more)


@pytest.fixture
def far(tmp_path: Path) -> Far:
    central(tmp_path, "keys", "init", "--folder", str(tmp_path / "keys"))
    return Far(tmp_path, enrolled(tmp_path, Keyring(tmp_path / "keys")))


def test_tags_and_case_keys_reach_a_kiosk_by_hand(far: Far) -> None:
    far.central("keys", "new-root", "--folder", str(far.folder / "keys"))
    far.publish()
    far.central("tag", "issue", "--venue", VENUE, "--days", "30", "--count", "3")
    far.central("tag", "issue", "--venue", "cho-thu-2", "--days", "30")
    lines = far.bring()
    assert len(list(far.stick.iterdir())) == 4
    assert {(line["kind"], line["taken"]) for line in lines} == {
        *((kind, True) for kind in ("root", "order", "ble_keys", "tags")),
    }
    store = open_store(far.folder / "kiosk", now_ms=lambda: 0)
    (tags,), (keys,) = bulletins.all_of(store, "tags"), bulletins.all_of(store, "ble_keys")
    store.close()
    assert len(read_tags(tags.body)) == 3
    assert [key.key.hex() for key in read_case_keys(keys.body).keys] == [KEY]
    assert {line["refused"] for line in far.carry("--bulletins")} == {"unchanged"}


def test_what_matched_comes_back_by_hand_and_is_forgotten(far: Far) -> None:
    (tag,) = far.central("tag", "issue", "--venue", VENUE, "--days", "30")
    far.publish("--upload")
    register(far)
    heard_together(far, bytes.fromhex(tag["pass_id"]), minutes=20)
    far.bring()
    assert (far.match()["exposures"], told(far)) == (1, [tag["pass_id"]])
    far.carry("--to")
    (taken, _receipt) = far.central("take", str(far.stick))
    assert taken["rejected"] == 0
    found = far.central("encounters", "F0-01")
    assert [(row["kind"], row["windows"]) for row in found] == [("encounter", 20), ("candidate", 20)]
    assert found[1]["id"] == tag["pass_id"] and found[1]["case_id"] == found[0]["id"]

    (gone,) = far.central("case-keys", "rule-out", "F0-01")
    assert (gone["encounters"] + gone["candidates"], gone["records"]) == (len(found), len(found))
    far.bring()
    assert (far.match()["forgotten"] > 0, told(far)) == (True, [])
    far.carry("--to")  # the kiosk has had no receipt yet: it sends the same again
    (again, _receipt) = far.central("take", str(far.stick))
    assert (again["new"], again["rejected"]) == (0, 0)
    assert run_central("encounters", "F0-01", *words_of(far)).returncode == 1


def test_one_stick_goes_there_and_back_without_a_keyboard(far: Far) -> None:
    far.central("devices")
    register(far)
    record_visits(far, 250)
    where = ("--settings", str(far.settings), "--bench")
    there = [sys.executable, "-m", "sync_agent", "stick", *where, "--folder", str(far.stick)]
    far.stick.mkdir(exist_ok=True)
    assert lines_of(there)[-1]["carried"] == 250
    lines = far.central("import", str(far.stick))
    assert sum(line.get("new", 0) for line in lines) == 250
    back = lines_of(there)
    assert (back[-1]["received"], back[-1]["carried"]) == (250, 0)
    assert not list((far.stick / "gatepost").glob("*.batch")), "what the centre has is off the stick"
    record_visits(far, 3)
    exported = lines_of([sys.executable, "-m", "kiosk", "export", *where, "--to", str(far.folder / "out")])
    assert [line["records"] for line in exported] == [3]


def test_a_kiosk_that_never_saw_a_network_is_enrolled_by_the_stick(far: Far) -> None:
    toml = far.folder / "new.toml"
    invited = ("--venue", VENUE, "--venue-name", "Chợ Thử", "--gate", "b", "--gate-name", "Cửa B", "--direction", "in")
    where = ("--enrol-url", "https://centre.example/enrol", "--broker", "mqtts://broker.example:8883")
    run_central("enrol", "t-gate-8", *invited, *where, "--out", str(toml), *words_of(far)).check_returncode()
    home = far.folder / "new"
    with toml.open("a", encoding="utf-8") as file:
        file.write(f'\n[storage]\nfolder = "{home}"\n')
    far.stick.mkdir(exist_ok=True)
    there = [sys.executable, "-m", "sync_agent", "stick", "--settings", str(toml), "--folder", str(far.stick)]
    assert lines_of(there)[0] == {"file": "t-gate-8.enrol", "asked": True}
    answered = far.central("import", str(far.stick), "--broker", "mqtts://broker.example:8883")
    assert answered[0] == {"file": "t-gate-8.enrol", "enrolled": "t-gate-8", "refused": None}
    (taken, *_) = lines_of(there)
    assert (taken["enrolled"], taken["venue"], taken["gate"]) == (True, VENUE, "b")
    papers = Identity(home / "identity").papers()
    assert papers is not None and papers.brokers == ("mqtts://broker.example:8883",)
    assert not list((far.stick / "gatepost").glob("*.enrol*")), "the token does not stay on the stick"


def record_visits(far: Far, count: int) -> None:
    """What the gate commits, under the keys of the centre's root."""
    root = Keyring(far.folder / "keys").root()
    recipients = Recipients(root.recipients["ingest"], root.recipients["case"])
    stamps = (Stamp(NOW_S * 1000 + n, ClockQuality.SYNCED, bytes(8), n) for n in range(count))
    store = open_store(far.folder / "kiosk", now_ms=lambda: NOW_S * 1000)
    store.execute("PRAGMA synchronous=OFF")
    recorder = Recorder(store, DEVICE, recipients, lambda: next(stamps))
    for number in range(count):
        recorder.record(make_visit(number))
    store.close()


def register(far: Far) -> None:
    """The kiosk in the centre's registry, as enrolment would put it."""
    public = Identity(far.folder / "kiosk" / "identity").device_key().public
    engine = open_database(f"sqlite:///{far.folder}/central.db")
    with engine.begin() as connection:
        add_device(connection, Device(DEVICE, VENUE, "a", public, kid_of(public), "active", 0, "0a"))
    engine.dispose()


def heard_together(far: Far, pass_id: bytes, minutes: int) -> None:
    """Yesterday at noon the case's phone and a tag were heard for a while."""
    key = daily_key_after(bytes.fromhex(KEY), 1)
    ids = list(bluezone_ids(key))
    windows = []
    for minute in range(minutes):
        at_s = TODAY_S - DAY_S // 2 + minute * 60
        phone = ids[at_s % DAY_S // 900]
        for system, identifier in (("bluezone", phone), ("tag", pass_id)):
            windows.append(SightingWindow(SYSTEMS[system], identifier, at_s * 1000, -60, -65, 20))
    sightings = open_sightings(far.folder / "kiosk", now_ms=lambda: NOW_S * 1000)
    sightings.keep(windows)
    sightings.close()


def told(far: Far) -> list[str]:
    """The passes whose holders the gate tells."""
    sightings = open_sightings(far.folder / "kiosk", now_ms=lambda: NOW_S * 1000)
    found = [pass_id.hex() for pass_id in exposed_passes(sightings, NOW_S * 1000)]
    sightings.close()
    return found


def words_of(far: Far) -> tuple[str, ...]:
    return ("--database", f"sqlite:///{far.folder}/central.db", "--keys", str(far.folder / "keys"))
