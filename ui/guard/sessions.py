"""Who is at the page now: sessions in memory, gone with the process. `now` is in monotonic seconds.

- A token is 256 random bits; only its SHA-256 is kept.
- A session ends IDLE_S after the page was last heard of (an open page is heard of all the time, a phone in a pocket is
  not), and LONGEST_S after it began: a shift.
- There are at most MOST; the one that was silent longest makes room.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

IDLE_S = 15 * 60.0
LONGEST_S = 12 * 3600.0
MOST = 32


@dataclass(slots=True)
class Session:
    """One guard at one phone. `card`: the identity scanned for the next slip, which never leaves the kiosk."""

    key: str
    name: str
    granted: int
    language: str
    choosing: bool
    began_s: float
    heard_s: float
    card: tuple[str, str] | None = None


class Sessions:
    """Thread-safe."""

    def __init__(self, now: Callable[[], float], random_token: Callable[[], str]) -> None:
        self._now, self._random_token = now, random_token
        self._lock = Lock()
        self._open: dict[bytes, Session] = {}

    def begin(self, key: str, name: str, granted: int, language: str, choosing: bool) -> str:
        """The token of a new session."""
        token, now = self._random_token(), self._now()
        with self._lock:
            self._sweep(now)
            if len(self._open) >= MOST:
                del self._open[min(self._open, key=lambda one: self._open[one].heard_s)]
            self._open[_hash(token)] = Session(key, name, granted, language, choosing, now, now)
        return token

    def of(self, token: str) -> Session | None:
        """The session of this token, heard of now; None when it ended."""
        now = self._now()
        with self._lock:
            self._sweep(now)
            session = self._open.get(_hash(token))
            if session is not None:
                session.heard_s = now
            return session

    def end(self, token: str) -> None:
        """End a session; nothing happens when there is none."""
        with self._lock:
            self._open.pop(_hash(token), None)

    def end_of(self, key: str, granted: int) -> None:
        """End every session of an account under this grant."""
        with self._lock:
            self._open = {t: s for t, s in self._open.items() if (s.key, s.granted) != (key, granted)}

    def _sweep(self, now: float) -> None:
        self._open = {
            token: one
            for token, one in self._open.items()
            if now - one.heard_s < IDLE_S and now - one.began_s < LONGEST_S
        }


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
