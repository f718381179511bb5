"""What the agent says of itself: a small file for this box, a retained state message for the centre, alarms."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from machine.agent_report import report_file
from store.outbox import Backlog
from wire.receipt import Receipt

SOON_MS = 1_000  # after something changed: a technician watches the page
EVERY_MS = 60_000
MOST_ALARMS = 8
MOST_BYTES = 4096  # of the state message: the centre reads no more


class Report:
    """Facts of this device only, nothing of a visitor. The file is replaced whole, and is not worth an fsync."""

    def __init__(self, folder: Path, facts: Callable[[], Mapping[str, Any]] = dict) -> None:
        """`facts` says how the box does (machine.health); it is asked each time, and never raises."""
        self._path = report_file(folder)
        self._facts = facts
        self._receipts: dict[str, dict[str, int]] = {}
        self._alarms: dict[str, str] = {}
        self._last_ms: int | None = None
        self._changed = True
        self._connected = False

    def receipt(self, receipt: Receipt) -> None:
        """Remember the newest receipt of an epoch."""
        epoch = receipt.epoch.hex()
        if epoch not in self._receipts and len(self._receipts) >= 16:
            self._receipts.pop(next(iter(self._receipts)))
        self._receipts[epoch] = {"through": receipt.through_seq, "generation": receipt.generation, "n": receipt.n}
        self._changed = True

    def alarm(self, name: str, detail: str) -> None:
        """Remember the newest alarm of each name."""
        if name in self._alarms or len(self._alarms) < MOST_ALARMS:
            self._alarms[name] = detail[:100]
        self._changed = True

    def changed(self) -> None:
        """Something is worth telling soon."""
        self._changed = True

    def due(self, now_ms: int, *, connected: bool) -> bool:
        """Whether to write now (monotonic ms); asking counts as having written."""
        waited = None if self._last_ms is None else now_ms - self._last_ms
        news = self._changed or connected != self._connected
        if waited is not None and waited < (SOON_MS if news else EVERY_MS):
            return False
        self._last_ms, self._changed, self._connected = now_ms, False, connected
        return True

    def write(self, *, connected: bool, broker: str | None, backlog: Backlog | None = None) -> bytes:
        """Replace the file; returns the state message: what docs/asyncapi.yaml has under `state`."""
        alarms = dict(self._alarms)
        facts: dict[str, object] = {"connected": connected, "broker": broker, "receipts": self._receipts}
        waiting = {} if backlog is None else {"backlog": backlog.rows, "oldest_ms": backlog.oldest_ms}
        new = self._path.with_suffix(".new")
        try:
            new.write_text(json.dumps({**facts, **waiting, "alarms": alarms}), "utf-8")
            new.replace(self._path)
        except OSError:
            pass  # a full card: the report can wait, the outbox is drained all the same
        said = {"online": connected, **waiting, "alarms": sorted(alarms)}
        whole = json.dumps({**self._facts(), **said}).encode()
        return whole if len(whole) <= MOST_BYTES else json.dumps(said).encode()
