"""PURE. The clock of a case: from the laboratory's result to the last contact reached, stage by stage.

    result -> opened -> signed -> traced -> released -> reached

A stage is done at the time that its row names. Released may be missing where every contact was called; then the stage
is passed over. The last stage is done when nobody is left to be reached.
"""

from collections.abc import Mapping
from typing import NamedTuple

STAGES = ("result", "opened", "signed", "traced", "released", "reached")


class Stage(NamedTuple):
    """`at_ms` is when it was done, None while it is not; `took_ms` since the last stage that was done before it."""

    name: str
    at_ms: int | None
    took_ms: int
    running: bool


class Bar(NamedTuple):
    """A stage in a plot of WIDTH: where it begins and how wide it is, in the plot's units."""

    stage: Stage
    x: float
    width: float


WIDTH = 960.0
_LEAST = 6.0  # a stage of a second is still seen


def stages(times: Mapping[str, int | None], now_ms: int) -> list[Stage]:
    """Each stage of STAGES in order; the first that is not done runs until now."""
    found, last, running = [], times.get("result"), True
    for name in STAGES:
        at_ms = times.get(name)
        later = any(times.get(after) is not None for after in STAGES[STAGES.index(name) + 1 :])
        if at_ms is not None:
            found.append(Stage(name, at_ms, max(0, at_ms - (at_ms if last is None else last)), False))
            last = max(at_ms, at_ms if last is None else last)
        elif running and not later:
            found.append(Stage(name, None, 0 if last is None else max(0, now_ms - last), True))
            running = False
        else:
            found.append(Stage(name, None, 0, False))
    return found


def elapsed(times: Mapping[str, int | None], now_ms: int) -> int:
    """Milliseconds from the result (or the opening) to the last contact reached, or to now."""
    begin, end = times.get("result"), times.get("reached")
    if begin is None:
        begin = times.get("opened")
    return max(0, (now_ms if end is None else end) - (now_ms if begin is None else begin))


def bars(found: list[Stage]) -> list[Bar]:
    """The stages that took time, side by side over WIDTH, each wide enough to be seen."""
    timed = [stage for stage in found if stage.name != "result" and (stage.at_ms is not None or stage.running)]
    total = sum(stage.took_ms for stage in timed) or 1
    room = WIDTH - _LEAST * len(timed)
    made, x = [], 0.0
    for stage in timed:
        width = _LEAST + room * stage.took_ms / total
        made.append(Bar(stage, round(x, 1), round(width, 1)))
        x += width
    return made
