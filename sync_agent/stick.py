"""A USB stick that a person put in: what the centre sent comes in, what waits goes out. Nobody types anything.

    <stick>/gatepost/<device>.enrol, .enrolled       first contact (sync_agent.stick_enrol)
    <stick>/gatepost/*.receipt *.root *.bulletin     in, in this order: a receipt makes room, a root judges bulletins
    <stick>/gatepost/*.batch                         out

- The stick is a stranger's (sync_agent.strange). Nothing outside the folder `gatepost` is read or written.
- Batches of this kiosk that a receipt has made needless are taken off the stick, so that one which goes to and fro for
  a year does not fill up. Files of other kiosks are left alone: one stick may serve a whole market.
- Done is said only after the stick itself has the bytes (fsync of files and folder): then it may be pulled.
"""

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from sync_agent.carry import read_bulletins, read_receipts, write_batches
from sync_agent.outbox import Outbox
from sync_agent.strange import plain_files

FOLDER = "gatepost"
MOST_BATCHES = 20_000  # of one kiosk on a stick: at 200 records each, years
_NAME = re.compile(r"gatepost-(?P<device>[a-z0-9-]{1,32})-(?P<epoch>[0-9a-f]{16})-(\d{12})-(?P<last>\d{12})\.batch")


class NoStick(Exception):
    """The folder is not one that may be written to; `vi` and `en` say why."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(f"{vi} / {en}")
        self.vi, self.en = vi, en


def visit(
    outbox: Outbox, device: str, scopes: frozenset[str], stick: Path, now_ms: Callable[[], int | None]
) -> Iterator[dict[str, object]]:
    """Everything in, everything out; a line for each file, then {"done": True, "received", "taken", "carried"}.

    Raises NoStick where `gatepost` is not a folder of the stick, OSError when the stick is full, read-only or gone:
    what was taken in before stays taken in, and nothing of the outbox is marked by it.
    """
    folder = own_folder(stick)
    received = taken = carried = 0
    for line in _incoming(outbox, scopes, folder, now_ms):
        received += _count(line.get("received"))
        taken += line.get("taken") is True
        yield line
    for name in _remove_needless(outbox, device, folder):
        yield {"file": name, "removed": True}
    for line in write_batches(outbox, device, folder):
        carried += _count(line.get("records"))
        yield line
    _to_the_stick(folder)
    yield {"done": True, "received": received, "taken": taken, "carried": carried}


def _incoming(
    outbox: Outbox, scopes: frozenset[str], folder: Path, now_ms: Callable[[], int | None]
) -> Iterator[dict[str, object]]:
    yield from read_receipts(outbox, folder, now_ms() or 0)
    yield from read_bulletins(outbox, scopes, folder, now_ms())


def own_folder(stick: Path) -> Path:
    """The folder `gatepost` of a stick, made where it is missing. Raises NoStick, OSError."""
    folder = stick / FOLDER
    try:
        folder.mkdir(mode=0o755)
    except FileExistsError:
        if not stat.S_ISDIR(folder.lstat().st_mode):
            raise NoStick(
                f"Trên USB có tệp tên {FOLDER}. Hãy đổi tên tệp đó.", f"The stick has a file named {FOLDER}: rename it."
            ) from None
    return folder


def _remove_needless(outbox: Outbox, device: str, folder: Path) -> Iterable[str]:
    """Names of this device's batches whose every record the centre has."""
    through = {seen.epoch.hex(): seen.through_seq for seen in outbox.epochs()}
    for path in plain_files(folder, ".batch", MOST_BATCHES):
        found = _NAME.fullmatch(path.name)
        if found is None or found["device"] != device:
            continue
        if int(found["last"]) <= through.get(found["epoch"], 0):
            path.unlink()
            yield path.name


def _to_the_stick(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _count(found: object) -> int:
    return found if isinstance(found, int) else 0
