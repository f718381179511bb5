"""Cards that a form is filled from: the one just shown at the gate, and the one that a form waits for.

In RAM only. A card that was asked to declare is kept for KEEP_MS and given away once; while a form waits for a card,
the next one with an identity goes to the form and is no check-in. Any other answer of the gate drops the kept one: the
next visitor's form must not begin with this one's name.
"""

from collections.abc import Callable
from threading import Condition

from credentials.types import Credential, Unreadable

KEEP_MS = 60_000  # from the gate's answer to the first touch on the form, with a child on the arm
CLAIM_S = 5.0  # one long poll of the form's page; it asks again while it is open


class Cards:
    """Thread-safe. `mono_ms` is the boot's clock."""

    def __init__(self, mono_ms: Callable[[], int]) -> None:
        self._mono_ms = mono_ms
        self._changed = Condition()
        self._waiting = 0
        self._given: Credential | None = None
        self._kept: tuple[int, Credential] | None = None

    @property
    def wanted(self) -> bool:
        """Whether a form waits for a card now."""
        return self._waiting > 0

    def keep(self, code: Credential) -> None:
        """The gate has asked the holder of this card to declare."""
        with self._changed:
            self._kept = (self._mono_ms() + KEEP_MS, code)

    def drop(self) -> None:
        """Somebody else was answered since, or it is too old: nobody's form may begin with it."""
        with self._changed:
            self._kept = None

    def forget_old(self) -> None:
        """Drop it when its minute is over, also when nobody asked for it."""
        if self._kept is not None and self._mono_ms() >= self._kept[0]:
            self.drop()

    def kept(self) -> Credential | None:
        """That card, once; None when there is none or it is too old."""
        with self._changed:
            kept, self._kept = self._kept, None
        return kept[1] if kept is not None and self._mono_ms() < kept[0] else None

    def offer(self, code: Credential | Unreadable) -> bool:
        """Give a code that was read to the form that waits; False when none does or the code names nobody."""
        if not self._waiting or not isinstance(code, Credential) or code.normal_form is None or code.status != "valid":
            return False
        with self._changed:
            if self._given is not None:
                return False  # the one before is still on its way to the form
            self._given = code
            self._changed.notify_all()
        return True

    def wait(self, timeout_s: float) -> Credential | None:
        """The next card; None when none came within `timeout_s` (at most CLAIM_S), or somebody waits already."""
        with self._changed:
            if self._waiting:
                return None  # two who wait could each get the other's card
            self._given = None
            self._waiting += 1
            try:
                self._changed.wait_for(lambda: self._given is not None, min(timeout_s, CLAIM_S))
                given, self._given = self._given, None
                return given
            finally:
                self._waiting -= 1
