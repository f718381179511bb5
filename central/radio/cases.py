"""Cases: their keys published under an order, and everything forgotten when a case is ruled out.

- Keys go out only under an order that this centre knows and that runs; to no wider place, and for no longer than it.
- A case has one bulletin in each place, named after it alone: its next version replaces the keys, and a rule-out can
  find it whatever the order was.
- A rule-out takes back in one transaction: the keys, the rows that came of them, and the sealed bytes of those records.
  Their numbers and digests stay, so that the account of seqs is whole and a record that comes again is known.
  What comes later of a case that was ruled out is not kept either (central.radio.matched).
- A restored copy is older than what was said since (central.radio.standing): a backup from before a rule-out cannot
  bring anything back in silence.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.bulletins import publish_bulletin
from central.declaring import orders
from central.keys import Keyring
from central.published import published
from central.radio.standing import KIND, name_of, say
from central.registry import generation_of
from central.statements import run
from rules.orders import Order
from wire.bulletin import Bulletin
from wire.case_keys import CaseKey, CaseKeys, Standing, case_keys_body, read_case_keys
from wire.refusal import Refused

_DAY_MS = 86_400_000
_FORGET_DAYS = 14  # as long as a gate may still hold something of a case; it must hear of the rule-out
_WIDTH = ("all", "province", "ward", "venue", "device")


@dataclass(frozen=True, slots=True)
class Publication:
    """What an operator says of a case's keys. `expires_ms` is Unix ms; `minutes` as in wire.case_keys."""

    order: str
    scope: str
    case: str
    standing: Standing
    expires_ms: int
    upload: bool = False
    minutes: int = 15


class Forgotten(NamedTuple):
    """What a rule-out took back."""

    bulletins: int
    encounters: int
    candidates: int
    records: int


@dataclass(frozen=True, slots=True)
class Held:
    """A case as this centre knows it; `bulletins` are those that stand for it, over by their date or not."""

    case: str
    standing: str
    said_ms: int
    before_restore: bool
    bulletins: tuple[Bulletin, ...]


def publish_keys(
    connection: Connection, ring: Keyring, said: Publication, keys: tuple[CaseKey, ...], now_ms: int
) -> Bulletin:
    """Sign and store the keys of a case; they end with the order at the latest.

    Raises Refused: order_unknown, order_not_running, order_elsewhere, bad_case, bad_name, expired, too_large.
    """
    check_case(said.case)
    order = _running(connection, ring, said.order, now_ms)
    _check_scope(connection, ring, said)
    body = case_keys_body(CaseKeys(said.order, said.upload, keys, {said.case: said.standing}, said.minutes))
    name, until = name_of(said.case), min(said.expires_ms, order.end_ms)
    sql = "SELECT expires_ms FROM bulletin WHERE kind = ? AND scope = ? AND name = ?"
    held = run(connection, sql, (KIND, said.scope, name)).scalar() or 0
    read_case_keys(body)  # as a gate will
    say(connection, said.case, said.standing, now_ms)
    # A gate that was away takes nothing that is over: a later word lives as long as the one it replaces.
    return publish_bulletin(connection, ring, KIND, name, said.scope, body, max(until, held), now_ms)


def rule_out(connection: Connection, ring: Keyring, case: str, now_ms: int) -> Forgotten:
    """Take back all that was published and kept of a case. Raises Refused("case_unknown")."""
    found = run(connection, "SELECT standing FROM ble_case WHERE id = ?", (case,)).first()
    if found is None:
        raise Refused("case_unknown", case[:64])
    say(connection, case, "ruled_out", now_ms)  # first: ingest waits for this row from now on
    until = now_ms + _FORGET_DAYS * _DAY_MS
    sql = "SELECT scope, expires_ms FROM bulletin WHERE kind = ? AND name = ?"
    known = {held.scope: held for held in _bulletins(connection, ring, case)}
    rows = run(connection, sql, (KIND, name_of(case))).all()
    for scope, expires_ms in rows:
        body = case_keys_body(replace(_without_keys(known.get(scope)), cases={case: "ruled_out"}))
        publish_bulletin(connection, ring, KIND, name_of(case), scope, body, max(until, expires_ms), now_ms)
    return Forgotten(len(rows), *_destroy(connection, case))


