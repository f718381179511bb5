"""Signed documents that come down: roots one after the other, then everything that a root vouches for.

- A root is taken only as the successor of the one held (wire.root.accept_root); later ones that come first wait.
- A bulletin that its root does not know yet waits for the next root; what waits is bounded, the oldest goes first.
- The topic is not believed: kind, scope and name are those inside the signature.
"""

from collections import deque

import store.bulletins
from machine.log import say
from store.db import Store
from wire.bulletin import MAX_BULLETIN_BYTES, Rejected, accept, peek
from wire.refusal import Refused
from wire.root import MAX_ROOT_BYTES, Root, accept_root
from wire.topics import ROOT as TOPICS

ROOT_PREFIX = f"{TOPICS}/bulletin/all/root/"
BULLETIN_PREFIX = f"{TOPICS}/bulletin/"
MOST_ROOTS = 16
MOST_WAITING = 16
MOST_WAITING_BYTES = 4 << 20


def filters_of(scopes: frozenset[str]) -> list[str]:
    """What to subscribe to, for a reader of these scopes."""
    return [f"{BULLETIN_PREFIX}{scope}/#" for scope in sorted(scopes)]


class Bulletins:
    """Judges and keeps what comes. Holds no store: each call is given one."""

    def __init__(self, scopes: frozenset[str]) -> None:
        self._scopes = scopes
        self._roots: deque[bytes] = deque(maxlen=MOST_ROOTS)
        self._waiting: deque[bytes] = deque(maxlen=MOST_WAITING)
        self.accepted = 0
        self.rejected = 0

    def take(self, held: Store, root: Root | None, topic: str, message: bytes, now_ms: int | None) -> bool:
        """Judge one message by `root` and keep it if it is good; True when the root has changed by it.

        `now_ms` is Unix time, None while the clock is unset.
        """
        if root is None:
            self._reject("no_root", topic)
        elif len(message) > (MAX_ROOT_BYTES if topic.startswith(ROOT_PREFIX) else MAX_BULLETIN_BYTES):
            self._reject("too_large", topic)
        elif topic.startswith(ROOT_PREFIX):
            return self._take_root(held, root, message, now_ms)
        else:
            self._take_bulletin(held, root, message, now_ms)
        return False

    def _take_root(self, held: Store, root: Root, message: bytes, now_ms: int | None) -> bool:
        self._roots.append(message)
        walked = False
        while (step := self._next_root(root, now_ms)) is not None:
            message, root = step
            store.bulletins.keep_root(held, message, root)
            walked = True
            say("root", version=root.version)
        if walked:
            waiting, self._waiting = list(self._waiting), deque(maxlen=MOST_WAITING)
            for bulletin in waiting:
                self._take_bulletin(held, root, bulletin, now_ms)
        return walked

    def _next_root(self, root: Root, now_ms: int | None) -> tuple[bytes, Root] | None:
        """The successor of `root` among those that came; what can never be one is forgotten."""
        for message in list(self._roots):
            try:
                return message, accept_root(root, message, now_ms)
            except Refused as refusal:
                if refusal.reason != "skipped":  # a later one: its turn may come
                    self._roots.remove(message)
                if refusal.reason not in ("skipped", "unchanged", "rollback"):
                    self._reject(refusal.reason, "root")
        return None

    def _take_bulletin(self, held: Store, root: Root, message: bytes, now_ms: int | None) -> None:
        claimed = peek(message)
        if isinstance(claimed, Rejected):
            self._reject("malformed", "")
            return
        current = store.bulletins.current(held, *claimed)
        judged = accept(current, message, root, now_ms, self._scopes)
        if not isinstance(judged, Rejected):
            store.bulletins.keep(held, judged, message, now_ms or 0)
            self.accepted += 1
            say("bulletin", kind=judged.kind, scope=judged.scope, version=judged.version)
        elif judged.reason == "unknown_key":
            if sum(map(len, self._waiting)) + len(message) <= MOST_WAITING_BYTES:
                self._waiting.append(message)
        elif judged.reason != "unchanged":  # retained messages come again with every connection
            self._reject(judged.reason, claimed[0])

    def _reject(self, reason: str, what: str) -> None:
        self.rejected += 1
        say("bulletin_rejected", reason=reason, what=what[:64])
