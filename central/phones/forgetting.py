"""What else of a record stands here: what a phone was answered. It goes with the record."""

from collections.abc import Iterable

from sqlalchemy.engine import Connection

from central.statements import run
from wire.envelope import record_id
from wire.records import PUBLIC_PAGES


def forget_told(connection: Connection, records: Iterable[tuple[int, int]]) -> None:
    """Destroy the answers that phones got for these records: (stream, seq)."""
    epochs = {
        int(stream): bytes(epoch)
        for stream, epoch in run(connection, "SELECT id, epoch FROM stream WHERE device = ?", (PUBLIC_PAGES,))
    }
    for stream, seq in records:
        if stream in epochs:
            record = record_id(PUBLIC_PAGES, epochs[stream], seq)
            run(connection, "DELETE FROM phone_said WHERE record = ?", (record,))
