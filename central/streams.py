"""One epoch of one device: what stands in its receipt, and the keys that its batches brought."""

from collections import OrderedDict
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from central.spans import state_of
from central.statements import run
from wire.crypto import ContentKey, SealingKey
from wire.envelope import WrappedKeys, unwrap_trace
from wire.receipt import MAX_REJECTED, Receipt
from wire.refusal import Refused

_CACHED_KEYS = 1024  # a key serves up to 4,096 records of one device; unwrapping costs as much as opening ten records


@dataclass(slots=True)
class Stream:
    """A row of `stream` while a transaction works on it."""

    id: int
    device: str
    epoch: bytes
    n: int
    opened_through: int
    rejected: int
    clock_fixes: int


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
    rejected = _rejected(connection, stream)
    return Receipt(stream.device, stream.epoch, generation, stream.n, through, missing, rejected, stream.opened_through)


def _rejected(connection: Connection, stream: Stream) -> tuple[tuple[int, str], ...]:
    """The newest rejections, in order: what a kiosk has not been told yet is most likely among them."""
    if not stream.rejected:
        return ()
    sql = "SELECT seq, reason FROM raw_record WHERE stream = ? AND status = 'rejected' ORDER BY seq DESC LIMIT ?"
    rows = run(connection, sql, (stream.id, MAX_REJECTED)).all()
    return tuple((seq, reason) for seq, reason in reversed(rows))


class TraceKeys:
    """Content keys of trace parts, unwrapped once and kept in RAM, the least used forgotten first."""

    def __init__(self, ingest: SealingKey) -> None:
        self._ingest = ingest
        self._known: OrderedDict[tuple[str, bytes, WrappedKeys], ContentKey | str] = OrderedDict()

    def of(self, device: str, epoch: bytes, wrapped: WrappedKeys) -> ContentKey | str:
        """The content key, or the reason why there is none."""
        name = (device, epoch, wrapped)
        if name in self._known:
            self._known.move_to_end(name)
            return self._known[name]
        try:
            key: ContentKey | str = unwrap_trace(wrapped, device, epoch, self._ingest)
        except Refused as refusal:
            key = refusal.reason
        self._known[name] = key
        if len(self._known) > _CACHED_KEYS:
            self._known.popitem(last=False)
        return key


def stored_key(connection: Connection, stream: Stream, key_id: int) -> WrappedKeys | None:
    """A wrapped key that an earlier batch brought, for one that came without it."""
    sql = (
        "SELECT key_id, suite, trace_to, trace_wrapped, vault_to, vault_wrapped FROM wrapped_key"
        " WHERE stream = ? AND key_id = ? LIMIT 1"
    )
    row = run(connection, sql, (stream.id, key_id)).first()
    return None if row is None else WrappedKeys(row[0], row[1], *(bytes(value) for value in row[2:]))
