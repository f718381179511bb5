"""The ingest process at a real broker: nothing is acknowledged before it is committed, nothing comes in twice."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from central.bulletins import publish_bulletin
from tests.parts.brokers import Broker
from tests.parts.centre import Centre, Program, make_centre
from tests.parts.devices import SyntheticDevice
from tests.parts.kiosk_side import KioskSide
from tests.parts.waits import wait_for
from tests.parts.warm import Nursery, WarmChild
from wire import topics
from wire.bulletin import Bulletin, accept
from wire.receipt import Receipt, decode_receipt


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Centre]:
    """A centre on SQLite, whose ingest runs as a process of its own."""
    made = make_centre(f"sqlite:///{tmp_path}/central.db", tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def start_ingest(site: Centre, broker: Broker, nursery: Nursery, tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Starts `python -m central ingest` for the site; whatever still runs at the end is killed."""
    started: list[Program] = []

    def start(*more: str) -> Program:
        options = ("--database", site.url, "--keys", str(site.keys), "--broker", broker.url, *more)
        started.append(Program(nursery, tmp_path, "ingest", *options))
        return started[-1]

    yield start
    for program in started:
        program.kill()


@pytest.fixture
def join(broker: Broker) -> Iterator[Callable[..., KioskSide]]:
    """Connects a kiosk's side to the broker, until the end of the test."""
    joined: list[KioskSide] = []

    def connect(client_id: str, *subscriptions: str) -> KioskSide:
        joined.append(KioskSide(broker.url, client_id, subscriptions))
        return joined[-1]

    yield connect
    for kiosk in joined:
        kiosk.close()


def last_receipt(site: Centre, kiosk: KioskSide, device: SyntheticDevice) -> Receipt | None:
    """The newest receipt that a kiosk has been sent."""
    messages = kiosk.on(topics.receipt(device.device))
    keys = site.ring.root().keys("receipt")
    return max((decode_receipt(message, keys) for message in messages), key=lambda r: r.order, default=None)


def through(site: Centre, kiosk: KioskSide, device: SyntheticDevice) -> int:
    """How far the newest receipt goes."""
    receipt = last_receipt(site, kiosk, device)
    return 0 if receipt is None else receipt.through_seq


def is_through(site: Centre, kiosk: KioskSide, device: SyntheticDevice, seq: int) -> bool:
    """Whether the newest receipt goes as far as `seq`."""
    return through(site, kiosk, device) >= seq


def test_a_batch_at_the_broker_becomes_visits_and_a_receipt(
    site: Centre, start_ingest: Callable[..., Program], join: Callable[..., KioskSide]
) -> None:
    device = site.device()
    ingest = start_ingest()
    kiosk = join(device.device, topics.receipt(device.device))
    for message in device.batches(600):
        kiosk.post(device.topic, message)
    wait_for(lambda: through(site, kiosk, device) == 600, "a receipt through 600")
    assert site.one("SELECT count(*) FROM visit") == 600
    assert ingest.stop() == 0


def test_killed_in_the_middle_all_arrive_once(
    site: Centre, start_ingest: Callable[..., Program], join: Callable[..., KioskSide]
) -> None:
    device = site.device()
    batches = device.batches(2000, 20)
    kiosk = join(device.device, topics.receipt(device.device))
    ingest = start_ingest()
    for number, message in enumerate(batches):
        kiosk.send(device.topic, message)
        if number in (15, 40, 65):
            ingest.kill()
            ingest = start_ingest()
    wait_for(lambda: through(site, kiosk, device) == 2000, "a receipt through 2000", seconds=40)
    rows = site.rows("SELECT count(*), count(DISTINCT seq), min(seq), max(seq) FROM visit")
    assert rows == [(2000, 2000, 1, 2000)]
    assert site.one("SELECT count(*) FROM alarm") == 0


def test_what_came_while_no_worker_ran_is_taken_by_the_next(
    site: Centre, start_ingest: Callable[..., Program], join: Callable[..., KioskSide]
) -> None:
    device = site.device()
    start_ingest().stop()
    kiosk = join(device.device, topics.receipt(device.device))
    for message in device.batches(300, 100):
        kiosk.send(device.topic, message)
    start_ingest()
    wait_for(lambda: through(site, kiosk, device) == 300, "a receipt through 300")


