"""The outbox's way to the broker, against one message per record on the same broker; bytes on the wire; memory.

    python -m tests.bench.sync [--quick]

Rows are real: sealed by store.recorder, signed in batches by the agent's own code. The receipts come from a process of
its own, so that the agent pays for reading them but not for making them.
"""

import json
import multiprocessing
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import cbor2
import paho.mqtt.client as paho
import zstandard
from paho.mqtt.enums import CallbackAPIVersion

from store import outbox as stored
from sync_agent.broker import PahoBroker
from sync_agent.loop import Loop, Place
from sync_agent.report import Report
from sync_agent.runs import Stage
from sync_agent.state import State
from tests.parts.brokers import KINDS, running_broker
from tests.parts.devices import START_MS, SyntheticDevice
from tests.unit.sync_agent.both_ends import DEVICE, RECEIPT_KEY, Kiosk
from wire import topics
from wire.batch import MAX_RECORDS
from wire.bulletin import scopes_of
from wire.receipt import Mark, Receipt, encode_receipt

RATIO, LEAST_BYTES, FULL_BYTES = 35.0, 120.0, 185.0
_SINGLE = f"{topics.ROOT}/up/99/bench"
ROUNDS = 5
GROUP = 16  # batches to a receipt: our own centre takes up to 20 in one commit (central.consumer)
SINGLE_IN_FLIGHT = 20  # where paho is fastest


def run(quick: bool) -> list[dict[str, object]]:
    """The rows of the report; `quick` takes a tenth of the records."""
    rows = [*_wire_bytes()]
    with tempfile.TemporaryDirectory() as name:
        kiosk = Kiosk(Path(name) / "kiosk")
        total = 10_000 if quick else 100_000
        kiosk.record_at_once(total)
        kiosk.store.checkpoint()  # as the gate does each ten minutes (kiosk.upkeep.FOLD_MS): a backlog is older
        for kind in KINDS:
            rows.append(_drain_ratio(kiosk, kind, Path(name) / kind, total, 2_000 if quick else 5_000))
        rows += _memory(kiosk, Path(name), [total] if quick else [total, 1_000_000])
    return rows


def _wire_bytes() -> list[dict[str, object]]:
    rows = []
    for full, bound in ((False, LEAST_BYTES), (True, FULL_BYTES)):
        message = SyntheticDevice(full=full).batch(1, 200)
        what = "name, birth date and address" if full else "least data"
        rows.append(_row(f"wire bytes per visit, {what}", len(message) / 200, "B", bound, at_most=True))
    return rows


def _drain_ratio(kiosk: Kiosk, kind: str, folder: Path, total: int, singles: int) -> dict[str, object]:
    """Rounds of both ways of sending in turn, the median of each: other work on this machine comes and goes."""
    folder.mkdir()
    single, tuned, drained = [], [], []
    with running_broker(kind, folder) as url:
        for _ in range(ROUNDS):
            kiosk.store.execute("DELETE FROM receipt")
            with _centre(url, total):
                single.append(_single_rate(kiosk, url, singles, tuned=False))
                tuned.append(_single_rate(kiosk, url, singles, tuned=True))
            with _centre(url, total):
                drained.append(_drain_rate(kiosk, url, total))
    rate = median(drained)
    note = (
        f"{rate:,.0f} records/s against {median(single):,.0f} messages/s; best round of each"
        f" {max(drained) / max(single):.1f}x, median to the best of the single {rate / max(single):.1f}x;"
        f" {rate / median(tuned):.1f}x a paho whose socket is told not to wait ({median(tuned):,.0f}/s)"
    )
    name = f"outbox to PUBACK against one message per record, {kind}"
    return _row(name, rate / median(single), "x", RATIO, note=note)


def _single_rate(kiosk: Kiosk, url: str, count: int, *, tuned: bool) -> float:
    """Messages a second with paho as it comes: its own thread, QoS 1, 20 in flight (its default and its best).

    `tuned` adds TCP_NODELAY, which our agent sets and paho does not.
    """
    (seen,) = stored.epochs(kiosk.store)
    found = stored.pending(kiosk.store, seen.epoch, 0, 200, 1 << 20)
    assert found is not None
    client = _client("bench-single", tuned=tuned)
    client.max_inflight_messages_set(SINGLE_IN_FLIGHT)
    client.connect(urlsplit(url).hostname or "", urlsplit(url).port or 0)
    client.loop_start()
    start = time.perf_counter()
    infos = [client.publish(_SINGLE, found.sealed[i % len(found.sealed)], qos=1) for i in range(count)]
    for info in infos:
        info.wait_for_publish(60)
    taken = time.perf_counter() - start
    client.disconnect()
    client.loop_stop()
    return count / taken


def _drain_rate(kiosk: Kiosk, url: str, total: int) -> float:
    """Records a second from the first look at the outbox to the last PUBACK, receipts taken on the way.

    All are received in the end: the last receipts are waited for behind the clock.
    """
    now: Callable[[], int] = lambda: time.monotonic_ns() // 1_000_000  # noqa: E731
    place = Place(DEVICE, (url,), scopes_of(DEVICE, "cho-mau"))
    broker = PahoBroker(DEVICE)
    loop = Loop(place, kiosk.outbox(), broker, Report(kiosk.folder), now, lambda: START_MS, lambda: 0.5)
    while loop.state.link != "up":
        loop.turn()
    start = time.perf_counter()
    while not _all_acknowledged(loop.state) and time.perf_counter() - start < 120:
        loop.turn()
    taken = time.perf_counter() - start
    while stored.backlog(kiosk.store).rows and time.perf_counter() - start < 120:
        loop.turn()
    assert not stored.backlog(kiosk.store).rows
    loop.close()
    return total / taken


