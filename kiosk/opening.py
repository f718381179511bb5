"""The pages are opened beside a gate that answers already: their libraries are a third of its start, and who enters
by a code needs none of them.

The ready line on stdout is said when the pages are there too. If they cannot be opened, the gate ends and says why,
so that the service manager starts it again: a gate whose screen stays dark is not one that works.
"""

from collections.abc import Callable
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

from kiosk.ledger import Ledger
from kiosk.live import LivePreview
from kiosk.loop import GateLoop
from kiosk.ports import Printer
from kiosk.temporary_passes import TemporaryPasses
from machine.clock import Clock
from ui.screen import Feed

if TYPE_CHECKING:
    from ui.technician import Technician  # would load Flask

Close = Callable[[], None]
JOIN_S = 3.0  # of the 10 s that the unit gives the gate to end, other parts wait too


class Gate(NamedTuple):
    """What the pages stand on."""

    loop: GateLoop
    ledger: Ledger
    clock: Clock
    feed: Feed
    preview: LivePreview
    passes: TemporaryPasses
    printer: Printer | None
    tags_down: Callable[[], bool]  # whether tags should be heard here and are not
    technician: "Technician | None" = None


class Opening:
    """`begin` opens the pages and gives what ends them: once, on a thread of its own. `failed` is to end the gate."""

    def __init__(self, begin: Callable[[], Close], failed: Callable[[], None]) -> None:
        self._begin, self._failed = begin, failed
        self._end: Close | None = None
        self._error: Exception | None = None
        self._thread = Thread(target=self._run, name="pages", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def close(self) -> None:
        """End the pages. Waits some seconds for pages that are just being opened."""
        if self._thread.ident is None:
            return
        self._thread.join(JOIN_S)
        if self._end is not None:
            self._end()

    def check(self) -> None:
        """Raises what kept the pages from being opened, if anything did."""
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            self._end = self._begin()
        except Exception as error:  # whatever it is, `check` raises it where the gate's own errors are dealt with
            self._error = error
            self._failed()
