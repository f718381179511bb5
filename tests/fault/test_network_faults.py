"""What goes wrong between the gate and the centre.

A broker that is gone, batches twice and out of order, an old copy of the centre, a revoked device, a poison record,
other schema versions, a cloned card. Each green arrives, once, whatever happened.
"""
# ruff: noqa: RUF009  (field specifiers of records, as in wire/records.py)

import json
import os
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from store import bulletins, outbox
from store.db import FILE, open_store
from store.recorder import Recipients, Recorder
from sync_agent.state import BATCH_RECORDS
from tests.fault.conftest import AddGates
from tests.parts.checker import account
from tests.parts.relay import PUBACK, Fate, Packet, pass_on
from tests.parts.site import Gate, Site, card
from tests.parts.waits import wait_for
from wire.envelope import ClockQuality, Stamp
from wire.fields import blob, identity, integer, one_of, several, text, trace, vault
from wire.records import Direction, IdentityKind, Record, Signal, Visit

PASSPHRASE = "an invented passphrase"
TURNED = 6 if os.environ.get("GATEPOST_FULL") == "1" else 3


def visits(gate: Gate, first: int, count: int) -> None:
    """Cards first .. first + count - 1, and all of them green."""
    before = len(gate.greens())
    for number in range(first, first + count):
        gate.type(card(number))
    gate.wait_green(before + count, 30 + count / 50)


def test_broker_gone_for_a_while(site: Site, add_gates: AddGates) -> None:
    (gate,) = add_gates()
    visits(gate, 1, 20)
    site.broker.kill()
    visits(gate, 21, 60)
    site.broker.start()
    visits(gate, 81, 20)
    assert len(account(site, gate, timeout_s=90)) == 100


class TwiceAndTurned:
    """A rule: holds three batches back, lets them go in reverse order, and each of them twice."""

    def __init__(self) -> None:
        self.held: deque[Packet] = deque()
        self.turned = 0

    def __call__(self, packet: Packet) -> Fate:
        if not (packet.upward and packet.is_batch):
            return Fate((packet,))
        self.held.appendleft(packet)
        if len(self.held) < 3:
            return Fate(())
        self.turned += len(self.held)
        out = [copy for one in self.held for copy in (one, one.again())]
        self.held.clear()
        return Fate(tuple(out))


def test_batches_come_twice_and_in_the_wrong_order(site: Site, add_gates: AddGates) -> None:
    (gate,) = add_gates()
    gate.cable.set("cut")
    count = TURNED * BATCH_RECORDS - 10  # with the hello that many batches and no more
    visits(gate, 1, count)
    gate.relay.rule = rule = TwiceAndTurned()
    gate.cable.set("up")
    wait_for(lambda: rule.turned >= TURNED, f"{TURNED} batches were turned round", seconds=40)
    gate.relay.rule = pass_on
    assert len(account(site, gate)) == count
    assert not rule.held


def test_centre_restored_from_an_old_copy(site: Site, add_gates: AddGates, tmp_path: Path) -> None:
    (gate,) = add_gates()
    visits(gate, 1, 20)
    account(site, gate)
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE)
    site.central("backup", "--to", tmp_path / "copies", "--passphrase-file", secret, *site.store)
    visits(gate, 21, 40)
    held = account(site, gate)
    for child in (site.ingest, site.web):
        child.stop()
    site.central("restore", "--from", tmp_path / "copies", "--passphrase-file", secret, *site.store)
    assert len(site.arrived(gate.device)) == 20, "the copy is really old"
    for child in (site.ingest, site.web):
        child.start()
        wait_for(child.is_ready, f"{child.name} is up again", seconds=30)
    # No new visitor comes: the centre itself tells that its generation is higher and that it holds less.
    assert account(site, gate, timeout_s=90) == held
    visits(gate, 61, 1)
    greens = account(site, gate, timeout_s=90)
    assert held < greens and len(greens) == 61


def test_revoked_kiosk_is_kept_apart(site: Site, add_gates: AddGates) -> None:
    (gate,) = add_gates()
    visits(gate, 1, 5)
    honest = account(site, gate)
    site.central("revoke", gate.device, *site.store)
    gate.type(card(6))
    apart = "SELECT count(*) FROM quarantine WHERE device = ? AND reason = 'revoked_device'"
    wait_for(lambda: site.ask(apart, gate.device)[0][0] > 0, "its batch is in quarantine")
    assert set(site.arrived(gate.device)) == honest, "and in no table of visits"
    assert [kind for kind, _ in site.alarms(gate.device)] == ["quarantined"]


