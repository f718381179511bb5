"""People with tags near a gate, as a receiver hears them: what the tap detector is tried on.

The detector never sees this file. A trace is what one receiver reports of one scene: rows (ms, rssi in dBm, person) in
order of time, with the moment in which a tag came within 25 cm where somebody taps. Everything is drawn
from a seed. The parameters are published ones, but for those that are called assumed:

- Path loss: free space at 2.44 GHz, 40.2 dB at 1 m (Friis); beyond 1 m the exponent of rooms, 1.8 to 2.4 (a living room
  measured at 0.5 to 4 m gave 2.4: blog.markmarolf.com "Path loss constant", 2020). Below 3 cm the coupling no longer
  grows, and receivers are driven to their upper end.
- Fading: Rice. Its K factor is 7 dB +- 2 at 1 m (for walking people: doi:10.1186/1687-1499-2014-29, table 5;
  the room above has deviations of 1.5 dB at 0.5 m and 3.7 dB at 1 m, which are K of 14 and 6 dB). The scattered part
  does not grow when the tag comes nearer and the direct one does, so that K rises by 20 dB for each tenth of the
  distance. The scattered part is another one on each advertising channel, and after a move of 0.4 wavelengths
  (Clarke's model); for somebody who stands still it lasts for seconds, until others have moved.
- Body, hand, antenna (assumed; measured means of bodies at 2.4 GHz lie between 10 and 26 dB): 10 to 20 dB when the body
  stands between tag and receiver, 3 to 10 dB in pockets and bags, 0 to 6 dB for the hand that holds the tag out; half a
  normal distribution of 3 dB for antennas that look away.
- Tags: advertising interval of 100 to 250 ms and the random 0 to 10 ms of the Core Specification (vol. 6 B 4.4.2.2),
  power of -20 to 0 dBm, which they name in their frame, rightly within 1.5 dB (deviation); 1.5 dB between channels
  (both assumed).
- Receivers: an error of -6 to 6 dB each (20 phones at one distance lie 20 dB apart: opentrace-calibration, "Device
  Data"), steps of 1 or 2 dB, 5 to 35 % of the advertisements lost, never above -18 dBm.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Scene = Literal["tap", "tap from a queue", "walk", "crowd", "queue", "turn"]
# The detector was tuned with the first, and proved with the second; the third is for its unit tests.
TUNING_SEED, PROOF_SEED, SHORT_SEED = 20_200_417, 16_180_339, 27_182_818

WITHIN_M = 0.25
PASSES_AT_M = 1.0
LOSS_AT_1M = 40.2
ZERO_METRES = 41  # what Eddystone's power field stands above the strength at 1 m
WAVE_M = 0.123
TICK_S = 0.01
UPPER_END_DBM = -18
CROWD = 10


@dataclass(frozen=True)
class Venue:
    """One receiver in one room."""

    offset_db: float
    step_db: int
    lost: float
    exponent: float
    k_db: float

    @staticmethod
    def drawn(rng: np.random.Generator) -> "Venue":
        """One of those that there are."""
        return Venue(
            offset_db=rng.uniform(-6, 6),
            step_db=int(rng.choice([1, 1, 2])),
            lost=rng.uniform(0.05, 0.35),
            exponent=rng.uniform(1.8, 2.4),
            k_db=rng.normal(7, 2),
        )


@dataclass(frozen=True)
class Trace:
    """What was heard: `rows` of (ms, rssi, person), in order of time; `powers` the power that each person's tag names,
    dBm at 0 m. `near_ms`: when the tag of person 0 came within 25 cm, None where nobody taps; `near_for_ms` how long
    it was there, held at `held_cm`. `people` have passed, or one has tapped, at `venue`."""

    scene: Scene
    rows: tuple[tuple[int, int, int], ...]
    powers: tuple[int, ...]
    near_ms: int | None
    near_for_ms: int
    people: int
    venue: Venue
    held_cm: int = 0


def taps(seed: int, count: int, venue: Venue | None = None) -> Iterator[Trace]:
    """Taps at 1 to 25 cm, every third one out of a queue of others; each at a venue of its own, or all at one."""
    for number in range(count):
        rng = np.random.default_rng([seed, 1, number])
        yield _tap(rng, venue or Venue.drawn(rng), queue=number % 3 == 2)


def passers_by(seed: int, people: int, venue: Venue | None = None) -> Iterator[Trace]:
    """People at 1 m and more, until there were `people`: of 20, 7 walk alone, 10 in a crowd, 2 queue, 1 turns."""
    number = passed = 0
    while passed < people:
        rng = np.random.default_rng([seed, 2, number])
        at = venue or Venue.drawn(rng)
        match number % 11:  # a crowd is ten of the people: every eleventh scene is one
            case 0:
                trace = _together(rng, at, "crowd", [_walk(rng) for _ in range(CROWD)])
            case 1 | 2:
                trace = _together(rng, at, "queue", [_queue(rng)])
            case 3:
                trace = _together(rng, at, "turn", [_turn(rng)])
            case _:
                trace = _together(rng, at, "walk", [_walk(rng)])
        yield trace
        number, passed = number + 1, passed + trace.people


def held(seed: int, venue: Venue, at_m: float = WITHIN_M, seconds: float = 5.0) -> list[tuple[int, int]]:
    """[(RSSI in dBm, the power that the tag names)]: a tag that is held still at a mark, with nothing around it."""
    rng = np.random.default_rng([seed, 3])
    metres = np.full(round(seconds / TICK_S), at_m)
    tag = _Tag.drawn(rng)
    rows = _heard(rng, venue, tag, _Way(metres, np.zeros_like(metres), pattern_db=0.0), 0)
    return [(rssi, _named(tag)) for _, rssi, _ in rows]


@dataclass(frozen=True)
class _Tag:
    named_dbm: int
    true_dbm: float
    interval_s: float
    channels_db: Array

    @staticmethod
    def drawn(rng: np.random.Generator) -> "_Tag":
        named = int(rng.choice([-20, -16, -12, -8, -4, 0]))
        return _Tag(named, named + rng.normal(0, 1.5), rng.uniform(0.1, 0.25), rng.normal(0, 1.5, 3))


@dataclass(frozen=True)
class _Way:
    """Where a tag is, and what stands between: metres and dB at each tick; `pattern_db` its antenna's."""

    metres: Array
    loss_db: Array
    pattern_db: float
    starts_s: float = 0.0


