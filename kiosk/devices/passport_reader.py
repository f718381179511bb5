"""A passport held before the gate's camera while a form waits for a card: its zone, read by OCR, proved by itself.

- Only while a form waits (`wanted`), only one picture at a time, never on the camera's thread, nothing kept.
- The check digits must agree (credentials.mrz). They prove numbers and dates, but neither names nor countries: so a
  document is given on when two pictures were read alike.
- A misread document gives nothing: the next picture comes in a fifth of a second.
"""

from collections.abc import Callable
from queue import Empty, Queue
from threading import Thread
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from credentials import mrz
from credentials.types import Credential
from kiosk.devices.zone_lines import find_zone
from kiosk.devices.zone_signs import signs_of
from kiosk.ports import Frame

EVERY_MS = 200  # a page is looked for five times a second: as fast as a hand comes to rest
TOGETHER_MS = 10_000  # two readings further apart may be of two people's passports
# The size of the print changes from picture to picture: a model stumbles over other signs in each.
SCALES = (1.0, 1.3, 0.8)


class Ocr(Protocol):
    """Reads lines of print."""

    def lines(self, gray: NDArray[np.uint8]) -> tuple[str, ...]:
        """The lines of text in a picture (dark on white, capitals about 24 px high); () when none. Bounded, no error."""
        ...

    def close(self) -> None:
        """End what runs; `lines` afterwards gives ()."""
        ...


class PassportReader:
    """`seen` gets the zone as a serial reader sends it: its lines joined by "\\n". `offer` belongs to one thread."""

    def __init__(self, seen: Callable[[str], None], wanted: Callable[[], bool], ocr: Ocr) -> None:
        self._seen, self._wanted, self._ocr = seen, wanted, ocr
        self._frames: Queue[Frame | None] = Queue(1)
        self._busy = False
        self._due_ms = 0
        self._closed = False
        self._looks = 0
        self._alike = Alike()
        self._thread = Thread(target=self._run, name="passport", daemon=True)
        self._thread.start()

    def offer(self, frame: Frame) -> None:
        """Take a copy of the frame if a form waits and the last one is done with. Never blocks."""
        if self._busy or self._closed or frame.mono_ms < self._due_ms or not self._wanted():
            return
        self._busy, self._due_ms = True, frame.mono_ms + EVERY_MS
        self._frames.put_nowait(Frame(frame.gray.copy(), frame.mono_ms))

    def close(self) -> None:
        """End the thread and the OCR; waits at most two seconds. May be repeated."""
        self._closed = True
        self._ocr.close()
        try:
            self._frames.get_nowait()
        except Empty:
            pass
        self._frames.put(None)
        self._thread.join(2.0)

    def _run(self) -> None:
        while (frame := self._frames.get()) is not None:
            text = self._look(frame)
            if text is not None and self._wanted() and not self._closed:
                self._seen(text)
            self._busy = False

    def _look(self, frame: Frame) -> str | None:
        lines = read_zone(frame.gray, self._ocr, SCALES[self._looks % len(SCALES)])
        if lines is None:
            return None
        self._looks += 1
        return self._alike.add(lines, frame.mono_ms)


class Alike:
    """Readings of the last TOGETHER_MS; a document is believed the second time that it is read. PURE."""

    def __init__(self) -> None:
        self._readings: list[tuple[int, Credential]] = []

    def add(self, lines: tuple[str, ...], mono_ms: int) -> str | None:
        """The lines as one text if their check digits agree and an earlier picture says the same; then all is forgotten."""
        code = mrz.read(lines, None)
        if code.status != "valid":
            return None
        self._readings = [(at, one) for at, one in self._readings if mono_ms - at <= TOGETHER_MS]
        if all(
            (one.kind, one.normal_form, one.fields) != (code.kind, code.normal_form, code.fields)
            for _, one in self._readings
        ):
            self._readings.append((mono_ms, code))
            return None
        self._readings = []
        return "\n".join(lines)


def read_zone(gray: NDArray[np.uint8], ocr: Ocr, scale: float = 1.0) -> tuple[str, ...] | None:
    """The lines of the zone in a picture as they were read, right or wrong; None without a zone."""
    zone = find_zone(gray)
    signs = signs_of(gray, zone) if zone else None
    return None if signs is None else signs.put_back(ocr.lines(signs.printed(scale)))
