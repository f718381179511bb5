"""The gate's side of a place's self-check on the guards' pages (ui.guard.check) and on the gate's own screen
(ui.form.handed), and whether today's is still to do.

What this gate knows is its own: a place with several gates names the others `check = "none"` in kiosk.toml.
"""

from collections.abc import Callable, Sequence

from kiosk.asides import Asides
from kiosk.visitors import day_of
from machine.clock import Clock
from store import meta
from store.db import FAILURES, Store
from ui.form.desk import Filled, Offer, Outcome
from ui.form.handed import Handed
from ui.guard.desk import Said
from wire.envelope import ClockQuality

NOTE = "self_checked_day"


class KioskCheckDesk:
    """Implements ui.guard.check.CheckDesk. `open_store` gives a connection for the calling thread, `look` tells the
    gate's screen to look again what is offered."""

    def __init__(
        self,
        asides: Asides,
        clock: Clock,
        open_store: Callable[[], Store],
        look: Callable[[], None] = lambda: None,
    ) -> None:
        self._asides, self._clock, self._open_store = asides, clock, open_store
        self.handed = Handed(self.take_check, look)
        self._day = self._kept()

    def check_offers(self) -> Sequence[Offer]:
        """See CheckDesk."""
        return tuple(self._asides.checks.values())

    def check_due(self) -> bool:
        """See CheckDesk. A kiosk that does not know the day reminds nobody."""
        known = self._clock.quality is not ClockQuality.UNSET
        return bool(self._asides.checks) and known and self._day < day_of(self._clock.now_ms())

    def take_check(self, guard: str, filled: Filled) -> Outcome:
        """See CheckDesk."""
        outcome = self._asides.take_check(guard, filled)
        if not outcome.failed and self._clock.quality is not ClockQuality.UNSET:
            self._day = day_of(self._clock.now_ms())
            self._keep(self._day)
        return outcome

    def hand(self, guard: str, offer: Offer, language: str) -> Said:
        """See CheckDesk."""
        given = self.handed.give(guard, offer, language)
        return Said(given, "" if given else "check_open")

    def take_back(self) -> Said:
        """See CheckDesk."""
        self.handed.take_back()
        return Said(True)

    def _kept(self) -> int:
        try:
            store = self._open_store()
        except FAILURES:
            return 0
        try:
            text = meta.get(store, NOTE) or ""
        finally:
            store.close()
        return int(text) if text.isdecimal() else 0

    def _keep(self, day: int) -> None:
        try:
            store = self._open_store()
            try:
                meta.put(store, NOTE, str(day))
            finally:
                store.close()
        except FAILURES:
            return  # recorded all the same; after a restart the guards are reminded once more
