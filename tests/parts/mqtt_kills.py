"""Rules for a Relay that kill a process at a packet of its own, and count each kill by what had passed by then."""

import random
import signal
import sqlite3
from collections import Counter
from pathlib import Path

from tests.parts.relay import PUBACK, Fate, Packet
from tests.parts.warm import WarmChild
from wire.batch import Batch, decode_batch
from wire.crypto import kid_of_message

MOST_DELAY_S = 0.008  # a kill after a packet falls anywhere into the work that the packet starts


class AgentKill:
    """Between an agent and the broker: sees its batches, their PUBACKs and its receipts. Armed by `aim`."""

    def __init__(self, agent: WarmChild) -> None:
        self._agent = agent
        self._point = ""
        self._batch: int | None = None
        self._early: Packet | None = None
        self._passed: list[str] = []
        self.kills = 0
        self.found: Counter[str] = Counter()

    def aim(self, point: str) -> None:
        """Kill at the next occasion: before puback, after puback, before receipt, after receipt."""
        self._batch, self._early, self._passed = None, None, []
        self._point = point

    def count(self) -> None:
        """The agent is dead: count the kill by the last thing that had passed."""
        last = self._passed[-1] if self._passed else ""
        self.kills += 1
        self.found[{"batch": "before puback", "": "before puback"}.get(last, last)] += 1

    def __call__(self, packet: Packet) -> Fate:
        """The rule."""
        point = self._point
        if not point:
            return Fate((packet,))
        if packet.upward and packet.is_batch:
            self._batch = packet.ident
            if point == "before puback" and random.random() < 0.5:
                return self._kill(())
            self._passed.append("batch")
        elif not packet.upward and packet.kind == PUBACK and packet.ident == self._batch:
            if point == "before puback":
                return self._kill(())
            self._passed.append("after puback")
            if point == "after puback":
                return self._kill((packet,))
            if self._early is not None:  # the receipt was faster than the PUBACK
                return self._at_receipt((packet,), self._early)
        elif not packet.upward and packet.is_receipt:
            if point in ("before puback", "after puback"):
                return Fate(())
            if "after puback" in self._passed:
                return self._at_receipt((), packet)
            self._early = packet
            return Fate(())
        return Fate((packet,))

    def _at_receipt(self, before: tuple[Packet, ...], receipt: Packet) -> Fate:
        self._passed.append(self._point)
        return self._kill((*before, receipt) if self._point == "after receipt" else before)

    def _kill(self, passing: tuple[Packet, ...]) -> Fate:
        self._point = ""
        after_s = random.uniform(0, MOST_DELAY_S) if passing else 0.0
        return Fate(passing, lambda: self._agent.signal(signal.SIGKILL), after_s)


class IngestKill:
    """Between ingest and the broker: sees new batches come and acknowledgements and receipts go."""

    def __init__(self, ingest: WarmChild, database: Path) -> None:
        self._ingest, self._database = ingest, database
        self._point = ""
        self._ident: int | None = None
        self._batch: Batch | None = None
        self._receipt_passed = False
        self.found: Counter[str] = Counter()
        self.typed = 0

    def aim(self, point: str) -> None:
        """Kill at the next new batch: before commit, after commit, after receipt."""
        self._ident, self._batch, self._receipt_passed = None, None, False
        self._point = point

    def count(self) -> None:
        """Ingest is dead: count the kill by what its database holds, and by whether the receipt got out."""
        assert self._batch is not None
        held = self._holds(self._batch)
        self.found["after receipt" if self._receipt_passed else "after commit" if held else "before commit"] += 1

    def __call__(self, packet: Packet) -> Fate:
        """The rule."""
        point = self._point
        if point and self._batch is None and not packet.upward and packet.is_batch:
            batch = self._read(packet.payload)
            if batch is not None and not self._holds(batch):
                self._batch, self._ident = batch, packet.ident
                if point == "before commit":
                    forward = (packet,) if random.random() < 0.7 else ()
                    return self._kill(forward, random.uniform(0, 0.001))
        elif point and self._batch is not None and packet.upward:
            if packet.kind == PUBACK and packet.ident == self._ident and point == "after commit":
                return self._kill((packet,) if random.random() < 0.5 else (), 0.0)
            if packet.is_receipt and packet.topic.split("/")[3] == self._batch.device:
                if point == "after commit":
                    return self._kill((), 0.0)
                self._receipt_passed = True
                return self._kill((packet,), random.uniform(0, MOST_DELAY_S))
        elif not point and packet.upward and packet.is_receipt and self._ingest.pid is not None:
            return self._after_the_shot(packet)
        return Fate((packet,))

    def _after_the_shot(self, packet: Packet) -> Fate:
        """A receipt that left before the kill struck still counts as sent."""
        if self._batch is not None and packet.topic.split("/")[3] == self._batch.device:
            self._receipt_passed = True
        return Fate((packet,))

    def _kill(self, passing: tuple[Packet, ...], after_s: float) -> Fate:
        self._point = ""
        return Fate(passing, lambda: self._ingest.signal(signal.SIGKILL), after_s if passing else 0.0)

    def _read(self, message: bytes) -> Batch | None:
        rows = self._ask("SELECT public FROM device WHERE kid = ?", kid_of_message(message))
        return decode_batch(message, {kid_of_message(message): bytes(rows[0][0])}) if rows else None

    def _holds(self, batch: Batch) -> bool:
        """Whether the centre has the last record of the batch. A batch is taken whole or not at all."""
        return bool(
            self._ask(
                "SELECT 1 FROM raw_record r JOIN stream s ON s.id = r.stream"
                " WHERE s.device = ? AND s.epoch = ? AND r.seq = ?",
                *(batch.device, batch.epoch, batch.last_seq),
            )
        )

    def _ask(self, sql: str, *values: object) -> list[tuple[bytes, ...]]:
        connection = sqlite3.connect(f"file:{self._database}?mode=ro", uri=True, timeout=10)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()
