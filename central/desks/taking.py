"""Keeping what was said, inside the transaction in which ingest keeps its raw record."""

import json
from collections.abc import Sequence

from sqlalchemy.engine import Connection

from central.database import insert_rows
from central.desks.said import CHECK, Said, day_of
from central.desks.schema import declared
from central.feedback.kiosks import keep_from_kiosk
from central.safety.from_kiosks import Sent, keep_sent


def keep_said(connection: Connection, stream: int, venue: str, said: Sequence[Said], now_ms: int) -> None:
    """Rows of `declared`; the centre's time stands in for a clock that was unset."""
    rows, sent = [], []
    for one in said:
        at_ms = now_ms if one.at_ms is None else one.at_ms
        who = (one.person, one.identity_kind, one.outcome, json.dumps(one.reasons), one.topic, 0)
        rows.append((stream, one.seq, venue, one.kind, at_ms, day_of(at_ms), *who))
        if one.kind == CHECK:
            sent.append(Sent(one.topic, one.numbers, at_ms))
    insert_rows(connection, declared, rows)
    keep_sent(connection, stream, venue, sent)
    keep_from_kiosk(connection, stream, venue, said, now_ms)
