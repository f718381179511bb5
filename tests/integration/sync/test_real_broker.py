"""The agent's shell on real brokers: killed and restarted, with receipts doubled and reordered, and as a process."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from store import outbox as stored
from sync_agent.broker import PahoBroker
from sync_agent.identity import Identity, Papers
from sync_agent.loop import Loop, Place
from sync_agent.report import Report
from sync_agent.state import Link
from tests.parts.brokers import KINDS, Broker
from tests.parts.devices import START_MS
from tests.parts.ports import hold_port
from tests.parts.waits import wait_for
from tests.unit.sync_agent.both_ends import DEVICE, Centre, Kiosk
from wire import topics
from wire.bulletin import scopes_of


class Listener:
    """The centre's end of a real connection; `answer` decides what is published for a batch."""

    def __init__(self, centre: Centre, url: str) -> None:
        self.centre = centre
        self.states: list[dict[str, Any]] = []
        self.answer: Callable[[bytes], list[bytes]] = lambda receipt: [receipt]
        self._ready = threading.Event()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id="t-centre", clean_session=False)
        wanted = [(topics.up_shard(topics.shard_of(DEVICE)), 1), (topics.state("+"), 1)]
        self._client.on_connect = lambda client, *_: client.subscribe(wanted)
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.on_message = self._hear
        self._client.reconnect_delay_set(0.1, 0.5)  # type: ignore[arg-type]
        self._client.connect_async(urlsplit(url).hostname or "", urlsplit(url).port or 0)
        self._client.loop_start()
        assert self._ready.wait(15)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _hear(self, client: paho.Client, _data: object, message: paho.MQTTMessage) -> None:
        if message.topic == topics.state(DEVICE):
            self.states.append(json.loads(message.payload))
            return
        receipt = self.centre.take(bytes(message.payload))
        for answer in [] if receipt is None else self.answer(receipt):
            client.publish(topics.receipt(DEVICE), answer, qos=1)


