"""PURE. Bytes of a scanner -> whole texts. Scanners end a code by CR, LF or both; a passport has two or three lines.

A passport line reader sends its lines one after the other (ICAO Doc 9303: 2 of 44 or 36, or 3 of 30 characters of A-Z,
0-9 and <). They belong together, and come within a fraction of a second.
"""

import re

MOST_BYTES = 8_192  # the longest code is 4,296 characters (QR version 40-L)
TOGETHER_MS = 500  # at 9,600 baud the next line of 44 characters is there after 46 ms
_LINES_OF = {44: 2, 36: 2, 30: 3}
_MACHINE_LINE = re.compile(r"[A-Z0-9<]{44}|[A-Z0-9<]{36}|[A-Z0-9<]{30}")
_ENDS = re.compile(rb"[\r\n]+")


class Lines:
    """Feed it what came; it gives texts. Times in ms of any one clock."""

    def __init__(self) -> None:
        self._begun = b""
        self._skipping = False
        self._machine: list[str] = []
        self._machine_since_ms = 0

    def feed(self, data: bytes, now_ms: int) -> list[str]:
        """The texts that are whole now. A line over MOST_BYTES is skipped to its end."""
        *whole, self._begun = _ENDS.split(self._begun + data)
        texts = []
        for line in whole:
            if self._skipping:
                self._skipping = False
            elif line:
                texts += self._take(line.decode("utf-8", "surrogateescape"), now_ms)
        if len(self._begun) > MOST_BYTES:
            self._begun, self._skipping = b"", True
        return texts + self._late(now_ms)

    def _take(self, line: str, now_ms: int) -> list[str]:
        if not _MACHINE_LINE.fullmatch(line) or (self._machine and len(self._machine[0]) != len(line)):
            return [*self._given_up(), line]
        if not self._machine:
            self._machine_since_ms = now_ms
        self._machine.append(line)
        return self._given_up() if len(self._machine) == _LINES_OF[len(line)] else []

    def _late(self, now_ms: int) -> list[str]:
        """A first line whose second never came is still told: the gate says what it looks like."""
        return self._given_up() if self._machine and now_ms - self._machine_since_ms > TOGETHER_MS else []

    def _given_up(self) -> list[str]:
        texts = ["\n".join(self._machine)] if self._machine else []
        self._machine = []
        return texts
