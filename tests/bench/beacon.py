"""The advertisement parser over what a market sends, and identifiers from keys: CPU time of this thread.

The mix is a market's: most of what is on air is nothing of ours. Alone: python -m tests.bench.beacon [--quick].
"""

import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from ble_scanner.beacon import parse_decoded, parse_payload
from ble_scanner.rolling_id import bluezone_ids, dp3t_ids, eids, rpis

PARSE_US = 6.0
_INTERVAL, _INTERVALS = 2_642_976, 144
_ROUNDS = 9
# (what, how many in a hundred, advertisement)
MARKET = [
    ("Apple nearby", 24, "02011A 020A0C 0BFF4C00 1006031E4B1C2C00"),
    ("Apple handoff", 10, "02011A 1AFF4C00 0C0E0026487BD5D243B3614AE30FDDEB 10054B1C2C005F"),
    ("Apple Find My", 6, "1EFF4C00 1219 00AF66E4F78D92479009BC1064B3517440AE049FAE63E6 0100"),
    ("Microsoft", 4, "1EFF0600 01092002AF66E4F78D92479009BC1064B3517440AE049FAE63E629"),
    ("Google fast pair", 5, "020102 03032CFE 06162CFE00B4C5 020AF5"),
    ("Xiaomi", 5, "020106 0F1695FE 3058 5B05 01 AABBCCDDEEFF 28"),
    ("headset with a name", 6, "020106 0409 4A4248 0702 0A18 0F18 1E11 05FF5700 0102"),
    ("television", 4, "020106 0EFF7500 4204018060 ABCDEF012345 0C09 5B54565D2053616D73756E"),
    ("bluezone", 8, "020102 0303564E 0FFFB522 130CEA6472130C185D8643DF"),
    ("bluezone-ios, app open", 2, "02011A 1107 67A607ADD1172FA1C44BF573564E0000 0909 426C75657A6F6E65"),
    ("bluezone-ios, in the background", 4, "02011A 14FF4C0001 08 000000000000000000000000000000"),
    ("exposure-notification", 8, "02011A 03036FFD 17166FFD 8BE6CD371C5C891604BFBE49DF845096 72033874"),
    ("ibeacon", 4, "020106 1AFF4C000215 2F234454CF6D4A0FADF2F4911BA9FFA6 0001 0002 C5"),
    ("altbeacon", 1, "02011A 1BFF1801BEAC 2F234454CF6D4A0FADF2F4911BA9FFA6 0001 0002 C5 09"),
    ("eddystone-uid", 1, "020106 0303AAFE 1716AAFE 00 E7 00010203040506070809 010203040506 0000"),
    ("eddystone-url", 1, "020106 0303AAFE 0D16AAFE 10 E7 02 676F6F676C65 00"),
    ("eddystone-tlm", 1, "020106 0303AAFE 1116AAFE 20 00 0BB8 1980 00000064 000003E8"),
    ("eddystone-eid, our tags", 4, "020106 0303AAFE 0D16AAFE 30 E7 EC31AE4CB8ABC2D8"),
    ("herald", 1, "020102 0303F6FC"),
    ("tracetogether-token", 1, "020106 0303FFFF 1716FFFF B8DFB78955B6D6A909CDED686B081CE77FBB3833"),
]
_FEAA = "0000feaa-0000-1000-8000-00805f9b34fb"


def run(quick: bool) -> list[dict[str, Any]]:
    """Rows for the table; see tests.bench. The bound is on the median of the market, raw bytes."""
    times = 200 if quick else 2_000
    found = {what: _best_us(_raw(payload), times) for what, _, payload in MARKET}
    shares = sorted((found[what], share) for what, share, _ in MARKET)
    median, mean = _median(shares), sum(us * share for us, share in shares) / sum(share for _, share in shares)
    each = ", ".join(f"{what} {us:.2f}" for what, us in found.items())
    bound = {"bound": f"<= {PARSE_US:g} us", "holds": median <= PARSE_US}
    rows = [
        {
            "name": "parser: an advertisement of the market, median",
            "value": median,
            "unit": "us",
            **bound,
            "note": each,
        },
        _told("parser: an advertisement of the market, mean", mean),
        _told("parser: an advertisement as BlueZ tells it", _best_us(_decoded(), times)),
    ]
    keys = 30 if quick else 300
    return [*rows, *(_rate(name, derive, keys) for name, derive in _DERIVED.items())]


def _raw(text: str) -> Callable[[], object]:
    payload = bytes.fromhex(text)
    return lambda: parse_payload(payload)


def _decoded() -> Callable[[], object]:
    service_data = {_FEAA: bytes.fromhex("30E7EC31AE4CB8ABC2D8"), str(UUID(int=1)): b"\x64"}
    manufacturer = {0x004C: bytes.fromhex("1006031E4B1C2C00")}
    services = [_FEAA, str(UUID(int=2))]
    return lambda: parse_decoded("tag", manufacturer.items(), service_data.items(), services, -4)


_DERIVED: dict[str, Callable[[int], Iterable[bytes]]] = {
    "Bluezone": lambda number: list(bluezone_ids(number.to_bytes(32, "big"))),
    "Exposure Notification": lambda number: rpis(number.to_bytes(16, "big"), _INTERVAL, _INTERVALS),
    "DP-3T": lambda number: dp3t_ids(number.to_bytes(32, "big")),
    "Eddystone-EID, 3 of a tag": lambda number: eids(number.to_bytes(16, "big"), 10, number * 5_000, 3),
}


def _rate(name: str, derive: Callable[[int], Iterable[bytes]], keys: int) -> dict[str, Any]:
    """A row: microseconds of an identifier."""
    count = sum(1 for _ in derive(0))
    best = _best_us(lambda: [derive(number) for number in range(keys)], 1) / (keys * count)
    return {**_told(f"identifiers of a key: {name}", best), "note": f"{1e6 / best:,.0f} in a second"}


def _told(name: str, us: float) -> dict[str, Any]:
    return {"name": name, "value": us, "unit": "us", "bound": "", "holds": None}


def _best_us(work: Callable[[], object], times: int) -> float:
    """Of several rounds the quickest, in us a call: what others do on this machine only adds."""
    best = float("inf")
    for _ in range(_ROUNDS):
        began = time.thread_time()
        for _ in range(times):
            work()
        best = min(best, time.thread_time() - began)
    return best / times * 1e6


def _median(shares: Sequence[tuple[float, int]]) -> float:
    """Of sorted (value, weight)."""
    half = sum(weight for _, weight in shares) / 2
    for value, weight in shares:
        half -= weight
        if half <= 0:
            return value
    raise ValueError("no values")


def main(argv: Sequence[str]) -> int:
    """Print a line of JSON for each row; 1 when the bound does not hold."""
    rows = run("--quick" in argv)
    for row in rows:
        print(json.dumps(row, ensure_ascii=False))
    return 0 if all(row["holds"] is not False for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
