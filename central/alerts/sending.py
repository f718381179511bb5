"""The job `send`: the outbox of messages, letter by letter.

    waiting -> sending -> sent -> delivered
       ^           |         \\-> failed (a receipt says that it did not arrive)
       \\-- later --/-> failed

- A letter is claimed in a commit of its own, handed over, and its end committed: a job that is killed between leaves it
  in `sending`, and after LEASE_MS it is sent again under the same name. Twice is better than never.
- The stop list is asked once more between the claim and the sending.
- Tries are bounded by RETRY_S and by the letter's own end; what fails becomes a task (central.alerts.escalating).
- Nothing of a letter, and nothing that the other side says, goes into a log or a table.
"""

import json
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.alerts.escalating import mark_reached
from central.alerts.sealing import Letter, make_sender_key, open_letter, sender_key
from central.alerts.senders import Carrier, Carriers, Later, Never, load_carriers
from central.alerts.stops import is_stopped
from central.jobs import Bench
from central.log import log
from central.statements import run
from wire.crypto import SealingKey
from wire.refusal import Refused

RETRY_S = (60, 300, 900, 3600, 3600, 3600, 3600, 3600)
LEASE_MS = 300_000
STOPPED_MS = 30_000  # what is stopped is looked at again
_AT_ONCE = 20
_META = "alert_channels"
# Where an address is kept sealed that whoever wrote the letter cannot open: a browser's, a place manager's.
_SEALED_AT = {
    "pass": "SELECT sealed FROM push_subscription WHERE entry = ?",
    "venue": "SELECT phone FROM registration WHERE hash = ?",
    "manager": "SELECT sealed FROM reminder_way WHERE key = ?",
}


class Due(NamedTuple):
    """A message that was claimed."""

    id: int
    release: int | None
    reach: int | None
    kind: str
    channel: str
    sealed: bytes
    tries: int
    ends_ms: int


class Ready(NamedTuple):
    """What the web may promise."""

    channels: frozenset[str]
    base: str


class Sending:
    """Keeps the connections between rounds. `carriers` are read from the key folder unless they are given."""

    def __init__(self, carriers: Carriers | None = None) -> None:
        self._carriers = carriers

    def run(self, bench: Bench) -> bool:
        """One round; whether more is waiting."""
        carriers = self._carriers or self._load(bench)
        self._take_receipts(bench, carriers)
        done = 0
        key: SealingKey | None = None
        for _ in range(_AT_ONCE):
            due = self._claim(bench, carriers)
            if due is None:
                break
            key = key or sender_key(bench.ring.folder)
            self._send_one(bench, carriers.by_channel[due.channel], due, key)
            done += 1
        return done == _AT_ONCE

    def close(self) -> None:
        """Give all connections back."""
        for carrier in (self._carriers or Carriers({})).by_channel.values():
            carrier.close()

    def _load(self, bench: Bench) -> Carriers:
        make_sender_key(bench.ring.folder)
        try:
            self._carriers = load_carriers(bench.ring.folder)
        except Refused as refusal:
            log("sender_refused", reason=refusal.reason, detail=refusal.detail)
            self._carriers = Carriers({})
        with bench.engine.begin() as connection:
            say_ready(connection, self._carriers)
        return self._carriers

    def _claim(self, bench: Bench, carriers: Carriers) -> Due | None:
        able, now_ms = sorted(carriers.by_channel), bench.now_ms()
        if not able:
            return None
        sql = (
            "SELECT m.id, m.release, m.reach, m.kind, m.channel, m.sealed, m.tries, m.ends_ms, a.case_id FROM message m"
            " LEFT JOIN release a ON a.id = m.release WHERE m.state IN ('waiting', 'sending') AND m.next_ms <= ?"
            f" AND m.channel IN ({', '.join('?' * len(able))}) ORDER BY m.next_ms, m.id LIMIT 1"
        )
        with bench.engine.begin() as connection:
            for _ in range(_AT_ONCE):
                row = run(connection, sql, (now_ms, *able)).first()
                if row is None:
                    return None
                due = Due(row[0], row[1], row[2], row[3], row[4], bytes(row[5]), row[6], row[7])
                if due.kind != "alert" or not is_stopped(connection, f"case-{row[8]}", f"release-{due.release}"):
                    return due if _take(connection, due, now_ms) else None
                _put_off(connection, due, now_ms)
        return None

    def _send_one(self, bench: Bench, carrier: Carrier, due: Due, key: SealingKey) -> None:
        try:
            if due.ends_ms <= bench.now_ms():
                raise Never("too_late")
            letter = self._letter(bench, due, key)
            name, failed = carrier.send(letter, due.id), None
        except Later as error:
            name, failed = "", error
        with bench.engine.begin() as connection:
            if failed is None:
                _sent(connection, due, name, bench.now_ms())
            else:
                _not_sent(connection, due, failed, bench.now_ms())

    def _letter(self, bench: Bench, due: Due, key: SealingKey) -> Letter:
        try:
            letter = open_letter(due.sealed, key)
            kind, _, which = letter.to.partition(":")
            if kind not in _SEALED_AT:
                return letter
            with bench.engine.connect().execution_options(reads_only=True) as connection:
                row = run(connection, _SEALED_AT[kind], (bytes.fromhex(which),)).first()
            if row is None:
                raise Never("gone")
            return letter._replace(to=open_letter(bytes(row[0]), key).to)
        except (Refused, ValueError):
            raise Never("cannot_open") from None

    def _take_receipts(self, bench: Bench, carriers: Carriers) -> None:
        arrived = [one for carrier in carriers.by_channel.values() for one in carrier.receipts()]
        if arrived:
            with bench.engine.begin() as connection:
                for name, delivered in arrived:
                    _receipt(connection, name, delivered, bench.now_ms())


