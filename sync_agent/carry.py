"""The same signed batches on a USB stick: out to a folder, receipts back from one. No network, same rules.

    gatepost-<device>-<epoch>-<first>-<last>.batch     to the centre
    *.receipt                                          from the centre

Files are complete or absent: a stick is pulled at any moment. Nothing is marked until a receipt says so; carrying twice
does no harm, nor does carrying while the network works.
"""

from collections.abc import Iterator
from pathlib import Path

from sync_agent.events import EpochSeen, Send
from sync_agent.identity import write_file
from sync_agent.outbox import FLUSH_MS, Outbox
from sync_agent.state import BATCH_BYTES, BATCH_RECORDS
from wire.receipt import MAX_RECEIPT_BYTES
from wire.refusal import Refused

MOST_RECEIPTS = 10_000


def write_batches(outbox: Outbox, device: str, folder: Path) -> Iterator[dict[str, object]]:
    """Write everything that waits; yields {"file", "records"} for each file. Raises OSError when the stick is full."""
    folder.mkdir(parents=True, exist_ok=True)
    for seen in outbox.epochs():
        yield from _write_epoch(outbox, device, folder, seen)


def read_receipts(outbox: Outbox, folder: Path, now_ms: int) -> Iterator[dict[str, object]]:
    """Go by every receipt in `folder`; yields {"file", "received"} or {"file", "refused": reason} for each."""
    for number, path in enumerate(sorted(folder.glob("*.receipt"))[:MOST_RECEIPTS]):
        try:
            with path.open("rb") as file:
                _, applied = outbox.apply(file.read(MAX_RECEIPT_BYTES + 1), now_ms, number * FLUSH_MS)
        except Refused as refusal:
            yield {"file": path.name, "refused": refusal.reason}
        else:
            yield {"file": path.name, "received": applied.newly_received}


def _write_epoch(outbox: Outbox, device: str, folder: Path, seen: EpochSeen) -> Iterator[dict[str, object]]:
    at, limit = seen.through_seq, BATCH_RECORDS
    while at < seen.last_seq:
        try:
            cut = outbox.cut(Send(0, seen.epoch, at, limit, BATCH_BYTES))
        except Refused as refusal:
            if limit == 1:  # one record that fits no batch: say so and go on behind it
                yield {"epoch": seen.epoch.hex(), "seq": at + 1, "refused": refusal.reason}
                at, limit = at + 1, BATCH_RECORDS
            else:
                limit = max(1, limit // 2)
            continue
        if cut is None:
            return
        name = f"gatepost-{device}-{seen.epoch.hex()}-{cut.first:012d}-{cut.last:012d}.batch"
        write_file(folder / name, cut.message)
        yield {"file": name, "records": cut.last - cut.first + 1}
        at, limit = cut.last, BATCH_RECORDS