def test_a_second_worker_waits_and_takes_over_whole(
    site: Centre, start_ingest: Callable[..., Program], join: Callable[..., KioskSide]
) -> None:
    devices = [site.device(f"t-gate-{i}") for i in range(4)]
    first = start_ingest("--sessions", "4")
    second = start_ingest("--sessions", "4")
    assert (json.loads(first.ready_line)["sessions"], json.loads(second.ready_line)["sessions"]) == (4, 0)
    kiosk = join("t-kiosks", *(topics.receipt(d.device) for d in devices))
    for device in devices:
        kiosk.send(device.topic, device.batch(1, 50))
    first.kill()
    for device in devices:
        kiosk.send(device.topic, device.batch(51, 50))
    for device in devices:
        wait_for(partial(is_through, site, kiosk, device, 100), "a receipt through 100", seconds=40)
    assert site.one("SELECT count(*) FROM visit") == 400


def test_the_broker_goes_away_and_comes_back(
    site: Centre, broker: Broker, start_ingest: Callable[..., Program], join: Callable[..., KioskSide]
) -> None:
    device = site.device()
    start_ingest()
    kiosk = join(device.device, topics.receipt(device.device))
    kiosk.send(device.topic, device.batch(1, 20))
    wait_for(lambda: through(site, kiosk, device) == 20, "a receipt through 20")
    broker.kill()
    broker.start()
    wait_for(kiosk.client.is_connected, "the kiosk is back")

    def sent_again() -> bool:
        # What the broker lost with its RAM the kiosk sends again, until there is a receipt.
        kiosk.post(device.topic, device.batch(21, 20))
        return through(site, kiosk, device) == 40

    wait_for(sent_again, "a receipt through 40", seconds=40, every=0.5)


def test_a_bulletin_reaches_a_broker_that_has_lost_its_state(
    site: Centre,
    nursery: Nursery,
    tmp_path: Path,
    start_ingest: Callable[..., Program],
    join: Callable[..., KioskSide],
) -> None:
    now = site.ring.root().issued_ms
    with site.engine.begin() as connection:
        made = publish_bulletin(connection, site.ring, "texts", "greeting", "all", {"vi": "Xin chào"}, now * 2, now)
    start_ingest()
    kiosk = join("t-gate-1", f"{topics.ROOT}/bulletin/all/+/+")
    wait_for(lambda: len(kiosk.received) == 2, "the root and the bulletin")
    (message,) = kiosk.on(topics.bulletin("all", "texts", "greeting"))
    assert accept(None, message, site.ring.root(), now, frozenset({"all"})) == made
    assert kiosk.on(topics.bulletin("all", "root", "1")) == site.ring.root_messages()
    words = ("bulletin", "publish", "texts", "greeting", "--body", str(_body(tmp_path)), "--expires", "30")
    argv = ["central", *words, "--database", site.url, "--keys", str(site.keys)]
    later = WarmChild(nursery, "publish", argv, tmp_path / "publish.log").run()
    assert json.loads(later)["version"] == 2
    wait_for(lambda: len(kiosk.on(topics.bulletin("all", "texts", "greeting"))) == 2, "the second version")
    newest = kiosk.on(topics.bulletin("all", "texts", "greeting"))[-1]
    second = accept(made, newest, site.ring.root(), now, frozenset({"all"}))
    assert isinstance(second, Bulletin)
    assert second.body == {"vi": "Mời vào", "salt": b"\x00\xff"}


def test_a_devices_state_and_the_workers_heartbeat_reach_the_health_page(
    site: Centre, start_ingest: Callable[..., Program], join: Callable[..., KioskSide]
) -> None:
    device = site.device()
    start_ingest()
    kiosk = join(device.device)
    kiosk.client.publish(topics.state(device.device), b'{"online": true, "backlog": 12}', qos=1, retain=True)
    kiosk.client.publish(topics.state("t-nobody"), b'{"online": true}', qos=1, retain=True)
    wait_for(lambda: site.rows("SELECT device, online, backlog FROM device_state"), "the state is noted")
    assert site.rows("SELECT device, online, backlog FROM device_state") == [(device.device, 1, 12)]
    wait_for(lambda: site.rows("SELECT 1 FROM worker WHERE connected = 1"), "the worker's heartbeat")


def _body(folder: Path) -> Path:
    path = folder / "body.json"
    path.write_text('{"vi": "Mời vào", "salt": {"$hex": "00ff"}}', encoding="utf-8")
    return path