def ready(connection: Connection) -> Ready:
    """What the sending job last said of its channels; nothing before it ran."""
    value = run(connection, "SELECT value FROM meta WHERE key = ?", (_META,)).scalar()
    if not value:
        return Ready(frozenset(), "")
    said = json.loads(value)
    return Ready(frozenset(said["channels"]), str(said["base"]))


def say_ready(connection: Connection, carriers: Carriers) -> None:
    """Tell the web which channels there are."""
    value = json.dumps({"channels": sorted(carriers.by_channel), "base": carriers.base})
    sql = "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
    run(connection, sql, (_META, value))


def _take(connection: Connection, due: Due, now_ms: int) -> bool:
    sql = (
        "UPDATE message SET state = 'sending', tries = tries + 1, next_ms = ? WHERE id = ? AND next_ms <= ?"
        " AND state IN ('waiting', 'sending')"
    )
    return run(connection, sql, (now_ms + LEASE_MS, due.id, now_ms)).rowcount == 1


def _put_off(connection: Connection, due: Due, now_ms: int) -> None:
    """All of a stopped release at once: it must not hold up the others."""
    sql = (
        "UPDATE message SET next_ms = ? WHERE release = ? AND kind = 'alert' AND state IN ('waiting', 'sending')"
        " AND next_ms <= ?"
    )
    run(connection, sql, (now_ms + STOPPED_MS, due.release, now_ms))


def _sent(connection: Connection, due: Due, name: str, now_ms: int) -> None:
    sql = "UPDATE message SET state = 'sent', far_id = ?, sealed = ?, why = '' WHERE id = ?"
    run(connection, sql, (name[:100], b"", due.id))
    _say_reach(connection, due, "sent", now_ms)


def _not_sent(connection: Connection, due: Due, error: Later, now_ms: int) -> None:
    tries = due.tries + 1
    again_ms = now_ms + RETRY_S[min(tries, len(RETRY_S)) - 1] * 1000
    if isinstance(error, Never) or tries > len(RETRY_S) or again_ms >= due.ends_ms:
        sql = "UPDATE message SET state = 'failed', sealed = ?, why = ? WHERE id = ?"
        run(connection, sql, (b"", error.reason, due.id))
        _say_reach(connection, due, "failed", now_ms)
    else:
        sql = "UPDATE message SET state = 'waiting', next_ms = ?, why = ? WHERE id = ?"
        run(connection, sql, (again_ms, error.reason, due.id))


def _say_reach(connection: Connection, due: Due, state: str, now_ms: int) -> None:
    if due.kind == "alert" and due.reach is not None:
        sql = "UPDATE reach SET state = ?, changed_ms = ? WHERE id = ? AND state IN ('waiting', 'sent')"
        run(connection, sql, (state, now_ms, due.reach))


def _receipt(connection: Connection, name: str, delivered: bool, now_ms: int) -> None:
    """What the network says of a letter; receipts of strangers and second ones change nothing."""
    sql = (
        "SELECT m.id, m.kind, m.channel, r.id, r.contact FROM message m LEFT JOIN reach r ON r.id = m.reach"
        " WHERE m.far_id = ? AND m.far_id <> '' AND m.state = 'sent'"
    )
    row = run(connection, sql, (name,)).first()
    if row is None:
        return
    state = "delivered" if delivered else "failed"
    run(connection, "UPDATE message SET state = ? WHERE id = ?", (state, row[0]))
    if row[1] == "alert" and row[3] is not None:
        if delivered:
            mark_reached(connection, row[3], row[4], row[2], now_ms)
        else:
            run(connection, "UPDATE reach SET state = 'failed', changed_ms = ? WHERE id = ?", (now_ms, row[3]))
