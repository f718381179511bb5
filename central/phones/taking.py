"""What the public pages have handed in, taken by ingest as a kiosk's batches are: at most a group in one commit.

Ingest holds the pepper, the public pages do not: it also says by which pseudonym the visits of a phone's pass stand.
"""

from sqlalchemy import Engine
from sqlalchemy.engine import Connection

from central.ingest import Delivery, Ingest
from central.statements import run
from wire.records import IdentityKind

GROUP = 20


def take_handed_in(engine: Engine, ingest: Ingest, now_ms: int) -> int:
    """Take what waits, oldest first; how many messages. They are deleted once they are durable as records.

    A crash between the two commits leaves them here: they are taken again and known by their digests.
    """
    with engine.connect().execution_options(reads_only=True) as connection:
        rows = run(connection, "SELECT id, message FROM handed_in ORDER BY id LIMIT ?", (GROUP,)).all()
        unnamed = _unnamed(connection)
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
    return len(rows)


def _unnamed(connection: Connection) -> list[bytes]:
    sql = "SELECT id FROM phone_pass WHERE pseudonym IS NULL ORDER BY made_ms LIMIT ?"
    return [bytes(row[0]) for row in run(connection, sql, (GROUP,))]
