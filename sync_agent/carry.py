"""The same signed bytes on a USB stick: batches out, receipts and bulletins in. No network, same rules.

    gatepost-<device>-<epoch>-<first>-<last>.batch     to the centre
    *.receipt                                          from the centre (python -m central take)
    *.root, *.bulletin                                 from the centre (python -m central bulletin export)

Files are complete or absent: a stick is pulled at any moment. Nothing is marked until a receipt says so; carrying twice
does no harm, nor does carrying while the network works. A file's name is not believed: what a bulletin is stands inside
its signature, and it is judged as one that came by MQTT.
"""

from collections.abc import Iterator
from pathlib import Path

import store.bulletins
from store.db import Store
from sync_agent.events import EpochSeen, Send
from sync_agent.identity import write_file
from sync_agent.outbox import FLUSH_MS, Outbox
from sync_agent.state import BATCH_BYTES, BATCH_RECORDS
from sync_agent.strange import plain_files, read_plain
from wire.bulletin import MAX_BULLETIN_BYTES, Rejected, accept, peek
from wire.receipt import MAX_RECEIPT_BYTES
from wire.refusal import Refused
from wire.root import MAX_ROOT_BYTES, Root, accept_root

MOST_RECEIPTS = 10_000
MOST_BULLETINS = 10_000
MOST_ROOTS = 1_000


def write_batches(outbox: Outbox, device: str, folder: Path) -> Iterator[dict[str, object]]:
    """Write everything that waits; yields {"file", "records"} for each file. Raises OSError when the stick is full."""
    folder.mkdir(parents=True, exist_ok=True)
    for seen in outbox.epochs():
        yield from _write_epoch(outbox, device, folder, seen)


def read_receipts(outbox: Outbox, folder: Path, now_ms: int) -> Iterator[dict[str, object]]:
    """Go by every receipt in `folder`; yields {"file", "received"} or {"file", "refused": reason} for each."""
    for number, path in enumerate(plain_files(folder, ".receipt", MOST_RECEIPTS)):
        try:
            _, applied = outbox.apply(read_plain(path, MAX_RECEIPT_BYTES), now_ms, number * FLUSH_MS)
        except Refused as refusal:
            yield {"file": path.name, "refused": refusal.reason}
        else:
            yield {"file": path.name, "received": applied.newly_received}


def read_bulletins(
    outbox: Outbox, scopes: frozenset[str], folder: Path, now_ms: int | None
) -> Iterator[dict[str, object]]:
    """Take every root and bulletin in `folder` that is for these `scopes`, roots first; one line for each file.

    {"file", "kind", "scope", "name", "version", "taken": True}, or "refused" with its reason ("unchanged": it is here
    already). `now_ms` is Unix time, None while the clock is unset. Before enrolment there is one line: no_root.
    """
    try:
        root = outbox.root()
    except Refused as refusal:  # not the root of kiosk.toml: somebody changed one of the two
        yield {"refused": refusal.reason}
        return
    if root is None:
        yield {"refused": "no_root"}
        return
    messages = [(path.name, read_plain(path, MAX_ROOT_BYTES)) for path in plain_files(folder, ".root", MOST_ROOTS)]
    root, lines = _walk(outbox.store, root, messages, now_ms)
    yield from lines
    for path in plain_files(folder, ".bulletin", MOST_BULLETINS):
        yield {"file": path.name, **_take(outbox.store, root, read_plain(path, MAX_BULLETIN_BYTES), now_ms, scopes)}


def _walk(
    held: Store, root: Root, messages: list[tuple[str, bytes]], now_ms: int | None
) -> tuple[Root, list[dict[str, object]]]:
    """(the newest root that can be reached from `root`, a line for each file); whatever order the files are in."""
    lines: dict[str, dict[str, object]] = {}
    walked = True
    while walked:
        walked = False
        for name, message in messages:
            if "taken" in lines.get(name, ()):
                continue
            try:
                root = accept_root(root, message, now_ms)
            except Refused as refusal:
                lines[name] = {"file": name, "refused": refusal.reason}
            else:
                store.bulletins.keep_root(held, message, root)
                lines[name] = {"file": name, "kind": "root", "version": root.version, "taken": True}
                walked = True
    return root, [lines[name] for name, _ in messages]


def _take(held: Store, root: Root, message: bytes, now_ms: int | None, scopes: frozenset[str]) -> dict[str, object]:
    claimed = peek(message)
    if isinstance(claimed, Rejected):
        return {"refused": claimed.reason}
    judged = accept(store.bulletins.current(held, *claimed), message, root, now_ms, scopes)
    if isinstance(judged, Rejected):
        return {"refused": judged.reason}
    store.bulletins.keep(held, judged, message, now_ms or 0)
    named = {"kind": judged.kind, "scope": judged.scope, "name": judged.name}
    return {**named, "version": judged.version, "taken": True}


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
