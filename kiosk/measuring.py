"""PURE. What one hour at a gate was like, in counts: facts to hold a place's pledges against, and never a person.

- Who came and left, how full it was and how quickly people came follows from the gate's own rows of visits: it outlives
  a restart. What no row holds (time at work, let in by hand, the air) is counted as it happens and kept as a note.
- Hours are those of the wall clock (Unix ms, whole hours). While the clock is unset nothing is measured: an hour that
  nobody can name proves nothing.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import NamedTuple

HOUR_MS = 3_600_000
MINUTE_MS = 60_000
_IN = 1


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour as far as it has gone. `up_ms`: how long the gate could serve; `by_hand`: people whom a guard let in, or
    who came by paper; co2 in ppm, its sum over `co2_count` readings."""

    start_ms: int
    up_ms: int = 0
    by_hand: int = 0
    co2_max: int = 0
    co2_sum: int = 0
    co2_count: int = 0

    def lived(self, ms: int, serving: bool, by_hand: int, co2: int | None) -> "Hour":
        """The same hour, so many ms later."""
        up = min(HOUR_MS, self.up_ms + ms) if serving else self.up_ms
        hour = replace(self, up_ms=up, by_hand=self.by_hand + by_hand)
        if co2 is None:
            return hour
        return replace(hour, co2_max=max(hour.co2_max, co2), co2_sum=hour.co2_sum + co2, co2_count=hour.co2_count + 1)


class Flow(NamedTuple):
    """People in an hour, by the rows: who came, who left, most inside at once, most through the gate in a minute."""

    came: int = 0
    left: int = 0
    most_inside: int = 0
    most_a_minute: int = 0


def hour_of(at_ms: int) -> int:
    """The beginning of the hour of that time."""
    return at_ms - at_ms % HOUR_MS


def flow_of(rows: Iterable[tuple[int, int, int]], inside: int) -> Flow:
    """`rows` (at ms, direction 1 in or 2 out, people) in their order; `inside` so many when the hour began."""
    came = left = 0
    most_inside = inside
    minutes: Counter[int] = Counter()
    for at_ms, direction, people in rows:
        minutes[at_ms // MINUTE_MS] += people
        if direction == _IN:
            came += people
            inside += people
        else:
            left += people
            inside = max(0, inside - people)
        most_inside = max(most_inside, inside)
    return Flow(came, left, most_inside, max(minutes.values(), default=0))


def facts_of(hour: Hour, flow: Flow, capacity: int | None) -> dict[str, int | None]:
    """The facts of the event `measured` (wire.records.DeviceEvent)."""
    return {
        "hour": hour.start_ms,
        "in": flow.came,
        "out": flow.left,
        "by_hand": min(hour.by_hand, flow.came),
        "occupancy_max": flow.most_inside,
        "capacity": capacity,
        "per_min_max": flow.most_a_minute,
        "up_s": hour.up_ms // 1000,
        "co2_max": hour.co2_max if hour.co2_count else None,
        "co2_mean": round(hour.co2_sum / hour.co2_count) if hour.co2_count else None,
    }


def written(hour: Hour) -> str:
    """The hour as a note."""
    return json.dumps(asdict(hour), separators=(",", ":"))


def read_back(note: str) -> Hour | None:
    """The hour of a note; None for anything that is none."""
    try:
        found = json.loads(note)
    except ValueError:
        return None
    names = set(Hour.__dataclass_fields__)
    if not isinstance(found, Mapping) or set(found) != names or any(type(value) is not int for value in found.values()):
        return None
    hour = Hour(**found)
    return hour if min(found.values()) >= 0 and hour.start_ms % HOUR_MS == 0 else None
