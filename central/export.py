"""Bulletins onto a USB stick, for a kiosk without a network: the same signed bytes as by MQTT.

    root-<version>.root                 every root document, from the second on (the first one is pinned at enrolment)
    <scope>.<kind>.<name>.bulletin      what stands and is not over, without what a restore holds back

The names are for people; a kiosk believes what is inside the signature (python -m sync_agent carry --bulletins).
"""

import argparse
import json
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy.engine import Connection

from central import statements
from central.files import write_private
from central.keys import Keyring
from central.radio.standing import KIND, held_back
from central.registry import all_devices
from central.services import open_centre


def run(options: argparse.Namespace) -> None:
    """`bulletin export`: a JSON line for each file"""
    engine, ring = open_centre(options)
    now_ms = time.time_ns() // 1_000_000
    with engine.connect().execution_options(reads_only=True) as connection:
        for line in export_bulletins(connection, ring, options.folder, options.venue, options.scope, now_ms):
            print(json.dumps(line), flush=True)
    engine.dispose()


def export_bulletins(
    connection: Connection, ring: Keyring, folder: Path, venue: str, places: Iterable[str], now_ms: int
) -> Iterator[dict[str, object]]:
    """Write what the kiosks of a venue listen to; `places` are further scopes, such as ward-00001 or province-01.

    Raises OSError when the stick is full or gone; each file is whole or absent.
    """
    for version, message in enumerate(ring.root_messages(), 1):
        if version > 1:
            write_private(folder / f"root-{version}.root", message)
            yield {"file": f"root-{version}.root", "kind": "root", "version": version}
    devices = (f"device-{device.id}" for device in all_devices(connection) if device.venue == venue)
    scopes = {"all", f"venue-{venue}", *devices, *places}
    waiting = held_back(connection)
    sql = "SELECT scope, kind, name, version, message FROM bulletin WHERE expires_ms > ? ORDER BY kind, scope, name"
    for scope, kind, name, version, message in statements.run(connection, sql, (now_ms,)).all():
        if scope in scopes and not (kind == KIND and name in waiting):
            file = f"{scope}.{kind}.{name}.bulletin"
            write_private(folder / file, bytes(message))
            yield {"file": file, "kind": kind, "scope": scope, "name": name, "version": version}
