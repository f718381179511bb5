"""Invitations: who stands at the kiosk now may go on with one phone. In memory only, and gone with the process.

- A link is good for LIFE_MS and for one phone; nobody can guess it (128 bits). A saved or passed-on link is dead.
- Reading a link uses nothing up: programs that look at a link before a person does must not spend it.
- The card that was shown for the form stays here: the link does not carry it, and the phone is never told of it.
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import NamedTuple

LIFE_MS = 180_000  # find the phone, unlock it, join the Wi-Fi, point it; and nobody who came home still has one
MOST = 32  # one finger makes them, one after the other; the oldest makes room
_KEY_BYTES = 16


class Invitation(NamedTuple):
    """What the kiosk's screen hands over: the offer's key, the language, kind and number of the card shown for it."""

    offer: str
    language: str
    identity: tuple[str, str] | None


class Invitations:
    """Thread-safe. `url` is where phones find the forms, "https://khai.cho-mau.example"; `now_ms` never steps back."""

    def __init__(
        self, url: str, now_ms: Callable[[], int], random_text: Callable[[int], str] = secrets.token_urlsafe
    ) -> None:
        self._url, self._now_ms, self._random_text = url.rstrip("/"), now_ms, random_text
        self._lock = Lock()
        self._open: OrderedDict[str, tuple[int, Invitation]] = OrderedDict()

    def invite(self, offer: str, language: str, identity: tuple[str, str] | None) -> str:
        """A new link."""
        key = self._random_text(_KEY_BYTES)
        with self._lock:
            self._open[key] = (self._now_ms() + LIFE_MS, Invitation(offer, language, identity))
            while len(self._open) > MOST:
                self._open.popitem(last=False)
        return f"{self._url}/form/{key}/"

    def look(self, key: str) -> Invitation | None:
        """The invitation under `key`; None when it was used, is too old or never was."""
        with self._lock:
            self._forget_old()
            found = self._open.get(key)
            return found[1] if found else None

    def use(self, key: str) -> None:
        """It is dead from now on."""
        with self._lock:
            self._open.pop(key, None)

    def _forget_old(self) -> None:
        now_ms = self._now_ms()
        for key in [key for key, (until_ms, _) in self._open.items() if now_ms >= until_ms]:
            del self._open[key]
