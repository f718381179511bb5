"""Two kiosks with one card image and one name, at the real centre: whatever is sent, lost or heard, in any order.

Real databases, real agents, real ingest; the network is a list of messages and the clock a number.
"""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from central.database import migrate, open_database
from central.ingest import Answer, Delivery, Ingest
from central.opening import Opener
from central.registry import Device, add_device, raise_generation
from store.outbox import backlog
from sync_agent.loop import Loop, Place
from sync_agent.report import Report
from sync_agent.simulated import Exchange, SimulatedBroker
from tests.parts.devices import INGEST, START_MS
from tests.unit.sync_agent.both_ends import DEVICE, RECEIPT_KEY, Kiosk
from wire import topics
from wire.bulletin import scopes_of

Row = tuple[bytes, int, bytes]  # epoch, seq, sealed


class Card:
    """A kiosk and its agent, on a network of their own."""

    def __init__(self, folder: Path, now: Callable[[], int]) -> None:
        self.kiosk = Kiosk(folder)
        self.exchange = Exchange()
        broker = SimulatedBroker(DEVICE, self.exchange)
        place = Place(DEVICE, ("mqtt://127.0.0.1:1",), scopes_of(DEVICE, "cho-mau"))
        report = Report(folder)
        self.loop = Loop(place, self.kiosk.outbox(), broker, report, now, lambda: START_MS + now(), lambda: 0.5)

    def rows(self, received: bool) -> set[Row]:
        """Every record of this card, or those that count as received."""
        sql = (
            "SELECT e.epoch, o.seq, o.sealed FROM outbox o JOIN epoch e USING (ordinal)"
            " LEFT JOIN receipt r USING (epoch) WHERE ? OR o.seq <= r.through_seq"
        )
        return set(self.kiosk.store.execute(sql, (not received,)).fetchall())

    def close(self) -> None:
        """Let go of the database."""
        self.loop.close()
        self.kiosk.store.close()


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A card with ten visits in `card`, and in central.db a centre that knows its device and has heard nothing."""
    folder = tmp_path_factory.mktemp("image")
    first = Kiosk(folder / "card")
    first.record_at_once(10)
    first.store.checkpoint()
    first.store.close()
    engine, key = open_database(f"sqlite:///{folder}/central.db"), first.key
    migrate(engine)
    with engine.begin() as connection:
        add_device(connection, Device(DEVICE, "v-1", "g-1", key.public, key.kid, "active", START_MS, "0a"))
    engine.dispose()
    return folder


class Street:
    """Two cards, A and B, with the ten visits of `image` on both, and the centre. `seed` shuffles what comes together.

    `restore` brings the centre of `image` back.
    """

    def __init__(self, image: Path, folder: Path, seed: int = 0) -> None:
        self.now = 0
        self.restored = False
        self._random = random.Random(seed)
        self._copy, self._database = image / "central.db", folder / "central.db"
        for name in ("a", "b"):
            shutil.copytree(image / "card", folder / name)
        self.cards = [Card(folder / name, lambda: self.now) for name in ("a", "b")]
        for card in self.cards:
            card.kiosk.store.execute("PRAGMA synchronous=OFF")
        self._open()

    def turn(self, which: int, ms: int) -> None:
        """Time goes on, and one agent does what it has to do."""
        self.now += ms
        self.cards[which].loop.turn(0)

    def take(self, who: tuple[int, ...], hear: tuple[int, ...], *, twice: bool = False, lose: int = 0) -> None:
        """The centre takes what those cards have sent, in one commit and in any order; `hear` hear its receipt."""
        came = [payload for card in who for name, payload in self.cards[card].exchange.take() if name != _STATE]
        self._random.shuffle(came)
        came = came[lose:] * (2 if twice else 1)
        if came:
            self.tell(self._ingest.take_all(self.engine, [Delivery(m, DEVICE) for m in came], START_MS)[1], hear)

    def tell(self, answers: list[Answer], hear: tuple[int, ...] = (0, 1)) -> None:
        """Receipts reach those cards."""
        for answer in answers:
            for card in hear:
                self.cards[card].exchange.send(topics.receipt(DEVICE), answer.message)

    def restore(self) -> None:
        """The centre comes back from the copy that was made at the beginning."""
        self.restored = True
        self.now += 60_000  # generations are told apart by the time of the restore
        self.engine.dispose()
        for path in self._database.parent.glob("central.db-*"):
            path.unlink()
        self._open()
        with self.engine.begin() as connection:
            raise_generation(connection, START_MS + self.now)

    def check(self) -> None:
        """No record counts as received that is not at the centre, unless the centre has forgotten."""
        held = self.held()
        for card in self.cards:
            assert self.restored or card.rows(received=True) <= held

    def clear(self) -> None:
        """Fair weather, until everything of both cards is at the centre and both know it."""
        for _ in range(400):
            for which in (0, 1):
                self.turn(which, 500)
            self.take((0, 1), (0, 1))
            self.tell(self._ingest.announce(self.engine, START_MS))
            self.check()
            if not any(backlog(card.kiosk.store).rows for card in self.cards):
                break
        self.restored = False
        self.check()
        assert set().union(*(card.rows(received=False) for card in self.cards)) <= self.held()
        assert [backlog(card.kiosk.store).rows for card in self.cards] == [0, 0]

    def held(self) -> set[Row]:
        """Every record that the centre keeps."""
        sql = "SELECT epoch, seq, sealed FROM {} t JOIN stream s ON s.id = t.stream"
        with self.engine.connect() as connection:
            found = [
                row
                for table in ("raw_record", "conflict")
                for row in connection.exec_driver_sql(sql.format(table)).all()
            ]
        return {(bytes(epoch), seq, bytes(sealed)) for epoch, seq, sealed in found}

    def epochs(self) -> list[int]:
        """How many epochs each card has drawn."""
        return [card.kiosk.store.execute("SELECT count(*) FROM epoch").fetchone()[0] for card in self.cards]

    def close(self) -> None:
        """Let go of all databases."""
        for card in self.cards:
            card.close()
        self.engine.dispose()

    def _open(self) -> None:
        shutil.copy(self._copy, self._database)
        self.engine = open_database(f"sqlite:///{self._database}")
        event.listen(self.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))  # as on the cards
        self._ingest = Ingest(Opener(INGEST, b"p" * 32), RECEIPT_KEY)


_STATE = topics.state(DEVICE)


@pytest.mark.parametrize("shared", [False, True])
def test_a_receipt_for_the_clone_that_comes_first_makes_nobody_forget(
    image: Path, tmp_path: Path, shared: bool
) -> None:
    """Both have a backlog before either connects; B hears "through" for A's records and has sent none of its own."""
    street = Street(image, tmp_path)
    a, b = street.cards
    if shared:  # the ten visits of the image are at the centre, and both know it
        for which in (0, 1, 0, 1):
            street.turn(which, 100)
        street.take((0,), (0, 1))
        for which in (0, 1):
            street.turn(which, 1000)
    for card in (a, b):
        card.kiosk.record_at_once(10)
    for which in (0, 0, 0, 1):
        street.turn(which, 1100)
    b.exchange.take()  # what B sends is lost on the way
    street.take((0,), (0, 1))
    for which in (0, 1):
        street.turn(which, 1000)
    waits = [backlog(card.kiosk.store).rows for card in (a, b)]
    assert waits == [0, 10 if shared else 20], "B's own ten visits still wait"
    street.clear()
    assert street.epochs() == [2, 2], "neither goes on under the numbers of the other"
    with street.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT kind FROM alarm").scalars().all() == ["cloned_card"]
    street.close()


