"""The gate measures itself: once an hour the event `measured` for the centre, and nothing between.

- A finished hour is told when the next one has begun; after a restart, when the gate runs again. What could not be
  recorded (not enrolled, the store down) is tried again with each look while its hour is the newest finished one.
- A clock that is set forward or back ends the hour in hand; hours that this gate did not live through are not told.
"""

from collections.abc import Callable

from kiosk.ledger import Ledger
from kiosk.measuring import HOUR_MS, Flow, Hour, facts_of, flow_of, hour_of, read_back, written
from kiosk.visitors import counting_began_ms
from wire.records import DeviceEvent

NOTE = "measured"
KEEP_MS = 60_000  # what a power cut may take from an hour


class Measures:
    """Belongs to the gate's thread. `serving`: whether the gate can serve now; `air`: a new reading, or None."""

    def __init__(
        self,
        ledger: Ledger,
        capacity: int | None,
        serving: Callable[[], bool],
        air: Callable[[], int | None] = lambda: None,
    ) -> None:
        self._ledger, self._capacity, self._serving, self._air = ledger, capacity, serving, air
        self._hour = read_back(ledger.note(NOTE))
        self._owed: Hour | None = None
        self._looked_ms: int | None = None
        self._by_hand = ledger.by_hand
        self._kept_ms = 0

    def look(self, mono_ms: int, now_ms: int | None) -> None:
        """Once a second or so: `mono_ms` since boot, `now_ms` Unix ms, None while the clock is unset."""
        lived = 0 if self._looked_ms is None else mono_ms - self._looked_ms
        self._looked_ms = mono_ms
        by_hand, self._by_hand = self._ledger.by_hand - self._by_hand, self._ledger.by_hand
        co2 = self._air()
        if now_ms is None:
            return
        start_ms = hour_of(now_ms)
        if self._hour is None or self._hour.start_ms != start_ms:
            if self._hour is not None and self._hour.start_ms < start_ms:
                self._owed = self._hour
            self._hour = Hour(start_ms)
        self._hour = self._hour.lived(lived, self._serving(), by_hand, co2)
        told = self._owed is None or self._tell(self._owed)
        if told and (self._owed is not None or mono_ms - self._kept_ms >= KEEP_MS):
            self._owed, self._kept_ms = None, mono_ms
            self._ledger.try_to_keep_note(NOTE, written(self._hour))

    def _tell(self, hour: Hour) -> bool:
        rows = self._ledger.flow_rows(hour.start_ms, hour.start_ms + HOUR_MS)
        began_ms = counting_began_ms(hour.start_ms)
        flow: Flow = flow_of(rows, self._ledger.people_inside_at(hour.start_ms, began_ms))
        facts = facts_of(hour, flow, self._capacity)
        return self._ledger.tell(DeviceEvent("measured", dict(facts))).failed is None
