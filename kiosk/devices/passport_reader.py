"""A passport held before the gate's camera while a form waits for a card: its zone, read by OCR, proved by itself.

- Only while a form waits (`wanted`), one picture at a time, never on the camera's thread; nothing is kept for long.
- The check digits must agree (credentials.mrz). They prove numbers and dates, but neither names nor countries: so a
  document is believed when two pictures within TOGETHER_MS were read alike.
- A misread document gives nothing: the next picture comes in a fifth of a second.
"""

from collections.abc import Callable, Sequence
from threading import Condition, Thread
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from credentials import mrz
from credentials.types import Credential
from kiosk.devices.zone_lines import find_zone
from kiosk.devices.zone_signs import Signs, signs_of
from kiosk.ports import Frame

EVERY_MS = 200  # a page is looked for five times a second: as fast as a hand comes to rest
TOGETHER_MS = 10_000  # some ten tries on a small board, and hardly time to change two passports twice


class Ocr(Protocol):
    """Reads the signs of a zone.

    knows_letters: never takes a letter for the digit that it resembles, rather reads nothing. A model that was made for
    prose does, and some such errors no check digit sees (`in_doubt`).
    """

    @property
    def knows_letters(self) -> bool:
        """See above."""
        ...

    def lines(self, signs: Signs) -> tuple[str, ...]:
        """What stands in the cells that are no fillers, line by line. Bounded, no error; () when it cannot tell."""
        ...

    def close(self) -> None:
        """End what runs; `lines` afterwards may give (). May be repeated, from any thread."""
        ...


class PassportReader:
    """`seen` gets the zone as a serial reader sends it: its lines joined by "\\n". `offer` belongs to one thread.

    `ocrs`: the cheapest first; the next is asked where the check digits say that the one before has misread.
    """

    def __init__(self, seen: Callable[[str], None], wanted: Callable[[], bool], ocrs: Sequence[Ocr]) -> None:
        self._seen, self._wanted, self._ocrs = seen, wanted, ocrs
        self._changed = Condition()
        self._frame: Frame | None = None
        self._busy = self._closed = False
        self._due_ms = self._wanted_ms = 0
        self._alike = Alike()
        self._thread = Thread(target=self._run, name="passport", daemon=True)
        self._thread.start()

    def offer(self, frame: Frame) -> None:
        """Take a copy of the frame if a form waits and the last one is done with. Never blocks."""
        if not self._wanted():
            if frame.mono_ms - self._wanted_ms > TOGETHER_MS:
                self._alike.forget()
            return
        self._wanted_ms = frame.mono_ms
        if self._busy or self._closed or frame.mono_ms < self._due_ms:
            return
        self._due_ms = frame.mono_ms + EVERY_MS
        with self._changed:
            self._busy, self._frame = True, Frame(frame.gray.copy(), frame.mono_ms)
            self._changed.notify()

    def close(self) -> None:
        """End the thread and the OCR; waits at most two seconds. May be repeated; `offer` afterwards does nothing."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        for ocr in self._ocrs:
            ocr.close()
        self._thread.join(2.0)

    def _run(self) -> None:
        while (frame := self._next()) is not None:
            text = self._look(frame)
            if text is not None and self._wanted() and not self._closed:
                self._seen(text)
            self._busy = False

    def _next(self) -> Frame | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._frame is not None)
            frame, self._frame = self._frame, None
        return None if self._closed else frame

    def _look(self, frame: Frame) -> str | None:
        signs = find_signs(frame.gray)
        read = None if signs is None else read_signs(signs, self._ocrs)
        return None if read is None else self._alike.add(*read, frame.mono_ms)


class Alike:
    """The readings of the last TOGETHER_MS; a document is believed from the second one on. PURE."""

    def __init__(self) -> None:
        self._readings: tuple[tuple[int, Credential], ...] = ()

    def add(self, lines: tuple[str, ...], code: Credential, mono_ms: int) -> str | None:
        """The lines as one text if an earlier picture says the same."""
        earlier = tuple((at, one) for at, one in self._readings if mono_ms - at <= TOGETHER_MS)
        self._readings = (*earlier, (mono_ms, code))
        return "\n".join(lines) if any(one == code for _, one in earlier) else None

    def forget(self) -> None:
        """Nobody waits any longer."""
        self._readings = ()


def find_signs(gray: NDArray[np.uint8]) -> Signs | None:
    """The signs of the zone in a picture; None where there is none. Some 20 ms, 5 without a zone."""
    zone = find_zone(gray)
    return signs_of(gray, zone) if zone else None


def read_signs(signs: Signs, ocrs: Sequence[Ocr]) -> tuple[tuple[str, ...], Credential] | None:
    """The lines, and the document that they are, of the first OCR whose check digits all agree; None when none's do."""
    for ocr in ocrs:
        lines = signs.put_back(ocr.lines(signs))
        code = None if lines is None else mrz.read(lines, None)
        if lines is None or code is None or code.status != "valid":
            continue
        if ocr.knows_letters or not in_doubt(str(code.fields["number"])):
            return lines, code
    return None


def in_doubt(number: str) -> bool:
    """Whether letters and digits that look alike could be exchanged in it and the check digits still agree.

    G counts ten more than 6, and S twenty more than 8, so the check digit is the same; they stand first in numbers. Of
    the other pairs (O 0, I 1, B 8, S 5, Z 2) two errors can cancel each other, since neighbours weigh 7 and 3.
    """
    return number[:1] in ("6", "8") or sum(sign in "OIBSZ" for sign in number) > 1