def _tap(rng: np.random.Generator, venue: Venue, queue: bool) -> Trace:
    tag = _Tag.drawn(rng)
    hold_m, speed = float(np.exp(rng.uniform(np.log(0.01), np.log(WITHIN_M)))), rng.uniform(0.3, 1.0)
    hold = np.full(round(rng.uniform(0.3, 3.0) / TICK_S), hold_m)
    start = rng.uniform(0.5, 0.9)  # where the arm is before it moves
    reach = np.arange(start, hold_m, -speed * TICK_S)
    before = _stand(rng, 1.0, rng.uniform(5, 40)) if queue else np.arange(rng.uniform(2.5, 5), start, -1.0 * TICK_S)
    away = np.full(round(2.0 / TICK_S), start)
    metres = np.concatenate([before, reach, np.abs(hold + _sway(rng, hold.size, 0.005)), reach[::-1], away])
    loss = np.full(metres.size, rng.uniform(0, 6))
    loss[: before.size] += rng.uniform(0, 12)  # in the hand, pocket or bag until it is held out
    way = _Way(np.maximum(metres, 0.005), loss, abs(rng.normal(0, 3)))
    rows = _heard(rng, venue, tag, way, 0)
    powers = [_named(tag)]
    for person in range(1, rng.integers(2, 5) if queue else 1):
        other = _Tag.drawn(rng)
        stands = _stand(rng, rng.uniform(1.0, 1.0 + person), metres.size * TICK_S)
        rows += _heard(rng, venue, other, _Way(stands, np.full(stands.size, rng.uniform(0, 10)), 0.0), person)
        powers.append(_named(other))
    inside = np.flatnonzero(metres <= WITHIN_M)
    near_s, far_s = float(inside[0]) * TICK_S, float(inside[-1]) * TICK_S
    scene: Scene = "tap from a queue" if queue else "tap"
    return Trace(
        scene,
        tuple(sorted(rows)),
        tuple(powers),
        round(near_s * 1000),
        round((far_s - near_s) * 1000),
        1,
        venue,
        round(hold_m * 100),
    )


def _together(rng: np.random.Generator, venue: Venue, scene: Scene, ways: list[_Way]) -> Trace:
    rows: list[tuple[int, int, int]] = []
    tags = [_Tag.drawn(rng) for _ in ways]
    for person, (way, tag) in enumerate(zip(ways, tags, strict=True)):
        rows += _heard(rng, venue, tag, way, person)
    return Trace(scene, tuple(sorted(rows)), tuple(map(_named, tags)), None, 0, len(ways), venue)


def _named(tag: _Tag) -> int:
    """The power in its frame: what free space leaves at 1 m, and 41 dB."""
    return tag.named_dbm - round(LOSS_AT_1M) + ZERO_METRES


def _walk(rng: np.random.Generator) -> _Way:
    """Past the gate in a straight line, at 1 m or more, with the tag in a hand, on a lanyard, in a pocket or a bag."""
    along = np.arange(-5, 5, rng.uniform(0.6, 1.6) * TICK_S)
    aside = PASSES_AT_M + rng.exponential(0.7)
    loss = np.full(along.size, _carried(rng))
    if rng.random() < 0.3:  # the body comes between when the gate lies behind
        loss[along > 0] += rng.uniform(10, 20)
    return _Way(np.hypot(along, aside), loss, abs(rng.normal(0, 3)), rng.uniform(0, 6))


