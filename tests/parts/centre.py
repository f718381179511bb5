"""A centre in a folder: keys, a migrated database and an Ingest, with devices registered by hand or enrolled."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine

from central.database import migrate, open_database
from central.ingest import Delivery, Ingest, Outcome
from central.keys import Keyring, init_keys
from central.opening import Opener
from central.registry import Device, add_device
from tests.parts.devices import SyntheticDevice
from tests.parts.waits import wait_for
from tests.parts.warm import Nursery, WarmChild
from wire.receipt import Receipt, decode_receipt

NOW_MS = 1_790_000_500_000
ROOT = Path(__file__).resolve().parents[2]
SQLITE = "sqlite:///"


@dataclass(slots=True)
class Centre:
    """`url` is the database's, `keys` the key folder."""

    url: str
    keys: Path
    engine: Engine
    ring: Keyring
    ingest: Ingest
    receipts: dict[tuple[str, bytes], Receipt] = field(default_factory=dict)

    def device(self, name: str = "t-gate-1", **options: Any) -> SyntheticDevice:
        """A new device whose records are sealed to this centre, registered as active."""
        recipients = self.ring.root().recipients
        device = SyntheticDevice(name, ingest=recipients["ingest"], case=recipients["case"], **options)
        self.register(device)
        return device

    def register(self, device: SyntheticDevice, state: str = "active") -> None:
        """Put a device into the registry without enrolment."""
        row = Device(device.device, "v-cho-mau", "g-1", device.public, device.kid, state, NOW_MS, "0a")
        with self.engine.begin() as connection:
            add_device(connection, row)

    def take(self, *messages: bytes, topic: str | None = None, now_ms: int = NOW_MS) -> list[Outcome]:
        """Take messages in one commit; the receipts are verified and kept in `receipts`."""
        deliveries = [Delivery(message, topic) for message in messages]
        outcomes, answers = self.ingest.take_all(self.engine, deliveries, now_ms)
        keys = self.ring.root().keys("receipt")
        for answer in answers:
            receipt = decode_receipt(answer.message, keys)
            self.receipts[answer.device, receipt.epoch] = receipt
        return outcomes

    def receipt(self, device: SyntheticDevice) -> Receipt:
        """The last receipt of a device's epoch."""
        return self.receipts[device.device, device.epoch]

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of a query, with bytes as bytes."""
        with self.engine.connect() as connection:
            found = connection.exec_driver_sql(sql, values).all()
        return [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in found]

    def one(self, sql: str) -> Any:
        """The single value of a query."""
        return self.rows(sql)[0][0]


def make_centre(url: str, folder: Path) -> Centre:
    """Keys in `folder`/keys and a migrated database at `url`; a new SQLite file is a copy of the first one migrated."""
    keys = folder / "keys"
    init_keys(keys, NOW_MS)
    if not url.startswith(SQLITE) or Path(url.removeprefix(SQLITE)).exists():
        return open_existing(url, keys)
    Path(url.removeprefix(SQLITE)).write_bytes(_migrated())
    return open_migrated(url, keys)


@cache
def _migrated() -> bytes:
    """An empty SQLite file at today's schema."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "central.db"
        engine = open_database(f"{SQLITE}{file}")
        migrate(engine)
        engine.dispose()  # the last connection to close brings all into the one file
        return file.read_bytes()


def open_existing(url: str, keys: Path) -> Centre:
    """A centre whose keys and database are there already; an older database is migrated."""
    made = open_migrated(url, keys)
    migrate(made.engine)
    return made


def open_migrated(url: str, keys: Path) -> Centre:
    """A centre whose keys and database are there already, the database at today's schema."""
    ring, engine = Keyring(keys), open_database(url)
    ingest = Ingest(Opener(ring.sealing("ingest"), ring.secret("pepper")), ring.signing("receipt"))
    return Centre(url, keys, engine, ring, ingest)


class Program:
    """`python -m central ...` as a process of its own, forked from `nursery`; ready when the constructor returns."""

    def __init__(self, nursery: Nursery, folder: Path, *arguments: str) -> None:
        log = folder / f"{arguments[0]}-{os.urandom(3).hex()}.log"
        self._child = WarmChild(nursery, arguments[0], ["central", *arguments], log)
        self._child.start()
        self.ready_line = wait_for(self._ready, f"central {arguments[0]} is ready", seconds=30)

    def _ready(self) -> str:
        assert self._child.pid is not None, f"ended at once: {self._child.log.read_text()[-2000:]}"
        said = self._child.said()
        return said if said.endswith("\n") else ""

    @property
    def pid(self) -> int:
        """Its process id; AssertionError once it has ended."""
        assert self._child.pid is not None, self._child.log.read_text()[-2000:]
        return self._child.pid

    def kill(self) -> None:
        """kill -9, unless it has ended already."""
        self._child.kill()

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        self._child.signal(signal.SIGTERM)
        return self._child.status()


def run_central(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """One command of the centre, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "central", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environment},
        timeout=60,
    )


def total_new(outcomes: Sequence[Outcome]) -> int:
    """How many records were new."""
    return sum(outcome.new for outcome in outcomes)
