"""From the second officer's word to the next decision of 1,000 kiosks, and of kiosks that come back later.

Real are the centre (SQLite), its job `alerts`, its ingest worker, the broker (mosquitto, else nats-server) and every
subscriber: an MQTT connection of its own, which judges each bulletin as a kiosk does (wire.bulletin.accept) and looks
the pass up (wire.exposures). Not real are their screens. Everything shares this machine.
"""

import selectors
import tempfile
import threading
import time
import timeit
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from central.alerts.limits import limits
from central.alerts.proposing import Draft, propose, to_tell
from central.alerts.publishing import send_released
from central.alerts.reachable import Ways
from central.alerts.releasing import release_it
from central.alerts.sealing import make_sender_key, sender_public
from central.consumer import Worker
from central.jobs import Bench, Job, work
from tests.parts.brokers import program, running_broker
from tests.parts.centre import Centre, make_centre
from tests.parts.exposed import BY_BOTH, BY_PASS, World, make_world
from wire.bulletin import Bulletin, Rejected, accept, peek, scopes_of
from wire.exposures import entry_of, exposures_body, read_exposures, until_of
from wire.root import Root

Row = dict[str, Any]
KIOSKS, QUICK_KIOSKS, LATE = 1000, 100, 50
BOUND_MS, LOOK_US = 5_000, 20.0
_SCOPES = ("all", "province-99", "venue-v-cho-mau")


