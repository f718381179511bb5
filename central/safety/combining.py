"""PURE. What holds of a place, from everything that is known of it.

- A place's own word holds while both its checks are in date: the whole one, and the short one of each day. A whole
  check, and an inspection that found the place safe, are that day's short one, too.
- It is worth what the newest of them says: the whole check, or an inspection that found the place safe. Something left
  in the newest short check makes a safe place "at risk".
- What an inspection found stands above a better word of the place until a recheck, however old it gets.
- Citizens' reports by the rule, and a measured fact whose rule says so, make a place "at risk" that would be safe or
  not assessed; they never make one better.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from central.safety.states import Cause, State

_WORSE = (State.SAFE, State.AT_RISK, State.UNSAFE)


@dataclass(frozen=True, slots=True)
class Checked:
    """A check of the place by itself. `reasons` as central.safety.reasons reads them; `until_ms`: over then."""

    number: int
    at_ms: int
    until_ms: int
    state: State
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the newest inspection found. `until_ms`: so long a safe one counts as a check of the place."""

    number: int
    at_ms: int
    until_ms: int
    short_until_ms: int
    state: State
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """Something that makes a place at risk until it is over."""

    cause: Cause
    reason: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Combined:
    """What holds, and why. `until_ms`: not assessed from then on, unless something new is known."""

    state: State
    cause: Cause
    about: str
    reasons: tuple[str, ...]
    until_ms: int | None


@dataclass(frozen=True, slots=True)
class Known:
    """Everything: the newest whole and short check, the newest inspection, and what holds the place at risk."""

    whole: Checked | None = None
    short: Checked | None = None
    inspected: Verdict | None = None
    held: Sequence[Held] = ()


def combine(known: Known, now_ms: int) -> Combined:
    """What holds of a place at `now_ms`."""
    found = _own_word(known, now_ms)
    verdict = known.inspected
    if verdict is not None and verdict.state is not State.SAFE and not _worse(found.state, verdict.state):
        found = Combined(verdict.state, Cause.INSPECTION, str(verdict.number), verdict.reasons, None)
    if known.held and found.state in (State.SAFE, State.NOT_ASSESSED):
        first = known.held[0]
        found = Combined(State.AT_RISK, first.cause, first.about, tuple(one.reason for one in known.held), None)
    return found


def _own_word(known: Known, now_ms: int) -> Combined:
    """The place's own checks, and inspections that stand in for them."""
    whole, cause = known.whole, Cause.SELF_CHECK
    verdict = known.inspected if known.inspected is not None and known.inspected.state is State.SAFE else None
    if verdict is not None and (whole is None or verdict.at_ms >= whole.at_ms):
        cause = Cause.INSPECTION
        whole = Checked(verdict.number, verdict.at_ms, verdict.until_ms, State.SAFE, verdict.reasons)
    if whole is None:
        return _none("check_missing")
    if whole.until_ms <= now_ms:
        return _none("check_over")
    short_until, left = _short(known, verdict)
    if short_until <= now_ms:
        return _none("daily_over")
    until_ms = min(whole.until_ms, short_until)
    if left is not None and left.at_ms >= whole.at_ms and whole.state is State.SAFE:
        return Combined(State.AT_RISK, Cause.SELF_CHECK, str(left.number), left.reasons, until_ms)
    return Combined(whole.state, cause, str(whole.number), whole.reasons, until_ms)


def _short(known: Known, verdict: Verdict | None) -> tuple[int, Checked | None]:
    """(until when the short check is in date, the newest one if it left something)."""
    short = known.short
    standing_in = 0 if verdict is None else verdict.short_until_ms
    if short is None:
        return standing_in, None
    return max(short.until_ms, standing_in), short if short.state is not State.SAFE else None


def _none(reason: str) -> Combined:
    return Combined(State.NOT_ASSESSED, Cause.PERIOD_OVER, "", (reason,), None)


def _worse(one: State, other: State) -> bool:
    return one in _WORSE and _WORSE.index(one) > _WORSE.index(other)
