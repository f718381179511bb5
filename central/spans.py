"""Which seqs of a stream are here or accounted for, as few inclusive runs that never touch: cheap to ask, however long.

- The run that starts at 1 ends at through_seq; between two runs something is missing.
- Adding is idempotent, and order does not matter: batches come twice and in any order.
"""

from sqlalchemy.engine import Connection

from central.statements import run
from wire.receipt import MAX_RANGES


def add_span(connection: Connection, stream: int, first: int, last: int) -> None:
    """Account for first..last, joining every run that overlaps or touches it."""
    near = "stream = ? AND first_seq <= ? AND last_seq >= ?"
    found = run(connection, f"SELECT first_seq, last_seq FROM span WHERE {near}", (stream, last + 1, first - 1)).all()
    if len(found) == 1 and found[0][0] <= first and last <= found[0][1]:
        return
    if len(found) == 1 and found[0][0] <= first:
        values = (last, stream, found[0][0])
        run(connection, "UPDATE span SET last_seq = ? WHERE stream = ? AND first_seq = ?", values)
        return
    if found:
        run(connection, f"DELETE FROM span WHERE {near}", (stream, last + 1, first - 1))
    first, last = min([first, *(f for f, _ in found)]), max([last, *(t for _, t in found)])
    run(connection, "INSERT INTO span (stream, first_seq, last_seq) VALUES (?, ?, ?)", (stream, first, last))


def state_of(connection: Connection, stream: int) -> tuple[int, tuple[tuple[int, int], ...]]:
    """(through_seq, the first missing ranges): 0 as through while seq 1 is not accounted for."""
    sql = "SELECT first_seq, last_seq FROM span WHERE stream = ? ORDER BY first_seq LIMIT ?"
    runs = run(connection, sql, (stream, MAX_RANGES + 1)).all()
    through = runs[0][1] if runs and runs[0][0] == 1 else 0
    ends = [through, *(last for first, last in runs if first != 1)]
    starts = [first for first, _ in runs if first != 1]
    missing = [(end + 1, start - 1) for end, start in zip(ends, starts, strict=False)]
    return through, tuple(missing[:MAX_RANGES])
