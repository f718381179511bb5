"""The gate's side of what a visitor reads alone (ui.alone): asked by the web's thread, answered in the gate's turn."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from kiosk.events import CodeSeen, Event
from kiosk.loop import GateLoop
from kiosk.standing import PrivateWord
from kiosk.touches import PrivateAsked
from machine.clock import VIET_NAM_MS
from ui.alone import Alone


class KioskAloneDesk:
    """Implements ui.alone.AloneDesk; `print_note` prints lines in a language, None without a printer."""

    def __init__(self, loop: GateLoop, print_note: Callable[[Sequence[str], str], bool] | None = None) -> None:
        self._loop, self._print_note = loop, print_note

    @property
    def prints(self) -> bool:
        """See AloneDesk."""
        return self._print_note is not None

    def read(self, view: int, again: bool = False) -> Alone | None:
        """See AloneDesk."""
        word: PrivateWord | None = None

        def make(_: CodeSeen | None, asked: int) -> Event:
            nonlocal word
            word = self._loop.private_word(view)
            return PrivateAsked(word is not None, asked, again)

        failed = self._loop.ask(make).failed
        return None if failed or word is None else _shown(word)

    def print(self, lines: Sequence[str], language: str) -> bool:
        """See AloneDesk."""
        return self._print_note is not None and self._print_note(lines, language)


def _shown(word: PrivateWord) -> Alone:
    return Alone(word.reasons, word.messages, "" if word.until_ms is None else _local_day(word.until_ms))


def _local_day(at_ms: int) -> str:
    return datetime.fromtimestamp((at_ms + VIET_NAM_MS) / 1000, UTC).date().isoformat()
