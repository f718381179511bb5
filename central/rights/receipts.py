"""From the code on a receipt to the record it names: twelve letters, the first 60 bits of the record's id.

A record's id is not stored, it is derived. So the officer says the place and the day that stand on the slip beside the
code, and the records of that place and day are derived one by one; visits are left out, no slip is printed for them.
"""

from datetime import date

from sqlalchemy.engine import Connection

from central.phones.receipt import bits_of, read_code
from central.rights.clocks import DAY_MS, start_of
from central.statements import run
from wire.envelope import record_id
from wire.refusal import Refused

_LATEST_DAYS = 31  # a gate without a network sends late
_MOST = 200_000


def find_record(connection: Connection, code: str, venue: str, day: date) -> tuple[int, int]:
    """(stream, seq) of the record of a receipt. Raises Refused: bad_code, receipt_unknown."""
    wanted, start = read_code(code), start_of(day)
    sql = (
        "SELECT s.id, s.device, s.epoch FROM stream s JOIN device d ON d.id = s.device"
        " WHERE d.venue = ? AND s.last_ms >= ? AND s.first_ms < ? ORDER BY s.id"
    )
    for stream, device, epoch in run(connection, sql, (venue, start, start + _LATEST_DAYS * DAY_MS)).all():
        sql = (
            "SELECT r.seq FROM raw_record r LEFT JOIN visit v ON v.stream = r.stream AND v.seq = r.seq"
            " WHERE r.stream = ? AND r.received_ms >= ? AND r.received_ms < ? AND v.seq IS NULL LIMIT ?"
        )
        for (seq,) in run(connection, sql, (stream, start, start + _LATEST_DAYS * DAY_MS, _MOST)):
            if bits_of(record_id(device, bytes(epoch), seq)) == wanted:
                return stream, seq
    raise Refused("receipt_unknown", "no record of that place and day has this code")
