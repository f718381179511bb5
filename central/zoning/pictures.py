"""PURE. Two pictures as numbers for inline SVG: a bar for each ward, and a zone's time as a line with its events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from central.zoning.life import Event

WIDTH = 960.0
_LEFT, _RIGHT, _ROW = 300.0, 90.0, 44.0
MOST_BARS = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """One ward: `y` is the top of its row; `length` of the bar in SVG units; `level` "" where none is in force."""

    name: str
    y: float
    length: float
    cases: int
    level: str


@dataclass(frozen=True, slots=True)
class Bars:
    """The picture's rows; `rest` wards are not drawn."""

    bars: tuple[Bar, ...]
    height: float
    left: float
    rest: int


@dataclass(frozen=True, slots=True)
class Mark:
    """An event, or now: where it stands on the line."""

    x: float
    what: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class TimeLine:
    """A zone from the first exposure to its end: edges of the exposure and of the zone, and the marks."""

    risk: tuple[float, float]
    zone: tuple[float, float]
    marks: tuple[Mark, ...]


def ward_bars(cases: Mapping[str, int], names: Mapping[str, str], levels: Mapping[str, str]) -> Bars:
    """`cases` by area; wards with a level but no case are drawn too. The most cases come first."""
    areas = sorted({*cases, *levels}, key=lambda area: (-cases.get(area, 0), names.get(area, area)))
    most = max([1, *cases.values()])
    room = WIDTH - _LEFT - _RIGHT
    bars = tuple(
        Bar(names.get(a, a), _ROW * row, round(room * cases.get(a, 0) / most, 1), cases.get(a, 0), levels.get(a, ""))
        for row, a in enumerate(areas[:MOST_BARS])
    )
    return Bars(bars, _ROW * max(1, len(bars)), _LEFT, max(0, len(areas) - MOST_BARS))


def time_line(first_ms: int, last_ms: int, from_ms: int, to_ms: int, events: Sequence[Event], now_ms: int) -> TimeLine:
    """All that is drawn lies between the first exposure (or the zone's begin) and its end (or the last event)."""
    times = [first_ms, last_ms, from_ms, to_ms, *(event.at_ms for event in events)]
    begin, end = min(times), max(times)

    def x(at_ms: int) -> float:
        return round(10 + (WIDTH - 20) * (min(max(at_ms, begin), end) - begin) / max(1, end - begin), 1)

    stops = [event.at_ms for event in events if event.what in ("ended", "undone")]
    resumed = bool(events) and events[-1].what == "restored"
    over = to_ms if resumed or not stops else min(to_ms, stops[-1])
    marks = [Mark(x(event.at_ms), event.what, event.at_ms) for event in events]
    if begin <= now_ms <= end:
        marks.append(Mark(x(now_ms), "now", now_ms))
    return TimeLine((x(first_ms), x(last_ms)), (x(from_ms), x(max(over, from_ms))), tuple(marks))
