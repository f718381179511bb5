"""A gate at work on a thread of its own, with its visitor's screen on the web: only time, lamps and sound are bent."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from kiosk.gate import Rules
from kiosk.pass_desk import KioskPassDesk
from kiosk.temporary_passes import TemporaryPasses
from tests.browser.screens import MovingPicture, free_port
from tests.unit.kiosk.site import NOON, Kiosk, Time
from ui.app import Server, make_app, serve
from ui.form.desk import Extras, Outcome
from ui.place import Place
from ui.screen import View

SPOKEN = ("vi", "en", "zh", "ko", "ja", "km", "lo", "th")


class LiveGate:
    """Time stands still until the test lets it pass."""

    def __init__(self, folder: Path, rules: Rules, languages: tuple[str, ...]) -> None:
        self.folder, self.time, self.printed = folder, Time(), list[tuple[Outcome, str]]()
        self._rules, self._languages = rules, languages
        self._ready = Event()
        self._thread = Thread(target=self._turn, name="gate", daemon=True)
        self._thread.start()
        assert self._ready.wait(20)

    kiosk: Kiosk  # both are made on the gate's thread
    server: Server

    @property
    def url(self) -> str:
        return self.server.url

    def see(self, text: str) -> None:
        """A code before the camera."""
        self.kiosk.loop.see(text)

    def view(self) -> View:
        """What the screen shows."""
        return self.kiosk.feed.latest()[1]

    def _turn(self) -> None:
        """A database belongs to one thread: this one."""
        kiosk = self.kiosk = Kiosk(self.folder, self.time, rules=self._rules)
        kiosk.ledger.give_passes(TemporaryPasses(self.folder, lambda: NOON // 1000))
        port = free_port()
        place = Place("Chợ Mẫu", "Cửa A", "both", "market", self._languages, (f"127.0.0.1:{port}",))
        extras = Extras(print_receipt=self._print)
        passes = KioskPassDesk(kiosk.loop)
        app = make_app(kiosk.feed, place, kiosk.loop.press, MovingPicture(), None, extras, passes)
        self.server = serve(app, "127.0.0.1", port)
        self._ready.set()
        kiosk.loop.run(list)
        self.server.close()
        kiosk.store.close()
        Kiosk.opened.remove(kiosk)

    def _print(self, outcome: Outcome, language: str) -> bool:
        self.printed.append((outcome, language))
        return True

    def close(self) -> None:
        self.kiosk.loop.stop()
        self._thread.join(20)
        assert not self._thread.is_alive()


@contextmanager
def live_gate(folder: Path, rules: Rules | None = None, languages: tuple[str, ...] = SPOKEN) -> Iterator[LiveGate]:
    gate = LiveGate(folder, rules or Rules("both", minimum_stay_ms=10_000, allow_ms=60_000), languages)
    try:
        yield gate
    finally:
        gate.close()
