"""The camera's texts, sorted: parts of declarations by light go to their collector, everything else to the gate."""

from collections.abc import Callable

from kiosk.events import Event, LightComing, LightRefused, LightShown
from kiosk.light import Again, Collector, Complete, Progress, word_of
from machine.clock import Clock
from rules.orders import Order, in_force
from wire.light import LightDeclaration
from wire.light_frames import has_prefix
from wire.root import Root

AGAIN_MS = 4_000  # the phone goes on showing what was taken; its holder is told once, not at every frame


class LightWay:
    """Belongs to the camera's thread. `see` takes a code, `put` an event; `root` and `orders` are asked at need."""

    def __init__(
        self,
        clock: Clock,
        see: Callable[[str], None],
        put: Callable[[Event], None],
        root: Callable[[], Root | None],
        orders: Callable[[], tuple[Order, ...]],
    ) -> None:
        self._clock, self._see, self._put = clock, see, put
        self._root, self._orders = root, orders
        self._collector = Collector()
        self._quiet_until_ms = 0

    def take(self, text: str) -> None:
        """One text that the decoder found."""
        if not has_prefix(text):
            self._see(text)
            return
        now_ms = self._clock.mono_ms()
        match self._collector.step(text, now_ms):
            case Progress(have=have, needed=needed, news=True):
                self._put(LightComing(have, needed))
            case Complete(declaration):
                self._quiet_until_ms = now_ms + AGAIN_MS
                self._put(self._judged(declaration))
            case Again():
                quiet, self._quiet_until_ms = now_ms < self._quiet_until_ms, now_ms + AGAIN_MS
                if not quiet:
                    self._put(LightRefused("light_again"))
            case _:
                return  # no news, or a frame that says nothing: the next one comes in a sixth of a second

    def _judged(self, declaration: LightDeclaration) -> Event:
        root, core = self._root(), declaration.core
        known_now = self._clock.known_now()
        now_ms = None if known_now is None else self._clock.now_ms()
        if root is None:
            return LightRefused("light_unreadable")
        word = word_of(declaration, root, None if known_now is None else int(known_now.timestamp()))
        named = (core.order, core.order_version, core.form)
        running = in_force(self._orders(), now_ms)
        order = next((one for one in running if (one.id, one.version, one.form) == named), None)
        if not word.readable or order is None:
            return LightRefused("light_unreadable")
        key = f"{core.order}|{core.order_version}"
        return LightShown(declaration.id, core.form, key, word.outcome, order.end_ms, declaration.blob)
