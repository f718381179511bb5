"""A run: neighbouring records of one epoch that were or will be sent as one batch. PURE.

What a receipt (through, missing ranges) says of a run, and why it can be trusted:
- up to `through`, or between two listed gaps: received. The centre lists gaps from the lowest upwards, so a gap that is
  listed vouches that everything unlisted below it came.
- inside a listed gap, or anywhere while no gap is listed: not there (lost, refused or still under way).
- behind the last listed gap: unknown; the receipt names no highest number.
"""

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from wire.receipt import Receipt

Range = tuple[int, int]  # inclusive


class Stage(Enum):
    """Where a run is on its way."""

    WAITING = "waiting"  # to be sent when it is due
    SENDING = "sending"  # handed out to be read and published
    FLYING = "flying"  # published, no PUBACK yet
    SENT = "sent"  # the broker has it; only a receipt ends it


class Verdict(Enum):
    """What a receipt says of a run."""

    RECEIVED = 1
    ABSENT = 2
    UNKNOWN = 3


class Run(NamedTuple):
    """Records first..last of `epoch`. Times in ms of the caller's monotonic clock.

    tries: sendings that a receipt, heard since, did not confirm. heard: a receipt came after the PUBACK.
    listed: the last receipt named it as missing. done: received, only its PUBACK is still under way.
    """

    token: int
    epoch: bytes
    first: int
    last: int
    stage: Stage
    due_ms: int
    sent_ms: int = 0
    tries: int = 0
    heard: bool = False
    listed: bool = False
    done: bool = False

    @property
    def size(self) -> int:
        """How many numbers it spans."""
        return self.last - self.first + 1


def judge(run: Run, through: int, missing: tuple[Range, ...]) -> Verdict:
    """What the receipt (through, missing) says of `run`."""
    if run.last <= through:
        return Verdict.RECEIVED
    if not missing or any(first <= run.last and run.first <= last for first, last in missing):
        return Verdict.ABSENT
    return Verdict.RECEIVED if run.last < max(first for first, _ in missing) else Verdict.UNKNOWN


def uncovered(ranges: Iterable[Range], covers: Iterable[Range]) -> Range | None:
    """The first piece of `ranges` that no range in `covers` touches; None when all are covered."""
    held = sorted(covers)
    for first, last in ranges:
        at = first
        for cover_first, cover_last in held:
            if cover_last < at:
                continue
            if cover_first > at:
                return at, min(last, cover_first - 1)
            at = cover_last + 1
            if at > last:
                break
        if at <= last:
            return at, last
    return None


def after_receipt(run: Run, receipt: Receipt, newest: bool) -> list[Run]:
    """What is left of `run` after a receipt for its epoch; `newest`: nothing higher is under way."""
    if run.done:
        return [run]
    verdict = judge(run, receipt.through_seq, receipt.missing)
    if verdict is Verdict.RECEIVED:
        # its PUBACK is still under way: it keeps its place among those in flight
        return [run._replace(done=True)] if run.stage in (Stage.FLYING, Stage.SENDING) else []
    if run.stage is not Stage.SENT:
        return [run]
    if verdict is Verdict.UNKNOWN and (not newest or run.tries > 0):
        return []  # if it is not there after all, a later record makes the gap visible and the centre lists it
    listed = verdict is Verdict.ABSENT and bool(receipt.missing)
    return [run._replace(first=max(run.first, receipt.through_seq + 1), heard=True, listed=listed)]


def gaps(through: int, cursor: int, missing: tuple[Range, ...], held: Iterable[Range]) -> tuple[Range, ...]:
    """Gaps up to `cursor`. None listed, yet nothing held covers the next number: that is a gap too."""
    if missing:
        return tuple((first, min(last, cursor)) for first, last in missing if first <= min(last, cursor))
    lowest = min((first for first, _ in held), default=cursor + 1)
    return ((through + 1, lowest - 1),) if lowest > through + 1 else ()