def test_poison_record_is_rejected_and_the_queue_goes_on(site: Site, add_gates: AddGates) -> None:
    (gate,) = add_gates()
    gate.cable.set("cut")
    visits(gate, 1, 9)
    for child in (gate.agent, gate.kiosk):
        child.kill()
    store = open_store(gate.data, now_ms=lambda: 0)
    with store.transaction() as db:
        db.execute(
            "UPDATE outbox SET sealed = CAST(substr(sealed, 1, length(sealed) - 1) || x'00' AS BLOB) WHERE seq = 6"
        )
    store.close()
    gate.cable.set("up")
    gate.start()
    visits(gate, 10, 1)
    poisoned = f"{next(iter(gate.greens())).split(':')[0]}:6"
    wanted = gate.greens() - {poisoned}
    site.wait_arrived(gate, wanted)
    sql = (
        "SELECT r.seq, r.reason FROM raw_record r JOIN stream s ON s.id = r.stream WHERE s.device = ? AND r.status = ?"
    )
    assert site.ask(sql, gate.device, "rejected") == [(6, "bad_record")]
    assert {kind for kind, _ in site.alarms(gate.device)} == {"chain_broken"}
    through = "SELECT through_seq FROM stream WHERE device = ?"
    wait_for(lambda: site.ask(through, gate.device)[0][0] == 11, "the receipt goes past the poison record")


@dataclass(frozen=True, slots=True, repr=False)
class OldVisit(Record):
    """Visit as schema 1 had it: three versions behind."""

    KIND: ClassVar[int] = 1
    SCHEMA: ClassVar[int] = 1
    direction: Direction = trace(one_of(Direction))
    signal: Signal = trace(one_of(Signal))
    identity_kind: IdentityKind = trace(one_of(IdentityKind))
    identity: str = trace(identity(64))
    reasons: tuple[int, ...] = trace(several(integer(0, 65535), 8), default=())
    name: str = vault(text(120), default="")
    birth_date: str = vault(text(10), default="")
    address: str = vault(text(300), default="")
    phone: str = vault(text(20), default="")


@dataclass(frozen=True, slots=True, repr=False)
class ComingVisit(Record):
    """Visit as some schema 5 may have it."""

    KIND: ClassVar[int] = 1
    SCHEMA: ClassVar[int] = Visit.SCHEMA + 1
    direction: Direction = trace(one_of(Direction))
    temperature: int = trace(integer(0, 50), default=37)


@dataclass(frozen=True, slots=True, repr=False)
class ComingKind(Record):
    """A kind of record that this centre has never heard of."""

    KIND: ClassVar[int] = 99
    SCHEMA: ClassVar[int] = 1
    something: bytes = trace(blob(0, 16), default=b"new")


def test_kiosks_two_schemas_behind_and_one_ahead(site: Site, add_gates: AddGates) -> None:
    (gate,) = add_gates()
    visits(gate, 1, 2)
    gate.kiosk.stop()
    _write_as_another_version(gate)
    gate.kiosk.start()
    visits(gate, 3, 2)
    account(site, gate)
    sql = "SELECT r.seq, r.status, r.reason FROM raw_record r JOIN stream s ON s.id = r.stream WHERE s.device = ?"
    fate = {seq: (status, reason) for seq, status, reason in site.ask(sql, gate.device)}
    assert fate[4] == ("opened", None)
    assert fate[5] == ("kept", "newer_schema")
    assert fate[6] == ("kept", "unknown_kind")
    assert [fate[seq] for seq in (1, 2, 3, 7, 8)] == [("opened", None)] * 5
    row = "SELECT signal, companions FROM visit v JOIN stream s ON s.id = v.stream WHERE s.device = ? AND v.seq = 4"
    assert site.ask(row, gate.device) == [(1, 0)], "an old visit is a visit, with today's defaults"
    assert site.ask("SELECT through_seq FROM stream WHERE device = ?", gate.device) == [(8,)]


def _write_as_another_version(gate: Gate) -> None:
    store = open_store(gate.data, now_ms=lambda: 1_790_000_000_000)
    root = bulletins.root(store)
    assert root is not None and (gate.data / FILE).exists()
    to = Recipients(root.recipients["ingest"], root.recipients["case"])
    stamp = Stamp(1_790_000_000_000, ClockQuality.SYNCED, os.urandom(8), 1)
    recorder = Recorder(store, gate.device, to, lambda: stamp)
    recorder.record(OldVisit(Direction.IN, Signal.ALLOW, IdentityKind.CCCD, "099099000003"))
    recorder.record(ComingVisit(Direction.IN))
    recorder.record(ComingKind())
    store.close()


@contextmanager
def two_cards(site: Site, add_gates: AddGates) -> Iterator[tuple[Gate, Gate]]:
    """A kiosk and one with a copy of its card, each with a backlog of 8 visits under the same numbers; agents down."""
    (gate,) = add_gates()
    visits(gate, 1, 5)
    account(site, gate)
    for child in (gate.agent, gate.kiosk):
        child.stop()
    clone = _clone(site, gate)
    try:
        for box in (gate, clone):
            box.kiosk.start()
            wait_for(box.kiosk.is_ready, f"{box.folder.name} is up")
            box.wait_lamp("idle")
        visits(gate, 100, 8)
        visits(clone, 200, 8)
        yield gate, clone
    finally:
        site.gates.remove(clone)
        clone.stop()


