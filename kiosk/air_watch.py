"""The thread that asks the sensor of the air, and what it read last. A bus that hangs holds up nobody else."""

from collections.abc import Callable
from threading import Event, Lock, Thread

from kiosk.ports import Air, AirLost
from machine.log import say

LOOK_S = 5.0  # as often as the sensor has something new


class AirWatch:
    """`take` gives each reading once; readings that nobody took are replaced by the newest."""

    def __init__(self, air: Air, look_s: float = LOOK_S) -> None:
        self._air, self._look_s = air, look_s
        self._lock, self._stop = Lock(), Event()
        self._newest: int | None = None
        self._away: bool | None = None
        self._thread = Thread(target=self._run, name="air", daemon=True)

    def start(self) -> None:
        """Begin asking."""
        self._thread.start()

    def close(self) -> None:
        """End the thread and give the device back; waits two seconds for a reading in hand."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(2)
        self._air.close()

    def take(self) -> int | None:
        """The reading (ppm) that came since the last call, None without one. From any thread."""
        with self._lock:
            newest, self._newest = self._newest, None
            return newest

    def _run(self) -> None:
        while not self._stop.is_set():
            self._look(self._air.read)
            self._stop.wait(self._look_s)

    def _look(self, read: Callable[[], int | None]) -> None:
        try:
            reading, away = read(), False
        except AirLost:
            reading, away = None, True
        if away is not self._away:
            self._away = away
            say("air", away=away)
        if reading is not None:
            with self._lock:
                self._newest = reading
