"""Taps at a real gate process: from the row in ble.db to the lamp, over kills, deletions and revocations."""

import json
import signal
import sqlite3
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from kiosk.bench.processes import Child
from machine.clock import machine_clock
from store import bulletins, meta
from store.db import open_store
from store.exposures import Exposed, day_of, put_exposures, replace_exposures
from store.radio_log import put_status
from store.sightings import FILE, Sightings, open_sightings
from store.taps import add_tap
from tests.parts.ports import hold_port
from tests.parts.site import card
from tests.parts.waits import wait_for
from wire.bulletin import Bulletin
from wire.crypto import SealingKey, SigningKey
from wire.root import Root, encode_root, fingerprint_of, read_pinned

LAMP_MS = 150.0  # from the row to the lamp, at the median
DAY_MS = 86_400_000
CLOCK = machine_clock()


class TapGate:
    """An enrolled in-gate with a radio, and the radio's side of its file."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data, self.sim = folder, folder / "data", folder / "sim"
        (self.sim / "reader").mkdir(parents=True)
        self.port = hold_port()
        self._write_settings(_enrol(self.data))
        argv = [sys.executable, "-m", "kiosk", "run", "--settings", str(folder / "kiosk.toml"), "--bench"]
        self.kiosk = Child("kiosk", [*argv, "--runtime", str(folder / "run")], folder / "kiosk.log")
        self.radio = self.open_radio()

    def open_radio(self) -> Sightings:
        return open_sightings(self.data, now_ms=CLOCK.now_ms)

    def start(self) -> None:
        self.kiosk.start()
        wait_for(self.kiosk.is_ready, "the gate is ready", seconds=40)
        wait_for(lambda: self.lamp() == "idle", "the gate rests", seconds=40)

    def kill(self) -> None:
        """kill -9, and wait for its end."""
        self.kiosk.signal(signal.SIGKILL)
        wait_for(lambda: self.kiosk.pid is None, "the gate is dead")

    def close(self) -> None:
        self.radio.close()
        self.kiosk.stop()

    def tap(self, number: int, companions: int = 0) -> float:
        """The radio commits a tap of this pass; when it had done so, Unix ms."""
        stamp = CLOCK.stamp()
        facts = {"at_ms": stamp.at_ms, "boot": stamp.boot, "mono_ms": stamp.mono_ms}
        expires_s = stamp.at_ms // 1000 + 86_400
        add_tap(self.radio, pass_id=pass_id(number), expires_s=expires_s, companions=companions, **facts)  # type: ignore[arg-type]
        return time.time() * 1000

    def lights(self) -> list[dict[str, Any]]:
        lines = (self.sim / "lights.jsonl").read_bytes().splitlines() if (self.sim / "lights.jsonl").exists() else []
        return [json.loads(line) for line in lines if line.endswith(b"}")]

    def lamp(self) -> str:
        lights = self.lights()
        return str(lights[-1]["lamps"]) if lights else "off"

    def wait_lamp(self, pattern: str, since: int) -> dict[str, Any]:
        """The first line with this pattern after so many lines."""
        found: list[dict[str, Any]] = wait_for(
            lambda: [line for line in self.lights()[since:] if line["lamps"] == pattern],
            f"{pattern}: {self.folder / 'kiosk.log'}",
            every=0.002,
        )
        return found[0]

    def visits(self) -> int:
        connection = sqlite3.connect(f"file:{self.data / 'gatepost.db'}?mode=ro", uri=True)
        try:
            return int(connection.execute("SELECT count(*) FROM outbox WHERE kind = 1").fetchone()[0])
        finally:
            connection.close()

    def ask(self, path: str, body: object = None) -> Any:
        """An answer of the visitor's screen."""
        address = f"http://127.0.0.1:{self.port}"
        headers = {"Origin": address, "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(address + path, data, headers), timeout=10) as answer:
            return json.load(answer)

    def say_listening(self) -> None:
        stamp = CLOCK.stamp()
        put_status(self.radio, {"state": "listening", "boot": stamp.boot.hex(), "mono_ms": stamp.mono_ms})

    def _write_settings(self, fingerprint: bytes) -> None:
        parts = {
            "device": {"id": "t-gate"},
            "venue": {"id": "t-venue", "name": "Chợ Mẫu", "kind": "market"},
            "gate": {"id": "a", "name": "Cửa A", "direction": "in", "minimum_stay_s": 1, "hold_s": 1},
            "centre": {"enrol_url": "http://127.0.0.1:9/enrol", "root_fingerprint": fingerprint.hex()},
            "devices": {"folder": str(self.sim)},
            "devices.camera": {"kind": "files"},
            "devices.lights": {"kind": "file"},
            "devices.sound": {"kind": "file"},
            "storage": {"folder": str(self.data), "reserve_mb": 1, "minimum_free_mb": 1},
            "screen": {"port": self.port},
            "radio": {"kind": "simulated"},
        }
        lines = [
            line
            for name, keys in parts.items()
            for line in (f"[{name}]", *(f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in keys.items()))
        ]
        (self.folder / "kiosk.toml").write_text("\n".join(lines), "utf-8")


def pass_id(number: int) -> bytes:
    return number.to_bytes(16, "big")


def _enrol(data: Path) -> bytes:
    """A data folder as enrolment leaves it; the fingerprint of its root."""
    store = open_store(data, now_ms=CLOCK.now_ms)
    signer = SigningKey(b"r" * 32)
    to = {"ingest": SealingKey(b"i" * 32).public, "case": SealingKey(b"c" * 32).public}
    message = encode_root(Root(1, 0, 1 << 45, (signer.public,), 1, {}, to), [signer])
    root = read_pinned(message)
    bulletins.keep_root(store, message, root)
    meta.put(store, "enrolled_ms", "1")
    store.close()
    return fingerprint_of(root)


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[TapGate]:
    gate = TapGate(tmp_path)
    gate.start()
    yield gate
    gate.close()


def test_from_the_row_to_the_green_lamp_in_a_fraction_of_a_second(gate: TapGate) -> None:
    took = []
    for number in range(1, 22):
        since = len(gate.lights())
        began_ms = gate.tap(number)
        took.append(gate.wait_lamp("green", since)["at_ms"] - began_ms)
    print(f"tap row to lamp: median {median(took):.0f} ms, most {max(took):.0f} ms")
    assert median(took) < LAMP_MS
    assert gate.visits() == 21


def test_kill_9_between_the_tap_and_the_commit_shows_no_green_and_a_restart_does_not_replay_it(gate: TapGate) -> None:
    gate.kiosk.signal(signal.SIGSTOP)
    gate.tap(1)
    gate.kill()
    assert [line for line in gate.lights() if line["lamps"] == "green"] == []
    gate.start()
    since = len(gate.lights())
    gate.tap(2)
    gate.wait_lamp("green", since)
    assert [line["lamps"] for line in gate.lights()].count("green") == 1
    assert gate.visits() == 1


def test_a_revoked_tag_is_asked_to_the_desk(gate: TapGate) -> None:
    gate.kiosk.stop()
    store = open_store(gate.data, now_ms=CLOCK.now_ms)
    body = {"revoked": [pass_id(7)]}
    bulletin = Bulletin("passes", "all", "revoked", 1, CLOCK.now_ms() - 1, CLOCK.now_ms() + DAY_MS, body)
    bulletins.keep(store, bulletin, b"", CLOCK.now_ms())
    store.close()
    gate.start()
    since = len(gate.lights())
    gate.tap(7)
    gate.wait_lamp("yellow", since)
    view = gate.ask("/poll")["view"]
    assert (view["signal"], view["private"]) == ("ASK", False)


def test_an_exposed_tag_is_told_at_the_gate_alone_and_forgotten_with_its_case(gate: TapGate) -> None:
    now_ms = CLOCK.now_ms()
    put_exposures(gate.radio, [Exposed(pass_id(3), "case-1", now_ms - DAY_MS, now_ms + DAY_MS)])
    gate.say_listening()
    wait_for(lambda: gate.ask("/poll")["view"]["taps"], "the gate has looked at the file")
    since = len(gate.lights())
    gate.tap(3)
    gate.wait_lamp("yellow", since)
    told = gate.ask("/poll")["view"]
    assert (told["signal"], told["private"]) == ("ASK", True)
    assert wait_for(lambda: gate.ask("/alone", {"view": told["n"]})["said"], "the touch counts after half a second")
    assert "expos" not in json.dumps(gate.ask("/poll"))
    assert gate.ask("/alone", {"view": told["n"]})["said"] is None, "it is given once"
    replace_exposures(gate.radio, day_of(now_ms - DAY_MS), [])  # as the match job does without that case
    since = len(gate.lights())
    wait_for(lambda: _is_let_in(gate, 3, since), "the case was ruled out", every=1.2)
    log = (gate.folder / "kiosk.log").read_text()
    assert "expos" not in log and pass_id(3).hex() not in log


def _is_let_in(gate: TapGate, number: int, since: int) -> bool:
    """Taps again; whether an earlier tap was answered with green. A tap within the hold of the last is not answered."""
    gate.tap(number)
    return any(line["lamps"] == "green" for line in gate.lights()[since:])


def test_ble_db_deleted_while_the_gate_runs_closes_nothing(gate: TapGate) -> None:
    gate.radio.close()
    for path in gate.data.glob(f"{FILE}*"):
        path.unlink()
    since = len(gate.lights())
    reader = gate.sim / "reader"
    (reader / ".half").write_text(card(1), "utf-8")
    (reader / ".half").rename(reader / "1.txt")
    gate.wait_lamp("green", since)
    gate.radio = gate.open_radio()
    since = len(gate.lights())
    gate.tap(5)
    gate.wait_lamp("green", since)
    assert gate.visits() == 2


def test_a_gate_that_no_radio_feeds_works_by_codes_and_shows_no_hint(gate: TapGate) -> None:
    assert gate.ask("/poll")["view"]["taps"] is False
    gate.say_listening()
    wait_for(lambda: gate.ask("/poll")["view"]["taps"], "the hint to tap")
