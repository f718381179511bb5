"""Passes of phones: made, renewed, signed anew with what was declared, ended."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.engine import Connection

from central.keys import Keyring
from central.passes import Issued, issue_pass, revoke_pass
from central.statements import run
from credentials.pass_qr import Pass, sign_pass
from rules.orders import Order
from wire.declared import joined, mark_of
from wire.refusal import Refused

DAYS = 180
PRINTED_DAYS = 30  # whoever has a photograph of it has the pass
RENEW_DAYS = 60  # in the last days of a pass
_DAY_S = 86_400


def make_pass(
    connection: Connection, ring: Keyring, pass_id: bytes, companions: int, holder: bytes | None, now_ms: int
) -> Issued:
    """A new pass; `holder` is the phone's public key, None for one on paper. Raises Refused("bad_schema")."""
    issued = issue_pass(connection, ring, pass_id, PRINTED_DAYS if holder is None else DAYS, companions, holder, now_ms)
    if holder is not None:
        sql = "INSERT INTO phone_pass (id, made_ms, ends_ms) VALUES (?, ?, ?)"
        run(connection, sql, (pass_id, now_ms, issued.expires_s * 1000))
    return issued


def check_stands(connection: Connection, pass_id: bytes) -> int:
    """Until when (Unix s) the pass of a phone is good. Raises Refused: bad_pass (not one of a phone), pass_revoked."""
    sql = (
        "SELECT i.revoked_ms, p.ended_ms, p.ends_ms FROM phone_pass p JOIN issued_pass i ON i.id = p.id WHERE p.id = ?"
    )
    row = run(connection, sql, (pass_id,)).first()
    if row is None:
        raise Refused("bad_pass", "not a pass of a phone")
    if row[0] is not None or row[1] is not None:
        raise Refused("pass_revoked")
    return int(row[2]) // 1000


def renew(connection: Connection, ring: Keyring, shown: Pass, now_ms: int) -> tuple[bytes, int]:
    """(the signed part, expiry in s) of the same pass, good for longer. Raises Refused("too_early")."""
    now_s = now_ms // 1000
    ends_s = int(run(connection, "SELECT ends_ms FROM phone_pass WHERE id = ?", (shown.pass_id,)).scalar_one()) // 1000
    if ends_s - now_s > RENEW_DAYS * _DAY_S:
        raise Refused("too_early", f"in the last {RENEW_DAYS} days")
    expires = now_s + DAYS * _DAY_S
    new = Pass(shown.pass_id, expires, shown.companions, None, shown.holder)
    run(connection, "UPDATE issued_pass SET expires_ms = ? WHERE id = ?", (expires * 1000, shown.pass_id))
    run(connection, "UPDATE phone_pass SET ends_ms = ? WHERE id = ?", (expires * 1000, shown.pass_id))
    return sign_pass(new, ring.signing("pass")), expires


def with_declared(shown: Sequence[Pass], order: Order, ends_s: int, ring: Keyring, now_ms: int) -> tuple[bytes, int]:
    """(signed part, until s): the same pass, and that the order's form was declared well; as long as that counts.

    `shown`: the pass and those of the same id that say what was declared before; `ends_s`: of the pass itself. One form
    is told by the outcome, which any gate reads, and the pass ends with it; several by the list, each with its end.
    """
    now_s = now_ms // 1000
    until_s = min(ends_s, order.end_ms // 1000, (now_ms + order.valid_ms) // 1000)
    pass_, mark = shown[0], mark_of(order.form)
    before = [said for one in shown for said in _said(one)]
    declared = joined([*(said for said in before if said[0] != mark), (mark, until_s)], now_s)
    if len(declared) < 2:
        new = replace(pass_, outcome=mark, expires=until_s, declared=())
    else:
        new = replace(pass_, outcome=None, expires=ends_s, declared=declared)
    return sign_pass(new, ring.signing("pass")), until_s


def _said(shown: Pass) -> Sequence[tuple[int, int]]:
    """(mark, until s) of what a pass says was declared."""
    one = ((shown.outcome, shown.expires),) if shown.outcome is not None and shown.outcome < 0 else ()
    return (*one, *shown.declared)


def end_pass(connection: Connection, pass_id: bytes, now_ms: int) -> None:
    """Nothing is taken for it from now on; the job `ended_passes` has the gates told, with a key that is not here."""
    sql = "UPDATE phone_pass SET ended_ms = coalesce(ended_ms, ?), reminder_hour = NULL WHERE id = ?"
    run(connection, sql, (now_ms, pass_id))


def revoke_ended(connection: Connection, ring: Keyring, now_ms: int) -> int:
    """Revoke passes whose holders have ended them; how many."""
    sql = (
        "SELECT p.id FROM phone_pass p JOIN issued_pass i ON i.id = p.id"
        " WHERE p.ended_ms IS NOT NULL AND i.revoked_ms IS NULL ORDER BY p.ended_ms LIMIT 100"
    )
    ended: Sequence[bytes] = [bytes(row[0]) for row in run(connection, sql).all()]
    for pass_id in ended[:-1]:  # the last one signs the list that names them all
        run(connection, "UPDATE issued_pass SET revoked_ms = ? WHERE id = ?", (now_ms, pass_id))
    if ended:
        revoke_pass(connection, ring, ended[-1], now_ms)
    return len(ended)
