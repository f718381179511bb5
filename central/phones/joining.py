"""The public pages' own key, made at their first start, and their place in the registry: one device for all places."""

from sqlalchemy import Engine

from central.keys import Keyring, write_seed
from central.registry import Device, add_device, device_by_kid
from wire.crypto import SigningKey
from wire.records import PUBLIC_PAGES

KEY = PUBLIC_PAGES


def join(engine: Engine, ring: Keyring, now_ms: int) -> SigningKey:
    """The signing key of the public pages; the registry knows it afterwards."""
    if not (ring.folder / f"{KEY}.key").exists():
        write_seed(ring.folder, KEY)
    key = ring.signing(KEY)
    with engine.begin() as connection:
        if device_by_kid(connection, key.kid) is None:
            add_device(connection, Device(PUBLIC_PAGES, "", "", key.public, key.kid, "active", now_ms, ""))
    return key
