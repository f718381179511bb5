""" "That visit with my card was mine": by the code on the slip and, as a second factor, the number of the card.

- The public pages cannot tell whether it is right and keep nothing readable: code and number are sealed for ingest,
  which has the pepper. Its answer is "found" or "none"; a wrong code and a wrong number look alike.
- Found, the page shows the visits of that card at that place on that day, and no other: a slip from the floor and a
  number that a colleague knows must not tell where somebody goes from then on.
- Guesses are few: five a day for a pass and for a code, and a purse for each network.
"""

from collections.abc import Callable, Iterable

from sqlalchemy.engine import Connection

from central.authority.identifying import Code, codes_in
from central.phones.receipt import bits_of, read_code
from central.statements import run
from wire import cbor
from wire.crypto import seal_on_phone
from wire.envelope import record_id
from wire.records import IdentityKind
from wire.refusal import Refused

INFO = b"gatepost/1 claim"
A_DAY = 5
AT_ONCE = 20
_DAY_MS = 86_400_000
_PADDED = 160  # so that a length tells no kind of card
_MOST_LETTERS = 40
_MOST_RECORDS = 2_000  # of one card in three weeks
_TABLES = ("declared", "visit")
Opens = Callable[[bytes, bytes], bytes]
Names = Callable[[int, str], bytes | None]


def ask(connection: Connection, pass_id: bytes, code: str, number: str, to: bytes, now_ms: int) -> int:
    """Put a claim before ingest, sealed `to` its public key; the claim's number.

    Raises Refused: bad_code, bad_number, too_many_claims.
    """
    bits, codes = read_code(code[:_MOST_LETTERS]), codes_in(number[:_MOST_LETTERS])
    sql = "SELECT count(*) FROM phone_claim WHERE pass = ? AND made_ms > ?"
    if run(connection, sql, (pass_id, now_ms - _DAY_MS)).scalar_one() >= A_DAY:
        raise Refused("too_many_claims")
    sql = "INSERT INTO phone_claim (pass, made_ms, sealed, state) VALUES (?, ?, ?, 'waiting') RETURNING id"
    return int(run(connection, sql, (pass_id, now_ms, sealed_claim(bits, codes, to))).scalar_one())


def sealed_claim(bits: int, codes: Iterable[Code], to: bytes) -> bytes:
    """Sealed bytes of one length for ingest alone."""
    plain = cbor.dumps([bits, [[int(one.kind), one.number] for one in codes]])
    return seal_on_phone(len(plain).to_bytes(2, "big") + plain + bytes(_PADDED - 2 - len(plain)), to, INFO)


def answer_claims(connection: Connection, opens: Opens, names: Names) -> int:
    """What waits is answered by ingest, which alone can; how many."""
    sql = "SELECT id, sealed FROM phone_claim WHERE state = 'waiting' ORDER BY id LIMIT ?"
    rows = run(connection, sql, (AT_ONCE,)).all()
    for number, sealed in rows:
        found = _found(connection, bytes(sealed), opens, names)
        state, stream, seq = ("none", None, None) if found is None else ("found", *found)
        sql = "UPDATE phone_claim SET state = ?, stream = ?, seq = ?, sealed = ? WHERE id = ?"
        run(connection, sql, (state, stream, seq, b"", number))
    return len(rows)


def _found(connection: Connection, sealed: bytes, opens: Opens, names: Names) -> tuple[int, int] | None:
    """The record of that code under one of those numbers."""
    try:
        padded = opens(sealed, INFO)
        bits, codes = cbor.loads(padded[2 : 2 + int.from_bytes(padded[:2], "big")], _PADDED)
    except Refused:
        return None
    for kind, number in codes:
        for one in {kind, int(IdentityKind.TYPED)}:  # a form at a gate takes a number that was typed
            person = names(one, number)
            found = None if person is None else _record(connection, person, bits)
            if found is not None:
                return found
    return None


def _record(connection: Connection, person: bytes, bits: int) -> tuple[int, int] | None:
    for table in _TABLES:
        sql = (
            f"SELECT s.device, s.epoch, r.stream, r.seq FROM {table} r JOIN stream s ON s.id = r.stream"
            " WHERE r.person = ? ORDER BY r.at_ms DESC LIMIT ?"
        )
        for device, epoch, stream, seq in run(connection, sql, (person, _MOST_RECORDS)):
            if bits_of(record_id(device, bytes(epoch), int(seq))) == bits:
                return int(stream), int(seq)
    return None
