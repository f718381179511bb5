"""Who comes in to the guard's page: name and PIN against the accounts, tries counted, a first PIN replaced.

- One PIN is computed at a time (16 MB each): whoever finds the door taken for long is told to try again.
- A wrong name costs the same time as a wrong PIN and gets the same answer, in whatever spelling it comes.
- A one-time PIN opens only the choice of an own one; after that the session begins.
- An account that was reset or removed ends its sessions, at the latest CHECK_S later.
"""

import os
import unicodedata
from collections.abc import Callable
from threading import Lock
from typing import NamedTuple, Protocol

from ui.guard.pins import SALT_BYTES, digest_of, fits, objection
from ui.guard.sessions import Session, Sessions
from ui.guard.tries import Tries

CHECK_S = 5.0
LONGEST_NAME = 64
LONGEST_TRY = 64
_TURN_S = 3.0
_NOBODY = bytes(SALT_BYTES)


class Account(NamedTuple):
    """One guard: `key` is the name as it is compared, `once` says that the digest is of a one-time PIN in force."""

    key: str
    name: str
    granted: int
    salt: bytes
    digest: bytes
    once: bool


class Accounts(Protocol):
    """Where accounts are kept. From any thread; raises nothing: an account that cannot be read is None."""

    def find(self, name: str) -> Account | None:
        """The account under this name; None also for one whose one-time PIN has run out."""
        ...

    def choose(self, account: Account, salt: bytes, digest: bytes) -> bool:
        """Keep the PIN that the guard chose; False when it could not be."""
        ...


class Entry(NamedTuple):
    """`token` of a session; or a `problem`, and for "wait" how long.

    Problems: wrong, wait, not_kept, and the objections to a PIN (ui.guard.pins).
    """

    token: str = ""
    problem: str = ""
    wait_s: float = 0.0
    choosing: bool = False


class Door:
    """Thread-safe. `now` is in monotonic seconds."""

    def __init__(
        self,
        accounts: Accounts,
        now: Callable[[], float],
        random_token: Callable[[], str],
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._accounts, self._now, self._random_bytes = accounts, now, random_bytes
        self._tries = Tries(now)
        self._sessions = Sessions(now, random_token)
        self._lock, self._turn = Lock(), Lock()
        self._checked: dict[tuple[str, int], float] = {}

    def enter(self, name: str, pin: str, language: str, source: str = "") -> Entry:
        """A session for the guard `name`; with a one-time PIN one that may only choose a PIN.

        `source` tells phones apart whose wrong tries are counted (ui.guard.tries).
        """
        if len(name) > LONGEST_NAME or len(pin) > LONGEST_TRY:
            return Entry(problem="wrong")
        name = _folded(name)
        account, tried = self._accounts.find(name), (name, source)
        if not self._turn.acquire(timeout=_TURN_S):
            return Entry(problem="wait", wait_s=_TURN_S)
        try:
            with self._lock:
                wait = self._tries.wait_s(tried)
            if wait > 0:
                return Entry(problem="wait", wait_s=wait)
            right = fits(pin, account.salt if account else _NOBODY, account.digest if account else bytes(32))
            if account is None or not right:
                with self._lock:
                    self._tries.failed(tried)
                return Entry(problem="wrong")
        finally:
            self._turn.release()
        with self._lock:
            self._tries.succeeded(tried)
        token = self._sessions.begin(account.key, account.name, account.granted, language, account.once)
        return Entry(token, choosing=account.once)

    def choose(self, token: str, pin: str) -> Entry:
        """Take the PIN that a guard chose after the one-time PIN; a session of its own begins."""
        session = self._sessions.of(token)
        account = self._accounts.find(session.key) if session is not None and session.choosing else None
        if session is None or account is None or not account.once or account.granted != session.granted:
            return Entry(problem="wrong")
        problem = objection(pin) or ("pin_easy" if fits(pin, account.salt, account.digest) else None)
        if problem is not None:
            return Entry(problem=problem, choosing=True)
        salt = self._random_bytes(SALT_BYTES)
        if not self._accounts.choose(account, salt, digest_of(pin, salt)):
            return Entry(problem="not_kept", choosing=True)
        self._sessions.end(token)
        return Entry(self._sessions.begin(account.key, account.name, account.granted, session.language, False))

    def session(self, token: str) -> Session | None:
        """Who holds this token now: None when it ended, was never given, or still has to choose a PIN."""
        session = self._sessions.of(token)
        if session is None or session.choosing or not self._still_there(session):
            return None
        return session

    def may_choose(self, token: str) -> bool:
        """Whether this token may only choose a PIN."""
        session = self._sessions.of(token)
        return session is not None and session.choosing

    def leave(self, token: str) -> None:
        """End the session."""
        self._sessions.end(token)

    def _still_there(self, session: Session) -> bool:
        now, which = self._now(), (session.key, session.granted)
        with self._lock:
            if now - self._checked.get(which, now - CHECK_S) < CHECK_S:
                return True
            self._checked = {one: at for one, at in self._checked.items() if now - at < CHECK_S}
            self._checked[which] = now
        account = self._accounts.find(session.key)
        if account is not None and account.granted == session.granted:
            return True
        with self._lock:
            self._checked.pop(which, None)
        self._sessions.end_of(*which)
        return False


def _folded(name: str) -> str:
    """What all spellings of one name have in common: case, composed or apart, blanks around it."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).strip()
