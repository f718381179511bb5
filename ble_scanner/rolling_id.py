"""PURE. From a published key to the identifiers that a phone or a tag sent, in order of time.

Bluezone              BluezoneGlobal/react-native-bluetooth-scan, `bluezoneid/`: a chain of SHA-256 of days, another of
                      slots in each day. Days begin at midnight UTC, 07:00 in Vietnam.
Exposure Notification Apple and Google, Exposure Notification Cryptography Specification v1.2.1.
DP-3T low-cost        DP-3T/reference_implementation, `dp3t/protocols/lowcost.py`. The phone sends a day's identifiers
                      in an order that it alone knows: theirs here is that of the derivation, and tells no time.
Eddystone-EID         google/eddystone, `eddystone-eid/eid-computation.md`.

All raise ValueError for a key of another length.
"""

import hmac
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from itertools import repeat
from typing import NamedTuple

from wire.aes import BLOCK_BYTES, counter_stream, encrypt_blocks, hkdf_sha256

DAY_KEY_BYTES = 32
BLUEZONE_SLOTS = 96  # of a day, unless the app was told otherwise: the number travels with each published key
TEK_BYTES = 16
TEK_INTERVALS = 144  # of 600 s: a day
METADATA_BYTES = 4
DP3T_IDS = 96
EID_KEY_BYTES = 16
MOST_EXPONENT = 15
_MOST_INTERVAL = 1 << 32


def daily_key_after(key: bytes, days: int) -> bytes:
    """The 32-byte day key of Bluezone or DP-3T, `days` (0 or more) after the day of `key`."""
    _want(key, DAY_KEY_BYTES)
    if days < 0:
        raise ValueError("the keys of earlier days cannot be known")
    for _ in range(days):
        key = sha256(key).digest()
    return key


def bluezone_ids(daily_key: bytes, slots: int = BLUEZONE_SLOTS) -> Iterator[bytes]:
    """The 12-byte identifiers of the first `slots` slots of a day. How long a slot is does not change them.

    Raises ValueError when the first is asked for.
    """
    _want(daily_key, DAY_KEY_BYTES)
    subkey = sha256(daily_key + b"bluzonesubkey").digest()  # spelt so in the app
    for _ in repeat(None, slots):
        yield subkey[0:17:4] + subkey[18:31:2]
        subkey = sha256(subkey).digest()


def rpi_key(tek: bytes) -> bytes:
    """The 16-byte key that the identifiers of a temporary exposure key (16 bytes) are made with."""
    _want(tek, TEK_BYTES)
    return hkdf_sha256(tek, b"EN-RPIK", BLOCK_BYTES)


def aem_key(tek: bytes) -> bytes:
    """The 16-byte key of the encrypted metadata of a temporary exposure key (16 bytes)."""
    _want(tek, TEK_BYTES)
    return hkdf_sha256(tek, b"EN-AEMK", BLOCK_BYTES)


def rpis(tek: bytes, first_interval: int, count: int = TEK_INTERVALS) -> list[bytes]:
    """The 16-byte rolling proximity identifiers of `count` intervals of 600 s; `first_interval` = Unix s // 600.

    Raises ValueError for intervals outside 0..2^32-1.
    """
    found = encrypt_blocks(rpi_key(tek), _rpi_blocks(first_interval, count))
    return [found[at : at + BLOCK_BYTES] for at in range(0, len(found), BLOCK_BYTES)]


def aems(tek: bytes, ids: Sequence[bytes], metadata: bytes) -> list[bytes]:
    """The associated encrypted metadata (4 bytes each) that went with these RPIs of `tek`."""
    _want(metadata, METADATA_BYTES)
    key = aem_key(tek)
    return [counter_stream(key, rpi, metadata) for rpi in ids]


class Metadata(NamedTuple):
    """What a phone said of itself: `version` (major, minor) and the transmit power, dBm."""

    version: tuple[int, int]
    power: int


