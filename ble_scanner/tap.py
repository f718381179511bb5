"""PURE. Taps: which issued tag is being held to the gate, out of what the radio says of all of them.

The rules:

- The *level* of a report is its RSSI above what the tag would give at 1 m in free space, by the power that its own
  frame names and by this receiver's correction (`calibrate`): 0 dB at 1 m, 12 at 25 cm, 20 at 10 cm. Twice the power at
  the tag is no nearer.
- Level alone tells a tap from somebody who stands at 1 m badly: rooms, hands and receivers differ by as much as the
  distance does. A tap is also a *rise*: over the best level of the same tag a moment ago and before, in which room, tag
  and receiver cancel out. Level and rise (as far as it counts) together have to reach `enough`.
- It must *hold*: two reports or more in a row, none of them a repetition of the same advertisement. The more there are,
  the less their mean fades, and the less is enough.
- *Best of two*: no other tag that is heard now may come within `margin_db` of it. Two tags in one hand are told apart
  by which is nearer, or one after the other: a tag that has been recognised no longer competes.
- A tag counts once, until it has *left*: well below the near level for a while, or long unheard. A radio that drops
  reports for a few seconds is not a visitor who has left.
- Reports may be sparse, doubled and late. Only so many tags are followed at once; the weakest is forgotten first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Literal, NamedTuple

AT_1M_DB = 41  # what Eddystone's power, given for 0 m, stands above the strength at 1 m (protocol specification, UID)
TYPICAL_POWER_DBM = -18  # of a tag that names none: -59 dBm at 1 m
# Two advertisements of one tag are 20 ms apart at least (Core Specification vol. 6 part B 4.4.2.2): less is one, heard
# twice, as an advertisement and its scan response are.
SAME_MS = 20
LATE_MS = 60_000  # a report that is older than its predecessor by more than this is another clock's
BUCKET_MS = 800  # how long a level is "now", before it becomes what a rise is measured over: one to two of these
FORGET_DB_PER_S = 0.5  # somebody who stood near half a minute ago may tap
UNKNOWN_RISE_DB = 4.0  # of a tag that was not heard before: as a walk of a metre gives
LEFT_DB, LEFT_MS, SILENT_MS = 6.0, 1_500, 10_000  # 50 cm and more for so long, or unheard for so long
GONE_MS = 10_000  # what was not heard for so long need not be followed
MOST_TAGS = 256
MOST_REPORTS = 6
REPORT_MS = 300  # what each report of a mean may be older: the slowest tag's interval of 250 ms, and some lost
JUMP_DB = 12.0  # two reports that differ by more are no level yet: one of them may be an error of the receiver
MOST_RISE_DB = 18.0  # of a rise counts: a body that turns out of the way gives as much
_NEVER = -1_000.0


@dataclass(frozen=True, slots=True)
class TapSettings:
    """`enough` dB of level and rise for the mean of two reports, `less_db` less for each further one up to
    MOST_REPORTS, never of fewer than `reports`; a level of `near_db` at least, `margin_db` above every other tag's."""

    enough: float
    reports: int
    near_db: float
    margin_db: float
    less_db: float = 1.7  # the mean of more reports fades less; found with the seeds for tuning, as `enough` was


# docs/tap.md has what each of them gives. sure: many stand close by, and a false tap is dearest; quick: a lane of one's
# own, where waiting is dearest. A tag at 25 cm gives 12 dB, less what a hand and a turned antenna take, up to 9 dB.
SETTINGS: Mapping[str, TapSettings] = {
    "sure": TapSettings(enough=23.0, reports=3, near_db=3.5, margin_db=6.0),
    "balanced": TapSettings(enough=21.0, reports=2, near_db=3.0, margin_db=4.0),
    "quick": TapSettings(enough=18.0, reports=2, near_db=2.0, margin_db=3.0),
}


class Tap(NamedTuple):
    """A tag was held to the gate. `level_db` above what it gives at 1 m, `rise_db` above what it gave before."""

    pass_id: bytes
    mono_ms: int
    level_db: float
    rise_db: float


class _Tag:
    """What is known of one tag. `levels` are the last reports' (level, ms); the best of a bucket moves from `now` over
    `then` to `before`, which fades."""

    __slots__ = ("before", "bucket_ms", "heard_ms", "last", "levels", "low_since", "now", "tapped", "then")

    def __init__(self, mono_ms: int) -> None:
        self.levels: list[tuple[float, int]] = []
        self.heard_ms = mono_ms
        self.bucket_ms = mono_ms + BUCKET_MS
        self.last = self.now = self.then = self.before = _NEVER
        self.tapped = False
        self.low_since = -1


