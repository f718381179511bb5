"""The centre's end of a USB stick: batches in from a folder, receipts out to it. The same bytes as by MQTT.

    *.batch                     from kiosks (python -m sync_agent carry --to)
    <device>-<number>.receipt   back to them (python -m sync_agent carry --receipts)

A stick is pulled at any moment and read twice without harm: a batch is known by its digests, a receipt by its order.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine

from central.files import write_private
from central.ingest import Delivery, Ingest
from wire.batch import MAX_BATCH_BYTES

GROUP = 20  # files to a commit


def take_folder(engine: Engine, ingest: Ingest, folder: Path, now_ms: int) -> Iterator[dict[str, object]]:
    """Take every batch in `folder` and write a receipt for each device; a line for each file, then for each receipt.

    Raises OSError when the stick is full or gone; what was committed before is kept.
    """
    found = sorted(folder.glob("*.batch"))
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


def _read(path: Path) -> bytes:
    """The file, or one byte more than any batch may have: ingest then refuses it as too large."""
    with path.open("rb") as file:
        return file.read(MAX_BATCH_BYTES + 1)