@pytest.mark.parametrize("seq", [1, 5, 10])
def test_a_row_that_changed_on_one_card_holds_up_neither(image: Path, tmp_path: Path, seq: int) -> None:
    street = Street(image, tmp_path)
    damaged = street.cards[0].kiosk
    damaged.store.execute("UPDATE outbox SET sealed = CAST(sealed || x'00' AS BLOB) WHERE seq = ?", (seq,))
    damaged.record_at_once(5)
    before = street.now
    street.clear()
    assert street.now - before <= 5_000, "no waiting, no cutting in halves"
    street.close()


_HEAR = st.sampled_from([(), (0,), (1,), (0, 1)])
_STEPS = st.one_of(
    st.tuples(st.just("record"), st.integers(0, 1), st.integers(1, 30)),
    st.tuples(st.just("turn"), st.integers(0, 1), st.sampled_from([100, 1100, 12_000])),
    st.tuples(st.just("take"), st.sampled_from([(0,), (1,), (0, 1)]), _HEAR, st.booleans(), st.integers(0, 1)),
    st.tuples(st.just("restore")),
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_STEPS, max_size=24), st.integers(0, 9))
def test_every_record_of_both_cards_arrives_and_none_counts_before(
    image: Path, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[object, ...]], seed: int
) -> None:
    street = Street(image, tmp_path_factory.mktemp("street"), seed)
    for step in steps:
        match step:
            case ("record", int(card), int(count)):
                street.cards[card].kiosk.record_at_once(count)
            case ("turn", int(card), int(ms)):
                street.turn(card, ms)
            case ("take", who, hear, twice, lose):
                street.take(who, hear, twice=bool(twice), lose=lose)  # type: ignore[arg-type]
            case _:
                street.restore()
        street.check()
    street.clear()
    street.close()
