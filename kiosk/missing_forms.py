"""Orders whose form has not arrived: told to the log and to the centre, each once, also over restarts.

- An order and its form are two bulletins that come in any order: for WAIT_MS nothing is wrong.
- What was told is kept while its order is held. A centre that sends a thousand such orders hears of MOST of them.
"""

from kiosk.duties import form_name
from kiosk.ledger import Ledger
from machine.log import say
from rules.orders import Order
from wire.records import DeviceEvent

WAIT_MS = 60_000  # the slowest link that was met takes half a minute for the longest form
MOST = 64


class MissingForms:
    """Belongs to the gate's thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._since: dict[tuple[str, int], int] = {}
        self._told = ledger.note("papers_told").split()

    def look(self, mono_ms: int, now_ms: int | None) -> None:
        """Once a second or so: `mono_ms` since boot, `now_ms` Unix ms, None while the clock is unset."""
        if not self._ledger.board.duties.formless:
            self._since.clear()
            return
        missing = {(order.id, order.version): order for order in self._ledger.board.missing(now_ms)}
        self._since = {key: self._since.get(key, mono_ms) for key in missing}
        for key, order in missing.items():
            if mono_ms - self._since[key] >= WAIT_MS and _key(order) not in self._told:
                self._tell(order)

    def _tell(self, order: Order) -> None:
        held = {_key(one) for one in self._ledger.board.duties.orders}
        told = [key for key in self._told if key in held]
        if len(told) >= MOST:
            return
        form = form_name(order)
        event = DeviceEvent("form_missing", {"order": order.id[:64], "form": form[:64]})
        if self._ledger.tell(event).failed is not None:
            return  # not enrolled, or the store is down: the next look tries again
        say("form_missing", order=order.id, form=form)
        self._told = [*told, _key(order)]
        self._ledger.keep_note("papers_told", " ".join(self._told))


def _key(order: Order) -> str:
    """The order's bulletin; its name may hold a space."""
    return f"{order.id.encode().hex()}|{order.version}"
