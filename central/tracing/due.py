"""Which visits came or moved, for the job that makes stays of them. Ingest notes one row a batch."""

from collections.abc import Sequence

from sqlalchemy.engine import Connection

from central.statements import run


def note_due(connection: Connection, stream: int, seqs: Sequence[int]) -> None:
    """The stays of the visits of a stream from the lowest to the highest of these seqs are to be made anew."""
    if seqs:
        values = (stream, min(seqs), max(seqs))
        run(connection, "INSERT INTO visit_due (stream, first_seq, last_seq) VALUES (?, ?, ?)", values)
