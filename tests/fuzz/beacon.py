"""Fuzz the advertisement parser: python -m tests.fuzz.beacon [--payloads N] [--seed N].

Random and mutated payloads through both entry points: raw bytes, and the form that BlueZ makes of them. Any exception
fails, and so does a sighting that breaks the promises of ble_scanner.sighting. The payload is printed.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random
from typing import get_args
from uuid import UUID

from ble_scanner.beacon import parse_decoded, parse_payload
from ble_scanner.sighting import Kind, Sighting

SEEDS = [
    bytes.fromhex(seed)
    for seed in (
        "020102 0303564E 0FFFB522 130CEA6472130C185D8643DF",
        "02011A 1107 67A607ADD1172FA1C44BF573564E0000 0909 426C75657A6F6E65",
        "02011A 14FF4C000108 000000000000000000000000000000",
        "02011A 03036FFD 17166FFD 8BE6CD371C5C891604BFBE49DF845096 72033874",
        "1107 F918C24C09FE F080 6A4F 9515 FCB32AB8 020AF4 05FFFF034142",
        "020106 0303FFFF 1716FFFF B8DFB78955B6D6A909CDED686B081CE77FBB3833",
        "020106 0303F6FC 1107 9BFD5BD67245 1E80 D342 4647 AF328142",
        "020106 1AFF4C000215 2F234454CF6D4A0FADF2F4911BA9FFA6 0001 0002 C5",
        "02011A 1BFF1801BEAC 2F234454CF6D4A0FADF2F4911BA9FFA6 0001 0002 C5 09",
        "020106 0303AAFE 1516AAFE 00 E7 00010203040506070809 010203040506",
        "020106 0303AAFE 0D16AAFE 10 E7 02 676F6F676C65 00",
        "020106 0303AAFE 1116AAFE 20 00 0BB8 1980 00000064 000003E8",
        "020106 0303AAFE 1516AAFE 20 01 414141414141414141414141 DEADBEEF",
        "020106 0303AAFE 0D16AAFE 30 E7 EC31AE4CB8ABC2D8",
        "0505 564E0000 2521 FB349B5F8000 0080 0010 0000 6FFD0000 000102030405060708090A0B0C0D0E0F 00010203",
        "02011A 020A0C 0BFF4C00 1006031E4B1C2C00",
        "02011A 1AFF4C00 0C0E0026487BD5D243B3614AE30FDDEB 10054B1C2C005F",
        "1EFF0600 01092002 AF66E4F78D92479009BC1064B3517440AE049FAE63E629",
    )
]
_ID_BYTES = {
    "bluezone": {12},
    "exposure-notification": {16},
    "tracetogether-token": {20},
    "ibeacon": {20},
    "altbeacon": {20},
    "eddystone-uid": {16},
    "eddystone-url": set(range(2, 19)),
    "eddystone-eid": {8},
}
_LONGEST = 260
_ROUND = 20_000


def main(argv: Sequence[str]) -> int:
    """Print how many were read and what they said."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.beacon")
    parser.add_argument("--payloads", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    said: Counter[str] = Counter()
    began = time.monotonic()
    for begin in range(0, options.payloads, _ROUND):
        said += fuzz(min(_ROUND, options.payloads - begin), options.seed + begin)
        if begin % (5 * _ROUND) == 0:
            print(f"{begin}", file=sys.stderr, flush=True)
    print(f"{options.payloads} payloads, no exception, {time.monotonic() - began:.0f} s")
    print(", ".join(f"{kind} {count}" for kind, count in said.most_common()))
    return 0


def fuzz(count: int, seed: int) -> Counter[str]:
    """Read `count` payloads of `seed` both ways; how many sightings of each kind. Raises AssertionError."""
    said: Counter[str] = Counter()
    for payload in payloads(count, Random(seed)):
        try:
            raw = parse_payload(payload)
            decoded = parse_decoded(*as_bluez_tells_it(payload))
            check(raw)
            check(decoded)
        except Exception as error:
            raise AssertionError(payload.hex()) from error
        said.update(sighting.kind for sighting in raw)
    return said


def check(sightings: tuple[Sighting, ...]) -> None:
    """What ble_scanner.sighting promises. Raises AssertionError."""
    for kind, identifier, power, extra in sightings:
        assert kind in get_args(Kind)
        assert len(identifier) in _ID_BYTES.get(kind, {0})
        assert power is None or isinstance(power, int)
        assert len(extra) == {"exposure-notification": 4, "altbeacon": 1}.get(kind, 0) or kind == "eddystone-tlm"
    assert len(sightings) == len(set(sightings))


def payloads(count: int, random: Random) -> Iterator[bytes]:
    """A tenth of them random bytes, the rest advertisements that were shuffled, joined and damaged."""
    for _ in range(count):
        if random.random() < 0.1:
            yield random.randbytes(random.randrange(_LONGEST))
            continue
        parts = split(random.choice(SEEDS)) + (split(random.choice(SEEDS)) if random.random() < 0.3 else [])
        if random.random() < 0.3:
            random.shuffle(parts)
        payload = bytearray(b"".join(parts))
        for _ in range(random.choice((0, 1, 1, 2, 5))):
            _damage(payload, random)
        yield bytes(payload)


def _damage(payload: bytearray, random: Random) -> None:
    at = random.randrange(len(payload) + 1)
    match random.randrange(6):
        case 0:
            payload[at : at + 1] = bytes((random.randrange(256),))
        case 1:
            payload[at:at] = random.randbytes(random.randrange(1, 5))
        case 2:
            del payload[at : at + random.randrange(1, 5)]
        case 3:
            del payload[at:]
        case 4:
            payload[at:at] = bytes(random.randrange(1, 32))
        case _:
            payload[at:at] = payload[: random.randrange(1, 32)]


def split(payload: bytes) -> list[bytes]:
    """Its structures, each with its length; what is left over is dropped."""
    parts = []
    at = 0
    while at < len(payload) and payload[at] and at + 1 + payload[at] <= len(payload):
        parts.append(payload[at : at + 1 + payload[at]])
        at += 1 + payload[at]
    return parts


Decoded = tuple[str | None, list[tuple[int, bytes]], list[tuple[str, bytes]], list[str], int | None]


def as_bluez_tells_it(payload: bytes) -> Decoded:
    """The arguments of parse_decoded for the structures of a payload; made apart from the parser under test."""
    name, powers = None, []
    manufacturer: list[tuple[int, bytes]] = []
    service_data: list[tuple[str, bytes]] = []
    services: list[str] = []
    for part in split(payload):
        kind, data = part[1], part[2:]
        if kind in (0x08, 0x09):
            name = data.decode("utf-8", "replace")
        elif kind == 0x0A and data:
            powers.append(int.from_bytes(data[:1], signed=True))
        elif kind == 0xFF and len(data) >= 2:
            manufacturer.append((int.from_bytes(data[:2], "little"), data[2:]))
        elif kind in range(0x02, 0x08):
            width = {1: 2, 2: 4, 3: 16}[kind // 2]
            services += [_uuid(data[at : at + width]) for at in range(0, len(data) - width + 1, width)]
        elif kind in (0x16, 0x20, 0x21):
            width = {0x16: 2, 0x20: 4, 0x21: 16}[kind]
            if len(data) >= width:
                service_data.append((_uuid(data[:width]), data[width:]))
    return name, manufacturer, service_data, services, max(powers, default=None)


def _uuid(on_air: bytes) -> str:
    if len(on_air) == 16:
        return str(UUID(bytes=on_air[::-1]))
    return f"{int.from_bytes(on_air, 'little'):08x}-0000-1000-8000-00805f9b34fb"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