class Kiosk:
    """A subscriber that decides: `decided_s` is when the pass first met its ASK (time.monotonic)."""

    def __init__(self, number: int, broker: str, root: Root, pass_id: bytes) -> None:
        self.name, self.decided_s, self.came_s = f"t-kiosk-{number}", 0.0, 0.0
        self._root, self._pass_id = root, pass_id
        self._scopes = scopes_of(self.name, "v-cho-mau", "", "99")
        self._held: dict[tuple[str, str, str], Bulletin] = {}
        self._broker = urlsplit(broker)
        self.client = paho.Client(CallbackAPIVersion.VERSION2, self.name, protocol=paho.MQTTv311)
        self.client.on_connect = self._connected
        self.client.on_message = self._take

    def dial(self) -> None:
        self.came_s = time.monotonic()
        self.client.connect(self._broker.hostname or "", self._broker.port or 0, keepalive=120)

    def _connected(self, client: paho.Client, *_: object) -> None:
        client.subscribe([(f"gatepost/v1/bulletin/{scope}/exposures/#", 1) for scope in _SCOPES])

    def _take(self, _: object, __: object, message: paho.MQTTMessage) -> None:
        payload = bytes(message.payload)
        name = peek(payload)
        if isinstance(name, Rejected):
            return
        found = accept(self._held.get(name), payload, self._root, time.time_ns() // 1_000_000, self._scopes)
        if isinstance(found, Rejected):
            return
        self._held[name] = found
        lists = [read_exposures(bulletin.body) for bulletin in self._held.values()]
        if not self.decided_s and until_of(lists, self._pass_id) is not None:
            self.decided_s = time.monotonic()


class Crowd:
    """One thread that reads for many kiosks."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._here: dict[int, Kiosk] = {}

    def let_in(self, kiosk: Kiosk) -> None:
        kiosk.dial()
        line = kiosk.client.socket()
        assert line is not None  # just dialled
        self._selector.register(line.fileno(), selectors.EVENT_READ, kiosk)

    def turn(self, until: Callable[[], bool], seconds: float) -> bool:
        """Read until `until` or the time is over."""
        end = time.monotonic() + seconds
        while not until() and time.monotonic() < end:
            for key, _ in self._selector.select(0.05):
                kiosk: Kiosk = key.data
                kiosk.client.loop_read()
                if kiosk.client.want_write():
                    kiosk.client.loop_write()
        return until()

    def close(self, kiosks: list[Kiosk]) -> None:
        for kiosk in kiosks:
            kiosk.client.disconnect()
        self._selector.close()


def run(quick: bool) -> list[Row]:
    """Rows for python -m tests.bench."""
    count = QUICK_KIOSKS if quick else KIOSKS
    with tempfile.TemporaryDirectory() as folder:
        kind = "mosquitto" if program("mosquitto") else "nats"
        centre = make_centre(f"sqlite:///{folder}/central.db", Path(folder))
        world = make_world(centre, now_ms=time.time_ns() // 1_000_000)
        with running_broker(kind, Path(folder)) as broker, _serving(centre, broker):
            waits, late, unheard = _measure(centre, world, broker, count)
        centre.engine.dispose()
    rows = _rows(f"{count} kiosks on {kind}", waits)
    rows.append(
        {
            "name": f"release: kiosks of {count} that heard nothing",
            "value": unheard,
            "unit": "kiosks",
            "bound": "0",
            "holds": not unheard,
        }
    )
    rows += _rows(f"{len(late)} kiosks that were off, from their first contact", late)
    return [*rows, _look()]


def _measure(centre: Centre, world: World, broker: str, count: int) -> tuple[list[float], list[float], int]:
    root, crowd = centre.ring.root(), Crowd()
    kiosks = [Kiosk(number, broker, root, BY_PASS.passes[0]) for number in range(count)]
    for kiosk in kiosks:
        crowd.let_in(kiosk)
    crowd.turn(lambda: all(kiosk.client.is_connected() for kiosk in kiosks), 60)
    crowd.turn(lambda: False, 2)  # subscriptions settle
    number = _propose(centre, world)
    with centre.engine.begin() as connection:
        assert release_it(connection, number, "signer.b", limits(), time.time_ns() // 1_000_000) == "released"
    begun = time.monotonic()
    crowd.turn(lambda: all(kiosk.decided_s for kiosk in kiosks), 30)
    late = [Kiosk(count + number, broker, root, BY_PASS.passes[0]) for number in range(LATE)]
    for kiosk in late:
        crowd.let_in(kiosk)
    crowd.turn(lambda: all(kiosk.decided_s for kiosk in late), 30)
    crowd.close([*kiosks, *late])
    waits = [(kiosk.decided_s - begun) * 1000 for kiosk in kiosks if kiosk.decided_s]
    first = [(kiosk.decided_s - kiosk.came_s) * 1000 for kiosk in late if kiosk.decided_s]
    return waits, first, len(kiosks) - len(waits) + len(late) - len(first)


def _propose(centre: Centre, world: World) -> int:
    make_sender_key(centre.ring.folder)
    draft = Draft(world.case, "opener.a", frozenset(), sender_public(centre.ring.folder))
    ways = {
        person: Ways(tuple(map(entry_of, one.passes)), carries=True)
        for person, one in ((world.persons[0], BY_PASS), (world.persons[2], BY_BOTH))
    }
    with centre.engine.begin() as connection:
        exposed = to_tell(connection, world.case)
        return propose(connection, draft, exposed, ways, limits(), time.time_ns() // 1_000_000)


@contextmanager
def _serving(centre: Centre, broker: str) -> Iterator[None]:
    """The ingest worker and the job that sends, each on a thread."""
    stop, ready = threading.Event(), threading.Event()
    bench = Bench(centre.engine, centre.ring, lambda: time.time_ns() // 1_000_000)
    worker = Worker(centre.engine, centre.ingest, centre.ring, [broker])
    threads = [
        threading.Thread(target=worker.run, args=(stop, ready.set)),
        threading.Thread(target=work, args=(bench, [Job("alerts", 0.5, send_released)], stop)),
    ]
    for thread in threads:
        thread.start()
    ready.wait(30)
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)


def _rows(what: str, waits: list[float]) -> list[Row]:
    if len(waits) < 2:
        return [{"name": f"release: {what}", "value": "none", "unit": "ms", "bound": f"{BOUND_MS}", "holds": False}]
    cuts = quantiles(waits, n=100, method="inclusive")
    return [
        {"name": f"release to decision, {what}, p50", "value": round(cuts[49]), "unit": "ms"},
        {"name": f"release to decision, {what}, p95", "value": round(cuts[94]), "unit": "ms"},
        {
            "name": f"release to decision, {what}, all",
            "value": round(max(waits)),
            "unit": "ms",
            "bound": f"<= {BOUND_MS}",
            "holds": max(waits) <= BOUND_MS,
        },
    ]


def _look() -> Row:
    """A look-up among 100,000 entries."""
    entries = {number.to_bytes(8, "big"): 1_800_000_000_000 for number in range(0, 100_000 * 9973, 9973)}
    held, looks = (read_exposures(exposures_body(entries)),), [(n * 7919).to_bytes(16, "little") for n in range(20_000)]
    cost = min(timeit.repeat(lambda: [until_of(held, one) for one in looks], number=1, repeat=5)) / len(looks) * 1e6
    return {
        "name": "look-up of a pass among 100,000",
        "value": round(cost, 2),
        "unit": "us",
        "bound": f"<= {LOOK_US}",
        "holds": cost <= LOOK_US,
    }