class Scene:
    """Kiosk, agent in this thread, a real broker, a listener in paho's thread."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.broker = Broker(kind, folder)
        self.broker.start()
        self.kiosk = Kiosk(folder / "kiosk")
        self.centre = Centre(DEVICE, self.kiosk.key.public)
        self.listener = Listener(self.centre, self.broker.url)
        place = Place(DEVICE, (self.broker.url,), scopes_of(DEVICE, "cho-mau"))
        self.loop = Loop(
            place,
            self.kiosk.outbox(),
            PahoBroker(DEVICE),
            Report(folder),
            lambda: time.monotonic_ns() // 1_000_000,
            lambda: START_MS,
            lambda: 0.0,
        )

    def run_until(self, ask: Callable[[], object], what: str, seconds: float = 40) -> None:
        def turn() -> object:
            self.loop.turn(0.02)
            return ask()

        wait_for(turn, what, seconds=seconds, every=0)

    def drained(self) -> bool:
        return stored.backlog(self.kiosk.store).rows == 0

    def has(self, records: int) -> bool:
        return self.centre.count >= records

    def close(self) -> None:
        self.loop.close()
        self.listener.close()
        self.broker.stop()
        self.kiosk.store.close()


@pytest.fixture(params=KINDS)
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(request.param, tmp_path)
    yield scene
    scene.close()


def test_all_visits_arrive_once_and_are_marked(scene: Scene) -> None:
    scene.kiosk.record_at_once(1000)
    scene.run_until(scene.drained, "all is received")
    assert scene.centre.count == 1000
    assert scene.centre.duplicates == 0


def test_a_broker_killed_twice_while_the_outbox_drains_loses_nothing(scene: Scene) -> None:
    scene.kiosk.record_at_once(5000)
    for part in (1000, 3000):
        scene.run_until(partial(scene.has, part), f"{part} records")
        scene.broker.kill()
        scene.run_until(lambda: scene.loop.state.link is not Link.UP, "the agent notices")
        scene.broker.start()
    scene.run_until(scene.drained, "all is received", 60)
    assert scene.centre.count == 5000


def test_receipts_doubled_reordered_and_dropped_end_in_the_same_state(scene: Scene) -> None:
    held: list[bytes] = []

    def answer(receipt: bytes) -> list[bytes]:
        held.append(receipt)
        return [held[-1], held[len(held) // 2], held[0], held[-1]] if len(held) % 3 else []

    scene.listener.answer = answer
    scene.kiosk.record_at_once(2000)
    scene.run_until(scene.drained, "all is received")
    assert scene.centre.count == 2000


def test_a_device_that_stops_says_goodbye(scene: Scene) -> None:
    scene.run_until(lambda: any(s.get("online") for s in scene.listener.states), "online")
    scene.loop.close()
    wait_for(lambda: scene.listener.states[-1] == {"online": False, "bye": True}, "offline")


# Whoever is switched off says goodbye; for whoever is torn away the broker speaks, and nobody knows why.
@pytest.mark.parametrize(
    ("ending", "status", "last"),
    [
        (signal.SIGTERM, 0, {"online": False, "bye": True}),
        (signal.SIGKILL, -signal.SIGKILL, {"online": False}),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_the_process_works_reports_and_is_missed_when_it_ends(
    kind: str, ending: int, status: int, last: dict[str, bool], tmp_path: Path
) -> None:
    broker = Broker(kind, tmp_path)
    broker.start()
    kiosk = Kiosk(tmp_path / "kiosk")
    settings = _enrolled_on_paper(kiosk, tmp_path, broker.url)
    centre = Centre(DEVICE, Identity(kiosk.folder / "identity").device_key().public)
    listener = Listener(centre, broker.url)
    kiosk.record(20)
    agent = subprocess.Popen([*_AGENT, "run", "--settings", str(settings), "--bench"], stdout=subprocess.PIPE)
    try:
        assert agent.stdout is not None
        assert json.loads(agent.stdout.readline()) == {"ready": True, "device": DEVICE}
        wait_for(lambda: stored.backlog(kiosk.store).rows == 0, "all is received")
        assert centre.count == 20
        said = wait_for(lambda: _status(settings), "status says connected")
        assert (said["backlog"], said["through"], said["enrolled"]) == (0, 20, True)
        agent.send_signal(ending)
        assert agent.wait(10) == status
        wait_for(lambda: listener.states[-1] == last, "offline said")
    finally:
        agent.kill()
        agent.wait(10)
        agent.stdout.close() if agent.stdout else None
        listener.close()
        broker.stop()
        kiosk.store.close()


def test_a_stick_carries_batches_out_and_receipts_back(tmp_path: Path) -> None:
    with closing(Kiosk(tmp_path / "kiosk").store) as store:
        kiosk = Kiosk(tmp_path / "kiosk")
        settings = _enrolled_on_paper(kiosk, tmp_path, "mqtt://127.0.0.1:1")
        centre = Centre(DEVICE, Identity(kiosk.folder / "identity").device_key().public)
        kiosk.record_at_once(450)
        stick = tmp_path / "stick"
        lines = _carry(settings, "--to", stick)
        assert [line["records"] for line in lines] == [200, 200, 50]
        for path in sorted(stick.glob("*.batch")):
            receipt = centre.take(path.read_bytes())
            assert receipt is not None
            (stick / f"{path.stem}.receipt").write_bytes(receipt)
        assert sum(line["received"] for line in _carry(settings, "--receipts", stick)) == 450
        assert stored.backlog(store).rows == 0
        kiosk.store.close()


_AGENT = (sys.executable, "-m", "sync_agent")


def _enrolled_on_paper(kiosk: Kiosk, folder: Path, url: str) -> Path:
    """Settings and papers as enrolment leaves them."""
    Identity(kiosk.folder / "identity").keep(Papers(DEVICE, "cho-mau", "a", (url,)), "", "")
    path = folder / "kiosk.toml"
    path.write_text(
        f"""
[device]
id = "{DEVICE}"
[venue]
id = "cho-mau"
name = "Chợ Mẫu"
kind = "market"
[gate]
id = "a"
name = "Cửa A"
direction = "both"
[centre]
enrol_url = "http://127.0.0.1:{hold_port()}/enrol"
root_fingerprint = "{kiosk.fingerprint.hex()}"
brokers = ["{url}"]
[devices]
folder = "{folder}"
camera.kind = "files"
lights.kind = "file"
[storage]
folder = "{kiosk.folder}"
""",
        "utf-8",
    )
    return path


def _status(settings: Path) -> dict[str, Any]:
    """What `status` says, {} unless it says connected."""
    command = [*_AGENT, "status", "--settings", str(settings), "--bench"]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found if found["connected"] is True else {}


def _carry(settings: Path, way: str, folder: Path) -> list[dict[str, Any]]:
    command = [*_AGENT, "carry", "--settings", str(settings), "--bench", way, str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, env=os.environ | {"PYTHONUTF8": "1"})
    return [json.loads(line) for line in done.stdout.splitlines()]
