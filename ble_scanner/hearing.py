"""The hot path: one call for each report of the radio, 3,000 a second and more.

- A tag of this venue: a window under the pass it was issued for, and a look at whether it is held to the gate.
- A rotating identifier of Bluezone or Exposure Notification: a window.
- Everything else is counted by its kind and forgotten. A beacon with a fixed number would be somebody's tracker.
- While the clock is unset no window is kept, since nobody knows of which day it is; tags are then resolved by the best
  guess of the time, and taps work as far as that guess holds.

Addresses tell senders apart for a minute, in memory; they are neither kept nor logged.
"""

from collections.abc import Callable
from typing import NamedTuple, Protocol

from ble_scanner.radio import Heard
from ble_scanner.tap import Taps
from ble_scanner.windows import Windows
from wire.sightings import SYSTEMS
from wire.tags import Tag

MOST_SENDERS = 20_000  # that are told apart in a minute: 2 MB; a flood beyond it is "20,000 or more"
_TAG = SYSTEMS["tag"]
_KEPT = {kind: SYSTEMS[kind] for kind in ("bluezone", "exposure-notification")}


class KnownTags(Protocol):
    """Which tag an identifier is of (ble_scanner.tag_table)."""

    def resolve(self, eid: bytes, now_s: int) -> Tag | None:
        """The tag that may send these 8 bytes at `now_s` (Unix s); None for a stranger's."""
        ...


class Tapped(NamedTuple):
    """A tag was held to the gate at `mono_ms`."""

    tag: Tag
    mono_ms: int


class Hearing:
    """Belongs to the loop of the radio.

    ask        is given phones that only show their presence, where they may be asked (ble_scanner.radio.PhoneReader)
    offset_ms  Unix ms minus monotonic ms; None while the clock is unset: no windows then
    guess_ms   the same as well as it can be guessed
    heard      reports so far; `heard_ms` the monotonic time of the last one
    counts     sightings by kind so far; "tag" those of this venue's tags; `unkept` those without a time
    """

    __slots__ = (
        *("_tags", "_tapped", "_taps", "_windows"),
        *("ask", "counts", "guess_ms", "heard", "heard_ms", "offset_ms", "senders", "unkept"),
    )

    def __init__(
        self,
        windows: Windows,
        tags: KnownTags,
        taps: Taps | None,
        tapped: Callable[[Tapped], object],
    ) -> None:
        self._windows, self._tags, self._taps, self._tapped = windows, tags, taps, tapped
        self.ask: Callable[[Heard], None] | None = None
        self.offset_ms: int | None = None
        self.guess_ms = 0
        self.heard = self.unkept = 0
        self.heard_ms: int | None = None
        self.counts: dict[str, int] = {}
        self.senders: set[str] = set()

    def hear(self, heard: Heard) -> None:
        """Take one report. Never raises."""
        address, rssi, mono_ms, sightings = heard
        self.heard += 1
        self.heard_ms = mono_ms
        senders = self.senders
        if len(senders) < MOST_SENDERS:
            senders.add(address)
        counts = self.counts
        for sighting in sightings:
            kind = sighting.kind
            counts[kind] = counts.get(kind, 0) + 1
            system = _KEPT.get(kind)
            if system is not None:
                self._keep(system, sighting.id + sighting.extra, rssi, mono_ms)
            elif kind == "eddystone-eid":
                self._hear_tag(sighting.id, rssi, mono_ms, sighting.power)
            elif kind == "bluezone-ios" and self.ask is not None:
                self.ask(heard)

    def take_senders(self) -> int:
        """How many senders were told apart since the last time."""
        count = len(self.senders)
        self.senders.clear()
        return count

    def _hear_tag(self, eid: bytes, rssi: int, mono_ms: int, power: int | None) -> None:
        tag = self._tags.resolve(eid, (mono_ms + self.guess_ms) // 1000)
        if tag is None:
            return
        self.counts["tag"] = self.counts.get("tag", 0) + 1
        self._keep(_TAG, tag.pass_id, rssi, mono_ms)
        if self._taps is not None and self._taps.report(tag.pass_id, rssi, mono_ms, power) is not None:
            self._tapped(Tapped(tag, mono_ms))

    def _keep(self, system: int, identifier: bytes, rssi: int, mono_ms: int) -> None:
        if self.offset_ms is None:
            self.unkept += 1
        else:
            self._windows.add(system, identifier, rssi, mono_ms + self.offset_ms)
