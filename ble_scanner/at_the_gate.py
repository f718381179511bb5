"""What the radio process reads and writes in the gate's own database: tags and case keys, visits, its own events.

The database is the gate's: this process opens it when it is there, lets go when it is moved aside, and works on with
what it knows while it is missing, full or damaged.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

from machine.log import say
from store import bulletins, meta, visits
from store.bulletins import Head
from store.db import FAILURES, FILE, Store, StoreError, open_store
from store.recorder import Recipients, Recorder
from wire.envelope import ClockQuality, Stamp
from wire.records import DeviceEvent
from wire.refusal import Refused
from wire.tags import Tag, read_tags

EXPIRY_MS = 60_000  # what ends by its date ends without a commit


class AtTheGate:
    """`stamp` is the process's clock. Nothing raises.

    tags  every tag that opens something here, as the newest lists say
    keys  changes when the published case keys change; "" while there are none, None before the first look
    """

    def __init__(self, folder: Path, device: str, fingerprint: bytes, stamp: Callable[[], Stamp]) -> None:
        self._folder, self._device, self._fingerprint, self._stamp = folder, device, fingerprint, stamp
        self._store: Store | None = None
        self._recorder: Recorder | None = None
        self._version = -1
        self._looked_ms = 0
        self._lists: list[Head] = []
        self.tags: tuple[Tag, ...] = ()
        self.keys: str | None = None

    def look(self) -> bool:
        """Read what has changed; whether the tags may be others now. Cheap when nothing was committed."""
        stamp = self._stamp()
        try:
            store = self._opened()
            if store is None:
                return False
            version = store.data_version()
            if version == self._version and stamp.mono_ms - self._looked_ms < EXPIRY_MS:
                return False
            lists, keys = self._in_force(store, "tags"), self._in_force(store, "ble_keys")
            if keys:  # an order that ends takes the keys with it that were published under it (match_held)
                keys += self._in_force(store, "order")
            if lists != self._lists:
                self.tags, changed = _tags(store, lists), True
            else:
                changed = False
        except (*FAILURES, OSError) as error:
            self._fail(error)
            return False
        self._version, self._looked_ms = version, stamp.mono_ms
        self._lists, self.keys = lists, _mark(keys)
        return changed

    def tell(self, event: DeviceEvent) -> bool:
        """Record an event of the device; False where it is not enrolled, or the record could not be made."""
        try:
            recorder = self._its_recorder()
            if recorder is None:
                return False
            recorder.record(event)
        except (*FAILURES, OSError, Refused) as error:
            self._fail(error)
            return False
        return True

    def last_visit_ms(self) -> int | None:
        """When, in ms of this boot, somebody was last let through; None: not in this boot, as far as is known."""
        stamp = self._stamp()
        try:
            store = self._opened()
            found = [] if store is None else visits.last_visits(store, stamp.at_ms - 3_600_000)
        except (*FAILURES, OSError) as error:
            self._fail(error)
            return None
        return max((visit.mono_ms for visit in found if visit.boot == stamp.boot), default=None)

    def close(self) -> None:
        """Let go of the database."""
        if self._store is not None:
            self._store.close()
        self._store = self._recorder = None
        self._version = -1

    def _opened(self) -> Store | None:
        if self._store is None and (self._folder / FILE).exists():
            self._store = open_store(self._folder, now_ms=lambda: self._stamp().at_ms)
        return self._store

    def _in_force(self, store: Store, kind: str) -> list[Head]:
        stamp = self._stamp()
        if stamp.clock is ClockQuality.UNSET:  # proves no expiry: the last word stands
            return bulletins.heads(store, kind)
        return [head for head in bulletins.heads(store, kind) if stamp.at_ms < head.expires_ms]

    def _its_recorder(self) -> Recorder | None:
        store = self._opened()
        if self._recorder is None and store is not None and meta.get(store, "enrolled_ms") is not None:
            root = bulletins.root(store, self._fingerprint)
            if root is not None:
                to = Recipients(root.recipients["ingest"], root.recipients["case"])
                self._recorder = Recorder(store, self._device, to, self._stamp)
        return self._recorder

    def _fail(self, error: Exception) -> None:
        say("gate_database", problem=error.reason if isinstance(error, StoreError) else type(error).__name__)
        self.close()


def _tags(store: Store, lists: list[Head]) -> tuple[Tag, ...]:
    found: dict[bytes, Tag] = {}
    for bulletin in bulletins.all_of(store, "tags"):
        if any((head.scope, head.name) == (bulletin.scope, bulletin.name) for head in lists):
            try:
                found.update({tag.pass_id: tag for tag in read_tags(bulletin.body)})
            except Refused as refusal:
                say("tags_refused", reason=refusal.reason)
    return tuple(found.values())


def _mark(published: list[Head]) -> str:
    names = [f"{head.scope}/{head.name}/{head.version}" for head in published]
    return hashlib.sha256("|".join(names).encode()).hexdigest() if names else ""
