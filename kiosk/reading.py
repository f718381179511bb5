"""The thread that looks after the hand scanners and passport readers: what they give goes on the gate's queue."""

from collections.abc import Callable, Sequence
from threading import Event, Thread

from kiosk.ports import Reader

POLL_S = 0.02  # a person hears the beep and looks at the lamp; a fiftieth of a second is not noticed
AT_ONCE = 8  # texts of one reader in one round


class ReaderWatch:
    """Polls `readers` until closed; `see` is called with each text, on this thread.

    While the gate is `busy` nothing is taken: unlike a camera, a scanner does not show a dropped code again.
    """

    def __init__(self, readers: Sequence[Reader], see: Callable[[str], None], busy: Callable[[], bool]) -> None:
        self._readers, self._see, self._busy = readers, see, busy
        self._stop = Event()
        self._thread = Thread(target=self._run, name="readers", daemon=True)

    def start(self) -> None:
        """Begin, where there is anything to look after."""
        if self._readers:
            self._thread.start()

    def close(self) -> None:
        """End the thread and give the devices back. May be repeated."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(2)
        for reader in self._readers:
            reader.close()

    def _run(self) -> None:
        while not self._stop.wait(POLL_S):
            for reader in self._readers:
                for _ in range(AT_ONCE):
                    text = None if self._busy() else reader.poll()
                    if text is None:
                        break
                    self._see(text)
