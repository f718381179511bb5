"""The centre's end of a USB stick: batches in from a folder, receipts out to it. The same bytes as by MQTT.

    *.batch                     from kiosks (python -m sync_agent carry --to)
    <device>.enrol              a kiosk's first contact (sync_agent.stick_enrol); answered by <device>.enrolled
    <device>-<number>.receipt   back to them (python -m sync_agent carry --receipts)

A stick is pulled at any moment and read twice without harm: a batch is known by its digests, a receipt by its order. It
is a stranger's: only plain files are read, and only MOST of them at a time.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine

from central.enrolment import ERRORS, MAX_REQUEST_BYTES, enrol, read_request
from central.files import write_private
from central.ingest import Delivery, Ingest
from central.keys import Keyring
from wire.batch import MAX_BATCH_BYTES
from wire.refusal import Refused

GROUP = 20  # files to a commit
MOST = 50_000  # batches of one call: ten million records
ASKED, ANSWERED = ".enrol", ".enrolled"
ON_A_STICK = "gatepost"  # the folder that a kiosk makes on a stick (sync_agent.stick)


def take_from(engine: Engine, ingest: Ingest, given: Path, now_ms: int) -> Iterator[dict[str, object]]:
    """Take a batch, or every one in a folder or on a stick, and write a receipt for each device beside them.

    A line for each file, then for each receipt. Raises OSError when the stick is full or gone; what was committed
    before is kept.
    """
    folder, found = (given.parent, [given]) if given.is_file() else _plain(given, ".batch")
    for start in range(0, len(found), GROUP):
        paths = found[start : start + GROUP]
        deliveries = [Delivery(_read(path, MAX_BATCH_BYTES), None) for path in paths]
        outcomes, answers = ingest.take_all(engine, deliveries, now_ms)
        for path, outcome in zip(paths, outcomes, strict=True):
            counts = {"new": outcome.new, "duplicates": outcome.duplicates, "rejected": outcome.rejected}
            yield {"file": path.name, "device": outcome.device, "refused": outcome.refused, **counts}
        for answer in answers:
            name = f"{answer.device}-{hashlib.sha256(answer.message).hexdigest()[:16]}.receipt"
            write_private(folder / name, answer.message)
            yield {"receipt": name, "device": answer.device}


def answer_first_contacts(
    engine: Engine, ring: Keyring, brokers: Sequence[str], given: Path, now_ms: int
) -> Iterator[dict[str, object]]:
    """Spend the tokens that kiosks without a network sent on a stick; the answers lie beside them. A line for each."""
    if given.is_file():
        return
    for path in _plain(given, ASKED)[1]:
        try:
            body = json.loads(_read(path, MAX_REQUEST_BYTES))
            answer = enrol(engine, ring, brokers, read_request(body), now_ms)
        except Refused as refusal:
            _, vi, en = ERRORS.get(refusal.reason, ERRORS["bad_request"])
            answer = {"error": refusal.reason, "vi": vi, "en": en}
        except (ValueError, RecursionError):
            yield {"file": path.name, "refused": "bad_request"}
            continue
        write_private(path.with_suffix(ANSWERED), json.dumps(answer).encode())
        yield {"file": path.name, "enrolled": answer.get("device"), "refused": answer.get("error")}


def _plain(given: Path, suffix: str) -> tuple[Path, list[Path]]:
    """The folder of a stick or `given` itself, and its plain files that end in `suffix`."""
    folder = given / ON_A_STICK if (given / ON_A_STICK).is_dir() else given
    with os.scandir(folder) as entries:
        named = (e.name for e in entries if e.name.endswith(suffix) and e.is_file(follow_symlinks=False))
        return folder, [folder / name for name in sorted(islice(named, MOST))]


def _read(path: Path, most: int) -> bytes:
    """The file, or one byte more than `most`: it is then refused as too large."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        return file.read(most + 1)