def say_stands(connection: Connection, case: str, now_ms: int) -> str:
    """Say again, after a restore, that a case stands; its standing. Raises Refused: case_unknown, case_ruled_out."""
    standing = run(connection, "SELECT standing FROM ble_case WHERE id = ?", (case,)).scalar()
    if standing in (None, "unknown"):
        raise Refused("case_unknown", case[:64])
    if standing == "ruled_out":
        raise Refused("case_ruled_out")
    say(connection, case, str(standing), now_ms)
    return str(standing)


def cases(connection: Connection, ring: Keyring) -> list[Held]:
    """Every case, by id."""
    generation = generation_of(connection)
    sql = "SELECT id, standing, said_ms, generation FROM ble_case ORDER BY id"
    bulletins: dict[str, list[Bulletin]] = {}
    for bulletin in published(connection, ring.root(), KIND):
        bulletins.setdefault(bulletin.name, []).append(bulletin)
    return [
        Held(case, standing, said_ms, said_in < generation, tuple(bulletins.get(name_of(case), ())))
        for case, standing, said_ms, said_in in run(connection, sql).all()
    ]


def check_may_look(connection: Connection, ring: Keyring, case: str, now_ms: int) -> None:
    """Whether what came of a case may be looked at now.

    Raises Refused: case_unknown, case_ruled_out, case_before_restore, order_not_running.
    """
    held = next((held for held in cases(connection, ring) if held.case == case), None)
    if held is None or held.standing == "unknown":
        raise Refused("case_unknown", case[:64])
    if held.standing == "ruled_out":
        raise Refused("case_ruled_out")
    if held.before_restore:
        raise Refused("case_before_restore")
    named = {read_case_keys(bulletin.body).order for bulletin in held.bulletins}
    if not any(order.id in named and order.runs(now_ms) for order in orders(connection, ring)):
        raise Refused("order_not_running", ", ".join(sorted(named)))


def check_case(case: str) -> None:
    """Raises Refused("bad_case")."""
    if not 1 <= len(case) <= 64 or not case.isprintable():
        raise Refused("bad_case", "1 to 64 printable characters")


def _running(connection: Connection, ring: Keyring, name: str, now_ms: int) -> Order:
    order = next((order for order in orders(connection, ring) if order.id == name), None)
    if order is None:
        raise Refused("order_unknown", name[:64])
    if not order.runs(now_ms):
        raise Refused("order_not_running", name[:64])
    return order


def _check_scope(connection: Connection, ring: Keyring, said: Publication) -> None:
    """Keys go no further than their order. Which ward a venue lies in, the operator knows and this centre does not."""
    scope = next(b.scope for b in published(connection, ring.root(), "order") if b.name == said.order)
    if said.scope == scope:
        return
    ranks = [_WIDTH.index(kind) if kind in _WIDTH else -1 for kind in (_kind_of(said.scope), _kind_of(scope))]
    if -1 in ranks or ranks[0] <= ranks[1]:
        raise Refused("order_elsewhere", f"{said.order}: {scope}")


def _kind_of(scope: str) -> str:
    return scope.partition("-")[0]


def _bulletins(connection: Connection, ring: Keyring, case: str) -> list[Bulletin]:
    return [b for b in published(connection, ring.root(), KIND) if b.name == name_of(case)]


def _without_keys(held: Bulletin | None) -> CaseKeys:
    """What the last bulletin said, and no key; a bulletin under a key that is not trusted any more says nothing."""
    return CaseKeys("", False, ()) if held is None else replace(read_case_keys(held.body), keys=())


def _destroy(connection: Connection, case: str) -> tuple[int, int, int]:
    """(encounters, candidates, sealed records) destroyed."""
    records = 0
    for table in ("encounter", "contact_candidate"):
        sql = (
            "UPDATE raw_record SET sealed = ?, reason = 'ruled_out'"
            f" WHERE (stream, seq) IN (SELECT stream, seq FROM {table} WHERE case_id = ?)"
        )
        records += run(connection, sql, (b"", case)).rowcount
    sql = (
        "UPDATE conflict SET sealed = ?"
        " WHERE (stream, seq, digest) IN (SELECT stream, seq, digest FROM case_conflict WHERE case_id = ?)"
    )
    records += run(connection, sql, (b"", case)).rowcount
    encounters, candidates, _ = (
        run(connection, f"DELETE FROM {table} WHERE case_id = ?", (case,)).rowcount
        for table in ("encounter", "contact_candidate", "case_conflict")
    )
    return encounters, candidates, records
