"""After a restore: tell every kiosk at once how little this centre holds, so that nobody waits for the next visitor.

A raised generation lowers what kiosks believe to be received; but a gate that has nothing to send would not hear of it.
So the receipts of all streams are published once, retained: a kiosk that is away finds its own when it comes back, and
refuses it as stale if it has heard a later one. Told in pages, each its own commit, so that a killed worker goes on.
"""

from sqlalchemy.engine import Connection

from central.registry import generation_of
from central.statements import run
from central.streams import load_stream, next_receipt
from wire.receipt import Receipt

PAGE = 200
_FIRST_GENERATION = 1
_ALL_TOLD = -1


def anything_to_tell(connection: Connection) -> bool:
    """Whether this centre was restored and has not told everybody yet; reads only."""
    generation = generation_of(connection)
    return generation != _FIRST_GENERATION and _told(connection) != (generation, _ALL_TOLD)


def next_page(connection: Connection, now_ms: int) -> list[Receipt]:
    """The next receipts to publish, noted as told in the caller's transaction; empty when there is nothing to tell."""
    if not anything_to_tell(connection):
        return []
    generation = generation_of(connection)
    told_generation, after = _told(connection)
    after = after if told_generation == generation else 0
    rows = run(
        connection,
        "SELECT s.id, s.device, s.epoch FROM stream s JOIN device d ON d.id = s.device"
        " WHERE s.id > ? AND d.state = 'active' ORDER BY s.id LIMIT ?",
        (after, PAGE),
    ).all()
    at = rows[-1][0] if len(rows) == PAGE else _ALL_TOLD
    run(
        connection,
        "INSERT INTO meta (key, value) VALUES ('announced', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (f"{generation} {at}",),
    )
    streams = [load_stream(connection, device, bytes(epoch), now_ms) for _, device, epoch in rows]
    return [next_receipt(connection, stream, generation, now_ms) for stream in streams]


def _told(connection: Connection) -> tuple[int, int]:
    """(the generation announced last, the id of the last stream told)."""
    value = run(connection, "SELECT value FROM meta WHERE key = 'announced'").scalar() or "0 0"
    generation, at = map(int, str(value).split())
    return generation, at
