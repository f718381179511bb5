"""The gate's side of the offer of a pass (ui.passes): asked by the web's thread, answered in the gate's turn."""

from kiosk.events import CodeSeen, Event
from kiosk.loop import GateLoop
from kiosk.touches import PassGiven


class KioskPassDesk:
    """Implements ui.passes.PassDesk."""

    def __init__(self, loop: GateLoop) -> None:
        self._loop = loop

    def give(self, view: int) -> str:
        """See PassDesk."""
        text = ""

        def make(_: CodeSeen | None, asked: int) -> Event:
            nonlocal text
            text = self._loop.pass_text(view)
            return PassGiven(text, asked)

        return "" if self._loop.ask(make).failed else text