def test_cloned_card_is_seen_and_nothing_is_mixed_up(site: Site, add_gates: AddGates) -> None:
    with two_cards(site, add_gates) as (gate, clone):
        for box in (gate, clone):
            box.agent.start()
        kinds = lambda: {kind for kind, _ in site.alarms(gate.device)}  # noqa: E731
        wait_for(lambda: "cloned_card" in kinds(), "the centre sees two cards under one name", seconds=60)
        seqs = {int(ref.split(":")[1]) for ref in gate.greens()}
        both = (
            "SELECT count(*) FROM {} t JOIN stream s ON s.id = t.stream WHERE s.device = ? AND t.seq BETWEEN 7 AND 14"
        )
        rows = lambda table: site.ask(both.format(table), gate.device)[0][0]  # noqa: E731
        wait_for(lambda: rows("raw_record") == 8 and rows("conflict") == 8, "both records of each number", seconds=60)
        assert rows("visit") == 8, "one visit a number: the first that came stays in force"
        assert {seq for seq in seqs if seq > 6} == set(range(7, 15))
        assert kinds() <= {"cloned_card", "chain_broken"}


class BatchesOnly:
    """A rule: counts what the broker acknowledged, and the receipts that came; with `deaf` no batch leaves the box."""

    def __init__(self, *, deaf: bool) -> None:
        self.deaf, self.acknowledged, self.receipts = deaf, 0, 0
        self._idents: set[int | None] = set()

    def __call__(self, packet: Packet) -> Fate:
        if packet.upward and packet.is_batch:
            self._idents.add(packet.ident)
            return Fate(() if self.deaf else (packet,))
        self.acknowledged += not packet.upward and packet.kind == PUBACK and packet.ident in self._idents
        self.receipts += not packet.upward and packet.is_receipt
        return Fate((packet,))


def test_cloned_card_with_a_backlog_hears_the_others_receipt_first(site: Site, add_gates: AddGates) -> None:
    """Both cards have a backlog before either connects. The receipt for one must not make the other forget its own."""
    with two_cards(site, add_gates) as (gate, clone):
        site.ingest.stop()
        gate.relay.rule = sent = BatchesOnly(deaf=False)
        gate.agent.start()
        wait_for(lambda: sent.acknowledged, "the broker holds the batch of the first card", seconds=40)
        gate.agent.stop()
        clone.relay.rule = heard = BatchesOnly(deaf=True)
        clone.agent.start()
        wait_for(lambda: _said(clone)["connected"], "the clone listens", seconds=40)
        site.ingest.start()
        wait_for(site.ingest.is_ready, "ingest is up again", seconds=30)
        wait_for(lambda: heard.receipts, "the clone hears the receipt for the first card", seconds=40)
        wait_for(lambda: "foreign_chain" in _said(clone)["alarms"], "the clone sees another chain", seconds=20)
        assert site.count("conflict", gate.device) == 0, "nothing of the clone is at the centre yet"
        clone.relay.rule = pass_on
        for state in ("cut", "up"):  # its batch was swallowed: a new connection sends it now, and not after 30 s
            clone.cable.set(state)
        _drain(clone)
        assert site.count("raw_record", gate.device, "t.seq BETWEEN 7 AND 14") == 8
        assert site.count("conflict", gate.device, "t.seq BETWEEN 7 AND 14") == 8, "both records of each number"
        gate.agent.start()
        _drain(gate)
        assert {kind for kind, _ in site.alarms(gate.device)} == {"cloned_card"}
        for box, first in ((gate, 300), (clone, 400)):
            before = box.greens()
            visits(box, first, 3)
            box.agent.start()
            site.wait_arrived(box, box.greens() - before)
            _drain(box)
        assert site.count("conflict", gate.device) == 8, "each goes on under an epoch of its own"


def _said(box: Gate) -> dict[str, Any]:
    """What the agent of a box last wrote of itself."""
    path = box.data / "sync.json"
    return {"connected": False, "alarms": {}, **(json.loads(path.read_text()) if path.exists() else {})}


def _drain(box: Gate) -> None:
    """Until nothing waits on this box; then its agent ends, since the other box wants the same name at the broker."""

    def is_empty() -> bool:
        store = open_store(box.data, now_ms=lambda: 0)
        try:
            return outbox.backlog(store).rows == 0
        finally:
            store.close()

    wait_for(is_empty, f"the outbox of {box.folder.name} is empty", seconds=90)
    box.agent.stop()


def _clone(site: Site, gate: Gate) -> Gate:
    """A second box with a copy of the card, under the same name."""
    import shutil

    data = site.folder / f"{gate.device}-clone" / "data"
    shutil.copytree(gate.data, data)
    clone = Gate(site, gate.device, "in", "", folder_name=f"{gate.device}-clone", data=data, issued=gate.issued)
    site.gates.append(clone)
    return clone
