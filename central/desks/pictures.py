"""PURE. The desks' pictures as numbers for inline SVG: seats of a vehicle, and days as bars."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from central.desks.baseline import shown
from central.desks.seats import seat_of

_SEAT, _GAP, _AISLE = 44, 6, 26
_ABREAST = "ABCDEFGHJK"  # letters of a cabin; I is left out as it reads like 1
_A_ROW = 4  # of numbered seats
MOST_SEATS = 600


@dataclass(frozen=True, slots=True)
class Drawn:
    """One taken seat. `state` is chosen, near, seen or unseen."""

    arrival: int
    label: str
    x: int
    y: int
    state: str


@dataclass(frozen=True, slots=True)
class SeatMap:
    """Seats from the front; rows downwards. `without` arrivals named no seat."""

    seats: tuple[Drawn, ...]
    rows: tuple[tuple[int, int], ...]  # (row, y) of the rows that are drawn
    width: int
    height: int
    without: int


@dataclass(frozen=True, slots=True)
class DayBar:
    """One day: x and height in SVG units of a picture 600 by 80, and the number as it may be shown."""

    x: float
    height: float
    text: str
    last: bool


def seat_map(people: Sequence[tuple[int, str, bool]], chosen: int, near: Collection[int]) -> SeatMap:
    """(arrival id, seat, seen) of one vehicle. Only rows with somebody in them are drawn."""
    known = [(number, seat, seen) for number, text, seen in people if (seat := seat_of(text)) is not None]
    known = known[:MOST_SEATS]
    letters = [letter for letter in _ABREAST if any(seat.letter == letter for _, seat, _ in known)]
    place = {number: seat.row if seat.letter else -(-seat.row // _A_ROW) for number, seat, _ in known}
    rows = {row: order for order, row in enumerate(sorted(set(place.values())))}
    wide = max(len(letters), _A_ROW if any(not seat.letter for _, seat, _ in known) else 1)
    seats = []
    for number, seat, seen in known:
        column = letters.index(seat.letter) if seat.letter in letters else (seat.row - 1) % _A_ROW
        x = 60 + column * (_SEAT + _GAP) + (_AISLE if column >= wide / 2 else 0)
        state = "chosen" if number == chosen else "near" if number in near else "seen" if seen else "unseen"
        seats.append(Drawn(number, str(seat), x, rows[place[number]] * (_SEAT + _GAP), state))
    width = 60 + wide * (_SEAT + _GAP) + _AISLE
    drawn_rows = tuple((row, order * (_SEAT + _GAP)) for row, order in rows.items())
    return SeatMap(tuple(seats), drawn_rows, width, max(1, len(rows)) * (_SEAT + _GAP), len(people) - len(known))


def day_bars(numbers: Sequence[int], least: int) -> tuple[DayBar, ...]:
    """Bars of the days, the last one is the day in question; small numbers are all drawn as one height."""
    most = max([least, *numbers])
    slot = 600 / max(1, len(numbers))
    heights = [0.0 if not n else max(n, least - 1) * 76 / most for n in numbers]
    return tuple(
        DayBar(round(order * slot, 1), round(heights[order], 1), shown(n, least), order == len(numbers) - 1)
        for order, n in enumerate(numbers)
    )
