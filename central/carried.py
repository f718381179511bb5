"""The centre's end of a USB stick: batches in from a folder, receipts out to it. The same bytes as by MQTT.

    *.batch                     from kiosks (python -m sync_agent carry --to)
    <device>-<number>.receipt   back to them (python -m sync_agent carry --receipts)

A stick is pulled at any moment and read twice without harm: a batch is known by its digests, a receipt by its order. It
is a stranger's: only plain files are read, and only MOST of them at a time.
"""

import hashlib
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine

from central.files import write_private
from central.ingest import Delivery, Ingest
from wire.batch import MAX_BATCH_BYTES

GROUP = 20  # files to a commit
MOST = 50_000  # batches of one call: ten million records
ON_A_STICK = "gatepost"  # the folder that a kiosk makes on a stick (sync_agent.stick)


def take_from(engine: Engine, ingest: Ingest, given: Path, now_ms: int) -> Iterator[dict[str, object]]:
    """Take a batch, or every one in a folder or on a stick, and write a receipt for each device beside them.

    A line for each file, then for each receipt. Raises OSError when the stick is full or gone; what was committed
    before is kept.
    """
    if given.is_file():
        folder, found = given.parent, [given]
    else:
        folder = given / ON_A_STICK if (given / ON_A_STICK).is_dir() else given
        found = _plain_batches(folder)
    for start in range(0, len(found), GROUP):
        paths = found[start : start + GROUP]
        deliveries = [Delivery(_read(path), None) for path in paths]
        outcomes, answers = ingest.take_all(engine, deliveries, now_ms)
        for path, outcome in zip(paths, outcomes, strict=True):
            counts = {"new": outcome.new, "duplicates": outcome.duplicates, "rejected": outcome.rejected}
            yield {"file": path.name, "device": outcome.device, "refused": outcome.refused, **counts}
        for answer in answers:
            name = f"{answer.device}-{hashlib.sha256(answer.message).hexdigest()[:16]}.receipt"
            write_private(folder / name, answer.message)
            yield {"receipt": name, "device": answer.device}


def _plain_batches(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:
        named = (e.name for e in entries if e.name.endswith(".batch") and e.is_file(follow_symlinks=False))
        return [folder / name for name in sorted(islice(named, MOST))]


def _read(path: Path) -> bytes:
    """The file, or one byte more than any batch may have: ingest then refuses it as too large."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        return file.read(MAX_BATCH_BYTES + 1)
