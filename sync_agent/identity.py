"""Who this device is: its keys and papers, as files that only the service may read.

    <storage>/identity/device.key        32-byte Ed25519 seed: signs batches
                       tls.key           EC P-256, PEM: opens the broker's door
                       tls.crt ca.crt    what the centre answered
                       enrolment.json    {"device", "venue", "gate", "brokers"}; its presence means enrolled

A key is made once, on the device, and never overwritten: the centre knows its public half.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sync_agent.broker import Tls
from wire.crypto import SigningKey, signing_key
from wire.refusal import Refused

FOLDER = "identity"


@dataclass(frozen=True, slots=True)
class Papers:
    """What enrolment brought, apart from the roots (they lie in the database)."""

    device: str
    venue: str
    gate: str
    brokers: tuple[str, ...]


class Identity:
    """The files in `folder` (made at 0700 when missing). `random_bytes` feeds new keys."""

    def __init__(self, folder: Path, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._random_bytes = random_bytes

    @property
    def tls(self) -> Tls:
        """Where the files for TLS lie."""
        return Tls(self._folder / "ca.crt", self._folder / "tls.crt", self._folder / "tls.key")

    def device_key(self) -> SigningKey:
        """The key that signs batches; made at the first call. Raises Refused("bad_key") for a damaged file."""
        seed = self._made_once("device.key", lambda: self._random_bytes(32))
        if len(seed) != 32:
            raise Refused("bad_key", "device.key is not 32 bytes long")
        return signing_key(seed)

    def tls_key(self) -> bytes:
        """The PEM key for TLS; made at the first call."""
        from wire.certificates import make_tls_key  # X.509: once in the life of a box

        return self._made_once("tls.key", make_tls_key)

    def papers(self) -> Papers | None:
        """What enrolment brought, or None before it."""
        try:
            found = json.loads((self._folder / "enrolment.json").read_text("utf-8"))
        except FileNotFoundError:
            return None
        return Papers(found["device"], found["venue"], found["gate"], tuple(found["brokers"]))

    def keep(self, papers: Papers, certificate: str, ca: str) -> None:
        """Keep what the centre answered; enrolment.json last, so that a power cut in between means: not enrolled."""
        facts = {"device": papers.device, "venue": papers.venue, "gate": papers.gate, "brokers": papers.brokers}
        write_file(self._folder / "ca.crt", ca.encode())
        write_file(self._folder / "tls.crt", certificate.encode())
        write_file(self._folder / "enrolment.json", json.dumps(facts).encode())

    def _made_once(self, name: str, make: Callable[[], bytes]) -> bytes:
        path = self._folder / name
        if not path.exists():
            write_file(path, make())
        return path.read_bytes()


def write_file(path: Path, data: bytes) -> None:
    """Write `data` at 0600 so that after a power cut `path` is whole: the old one, the new one, or absent."""
    temporary = path.with_name(path.name + ".new")
    with open(temporary, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
