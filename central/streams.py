"""One epoch of one device: what stands in its receipt, and the keys that its batches brought."""

from dataclasses import dataclass, field

from sqlalchemy.engine import Connection

from central.spans import state_of
from central.statements import run
from central.strands import Strand, marks_of
from wire.envelope import WrappedKeys
from wire.receipt import MARK_BYTES, MAX_MARKS, MAX_REJECTED, Mark, Receipt


@dataclass(slots=True)
class Stream:
    """A row of `stream` while a transaction works on it, and the runs of chains that its receipt has to answer."""

    id: int
    device: str
    epoch: bytes
    n: int
    opened_through: int
    rejected: int
    clock_fixes: int
    answered: list[Strand] = field(default_factory=list)
    claimed: list[Strand] = field(default_factory=list)  # batches whose own hashes do not hold: only for who sent them

    def answer(self, strand: Strand, *, holds: bool) -> None:
        """Have the next receipt say that the records of a batch are durable; `holds`: its chain was folded here."""
        if not holds:
            self.claimed.append(strand)
            return
        before = self.answered[-1] if self.answered else None
        if before is not None and (before.last + 1, before.h_after) == (strand.first, strand.h_before):
            self.answered[-1] = Strand(before.first, strand.last, before.h_before, strand.h_after)
        else:
            self.answered.append(strand)


def load_stream(connection: Connection, device: str, epoch: bytes, now_ms: int) -> Stream:
    """The stream, made when it is new; on PostgreSQL locked until the transaction ends."""
    lock = " FOR UPDATE" if connection.dialect.name == "postgresql" else ""
    sql = (
        "SELECT id, device, epoch, n, opened_through, rejected, clock_fixes FROM stream"
        f" WHERE device = ? AND epoch = ?{lock}"
    )
    row = run(connection, sql, (device, epoch)).first()
    if row is None:
        run(
            connection,
            "INSERT INTO stream (device, epoch, n, through_seq, opened_through, rejected, clock_fixes,"
            " first_ms, last_ms) VALUES (?, ?, 0, 0, 0, 0, 0, ?, ?) ON CONFLICT (device, epoch) DO NOTHING",
            (device, epoch, now_ms, now_ms),
        )
        row = run(connection, sql, (device, epoch)).one()
    return Stream(row[0], row[1], bytes(row[2]), *row[3:])


def next_receipt(connection: Connection, stream: Stream, generation: int, now_ms: int) -> Receipt:
    """Number the current receipt of `stream` and write its state back."""
    through, missing = state_of(connection, stream.id)
    stream.n += 1
    run(
        connection,
        "UPDATE stream SET n = ?, through_seq = ?, opened_through = ?, rejected = ?, clock_fixes = ?, last_ms = ?"
        " WHERE id = ?",
        (stream.n, through, stream.opened_through, stream.rejected, stream.clock_fixes, now_ms, stream.id),
    )
    rejected, marks = _rejected(connection, stream), _marks(connection, stream, through)
    opened = stream.opened_through
    return Receipt(stream.device, stream.epoch, generation, stream.n, through, missing, rejected, opened, marks)


def _marks(connection: Connection, stream: Stream, through: int) -> tuple[Mark, ...]:
    """The batches that this receipt answers, the newest first, and the ends of what is here whole."""
    answers = [Mark(s.first, s.last, s.h_after[:MARK_BYTES]) for s in [*stream.answered, *stream.claimed]]
    ends = marks_of(connection, stream.id, through, MAX_MARKS)
    known = {(mark.last, mark.h) for mark in ends}
    answers = [mark for mark in reversed(answers) if (mark.last, mark.h) not in known]
    return tuple([*answers, *ends][:MAX_MARKS])


def _rejected(connection: Connection, stream: Stream) -> tuple[tuple[int, str], ...]:
    """The newest rejections, in order: what a kiosk has not been told yet is most likely among them."""
    if not stream.rejected:
        return ()
    sql = "SELECT seq, reason FROM raw_record WHERE stream = ? AND status = 'rejected' ORDER BY seq DESC LIMIT ?"
    rows = run(connection, sql, (stream.id, MAX_REJECTED)).all()
    return tuple((seq, reason) for seq, reason in reversed(rows))


def stored_keys(connection: Connection, stream: Stream, limit: int = 1024) -> list[WrappedKeys]:
    """The wrapped keys that earlier batches brought, for one that came without its own."""
    sql = (
        "SELECT key_id, suite, trace_to, trace_wrapped, vault_to, vault_wrapped FROM wrapped_key"
        " WHERE stream = ? LIMIT ?"
    )
    rows = run(connection, sql, (stream.id, limit)).all()
    return [WrappedKeys(r[0], r[1], bytes(r[2]), bytes(r[3]), bytes(r[4]), bytes(r[5])) for r in rows]
