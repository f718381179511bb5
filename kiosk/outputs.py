"""Where the gate's effects go, in their order: lamps, sound, screen, and the answers to whoever waits for one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from kiosk.asking import Answer, Asking
from kiosk.cards import Cards
from kiosk.effects import (
    Answered,
    Effect,
    KeepCard,
    PlaySound,
    RecordDeclaration,
    RecordLight,
    RecordOther,
    RecordVisit,
    ShowLamps,
    ShowScreen,
)
from kiosk.ports import Sound
from ui.screen import Feed, View
from wire.records import Signal


class LampsHandle(Protocol):
    """The parent's end of the lights child (kiosk.devices.lamps)."""

    def show(self, pattern: str, buzzer: str, ref: str | None) -> None:
        """Show a pattern from now on."""

    def beat(self) -> None:
        """Say that the loop turns."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where effects go."""

    lamps: LampsHandle
    sound: Sound
    feed: Feed
    watchdog: Callable[[], None]

    def beat(self) -> None:
        """The loop turns: lamps, screen and systemd's watchdog hear it."""
        self.lamps.beat()
        self.feed.beat()
        self.watchdog()


class Outcomes:
    """Carries out what follows a commit. Belongs to the gate's thread.

    last_result   the feed's number of the newest answer to a visitor
    last_seq      of the newest visit: what a guard's word is about; 0 where that answer left none
    """

    def __init__(self, out: Outputs, asking: Asking, cards: Cards) -> None:
        self._out, self._asking, self._cards = out, asking, cards
        self.last_result = self.last_seq = 0

    def show(self, effects: Sequence[Effect], refs: Iterator[str]) -> None:
        """`refs` are of the records that were committed, in order."""
        ref, own, seq, kept = None, [], 0, False
        for effect in effects:
            match effect:
                case RecordVisit():
                    own.append(ref := next(refs))
                    seq = int(ref.split(":")[1])
                case RecordDeclaration() | RecordLight() | RecordOther():
                    own.append(next(refs))
                case KeepCard(code):
                    self._cards.keep(code)
                    kept = True
                case Answered(asked, signal, reasons, messages):
                    failed = reasons[0] if signal is Signal.FAULT else ""
                    self._asking.answer(asked, Answer(signal, reasons, tuple(own), failed, messages))
                case ShowLamps(pattern, buzzer):
                    self._out.lamps.show(pattern, buzzer, ref)
                case PlaySound(name):
                    self._out.sound.play(name)
                case ShowScreen(view):
                    self._show_view(view, seq, kept)

    def fail(self, effects: Sequence[Effect], reason: str) -> None:
        """Nothing of these was committed: whoever waits for one of them is told."""
        for effect in effects:
            if isinstance(effect, Answered):
                self._asking.answer(effect.asked, Answer(Signal.FAULT, (reason,), failed=reason))

    def _show_view(self, view: View, seq: int, kept: bool) -> None:
        number = self._out.feed.publish(view)
        if view.page == "result":
            self.last_result, self.last_seq = number, seq
            if not kept:
                self._cards.drop()
