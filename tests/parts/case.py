"""Whoever may open a case, for tests: reads a centre's database and key folder, and opens what was declared there."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from central.keys import Keyring
from tests.parts.site import Site
from wire.envelope import WrappedKeys, open_whole, parse, record_id, unwrap_trace, unwrap_vault
from wire.records import Declaration, Record


class Opened(NamedTuple):
    """A record in clear, with its 16-byte id."""

    record: Record
    record_id: bytes


def opened(site: Site, device: str) -> list[Opened]:
    """Every record of a device that the centre holds, opened with both keys, in order of its streams and numbers."""
    return list(_opened(site, device))


def declarations(site: Site, device: str) -> list[tuple[Declaration, bytes]]:
    """The declarations among them, each with its id."""
    return [(one.record, one.record_id) for one in opened(site, device) if isinstance(one.record, Declaration)]


def _opened(site: Site, device: str) -> Iterator[Opened]:
    ring = Keyring(site.keys)
    ingest, case = ring.sealing("ingest"), ring.sealing("offline/case")
    for stream, epoch in site.ask("SELECT id, epoch FROM stream WHERE device = ? ORDER BY id", device):
        records = site.ask("SELECT seq, sealed FROM raw_record WHERE stream = ? ORDER BY seq", stream)
        keys = {row[0]: _wrapped(row) for row in site.ask(_KEYS, stream)}  # read second: no key comes after its record
        for seq, data in records:
            sealed = parse(data)
            wrapped = keys[sealed.key_id]
            trace = unwrap_trace(wrapped, device, epoch, ingest)
            vault = unwrap_vault(wrapped, device, epoch, case)
            yield Opened(open_whole(sealed, device, epoch, trace, vault), record_id(device, epoch, seq))


_KEYS = (
    "SELECT key_id, suite, trace_to, trace_wrapped, vault_to, vault_wrapped FROM wrapped_key WHERE stream = ?"
    " ORDER BY key_id"
)


def _wrapped(row: tuple[Any, ...]) -> WrappedKeys:
    return WrappedKeys(*row)
