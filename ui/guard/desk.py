"""What the guard's page asks of the gate, and what it tells the gate to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

RECENT = 4
WAITS_S = 2.0  # an action is answered within this, recorded or not


@dataclass(frozen=True, slots=True)
class Passed:
    """One of the last signals: `people` behind it, `at` as "06:42:08" ("" while the kiosk has no time). Never who."""

    signal: str
    direction: str | None
    people: int
    at: str


@dataclass(frozen=True, slots=True)
class GuardNow:
    """What the page shows beside the signal.

    occupancy, capacity   people inside, the most that may be (None: no limit)
    in_15, out_15         people who came and left in the last 15 minutes, by the signals
    scanned_15            how many of 100 who came in were scanned, not let in by hand or paper; None: nobody came
    recent                the last signals, newest first, at most RECENT
    clock                 the kiosk's local time, "06:42"; "" while it has none
    help                  the name of the guard who calls for help, "" when nobody does
    paper                 the gate writes on paper now
    zone, zone_until      level of this place (green yellow orange red) and its last day, "25.09."; "" without one
    check_due             today's self-check of this place is still to be done, as far as this gate knows
    check_screen          a self-check is on the gate's own screen (shown) or waits there for a guard (waiting), else ""
    tags_down             tags should be heard at this gate and are not: the code helps
    slips                 numbers of slips that were given out and not entered yet, oldest first
    """

    occupancy: int = 0
    capacity: int | None = None
    in_15: int = 0
    out_15: int = 0
    scanned_15: int | None = None
    recent: tuple[Passed, ...] = ()
    clock: str = ""
    help: str = ""
    paper: bool = False
    slips: tuple[int, ...] = ()
    tags_down: bool = False
    zone: str = ""
    zone_until: str = ""
    check_due: bool = False
    check_screen: str = ""


class Said(NamedTuple):
    """The gate's answer: done (and recorded, where it is a record), or `problem`, a key of "guard.problem.<problem>".

    `number` is a slip's number where one was asked for.
    """

    ok: bool
    problem: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Slip:
    """What a guard reads from a slip of paper.

    told_ms: the time on it, Unix ms, as a person's watch had it. people: 1 to 10. identity: (kind as in credentials,
    normal form); None when the slip has no number of a person. A repr never shows it.
    """

    number: int
    told_ms: int
    direction: str
    people: int
    identity: tuple[str, str] | None = None

    def __repr__(self) -> str:
        return f"Slip({self.number})"


class GuardDesk(Protocol):
    """The gate, as a guard may use it. From any thread; every action answers within WAITS_S.

    A problem is one of: not_recorded (the store failed: nothing was written), busy (no answer in time; it may have been
    done), too_late (that signal is not the last one any more), slip_known (entered already), no_card.
    """

    def state(self) -> GuardNow:
        """What is known now; from memory, at once."""
        ...

    def override(self, guard: str, allow: bool, reason: int, view: int) -> Said:
        """Let in, or keep out, the visitor of the feed's view number `view`, whatever the gate said."""
        ...

    def help(self, guard: str, on: bool) -> Said:
        """Call for help: the buzzer, and a strip on every guard's page; or end the call."""
        ...

    def report_case(self, guard: str, words: str) -> Said:
        """Report a suspected case to the health station, by a sealed record."""
        ...

    def test_lights(self, guard: str) -> Said:
        """Show each lamp in turn. Refused as busy while a visitor is being answered."""
        ...

    def paper(self, guard: str, on: bool) -> Said:
        """Go to "write it on paper", or come back from it."""
        ...

    def next_slip(self, guard: str) -> Said:
        """A number for the next slip. Given also when the store fails."""
        ...

    def scan(self, guard: str, timeout_s: float) -> tuple[str, str] | None:
        """Claim the next card before the camera or reader, for a slip: (kind, normal form). It opens no gate."""
        ...

    def enter_slips(self, guard: str, slips: Sequence[Slip]) -> Said:
        """Record what stands on paper, one after the other; stops at the first that cannot be recorded."""
        ...
