"""What comes to the gate's queue: codes and taps, read on their producer's thread, and what is known of their visitors.

A text is read where it was found, while the gate may wait for the disk. What is known of its visitor is looked up in
the gate's turn: a visit that was committed meanwhile counts.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from credentials.types import Credential, Unreadable
from kiosk.cards import Cards
from kiosk.events import CodeHeld, CodeSeen, Event, Tick
from kiosk.ledger import Ledger
from kiosk.standing import State
from machine.clock import Clock
from wire.records import Source


@dataclass(frozen=True, slots=True)
class CodeRead:
    """A code that a producer has read: what it is and its pseudonyms, not yet what is known of the visitor.

    `digest` names the text (16 bytes); `names` are today's and yesterday's pseudonym, none without an identity.
    """

    digest: bytes
    code: Credential | Unreadable
    names: tuple[bytes, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Asked:
    """An event that somebody waits for: made in the gate's turn, from what is known of the visitor then."""

    make: Callable[[CodeSeen | None], Event]
    read: CodeRead | None
    number: int


Given = Event | CodeRead | Asked


class Arrivals:
    """`hold_ms`: how long a code that a form took is let be by the gate."""

    def __init__(self, ledger: Ledger, clock: Clock, cards: Cards, hold_ms: int) -> None:
        self._ledger, self._clock, self._cards, self._hold_ms = ledger, clock, cards, hold_ms
        self._taken = (b"", 0)  # a code that a form took, and until when the gate lets it be

    def read(self, text: str, source: Source, state: State) -> CodeRead | CodeHeld | Tick:
        """What a code's text is; the one that is held before the camera is not read again and again. Any thread."""
        digest = hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).digest()
        return self._judge(digest, lambda: self._ledger.read(text), source, state)

    def tap(self, pass_id: bytes, expires_s: int, companions: int, state: State) -> CodeRead | CodeHeld | Tick:
        """A tag that was held to the gate, taken as the code of its pass would be. Any thread."""
        digest = hashlib.blake2b(b"tag\0" + pass_id, digest_size=16).digest()
        return self._judge(digest, lambda: self._ledger.read_tag(pass_id, expires_s, companions), Source.TAP, state)

    def _judge(
        self, digest: bytes, read: Callable[[], Credential | Unreadable], source: Source, state: State
    ) -> CodeRead | CodeHeld | Tick:
        if digest == state.held and self._clock.mono_ms() < state.held_until_ms and not self._cards.wanted:
            return CodeHeld(digest)
        code = read()
        if digest == self._taken[0] and self._clock.mono_ms() < self._taken[1]:
            return Tick()
        if self._cards.offer(code):
            # Not held: were it somebody else's form, the card's owner is answered when it is still shown after a while.
            self._taken = (digest, self._clock.mono_ms() + self._hold_ms)
            return Tick()
        return CodeRead(digest, code, self._ledger.names(code), source)

    def of_card(self, code: Credential, source: Source) -> CodeRead:
        """A card that was not read from a text just now. Any thread."""
        digest = hashlib.blake2b(f"{code.kind}\0{code.normal_form}".encode(), digest_size=16).digest()
        return CodeRead(digest, code, self._ledger.names(code), source)

    def know(self, read: CodeRead) -> CodeSeen:
        """The code with what is known of its visitor now; in the gate's turn."""
        if not read.names:
            return CodeSeen(read.digest, read.code, source=read.source)
        last = self._ledger.last_of(read.names)
        declarations = self._ledger.declarations_of(read.names)
        exposed_ms = self._ledger.nearby.exposed_ms(read.code)
        return CodeSeen(
            *(read.digest, read.code, read.names[0], last, self._ledger.unsure(), read.source, declarations, exposed_ms)
        )