class Taps:
    """The detector of one gate. It is told every report of an issued tag, and says when one of them is a tap."""

    def __init__(self, settings: TapSettings, correction_db: float = 0.0) -> None:
        self.settings = settings
        self._zero = AT_1M_DB - correction_db
        self._least = settings.enough - (MOST_REPORTS - 2) * settings.less_db
        self._tags: dict[bytes, _Tag] = {}

    def __len__(self) -> int:
        """How many tags are followed."""
        return len(self._tags)

    def report(self, pass_id: bytes, rssi: int, mono_ms: int, power: int | None = None) -> Tap | None:
        """A report of a tag: RSSI in dBm, ms on a clock that never goes back, the power that it names (dBm at 0 m)."""
        tag = self._tags.get(pass_id)
        if tag is None:
            tag = self._follow(pass_id, mono_ms)
        elif mono_ms - tag.heard_ms < SAME_MS:
            if tag.heard_ms - mono_ms > LATE_MS:
                del self._tags[pass_id]
            return None
        level = rssi - (TYPICAL_POWER_DBM if power is None else power) + self._zero
        if mono_ms >= tag.bucket_ms:
            _turn_over(tag, mono_ms)
        if tag.tapped:
            _look_whether_left(tag, level, mono_ms)
        levels = tag.levels
        if mono_ms - tag.heard_ms > 3 * REPORT_MS:
            levels.clear()
        tag.heard_ms = mono_ms
        levels.append((level, mono_ms))
        if len(levels) == 1:
            tag.last = level
            return None
        if len(levels) > MOST_REPORTS:
            del levels[0]
        tag.last = mean = (level + levels[-2][0]) / 2
        if mean > tag.now:
            tag.now = mean
        if tag.tapped or level < self.settings.near_db or mean + MOST_RISE_DB < self._least:
            return None
        if abs(level - levels[-2][0]) > JUMP_DB:
            return None
        return self._judge(pass_id, tag, mono_ms)

    def _judge(self, pass_id: bytes, tag: _Tag, mono_ms: int) -> Tap | None:
        """Whether the mean of the last two reports, of three and so on reaches what is enough for so many."""
        settings, before, total = self.settings, tag.before, 0.0
        for count, (level, at_ms) in enumerate(reversed(tag.levels), 1):
            if mono_ms - at_ms > (count + 1) * REPORT_MS:
                break
            total += level
            if count < settings.reports:
                continue
            mean = total / count
            if mean < settings.near_db:
                continue
            rise = UNKNOWN_RISE_DB if before == _NEVER else mean - before
            reached = mean + min(rise, MOST_RISE_DB) if rise > 0 else mean
            if reached >= settings.enough - (count - 2) * settings.less_db and not self._has_rival(tag, mean, mono_ms):
                tag.tapped, tag.low_since = True, -1
                return Tap(pass_id, mono_ms, mean, rise)
        return None

    def _has_rival(self, tag: _Tag, mean: float, mono_ms: int) -> bool:
        return any(
            other.last > mean - self.settings.margin_db
            and mono_ms - other.heard_ms <= 3 * REPORT_MS
            and other is not tag
            and not other.tapped
            for other in self._tags.values()
        )

    def _follow(self, pass_id: bytes, mono_ms: int) -> _Tag:
        if len(self._tags) >= MOST_TAGS:
            for gone in [key for key, tag in self._tags.items() if mono_ms - tag.heard_ms > GONE_MS]:
                del self._tags[gone]
            while len(self._tags) >= MOST_TAGS:
                del self._tags[min(self._tags, key=lambda key: self._tags[key].last)]
        tag = self._tags[pass_id] = _Tag(mono_ms)
        return tag


def _turn_over(tag: _Tag, mono_ms: int) -> None:
    """A bucket is full: what was now is a moment ago, what was a moment ago is before."""
    faded = tag.before - (mono_ms - tag.bucket_ms + BUCKET_MS) / 1000 * FORGET_DB_PER_S
    tag.before = max(faded, tag.then)
    tag.then, tag.now = tag.now, _NEVER
    if mono_ms - tag.bucket_ms >= BUCKET_MS:  # and whole buckets without a report
        tag.before, tag.then = max(tag.before, tag.then), _NEVER
    if tag.before < _NEVER / 2:
        tag.before = _NEVER
    tag.bucket_ms = mono_ms + BUCKET_MS


def _look_whether_left(tag: _Tag, level: float, mono_ms: int) -> None:
    if mono_ms - tag.heard_ms > SILENT_MS:
        tag.tapped = False
    elif level >= LEFT_DB:
        tag.low_since = -1
    elif tag.low_since < 0:
        tag.low_since = mono_ms
    elif mono_ms - tag.low_since >= LEFT_MS:
        tag.tapped = False


class Calibration(NamedTuple):
    """What holding a tag at the mark says of this receiver. `correction_db` is for `Taps`; it holds where `reason` is
    ""."""

    correction_db: float
    spread_db: float
    reports: int
    reason: Literal["", "too_few", "unsteady", "implausible"]


MARK_M, MARK_DB = 0.25, 12.0  # where the tag is held, and the level that free space gives there
FEWEST_REPORTS, MOST_SPREAD_DB, MOST_CORRECTION_DB = 12, 8.0, 15.0


def calibrate(reports: Sequence[tuple[int, int | None]]) -> Calibration:
    """The correction of a receiver, from (RSSI, named power) of one or several tags held at 25 cm for 5 s each, by the
    edge and with nothing between. The spread is that of the middle half: a tag that was moved shows in it."""
    levels = [rssi - (TYPICAL_POWER_DBM if power is None else power) + AT_1M_DB for rssi, power in reports]
    if len(levels) < FEWEST_REPORTS:
        return Calibration(0.0, 0.0, len(levels), "too_few")
    low, _, high = quantiles(levels, n=4)
    correction, spread = round(median(levels) - MARK_DB, 1), round(high - low, 1)
    if spread > MOST_SPREAD_DB:
        return Calibration(0.0, spread, len(levels), "unsteady")
    if abs(correction) > MOST_CORRECTION_DB:
        return Calibration(0.0, spread, len(levels), "implausible")
    return Calibration(correction, spread, len(levels), "")
