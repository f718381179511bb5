"""The certificate of the guards' page: made on the kiosk, for its own addresses, told to phones by its fingerprint.

- There is no public name on a venue's network that an authority could vouch for. The kiosk signs for itself: an
  authority made for this one certificate, whose key is thrown away at once, so that nobody can ever sign another one
  with it, a thief of the card included.
- It lasts 825 days, the most that phones take (Apple's limit for server certificates of private authorities), and
  begins a day early: a phone's clock may be behind.
- A technician compares the fingerprint (SHA-256 over the certificate, as browsers show it) and, where the guard wishes,
  installs the authority on the phone; it vouches for this certificate alone.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from wire.certificates import fingerprint, issue_server, make_ca, make_csr, make_tls_key

DAYS = 825
_NAME = "gatepost-guard"


@dataclass(frozen=True, slots=True)
class Files:
    """Where the proxy finds them. `certificate` holds the authority's behind it, `authority` is for the phones."""

    key: Path
    certificate: Path
    authority: Path


def files_in(folder: Path) -> Files:
    """The files of the guards' page in `folder`."""
    return Files(folder / "guard.key", folder / "guard.crt", folder / "guard-authority.crt")


def make_certificate(
    folder: Path, hosts: Sequence[str], now: datetime, random_bytes: Callable[[int], bytes] = os.urandom
) -> Files:
    """A new key and certificate for `hosts` (addresses or names, at least one), in place of what lay there."""
    begins, ends = now - timedelta(days=1), now + timedelta(days=DAYS - 1)
    serials = [int.from_bytes(random_bytes(16), "big") >> 1 for _ in range(2)]  # RFC 5280: positive, 20 bytes at most
    authority = make_ca(f"{_NAME} {serials[0]:x}"[:40], serials[0], begins, ends)
    key = make_tls_key()
    certificate = issue_server(authority, make_csr(key, hosts[0][:64]), hosts, serials[1], begins, ends)
    folder.mkdir(parents=True, exist_ok=True)
    files = files_in(folder)
    _write(files.key, key)
    _write(files.certificate, certificate + authority.certificate)
    _write(files.authority, authority.certificate)
    return files


def fingerprint_words(files: Files) -> str:
    """The certificate's SHA-256 as browsers show it, in pairs: "3F A0 ..."."""
    return fingerprint(files.certificate.read_bytes()).hex(" ").upper()


def _write(path: Path, data: bytes) -> None:
    """In one step, readable by the owner alone: a proxy that starts meanwhile reads the old or the new one."""
    beside = path.with_suffix(".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    beside.replace(path)
