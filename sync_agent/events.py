"""What the agent is told (events) and what it asks for (actions). PURE data; agent.py gives them their meaning."""

from dataclasses import dataclass

from wire.receipt import Receipt

# Events: what happened.


@dataclass(frozen=True, slots=True)
class EpochSeen:
    """What the database says of an epoch: written up to last_seq, its last receipt (generation, n; 0, 0: none yet)."""

    epoch: bytes
    last_seq: int
    through_seq: int
    generation: int
    n: int


@dataclass(frozen=True, slots=True)
class Tick:
    """Time went on. `changed`: another process wrote to the database."""

    changed: bool = False


@dataclass(frozen=True, slots=True)
class EpochsRead:
    """Answer to ReadEpochs, oldest first."""

    epochs: tuple[EpochSeen, ...]


@dataclass(frozen=True, slots=True)
class Connected:
    """The broker accepted us."""


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The connection is gone or never came."""

    reason: str


@dataclass(frozen=True, slots=True)
class Published:
    """Answer to Send: records first..last are on the wire."""

    token: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class NothingThere:
    """Answer to Send: no such records (received meanwhile, or destroyed by law)."""

    token: int


@dataclass(frozen=True, slots=True)
class TooLarge:
    """Answer to Send: these records do not fit one batch."""

    token: int


@dataclass(frozen=True, slots=True)
class PublishRefused:
    """Answer to Send: the client did not take the message."""

    token: int


@dataclass(frozen=True, slots=True)
class Acked:
    """PUBACK for a Send."""

    token: int


@dataclass(frozen=True, slots=True)
class ReceiptApplied:
    """A genuine, newer receipt as far as it was believed, already applied to the database.

    `new_epoch`: why a new epoch was drawn (store.receipts.AHEAD or FOREIGN), if one was.
    """

    receipt: Receipt
    new_epoch: str | None = None


Event = (
    Tick
    | EpochsRead
    | Connected
    | Disconnected
    | Published
    | NothingThere
    | TooLarge
    | PublishRefused
    | Acked
    | ReceiptApplied
)


# Actions: what is to be done, in order.


@dataclass(frozen=True, slots=True)
class Dial:
    """Connect to the next broker of the list."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """Drop the connection; Disconnected follows."""

    reason: str


@dataclass(frozen=True, slots=True)
class Greet:
    """Subscribe to receipts and bulletins and say that we are online."""


@dataclass(frozen=True, slots=True)
class ReadEpochs:
    """Look at the outbox; EpochsRead follows."""


@dataclass(frozen=True, slots=True)
class Send:
    """Read at most `limit` records behind `after_seq`, sign and publish them; Published or a refusal follows."""

    token: int
    epoch: bytes
    after_seq: int
    limit: int
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Alarm:
    """Somebody should look: `name` is a reason code, `detail` holds nothing personal."""

    name: str
    detail: str


Action = Dial | HangUp | Greet | ReadEpochs | Send | Alarm