def read_metadata(aem: bytes, key: bytes, rpi: bytes) -> Metadata:
    """Decrypt 4 bytes of metadata with the key of `aem_key` (Bluetooth Specification v1.2, section 5.3).

    There is no checksum: bytes that were heard wrongly decrypt to nonsense. Raises ValueError for wrong lengths.
    """
    _want(aem, METADATA_BYTES)
    plain = counter_stream(key, rpi, aem)
    power = plain[1] - 256 if plain[1] > 127 else plain[1]
    return Metadata((plain[0] >> 6, plain[0] >> 4 & 3), power)


def dp3t_ids(key: bytes) -> list[bytes]:
    """The 96 identifiers (16 bytes) of the day of `key` (32 bytes), in the order of the derivation."""
    _want(key, DAY_KEY_BYTES)
    stream_key = hmac.digest(key, b"broadcast key", "sha256")
    stream = counter_stream(stream_key, bytes(BLOCK_BYTES), bytes(BLOCK_BYTES * DP3T_IDS))
    return [stream[at : at + BLOCK_BYTES] for at in range(0, len(stream), BLOCK_BYTES)]


def temporary_key(key: bytes, counter_s: int) -> bytes:
    """The 16-byte key of an Eddystone-EID beacon for the 65,536 s around `counter_s` (0..2^32-1)."""
    _want(key, EID_KEY_BYTES)
    _want_counter(counter_s)
    return encrypt_blocks(key, b"\0" * 11 + b"\xff\0\0" + (counter_s >> 16).to_bytes(2, "big"))


def eid(key: bytes, exponent: int, counter_s: int) -> bytes:
    """The 8 bytes that an Eddystone-EID beacon sends when its clock stands at `counter_s` (0..2^32-1 s).

    `key`: identity key, 16 bytes. `exponent` 0..15: a new identifier each 2^exponent s. Raises ValueError.
    """
    return eids(key, exponent, counter_s, 1)[0]


def eids(key: bytes, exponent: int, first_s: int, count: int) -> list[bytes]:
    """The identifiers of `count` following rotations, from that of `first_s`. A run costs little more than one."""
    if not 0 <= exponent <= MOST_EXPONENT:
        raise ValueError(f"exponent of 0 to {MOST_EXPONENT} expected, not {exponent}")
    slots = range(first_s >> exponent, (first_s >> exponent) + count)
    found: list[bytes] = []
    while slots:
        period = slots[0] << exponent >> 16  # one temporary key for each
        first_of_next = (period + 1 << 16) >> exponent
        part, slots = _until(slots, first_of_next)
        _want_counter(part[-1] << exponent)
        head = b"\0" * 11 + bytes((exponent,))
        blocks = b"".join([head + (slot << exponent).to_bytes(4, "big") for slot in part])
        sent = encrypt_blocks(temporary_key(key, part[0] << exponent), blocks)
        found += [sent[at : at + 8] for at in range(0, len(sent), BLOCK_BYTES)]
    return found


def _until(slots: range, stop: int) -> tuple[range, range]:
    """Those below `stop`, and the rest."""
    cut = min(stop, slots.stop)
    return range(slots.start, cut), range(cut, slots.stop)


@lru_cache(maxsize=64)
def _rpi_blocks(first_interval: int, count: int) -> bytes:
    """The padded data of the identifiers of a day: the same for everybody's keys of that day."""
    if not 0 <= first_interval <= first_interval + count <= _MOST_INTERVAL:
        raise ValueError("intervals of 600 s since 1970, below 2^32, expected")
    head = b"EN-RPI" + bytes(6)
    return b"".join([head + number.to_bytes(4, "little") for number in range(first_interval, first_interval + count)])


def _want(value: bytes, length: int) -> None:
    if len(value) != length:
        raise ValueError(f"{length} bytes expected, not {len(value)}")


def _want_counter(counter_s: int) -> None:
    if not 0 <= counter_s < 1 << 32:
        raise ValueError("a counter of 0 to 2^32-1 seconds expected")
