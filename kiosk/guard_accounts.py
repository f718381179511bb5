"""The guards' accounts as the page's door asks for them, from the kiosk's own database.

What was read last is kept in memory: when the database fails, the guards' page is needed most.
"""

from collections.abc import Callable
from threading import Lock

from store import guards
from store.db import FAILURES, Store
from ui.guard.door import Account


class StoredAccounts:
    """From any thread: each call opens a connection of its own, since one belongs to one thread."""

    def __init__(self, open_store: Callable[[], Store], now_ms: Callable[[], int]) -> None:
        self._open_store, self._now_ms = open_store, now_ms
        self._lock = Lock()
        self._known: dict[str, guards.Guard] = {}

    def find(self, name: str) -> Account | None:
        """The account under this name; None also for one whose one-time PIN has run out."""
        key = guards.key_of(name)
        try:
            store = self._open_store()
            try:
                found = guards.find(store, name)
            finally:
                store.close()
        except FAILURES:
            with self._lock:
                found = self._known.get(key)
        else:
            self._remember(key, found)
        if found is None or (found.once and self._now_ms() > found.until_ms):
            return None
        return Account(found.key, found.name, found.granted, found.salt, found.digest, found.once)

    def choose(self, account: Account, salt: bytes, digest: bytes) -> bool:
        """Keep the PIN that the guard chose; False when it could not be."""
        try:
            store = self._open_store()
            try:
                return guards.choose(store, account.key, account.granted, salt, digest)
            finally:
                store.close()
        except FAILURES:
            return False

    def _remember(self, key: str, found: guards.Guard | None) -> None:
        with self._lock:
            if found is None:
                self._known.pop(key, None)
            elif key in self._known or len(self._known) < guards.MOST:
                self._known[key] = found