def _all_acknowledged(state: State) -> bool:
    """Whether every record of the outbox was sent and has its PUBACK."""
    read = bool(state.lanes) and all(lane.cursor >= lane.last_seq for lane in state.lanes)
    return read and all(run.stage is Stage.SENT for run in state.runs)


@contextmanager
def _centre(url: str, total: int) -> Iterator[None]:
    """Somebody who subscribes at QoS 1, for both ways of sending: a broker that delivers to nobody is faster."""
    context = multiprocessing.get_context("spawn")
    ready, stop = context.Event(), context.Event()
    centre = context.Process(target=_answer, args=(url, total, ready, stop))
    centre.start()
    assert ready.wait(30)
    yield
    stop.set()
    centre.join(20)


def _answer(url: str, total: int, ready: Event, stop: Event) -> None:
    """A centre that keeps nothing: one receipt for each message that waits, signed for the newest batch."""
    client = _client("bench-centre")
    client.max_queued_messages_set(0)
    n = 0

    def answer(_client: paho.Client, _data: object, message: paho.MQTTMessage) -> None:
        nonlocal n
        if message.topic == _SINGLE:
            return
        n += 1
        if n % GROUP and n * MAX_RECORDS < total:
            return  # a centre under load commits, and answers, in groups
        # Read without wire's checks: the two cores here are the agent's and the broker's, a real centre has its own.
        _, _, payload, _ = cbor2.loads(message.payload).value
        _, device, epoch, first, _, _, records, h_after = cbor2.loads(zstandard.decompress(payload))
        last = first + len(records) - 1
        receipt = Receipt(device, epoch, 1, n, last, marks=(Mark(1, last, h_after),))
        client.publish(topics.receipt(device), encode_receipt(receipt, RECEIPT_KEY), qos=1)

    client.on_message = answer
    client.connect(urlsplit(url).hostname or "", urlsplit(url).port or 0)
    client.subscribe(f"{topics.ROOT}/up/+/+", 1)
    client.on_subscribe = lambda *_: ready.set()
    while not stop.is_set():
        client.loop(0.1)
    client.disconnect()


def _memory(kiosk: Kiosk, folder: Path, counts: list[int]) -> list[dict[str, object]]:
    """PSS of an agent with that many rows waiting and a centre that never answers."""
    rows = []
    context = multiprocessing.get_context("spawn")
    with running_broker("mosquitto", folder) as url:
        for count in counts:
            _copy_rows(kiosk, count)
            pipe, end = context.Pipe()
            agent = context.Process(target=_work_for_memory, args=(str(kiosk.folder), url, end))
            agent.start()
            assert pipe.poll(120)
            pss = pipe.recv() / 1024
            agent.join(20)
            rows.append(_row(f"PSS of the agent, {count:,} rows waiting", pss, "MB", 60.0, at_most=True))
    return rows


def _copy_rows(kiosk: Kiosk, count: int) -> None:
    """Fill the outbox up to `count` rows; their seals are copies, which an agent that never opens them cannot tell."""
    kiosk.store.execute("DELETE FROM receipt")
    (seen,) = stored.epochs(kiosk.store)
    if count > seen.last_seq:
        base = kiosk.store.execute("SELECT max(place) FROM outbox").fetchone()[0]
        kiosk.store.execute(
            "WITH RECURSIVE more(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM more WHERE value < ?2)"
            " INSERT INTO outbox SELECT ?1 + value, o.kind, o.key_id, o.made_ms, o.h_before, o.sealed"
            " FROM more JOIN outbox o ON o.place = ?1 - (value % 1000)",
            (base, count - seen.last_seq),
        )


def _work_for_memory(folder: str, url: str, end: object) -> None:
    kiosk = Kiosk(Path(folder))
    now: Callable[[], int] = lambda: time.monotonic_ns() // 1_000_000  # noqa: E731
    place = Place(DEVICE, (url,), scopes_of(DEVICE, "cho-mau"))
    loop = Loop(place, kiosk.outbox(), PahoBroker(DEVICE), Report(kiosk.folder), now, lambda: START_MS, lambda: 0.5)
    while len(loop.state.runs) < 32 or any(run.stage is not Stage.SENT for run in loop.state.runs):
        loop.turn()
    pss = next(line for line in Path("/proc/self/smaps_rollup").read_text().splitlines() if line.startswith("Pss:"))
    end.send(int(pss.split()[1]))  # type: ignore[attr-defined]
    loop.close()


def _client(name: str, *, tuned: bool = True) -> paho.Client:
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=paho.MQTTv311)
    if tuned:
        client.on_socket_open = _without_delay
    return client


def _without_delay(_client: paho.Client, _data: object, opened: Any) -> None:
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _row(
    name: str, value: float, unit: str, bound: float, *, at_most: bool = False, note: str = ""
) -> dict[str, object]:
    holds = value <= bound if at_most else value >= bound
    return {"name": name, "value": round(value, 1), "unit": unit, "bound": bound, "holds": holds, "note": note}


if __name__ == "__main__":
    for row in run("--quick" in sys.argv):
        print(json.dumps(row), flush=True)
