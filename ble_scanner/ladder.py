"""PURE. What is done about a radio that hears nothing: step(state, event, now, waits) -> (state, actions).

- 90 s without one report, looked at each 30 s: restart the scanner -> power-cycle the adapter -> restart bluetooth ->
  reboot. Each step gets its own 90 s to help. At the top, or where a step is not allowed, the ladder rests for an
  hour and begins again.
- A scanner that does not start is tried four times, 15 s apart; then the ladder goes on at the power cycle. While the
  ladder rests it is tried each minute.
- Outside opening hours silence is normal: no further than the scanner. A scanner that does not start is a fault at any
  hour.
- `recover = false`: no further than the power cycle. No right to use Bluetooth, or a switch that blocks it: no step
  would help, only tries.
- Reboot at most once in 24 h, and never within ten minutes of a visitor. The proof is an uptime, never a clock: this
  boot must be a day old, or the log of steps, read whole, must know of no reboot of an earlier boot. A clock that jumps
  or is unset cannot cause a second one; a gate that is switched off at night has had its new start by the switch.
- The first report after a step ends it: `heard`.

Times are monotonic ms of this boot (CLOCK_BOOTTIME: it cannot jump).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

StepName = Literal["restart_scanner", "power_cycle", "restart_bluetooth", "reboot", "heard"]
RUNGS: tuple[StepName, ...] = ("restart_scanner", "power_cycle", "restart_bluetooth", "reboot")
_POWER_CYCLE = RUNGS.index("power_cycle")
_RESTART_BLUETOOTH = RUNGS.index("restart_bluetooth")
HOPELESS = frozenset({"no_permission", "blocked"})  # reasons that no step of the ladder can mend
SERVICE_IS_DOWN = frozenset({"no_bluez", "no_answer"})  # there is nobody to switch the adapter


@dataclass(frozen=True, slots=True)
class Waits:
    """Every wait of the ladder, ms. `hurried` makes a bench of it."""

    silence_ms: int = 90_000  # a market is never so quiet: advertisements come each 0.1 to 1 s, phones pause 15 s
    look_ms: int = 30_000
    retry_ms: int = 15_000  # an adapter takes some seconds to come back after an error
    try_ms: int = 60_000  # a dongle that was put back is found without anybody's help
    again_ms: int = 3_600_000  # a fault that the whole ladder did not mend is not mended by climbing faster
    visitor_ms: int = 600_000  # nobody stands before a gate that reboots
    reboot_ms: int = 86_400_000
    tries: int = 4

    def hurried(self, times: int) -> "Waits":
        """All but the day between two reboots, divided by `times` (1 or more)."""
        names = ("silence_ms", "look_ms", "retry_ms", "try_ms", "again_ms", "visitor_ms")
        return replace(self, **{name: max(1, getattr(self, name) // times) for name in names})


class Started(NamedTuple):
    """The scanner runs."""


class Failed(NamedTuple):
    """The scanner did not start, or broke; `reason` as in ble_scanner.radio."""

    reason: str


class Look(NamedTuple):
    """The regular look. `heard_ms`: when something was heard last, None: never."""

    heard_ms: int | None


Event = Started | Failed | Look


class Now(NamedTuple):
    """The moment. `is_open`: within opening hours, or the hour is unknown; `visitor_ms`: when the last visitor was
    here, None: not in this boot; `recover` as in kiosk.toml; `may_reboot` by `may_reboot`."""

    mono_ms: int
    is_open: bool
    recover: bool
    visitor_ms: int | None
    may_reboot: bool


class Act(NamedTuple):
    """To be done now: a step of the ladder (all are recorded), or "start": try to start the scanner again."""

    name: StepName | Literal["start"]
    silent_s: int


class PastStep(NamedTuple):
    """One line of the log of steps: its name, the boot (8 bytes) and how old that boot was, ms."""

    name: str
    boot: bytes
    mono_ms: int


@dataclass(frozen=True, slots=True)
class State:
    """`began_ms`: since when nothing was heard; `quiet_ms`: from when the next wait counts; `rung`: how many steps this
    silence has taken; `tries`: failed starts in a row; `due_ms`: when the next try to start is due, None: none is;
    `reason`: why the scanner does not run, None: it does."""

    began_ms: int
    quiet_ms: int
    heard_ms: int | None = None
    rung: int = 0
    resting: bool = False
    tries: int = 0
    due_ms: int | None = None
    reason: str | None = None


def begin(mono_ms: int) -> State:
    """Before the first start."""
    return State(began_ms=mono_ms, quiet_ms=mono_ms)


def step(state: State, event: Event, now: Now, waits: Waits) -> tuple[State, tuple[Act, ...]]:
    """The next state, and what is to be done."""
    match event:
        case Started():
            quiet_ms = state.quiet_ms if state.resting and state.reason is None else now.mono_ms
            return replace(state, tries=0, due_ms=None, reason=None, quiet_ms=quiet_ms), ()
        case Failed(reason):
            return _failed(replace(state, tries=state.tries + 1, reason=reason), now, waits)
        case Look(heard_ms):
            return _look(replace(state, heard_ms=heard_ms), now, waits)


def may_reboot(steps: Sequence[PastStep], whole: bool, boot: bytes, mono_ms: int, waits: Waits) -> bool:
    """Whether 24 h have certainly passed since the ladder's last reboot. `whole`: these are all steps ever logged."""
    if any(s.name == "reboot" and s.boot == boot and mono_ms - s.mono_ms < waits.reboot_ms for s in steps):
        return False  # it was asked for in this boot, and did not happen
    if mono_ms >= waits.reboot_ms:
        return True
    return whole and not any(s.name == "reboot" and s.boot != boot for s in steps)


