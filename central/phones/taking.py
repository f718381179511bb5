"""What the public pages have handed in, taken by ingest as a kiosk's batches are: at most a group in one commit.

Ingest holds the pepper, the public pages do not: it also says by which pseudonym the visits of a phone's pass stand.
"""

import time

from sqlalchemy import Engine
from sqlalchemy.engine import Connection

from central.ingest import Delivery, Ingest
from central.phones.claims import answer_claims
from central.statements import run
from wire.records import IdentityKind

GROUP = 20
_TURN_S = 0.2  # of a turn of ingest: kiosks wait as well


def take_handed_in(engine: Engine, ingest: Ingest, now_ms: int) -> int:
    """Take what waits, oldest first, for a fifth of a second; how many messages. Each group is deleted once it is
    durable as records: a crash between the two commits leaves it here, it is taken again and known by its digests."""
    end, done = time.monotonic() + _TURN_S, 0
    while (taken := _take_group(engine, ingest, now_ms)) == GROUP and time.monotonic() < end:
        done += taken
    return done + taken


def _take_group(engine: Engine, ingest: Ingest, now_ms: int) -> int:
    with engine.connect().execution_options(reads_only=True) as connection:
        rows = run(connection, "SELECT id, message FROM handed_in ORDER BY id LIMIT ?", (GROUP,)).all()
        unnamed = _unnamed(connection)
        claimed = run(connection, "SELECT 1 FROM phone_claim WHERE state = 'waiting' LIMIT 1").first() is not None
    if rows:
        ingest.take_all(engine, [Delivery(bytes(message), None) for _, message in rows], now_ms)
        with engine.begin() as connection:
            for number, _ in rows:
                run(connection, "DELETE FROM handed_in WHERE id = ?", (number,))
    if unnamed:
        with engine.begin() as connection:
            for pass_id in unnamed:
                pseudonym = ingest.pseudonym_of(IdentityKind.PASS, pass_id.hex())
                run(connection, "UPDATE phone_pass SET pseudonym = ? WHERE id = ?", (pseudonym, pass_id))
    if claimed:
        with engine.begin() as connection:
            answer_claims(connection, ingest.open_from_phone, ingest.pseudonym_of)
    return len(rows)


def _unnamed(connection: Connection) -> list[bytes]:
    sql = "SELECT id FROM phone_pass WHERE pseudonym IS NULL ORDER BY made_ms LIMIT ?"
    return [bytes(row[0]) for row in run(connection, sql, (GROUP,))]
