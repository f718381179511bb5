"""MQTT topics (docs/asyncapi.yaml describes them). Device ids and scopes never hold `/`, `+`, `#` or `.`."""

import hashlib
import re

from wire.refusal import Refused

ROOT = "gatepost/v1"
SHARDS = 16

# A dot would be a level of its own inside nats-server, so it is not allowed although MQTT would take it.
_LEVEL = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DEVICE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


def check_device(device: str) -> str:
    """The device id itself. Raises Refused("bad_device") unless it is 1-32 of a-z, 0-9 and `-`."""
    if not _DEVICE.fullmatch(device):
        raise Refused("bad_device", "1 to 32 characters of a-z, 0-9 and '-'")
    return device


def shard_of(device: str) -> int:
    """0..15, the same for ever: first byte of SHA-256(device) modulo 16."""
    return hashlib.sha256(device.encode()).digest()[0] % SHARDS


def up(device: str) -> str:
    """Where a device sends its batches."""
    return f"{ROOT}/up/{shard_of(device):02d}/{device}"


def up_shard(shard: int) -> str:
    """What ingest subscribes to for one shard."""
    return f"{ROOT}/up/{shard:02d}/+"


def device_of_up(topic: str) -> str:
    """The device a batch topic names. Raises Refused("bad_topic")."""
    parts = topic.split("/")
    if len(parts) != 5 or "/".join(parts[:3]) != f"{ROOT}/up":
        raise Refused("bad_topic", "not an up topic")
    return check_device(parts[4])


def receipt(device: str) -> str:
    """Where the centre answers a device."""
    return f"{ROOT}/down/{device}/receipt"


def command(device: str) -> str:
    """Where the centre asks a device for something."""
    return f"{ROOT}/down/{device}/command"


def state(device: str) -> str:
    """Retained: online or, by last will, offline."""
    return f"{ROOT}/state/{device}"


def bulletin(scope: str, kind: str, name: str) -> str:
    """Retained: the newest bulletin of that name. Raises Refused("bad_topic") for a part that no topic can hold."""
    if not all(map(_LEVEL.fullmatch, (scope, kind, name))):
        raise Refused("bad_topic", "1 to 64 of A-Z, a-z, 0-9, '_' and '-' expected")
    return f"{ROOT}/bulletin/{scope}/{kind}/{name}"