def is_open(minute: int | None, opens: int, closes: int) -> bool:
    """Whether a minute of the local day (0..1439, None: unknown) lies in the opening hours; equal hours: always."""
    if minute is None or opens % 24 == closes % 24:
        return True
    if opens < closes:
        return opens * 60 <= minute < closes * 60
    return minute >= opens * 60 or minute < closes * 60


def _failed(state: State, now: Now, waits: Waits) -> tuple[State, tuple[Act, ...]]:
    if state.reason in HOPELESS or (state.resting and not _is_rested(state, now, waits)):
        return replace(state, due_ms=now.mono_ms + waits.try_ms), ()
    if state.tries < waits.tries and not state.resting:
        return replace(state, due_ms=now.mono_ms + waits.retry_ms), ()
    first = _RESTART_BLUETOOTH if state.reason in SERVICE_IS_DOWN else _POWER_CYCLE
    rung = first if state.resting else max(state.rung, first)
    return _climb(replace(state, rung=rung, tries=0), now, waits)


def _look(state: State, now: Now, waits: Waits) -> tuple[State, tuple[Act, ...]]:
    if state.due_ms is not None:
        if now.mono_ms < state.due_ms:
            return state, ()
        return replace(state, due_ms=None), (Act("start", _silent_s(state, now)),)
    if state.reason is not None:
        return state, ()  # a start is on its way
    heard_ms = state.heard_ms
    if heard_ms is not None and heard_ms > state.quiet_ms:
        ends = (Act("heard", (heard_ms - state.began_ms) // 1000),) if state.rung else ()
        return State(began_ms=heard_ms, quiet_ms=heard_ms, heard_ms=heard_ms), ends
    if state.resting:
        if not now.is_open:  # the wait begins anew when the venue opens: the first visitors may come late
            return replace(state, quiet_ms=now.mono_ms), ()
        return _climb(replace(state, rung=0), now, waits) if _is_rested(state, now, waits) else (state, ())
    return _climb(state, now, waits) if now.mono_ms - state.quiet_ms >= waits.silence_ms else (state, ())


def _is_rested(state: State, now: Now, waits: Waits) -> bool:
    return now.mono_ms - state.quiet_ms >= waits.again_ms


def _climb(state: State, now: Now, waits: Waits) -> tuple[State, tuple[Act, ...]]:
    """Take the next step if it is allowed now; else rest."""
    if state.rung >= len(RUNGS) or not _is_allowed(RUNGS[state.rung], state, now, waits):
        due_ms = None if state.reason is None else now.mono_ms + waits.try_ms
        return replace(state, resting=True, quiet_ms=now.mono_ms, due_ms=due_ms), ()
    name = RUNGS[state.rung]
    taken = replace(state, rung=state.rung + 1, resting=False, quiet_ms=now.mono_ms, due_ms=None)
    return taken, (Act(name, _silent_s(state, now)),)


def _is_allowed(name: StepName, state: State, now: Now, waits: Waits) -> bool:
    if name == "restart_scanner":
        return True
    if not now.is_open and state.reason is None:
        return False
    if name == "power_cycle":
        return True
    if not now.recover:
        return False
    if name == "restart_bluetooth":
        return True
    unwatched = now.visitor_ms is None or now.mono_ms - now.visitor_ms >= waits.visitor_ms
    return now.may_reboot and unwatched


def _silent_s(state: State, now: Now) -> int:
    return max(0, now.mono_ms - state.began_ms) // 1000
