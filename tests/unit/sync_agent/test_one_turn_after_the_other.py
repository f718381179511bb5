"""The shell around the agent, with a real database, real signatures and a broker in memory."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from store import outbox as stored
from store.db import LEAVING
from sync_agent.loop import Loop, Place
from sync_agent.report import Report
from sync_agent.simulated import Exchange, SimulatedBroker
from tests.parts.devices import START_MS
from tests.unit.store.desk import own_marks
from tests.unit.sync_agent.both_ends import (
    BULLETIN_KEY,
    DEVICE,
    RECEIPT_KEY,
    ROOT_KEY,
    Centre,
    Kiosk,
    key_of,
    make_root,
)
from wire import topics
from wire.bulletin import Bulletin, encode_bulletin, scopes_of
from wire.receipt import Receipt, encode_receipt
from wire.root import encode_root

BROKERS = ("mqtt://127.0.0.1:1", "mqtt://127.0.0.1:2")


class Desk:
    """Everything on one desk: kiosk, agent, exchange, centre, and one clock."""

    def __init__(self, folder: Path) -> None:
        self.now = 0
        self.kiosk = Kiosk(folder)
        self.centre = Centre(DEVICE, self.kiosk.key.public)
        self.exchange = Exchange()
        self.broker = SimulatedBroker(DEVICE, self.exchange)
        self.place = Place(DEVICE, BROKERS, scopes_of(DEVICE, "cho-mau", "w-00000", "p-099"))
        self.report = Report(folder)
        self.loop = self.new_loop(self.kiosk.open)

    def new_loop(self, open_store: Callable[[], object]) -> Loop:
        outbox = self.kiosk.outbox(open_store)  # type: ignore[arg-type]
        return Loop(
            self.place, outbox, self.broker, self.report, lambda: self.now, lambda: START_MS + self.now, lambda: 0.5
        )

    def run(self, ms: int, *, every: int = 100) -> None:
        end = self.now + ms
        while self.now < end:
            self.now += every
            self.loop.turn(0)
            self.answer()

    def answer(self) -> None:
        for topic, payload in self.exchange.take():
            if topic == topics.up(DEVICE):
                receipt = self.centre.take(payload)
                if receipt is not None:
                    self.exchange.send(topics.receipt(DEVICE), receipt)

    @property
    def backlog(self) -> int:
        return stored.backlog(self.kiosk.store).rows


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.loop.close()
    desk.kiosk.store.close()


def test_visits_arrive_at_the_centre_once_and_are_marked_by_its_receipt(desk: Desk) -> None:
    desk.kiosk.record(450)
    desk.run(3000)
    assert desk.centre.count == 450
    assert desk.centre.duplicates == 0
    assert desk.backlog == 0


def test_a_new_visit_is_seen_within_a_turn(desk: Desk) -> None:
    desk.run(1000)
    desk.kiosk.record(1)
    desk.run(300)
    assert desk.centre.count == 1


def test_puback_without_receipt_marks_nothing(desk: Desk) -> None:
    desk.exchange.lose = lambda topic, payload: True
    desk.kiosk.record(10)
    desk.run(3000)
    assert desk.backlog == 10


def test_the_next_broker_of_the_list_is_tried(desk: Desk) -> None:
    desk.exchange.up = False
    desk.run(30_000)
    assert set(desk.broker.dialled) == set(BROKERS)


def test_a_forged_receipt_marks_nothing_and_raises_an_alarm(desk: Desk) -> None:
    desk.exchange.lose = lambda topic, payload: True
    desk.kiosk.record(10)
    desk.run(1000)
    (seen,) = desk.loop._outbox.epochs()
    forged = encode_receipt(Receipt(DEVICE, seen.epoch, 1, 1, 10), key_of("stranger"))
    foreign = encode_receipt(Receipt("t-gate-2", seen.epoch, 1, 1, 10), RECEIPT_KEY)
    for message in (forged, foreign, b"", b"\xd2\x84", bytes(70_000)):
        desk.exchange.send(topics.receipt(DEVICE), message)
    desk.run(500)
    assert desk.backlog == 10


def test_receipts_that_come_twice_or_late_change_nothing(desk: Desk) -> None:
    desk.kiosk.record(300)
    desk.run(500)
    epoch = desk.loop._outbox.epochs()[0].epoch
    late = encode_receipt(Receipt(DEVICE, epoch, 1, 1, 3), RECEIPT_KEY)
    desk.run(3000)
    for _ in range(3):
        desk.exchange.send(topics.receipt(DEVICE), late)
    desk.run(3000)
    assert desk.backlog == 0


def test_a_centre_restored_from_a_copy_asks_again_and_gets_all(desk: Desk) -> None:
    desk.kiosk.record(500)
    desk.run(3000)
    epoch = next(iter(desk.centre.rows))
    desk.exchange.send(topics.receipt(DEVICE), desk.centre.restore(epoch, 120))
    desk.run(3000)
    assert desk.centre.count == 500
    assert desk.backlog == 0


def test_a_receipt_of_more_than_was_ever_written_begins_a_new_epoch(desk: Desk) -> None:
    """A card that lost flushed commits: its numbers must not be given twice."""
    desk.kiosk.record(5)
    desk.run(1000)
    epoch = next(iter(desk.centre.rows))
    desk.exchange.send(topics.receipt(DEVICE), encode_receipt(Receipt(DEVICE, epoch, 1, 99, 8), RECEIPT_KEY))
    desk.run(1000)
    desk.kiosk.record(5)
    desk.run(2000)
    assert len(desk.centre.rows) == 2
    assert desk.backlog == 0


def test_the_database_is_let_go_while_it_is_moved_aside_and_taken_up_again(desk: Desk, tmp_path: Path) -> None:
    desk.kiosk.record(5)
    desk.run(1000)
    (tmp_path / LEAVING).touch()
    desk.run(1000)
    assert desk.loop._outbox._store is None
    (tmp_path / LEAVING).unlink()
    desk.kiosk.record(5)
    desk.run(3000)
    assert desk.centre.count == 10


def test_a_bulletin_is_kept_and_an_older_one_does_not_replace_it(desk: Desk) -> None:
    newer, older = (_bulletin(version) for version in (3, 2))
    desk.exchange.send(topics.bulletin("all", "texts", "welcome"), newer, retain=True)
    desk.run(1000)
    desk.exchange.send(topics.bulletin("all", "texts", "welcome"), older)
    desk.run(1000)
    assert _held(desk) == 3


def test_a_foreign_expired_or_altered_bulletin_is_not_kept(desk: Desk) -> None:
    altered = bytearray(_bulletin(1))
    altered[-1] ^= 1
    for message in (_bulletin(1, scope="venue-khac"), _bulletin(1, expires_ms=START_MS), bytes(altered), b"\x00" * 99):
        desk.exchange.send(topics.bulletin("all", "texts", "welcome"), message)
        desk.run(500)
    assert _held(desk) is None


def test_roots_are_walked_one_by_one_in_whatever_order_they_come(desk: Desk) -> None:
    signer = key_of("the next bulletin key")
    second, third = make_root(2), make_root(3, bulletin=signer)
    signed = encode_bulletin(Bulletin("texts", "all", "welcome", 1, START_MS, START_MS + 10**9, {"a": 1}), signer)
    desk.run(500)
    desk.exchange.send(topics.bulletin("all", "texts", "welcome"), signed)
    desk.exchange.send(topics.bulletin("all", "root", "3"), encode_root(third, [ROOT_KEY]))
    desk.run(500)
    assert _held(desk) is None
    desk.exchange.send(topics.bulletin("all", "root", "2"), encode_root(second, [ROOT_KEY]))
    desk.run(500)
    assert _held(desk) == 1


def test_a_rotated_receipt_key_is_believed_after_the_new_root(desk: Desk) -> None:
    new = key_of("the next receipt key")
    desk.kiosk.record(3)
    desk.exchange.lose = lambda topic, payload: True
    desk.run(1000)
    epoch = desk.loop._outbox.epochs()[0].epoch
    message = encode_receipt(Receipt(DEVICE, epoch, 1, 1, 3, marks=own_marks(desk.kiosk.store, epoch, 3)), new)
    desk.exchange.send(topics.receipt(DEVICE), message)
    desk.run(500)
    assert desk.backlog == 3
    desk.exchange.send(topics.bulletin("all", "root", "2"), encode_root(make_root(2, receipt=new), [ROOT_KEY]))
    desk.exchange.send(topics.receipt(DEVICE), message)
    desk.run(500)
    assert desk.backlog == 0


def test_the_state_message_says_how_much_waits(desk: Desk) -> None:
    desk.exchange.lose = lambda topic, payload: topic == topics.up(DEVICE)
    desk.kiosk.record(7)
    desk.run(3000)
    assert b'"backlog": 7' in desk.exchange.retained[topics.state(DEVICE)]
    desk.exchange.up = False
    desk.run(200)
    assert b'"online": false' in desk.exchange.retained[topics.state(DEVICE)]


def _bulletin(version: int, *, scope: str = "all", expires_ms: int = START_MS + 10**9) -> bytes:
    whole = Bulletin("texts", scope, "welcome", version, START_MS - 1, expires_ms, {"text": str(version)})
    return encode_bulletin(replace(whole), BULLETIN_KEY)


def _held(desk: Desk) -> int | None:
    from store import bulletins

    found = bulletins.current(desk.kiosk.store, "texts", "all", "welcome")
    return None if found is None else found.version
