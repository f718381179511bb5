"""PURE. Which issued tag an identifier is of: the identifiers that each tag may be sending now, kept up as time passes.

The rules:

- A tag counts seconds from its epoch by a crystal that is wrong by 150 ppm at most (Eddystone-EID, "Clock drift"): what
  it may send now is the identifiers of all the slots that its clock may stand in, and one slot early and late.
- Where that is more than MOST_SLOTS (a tag with short slots, old and long unheard), the slots around the likeliest time
  are kept: by where its clock stood when it was last heard and how fast it has run since its epoch, else by the epoch.
- Hearing a tag never shuts anything out that its epoch allows: whoever repeats an old identifier of somebody's tag
  cannot make this gate deaf to the tag.
- `late_s` widens the table for a clock that is not synchronised: after a power cut it stands behind by the outage.
- Time passes in slices (`renew`), a few tags at each call; a clock that jumps has all tags looked at again.

Cost: 12,000 tags in slots of 1,024 s are 55,000 identifiers in their first month and 160,000 (23 MB) after a year, made
in 0.7 s of one x86 core in all, in slices of 15 ms; then 12 a second, which take 0.5 ms.
"""

from collections.abc import Iterable
from heapq import heapify, heappop, heappush

from ble_scanner.rolling_id import eids
from wire.tags import Tag

DRIFT_PPM = 150
WANDER_PPM = 30  # of a crystal about its own mean rate: temperature (0.04 ppm/K^2 from 25 C) and ageing
MOST_SLOTS = 64  # a tag: 18 hours of slots of 1,024 s, which 150 ppm reach after seven years
_COUNTER_END = 1 << 32


class TagTable:
    """The tags of a venue. Times are Unix seconds. Not for several threads."""

    def __init__(self, tags: Iterable[Tag] = (), now_s: int = 0, late_s: int = 0) -> None:
        self._known: dict[Tag, _Clock] = {}
        self._ids: dict[bytes, _Clock] = {}
        self._due: list[tuple[int, int, _Clock]] = []  # heap by the second in which a tag has to be looked at
        self._number = 0
        self._now_s, self._late_s = now_s, late_s
        self.set_tags(tags, now_s)

    def __len__(self) -> int:
        """How many identifiers are known."""
        return len(self._ids)

    def set_tags(self, tags: Iterable[Tag], now_s: int) -> None:
        """The tags from now on; what is known of those that stay, stays. `renew` then fills the table."""
        wanted = dict.fromkeys(tags)
        for tag in [tag for tag in self._known if tag not in wanted]:
            self._forget(self._known.pop(tag))
        for tag in wanted:
            if tag not in self._known:
                self._known[tag] = clock = _Clock(tag)
                self._put_off(clock, now_s)

    def renew(self, now_s: int, late_s: int = 0, most: int = 100) -> int:
        """Look at up to `most` tags whose time has come; how many are left whose time has come too."""
        if now_s < self._now_s or late_s != self._late_s:
            self._due = [(now_s, number, clock) for _, number, clock in self._due]
            heapify(self._due)
        self._now_s, self._late_s = now_s, late_s
        while most and self._due and self._due[0][0] <= now_s:
            clock = heappop(self._due)[2]
            most -= 1
            if clock.tag.expires_s > now_s:
                self._keep_up(clock, now_s, late_s)
                self._put_off(clock, now_s + (1 << clock.tag.exponent))
            else:
                self._forget(clock)
                # A clock that is set back may revive it.
                self._put_off(clock, now_s + 3600)
        return sum(1 for due in self._due if due[0] <= now_s) if self._due and self._due[0][0] <= now_s else 0

    def resolve(self, eid: bytes, now_s: int) -> Tag | None:
        """The tag that sends these 8 bytes; None for a stranger's, and for a tag that has expired."""
        clock = self._ids.get(eid)
        if clock is None or clock.tag.expires_s <= now_s:
            return None
        if eid is not clock.last_heard:
            clock.hear(eid, now_s)
        return clock.tag

    def _put_off(self, clock: "_Clock", due_s: int) -> None:
        self._number += 1
        heappush(self._due, (due_s, self._number, clock))

    def _keep_up(self, clock: "_Clock", now_s: int, late_s: int) -> None:
        first, stop = clock.slots(now_s, late_s)
        gone, new = clock.move(first, stop)
        for identifier in gone:
            if self._ids.get(identifier) is clock:
                del self._ids[identifier]
        for identifier in new:
            self._ids[identifier] = clock

    def _forget(self, clock: "_Clock") -> None:
        for identifier in clock.ids:
            self._ids.pop(identifier, None)
        clock.ids, clock.first = [], 0