def _carried(rng: np.random.Generator) -> float:
    """dB that a lanyard (none), a hand, or a pocket or bag takes."""
    return float(rng.choice([0.0, rng.uniform(0, 6), rng.uniform(3, 10)]))


def _queue(rng: np.random.Generator) -> _Way:
    """Stands at 1 m for 1 to 4 minutes, facing the gate."""
    metres = _stand(rng, PASSES_AT_M, rng.uniform(60, 240))
    return _Way(metres, np.full(metres.size, _carried(rng)), abs(rng.normal(0, 3)))


def _turn(rng: np.random.Generator) -> _Way:
    """Stands at 1 to 2 m with the tag on a lanyard and turns round, again and again: the body shades it, then not."""
    metres = _stand(rng, rng.uniform(PASSES_AT_M, 2 * PASSES_AT_M), rng.uniform(20, 60))
    seconds = np.arange(metres.size) * TICK_S
    facing = np.clip(2 * np.sin(2 * np.pi * seconds / rng.uniform(4, 12) + rng.uniform(0, 6)), -1, 1)
    return _Way(metres, (1 - facing) / 2 * rng.uniform(10, 20), abs(rng.normal(0, 3)))


def _stand(rng: np.random.Generator, metres: float, seconds: float) -> Array:
    size = round(seconds / TICK_S)
    return metres + np.abs(_sway(rng, size, 0.03))


def _sway(rng: np.random.Generator, size: int, metres: float) -> Array:
    seconds = np.arange(size) * TICK_S
    first, second = rng.uniform(0.2, 1.5, 2)
    swing: Array = np.sin(2 * np.pi * first * seconds + rng.uniform(0, 6)) + np.sin(2 * np.pi * second * seconds)
    return metres * swing


def _heard(rng: np.random.Generator, venue: Venue, tag: _Tag, way: _Way, person: int) -> list[tuple[int, int, int]]:
    """The advertisements of one tag that arrive, as (ms, rssi, person)."""
    most = round(way.metres.size * TICK_S / tag.interval_s) + 1
    sent = rng.uniform(0, tag.interval_s) + np.cumsum(tag.interval_s + rng.uniform(0, 0.01, most))
    ticks = (sent / TICK_S).astype(int)
    ticks = ticks[ticks < way.metres.size]
    if not ticks.size:
        return []
    metres, channel = way.metres[ticks], rng.integers(0, 3, ticks.size)
    k_db = np.minimum(venue.k_db - 20 * np.log10(np.minimum(metres, 1.0)), 30)
    fading = _rice_db(rng, k_db, _moved(way.metres, ticks), channel)
    exponent = np.where(metres > 1, venue.exponent, 2.0)
    loss = LOSS_AT_1M + 10 * exponent * np.log10(np.hypot(metres, 0.03)) + way.loss_db[ticks] + way.pattern_db
    level = tag.true_dbm - loss + fading + tag.channels_db[channel] + venue.offset_db
    rssi = np.minimum(np.round(level / venue.step_db) * venue.step_db, UPPER_END_DBM)
    arrived = (rng.random(ticks.size) >= venue.lost) & (rssi > -100)
    at_ms = np.round((way.starts_s + sent[: ticks.size]) * 1000)
    return [(int(ms), int(dbm), person) for ms, dbm in zip(at_ms[arrived], rssi[arrived], strict=True)]


def _moved(metres: Array, ticks: npt.NDArray[np.int_]) -> Array:
    """Metres that the tag moved between advertisements, and 2 cm for each second in which only others did."""
    path = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(metres)))])[ticks] + 0.02 * ticks * TICK_S
    return np.diff(path, prepend=path[0])


def _rice_db(rng: np.random.Generator, k_db: Array, moved: Array, channel: npt.NDArray[np.int_]) -> Array:
    """Fading in dB about the mean: a direct part, and a scattered one of each channel that forgets within 0.4 waves."""
    kept = np.exp(-moved / (0.4 * WAVE_M))
    fresh = np.sqrt(1 - kept**2)
    drawn = (rng.normal(size=(k_db.size + 1, 3)) + 1j * rng.normal(size=(k_db.size + 1, 3))) / np.sqrt(2)
    scattered = np.empty((k_db.size, 3), complex)
    state = drawn[-1]
    for row in range(k_db.size):
        state = kept[row] * state + fresh[row] * drawn[row]
        scattered[row] = state
    k = 10 ** (k_db / 10)
    # The direct part keeps the power of the path loss; what is scattered comes on top of it, 1/K of it.
    amplitude = np.abs(1 + scattered[np.arange(k_db.size), channel] / np.sqrt(k))
    return 20 * np.log10(np.maximum(amplitude, 1e-3))
