"""A small world for the pure agent: an outbox of numbers, a broker that acknowledges, a centre that answers.

Nothing here is timed or random by itself: `World.wait(ms)` moves the one clock, faults are switches.
"""

from collections.abc import Callable

from sync_agent.agent import step
from sync_agent.events import (
    Acked,
    Action,
    Alarm,
    Connected,
    Dial,
    Disconnected,
    EpochSeen,
    EpochsRead,
    Event,
    Greet,
    HangUp,
    NothingThere,
    Published,
    ReadEpochs,
    ReceiptApplied,
    Send,
    Tick,
)
from sync_agent.state import State
from wire.receipt import MAX_RANGES, Receipt

EPOCH = bytes(8)


class World:
    """One agent, one epoch. `refuses(first, last)`: the centre throws such a batch away without a word."""

    def __init__(self, records: int = 0) -> None:
        self.state = State()
        self.now = 0
        self.records = records
        self.through, self.generation, self.n = 0, 0, 0
        self.centre: set[int] = set()
        self.centre_generation, self.centre_n = 1, 0
        self.broker_up = self.acks = self.answers = True
        self.loses: Callable[[int, int], bool] = lambda first, last: False
        self.refuses: Callable[[int, int], bool] = lambda first, last: False
        self.sent: list[tuple[int, int]] = []
        self.dials: list[int] = []
        self.alarms: list[Alarm] = []
        self.flying: list[int] = []
        self.changed = True
        self.inbox: list[Event] = []
        self.chance = 0.5

    def add(self, count: int) -> None:
        """Another process commits records."""
        self.records += count
        self.changed = True

    def wait(self, ms: int, *, every: int = 100) -> None:
        """Let time pass, with a tick each `every` ms."""
        end = self.now + ms
        while self.now < end:
            self.now = min(end, self.now + every)
            self.tick()

    def tick(self) -> None:
        """One tick and everything that follows from it."""
        changed, self.changed = self.changed, False
        self.feed(Tick(changed))

    def feed(self, event: Event) -> None:
        """One event and everything that follows from it."""
        self.inbox.append(event)
        rounds = 0
        while self.inbox:
            rounds += 1
            assert rounds < 20_000, "the agent never comes to rest"
            self.state, actions = step(self.state, self.inbox.pop(0), self.now, self.chance)
            for action in actions:
                self._do(action)
            assert len(self.flying) <= 8, "too many batches in flight"
            assert len(self.state.runs) <= 40, "too many runs in memory"

    def break_connection(self) -> None:
        """The cable is cut."""
        self.flying.clear()
        self.feed(Disconnected("cut"))

    def ack_all(self) -> None:
        """The broker acknowledges what flies."""
        flying, self.flying = self.flying, []
        for token in flying:
            self.feed(Acked(token))

    def answer(self) -> None:
        """The centre sends its current receipt."""
        self.centre_n += 1
        receipt = self.receipt()
        if (receipt.generation, receipt.n) <= (self.generation, self.n):
            return
        if receipt.generation == self.generation and receipt.through_seq < self.through:
            return
        self.through, self.generation, self.n = receipt.through_seq, receipt.generation, receipt.n
        self.inbox.append(ReceiptApplied(receipt))

    def receipt(self) -> Receipt:
        """What the centre would say now."""
        through = 0
        while through + 1 in self.centre:
            through += 1
        missing: list[tuple[int, int]] = []
        at = through + 1
        for seq in sorted(s for s in self.centre if s > through):
            if seq > at:
                missing.append((at, seq - 1))
            at = seq + 1
        return Receipt("t-gate-1", EPOCH, self.centre_generation, self.centre_n, through, tuple(missing[:MAX_RANGES]))

    def restore_centre(self, through: int) -> None:
        """The centre comes back from a copy that had seen `through`."""
        self.centre = {s for s in self.centre if s <= through}
        self.centre_generation += 1
        self.answer()
        self.feed(Tick())

    def _do(self, action: Action) -> None:
        match action:
            case Dial():
                self.dials.append(self.now)
                self.inbox.append(Connected() if self.broker_up else Disconnected("refused"))
            case HangUp():
                self.flying.clear()
                self.inbox.append(Disconnected("hung up"))
            case ReadEpochs():
                seen = EpochSeen(EPOCH, self.records, self.through, self.generation, self.n)
                self.inbox.append(EpochsRead((seen,)))
            case Alarm():
                self.alarms.append(action)
            case Greet():
                pass
            case Send():
                self._publish(action)

    def _publish(self, send: Send) -> None:
        first = max(send.after_seq, self.through) + 1
        last = min(self.records, first + send.limit - 1)
        if last < first:
            self.inbox.append(NothingThere(send.token))
            return
        self.sent.append((first, last))
        self.inbox.append(Published(send.token, first, last))
        self.flying.append(send.token)
        if self.acks:
            self.flying.remove(send.token)
            self.inbox.append(Acked(send.token))
        if self.loses(first, last) or not self.answers or self.refuses(first, last):
            return
        self.centre.update(range(first, last + 1))
        self.answer()