class _Clock:
    """A tag's own clock, as far as it is known: how far it is ahead of ours, `ahead` = (least, most) s at `heard_s`."""

    __slots__ = ("ahead", "first", "heard_s", "ids", "last_heard", "tag")

    def __init__(self, tag: Tag) -> None:
        self.tag = tag
        self.ids: list[bytes] = []  # of the slots from `first` on
        self.first = 0
        self.last_heard: bytes | None = None
        self.ahead: tuple[float, float] | None = None
        self.heard_s = 0

    def slots(self, now_s: int, late_s: int) -> tuple[int, int]:
        """The slots [first, stop) that the tag may be in during the next slot, by our clock or `late_s` after it."""
        tag, length = self.tag, 1 << self.tag.exponent
        elapsed = now_s - tag.epoch_s
        drift = max(elapsed, 0) * DRIFT_PPM / 1e6
        first = int((elapsed - drift) // length) - 1
        stop = int((elapsed + late_s + drift) // length) + 3  # this slot, the next one by the next look, and one early
        if stop - first > MOST_SLOTS:
            least, most = self._likely(now_s)
            middle = int((elapsed + (least + most) / 2) // length)
            first = max(first, min(middle - MOST_SLOTS // 2, stop - MOST_SLOTS))
            stop = first + MOST_SLOTS
        end = _COUNTER_END >> tag.exponent
        return min(max(first, 0), end), min(max(stop, 0), end)

    def move(self, first: int, stop: int) -> tuple[list[bytes], list[bytes]]:
        """Go to the slots [first, stop): (identifiers that no longer count, those that now do)."""
        key, exponent, had = self.tag.key, self.tag.exponent, self.first + len(self.ids)
        if not self.first <= first < had or stop < had:  # a jump: all anew
            gone, self.ids, self.first = self.ids, eids(key, exponent, first << exponent, stop - first), first
            return gone, self.ids
        gone, kept = self.ids[: first - self.first], self.ids[first - self.first :]
        new = eids(key, exponent, had << exponent, stop - had)
        self.ids, self.first = kept + new, first
        return gone, new

    def hear(self, eid: bytes, now_s: int) -> None:
        """It sent this: its clock stands in that slot, now."""
        length = 1 << self.tag.exponent
        place = self.ids.index(eid)
        self.last_heard = self.ids[place]
        begins = (self.first + place) * length - (now_s - self.tag.epoch_s)
        least, most = self._likely(now_s) if self.ahead else (begins, begins + length)
        least, most = max(least, begins), min(most, begins + length)
        # What contradicts what was known: our own clock was set. The newest counts.
        self.ahead = (least, most) if least <= most else (begins, begins + length)
        self.heard_s = now_s

    def _likely(self, now_s: int) -> tuple[float, float]:
        """How far ahead it is now, at least and at most: as it was heard, and by its mean rate since its epoch."""
        if self.ahead is None:
            return 0.0, 0.0
        run, since = max(self.heard_s - self.tag.epoch_s, 1), abs(now_s - self.heard_s)
        slowest = max(self.ahead[0] / run, -DRIFT_PPM / 1e6) - WANDER_PPM / 1e6
        fastest = min(self.ahead[1] / run, DRIFT_PPM / 1e6) + WANDER_PPM / 1e6
        return self.ahead[0] + slowest * since, self.ahead[1] + fastest * since
