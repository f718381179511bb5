"""What the agent remembers, and the numbers it waits and counts by. PURE; agent.py says how it changes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from sync_agent.events import Action
from sync_agent.runs import Range, Run, Stage

WAITS_MS = {
    "receipt": 10_000,  # the centre commits within 20 ms; a rural 3G uplink with a full buffer takes seconds
    "receipt_most": 60_000,  # doubling ends here: one batch a minute asks whether the centre is back
    "puback": 30_000,  # the broker acknowledges from memory; half a minute of silence is a dead connection
    "answer": 30_000,  # from dialling to the broker's CONNACK, TLS handshake over a slow link included
    "gather": 1_000,  # new records wait for company, so that a busy gate sends batches and not single records
    "refused": 5_000,  # the client's own queue was full or the link just went
    "dial": 4_000,  # first wait before dialling again, before chance; doubles
    "dial_least": 1_000,
    "dial_most": 120_000,
    "stable": 30_000,  # a connection this old was a good one: the next loss starts with short waits again
    "poison": 3_600_000,  # a record the centre never confirms is tried again each hour: it may have been updated
    "reread": 30_000,  # look at the outbox even if nobody announced a change
}
MOST_FLYING = 8  # nats acknowledges behind its own disk: with 4 a local broker already made the agent wait
MOST_RUNS = 32
RUNS_FOR_CUTTING = 24  # cutting never takes the last places: new records must keep moving
MOST_POISON = 64
MOST_LANES = 16
BATCH_RECORDS = 200
BATCH_BYTES = 60_000  # of sealed records; leaves room for wrapped keys and the signature within 64 KiB
TRIES_BEFORE_CUT = 3
SHORT_CONNECTIONS = 5


class Link(StrEnum):
    """The connection to the broker."""

    DOWN = "down"
    DIALLING = "dialling"
    UP = "up"


class Lane(NamedTuple):
    """One epoch: written up to last_seq, received up to through, read up to cursor, with the gaps last told of."""

    epoch: bytes
    last_seq: int
    through: int
    order: tuple[int, int]  # (generation, n) of the last receipt; (0, 0): none yet
    cursor: int
    missing: tuple[Range, ...] = ()
    since_ms: int = 0  # when records behind the cursor were first seen


@dataclass(frozen=True, slots=True)
class Poison:
    """A record that is set aside until due_ms."""

    epoch: bytes
    seq: int
    due_ms: int


@dataclass(slots=True)
class State:
    """All that the agent remembers; about 100 small objects at most. Only a Turn changes it, and only its own copy."""

    link: Link = Link.DOWN
    dial_ms: int = 0
    up_ms: int = 0
    losses: int = 0
    lanes: tuple[Lane, ...] = ()
    runs: tuple[Run, ...] = ()
    poison: tuple[Poison, ...] = ()
    next_token: int = 1
    reread_ms: int = 0

    def copy(self) -> "State":
        """Another one alike."""
        return State(
            self.link,
            self.dial_ms,
            self.up_ms,
            self.losses,
            self.lanes,
            self.runs,
            self.poison,
            self.next_token,
            self.reread_ms,
        )


@dataclass(slots=True)
class Turn:
    """One step under way: the state so far and what it asks for."""

    state: State
    now: int
    chance: float
    actions: list[Action] = field(default_factory=list)

    def set_runs(self, runs: Iterable[Run]) -> None:
        """Put these runs in the place of all runs."""
        self.state.runs = tuple(runs)

    def forget(self, over: Callable[[Run], bool]) -> None:
        """Drop the runs that are over; one whose PUBACK is under way keeps its place among those in flight."""
        under_way = (Stage.FLYING, Stage.SENDING)
        left = (
            r if not over(r) else r._replace(done=True) for r in self.state.runs if not over(r) or r.stage in under_way
        )
        self.set_runs(left)

    def set_lane(self, lane: Lane) -> None:
        """Put `lane` in the place of the lane of its epoch."""
        self.state.lanes = tuple(lane if x.epoch == lane.epoch else x for x in self.state.lanes)

    def wait(self, name: str) -> int:
        """When the wait of that name would be over if it began now."""
        return self.now + WAITS_MS[name]

    def draw_token(self) -> int:
        """A number that no run had before."""
        token = self.state.next_token
        self.state.next_token = token + 1
        return token

    def add_run(self, epoch: bytes, first: int, last: int, *, tries: int = 0) -> Run:
        """A new run that is due at once."""
        run = Run(self.draw_token(), epoch, first, last, Stage.WAITING, self.now, tries=tries)
        self.set_runs((*self.state.runs, run))
        return run

    def change(self, token: int, into: Callable[[Run], list[Run]]) -> None:
        """Put what `into` makes of the run with that token in its place; nothing happens when it is gone."""
        runs = self.state.runs
        for at, run in enumerate(runs):
            if run.token == token:
                self.state.runs = (*runs[:at], *into(run), *runs[at + 1 :])
                return


def heads(runs: Iterable[Run]) -> dict[bytes, int]:
    """The lowest number under way in each epoch."""
    lowest: dict[bytes, int] = {}
    for run in runs:
        if not run.done:
            lowest[run.epoch] = min(lowest.get(run.epoch, run.first), run.first)
    return lowest
