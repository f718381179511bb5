"""An opener that starts without its key: cards come in one by one, and k of them put the key into RAM.

- Cards of another set than the first begin anew; so does half an hour in which nobody comes.
- What they give must be a case key that a root document of this centre names: else they are refused and forgotten.
- Twelve wrong tries an hour, then the opener takes no cards for the rest of it: they are no secret to be guessed, but a
  mistake at night should be heard of.
"""

import threading
from collections.abc import Callable, Sequence

from central.vault.custody import Custody, SeedKey
from central.vault.shares import join_cards, needed_of, plain_card
from wire.crypto import kid_of
from wire.refusal import Refused

FORGET_MS = 30 * 60_000
TRIES = 12
TRIES_MS = 3_600_000


class Locked:
    """The cards that are in, and the keys that came of them. `named` gives the kids of this centre's case keys."""

    def __init__(
        self,
        custody: Custody,
        named: Callable[[], frozenset[bytes]],
        now_ms: Callable[[], int],
        tell: Callable[[str, str], None],
    ) -> None:
        """`tell(action, kid in hex)` writes into the audit log what became of the key."""
        self._custody, self._named, self._now_ms, self._tell = custody, named, now_ms, tell
        self._turn = threading.Lock()
        self._cards: dict[int, str] = {}
        self._set, self._needed, self._last_ms = -1, 0, 0
        self._from_cards: set[bytes] = set()
        self._wrong: list[int] = []

    def state(self) -> list[object]:
        """[kids held, cards in, cards needed]."""
        with self._turn:
            self._forget_late()
            return self._said()

    def take_card(self, text: str) -> list[object]:
        """One card. Raises Refused: bad_share, foreign_share (a key of another centre, or destroyed), too_fast."""
        with self._turn:
            now_ms = self._now_ms()
            self._wrong = [at for at in self._wrong if now_ms - at < TRIES_MS]
            if len(self._wrong) >= TRIES:
                raise Refused("too_fast", str(self._wrong[0] + TRIES_MS))
            try:
                self._take(text)
            except Refused:
                self._wrong.append(now_ms)
                raise
            return self._said()

    def lock(self) -> list[object]:
        """Forget the keys that came from cards, and the cards."""
        with self._turn:
            for kid in sorted(self._from_cards):
                self._custody.forget([kid])
                self._tell("opener_locked", kid.hex())
            self._from_cards.clear()
            self._clear()
            return self._said()

    def forget(self, kids: Sequence[bytes]) -> list[object]:
        """Forget these keys, wherever they came from."""
        with self._turn:
            self._custody.forget(kids)
            self._from_cards.difference_update(kids)
            return self._said()

    def _take(self, text: str) -> None:
        self._forget_late()
        card = plain_card(text)
        identifier, place, needed = needed_of(card)
        if identifier != self._set:
            self._clear()
            self._set, self._needed = identifier, needed
        self._cards[place] = card
        self._last_ms = self._now_ms()
        if len(self._cards) < self._needed:
            return
        cards = list(self._cards.values())
        self._clear()
        key = SeedKey(join_cards(cards))
        if kid_of(key.public) not in self._named():
            raise Refused("foreign_share", "no case key of this centre")
        self._tell("opener_unlocked", kid_of(key.public).hex())  # first the log, then the key
        self._from_cards.add(self._custody.hold(key))

    def _said(self) -> list[object]:
        return [sorted(self._custody.kids), len(self._cards), self._needed]

    def _forget_late(self) -> None:
        if self._cards and self._now_ms() - self._last_ms >= FORGET_MS:
            self._clear()

    def _clear(self) -> None:
        self._cards.clear()
        self._set, self._needed = -1, 0
