"""PURE. From the visits of one person at one place, over all gates and codes, to their stays. The rules:

- In order of time. A check-out ends the stay of the check-in before it, if that lasted no longer than `believed`.
- The same direction again within `again` is one passage, read twice: the first counts going in, the last going out.
- A check-in while the one before has not ended (by the rule) goes on with that stay: gates within a house. It ends
  with the check-out that follows, if one does.
- A check-in without a check-out lasts until closing and a grace, at most `longest`; marked as assumed.
- A check-out without a check-in: there for `before_bare_out` before, not reaching back beyond the visit before; marked.
- STOP at the way in: was turned away, not inside. ASK was talked to and may be inside; FAULT was let in on paper. Going
  out, everybody goes out. A contact too many can be crossed out by a person, one too few is never seen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from central.tracing.model import DAY_MS, HOUR_MS, MINUTE_MS, SIZES_MS

IN, OUT = 1, 2  # wire.records.Direction
STOP = 3  # wire.records.Signal
SEEN, OUT_ASSUMED, IN_ASSUMED = 0, 1, 2
_LENGTHS = ("longest", "believed", "before_bare_out")
_VIET_NAM_MS = 7 * HOUR_MS


class Passage(NamedTuple):
    """A visit, as far as pairing asks."""

    at_ms: int
    direction: int
    signal: int


class Paired(NamedTuple):
    """A stay of the person and place asked about; `assumed` as in the column of that name."""

    in_ms: int
    out_ms: int
    assumed: int


@dataclass(frozen=True, slots=True)
class StayRule:
    """Of a kind of place; see stays.toml. Opening in minutes after midnight in Viet Nam, None: always open."""

    longest_ms: int
    believed_ms: int
    before_bare_out_ms: int
    again_ms: int
    grace_ms: int
    closes_min: int | None = None

    def last_ms(self, in_ms: int) -> int:
        """Until when somebody may be inside who came at `in_ms` and was not seen to leave."""
        last = in_ms + self.longest_ms
        if self.closes_min is not None:
            into_day = (in_ms + _VIET_NAM_MS) % DAY_MS
            until_closing = (self.closes_min * MINUTE_MS - into_day) % DAY_MS
            last = min(last, in_ms + until_closing + self.grace_ms)
        return last


def rules_of(told: Mapping[str, Any]) -> dict[str, StayRule]:
    """Kind of place -> rule, of the parsed stays.toml; `default` for those not named. Raises KeyError, ValueError."""
    again, grace = int(told["again_minutes"] * MINUTE_MS), int(told["closing_grace_minutes"] * MINUTE_MS)
    made = {}
    for kind, hours in told.items():
        if isinstance(hours, dict):
            longest, believed, before = (int(hours[name] * HOUR_MS) for name in _LENGTHS)
            if not 0 <= before <= longest <= believed <= SIZES_MS[-1] // 2:
                raise ValueError(f"stays.toml, {kind}: before_bare_out <= longest <= believed <= 31 days")
            made[kind] = StayRule(longest, believed, before, again, grace)
    return made


def pair(passages: Iterable[Passage], rule: StayRule) -> list[Paired]:
    """The stays, in order, never touching one another."""
    stays: list[Paired] = []
    entered: int | None = None  # the check-in that waits for its check-out
    renewed = 0  # the last check-in of that stay
    left: int | None = None  # the last check-out
    for at_ms, direction, signal in _in_order(passages):
        if direction == IN:
            if signal == STOP:
                continue
            if entered is not None and (at_ms > rule.last_ms(renewed) or at_ms - entered > rule.believed_ms):
                stays.append(Paired(entered, min(at_ms, rule.last_ms(renewed)), OUT_ASSUMED))
                entered = None
            entered, renewed = at_ms if entered is None else entered, at_ms
        elif entered is not None and at_ms - entered <= rule.believed_ms:
            stays.append(Paired(entered, at_ms, SEEN))
            entered, left = None, at_ms
        else:
            if entered is not None:
                stays.append(Paired(entered, rule.last_ms(renewed), OUT_ASSUMED))
                entered = None
            _leave(stays, at_ms, left, rule)
            left = at_ms
    if entered is not None:
        stays.append(Paired(entered, rule.last_ms(renewed), OUT_ASSUMED))
    return stays


def _leave(stays: list[Paired], at_ms: int, left: int | None, rule: StayRule) -> None:
    """A check-out that no check-in belongs to."""
    if left is not None and at_ms - left <= rule.again_ms and stays and stays[-1].out_ms == left:
        stays[-1] = stays[-1]._replace(out_ms=at_ms)
        return
    since = at_ms - rule.before_bare_out_ms
    if stays:
        since = min(max(since, stays[-1].out_ms + 1), at_ms)
    if not stays or since > stays[-1].out_ms:
        stays.append(Paired(since, at_ms, IN_ASSUMED))


def _in_order(passages: Iterable[Passage]) -> Sequence[Passage]:
    """By time; at the same moment in before out."""
    return sorted(passages)
