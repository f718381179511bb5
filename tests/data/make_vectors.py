"""Write tests/data/vectors.json: `python -m tests.data.make_vectors`.

Every key is made from a known seed, so that another implementation can make each line again and compare. Two
things cannot: HPKE draws randomness for each wrapped key, and zstd may pack a batch differently by version.
Those are samples that must open; a wrapped key that lies in the file already is kept.
Run it only when the format changes on purpose: a kiosk in the field still speaks what the old file says.
"""

import json
from pathlib import Path
from typing import Any

from credentials.pass_qr import Pass, encode_pass, encode_rotating, sign_pass
from credentials.venue_qr import Venue, encode_venue
from tests.parts.matched import CANDIDATE, CASE, ENCOUNTER
from tests.unit.wire import samples
from tests.unit.wire.samples import (
    DEVICE,
    DEVICE_KEY,
    EPOCH,
    INGEST,
    KEY_ID,
    NOW_MS,
    RECEIPT_KEY,
    ROOTS,
    RULES_KEY,
)
from wire import cbor
from wire.batch import CHAIN_START, Batch, encode_batch, fold, link
from wire.bulletin import Bulletin, encode_bulletin
from wire.case_keys import CaseKey, CaseKeys, case_keys_body
from wire.crypto import SigningKey
from wire.envelope import ContentKey, KeyPair, WrappedKeys, record_id, seal
from wire.layout import to_parts
from wire.receipt import MARK_BYTES, Mark, Receipt, encode_receipt
from wire.records import DeviceEvent
from wire.root import encode_root, fingerprint_of
from wire.tags import Tag, tags_body

FILE = Path(__file__).with_name("vectors.json")
ISSUER, VENUE_KEY, HOLDER = SigningKey(b"\7" * 32), SigningKey(b"\x08" * 32), SigningKey(b"\x09" * 32)
PASS = Pass(bytes(range(16)), NOW_MS // 1000 + 86_400, 1)
ROTATING = Pass(bytes(range(16)), NOW_MS // 1000 + 86_400, 0, None, HOLDER.public)
VENUE = Venue("cho-thu-1", "Chợ Thử", "Cổng 1", NOW_MS // 1000 + 86_400)
RULES = Bulletin("rules", "all", "entry", 1, NOW_MS - 1000, NOW_MS + 1000, {"hold_s": 4})
RULES_2 = Bulletin("rules", "all", "entry", 2, NOW_MS - 500, NOW_MS + 1000, {"hold_s": 5, "stay_s": 60})
EVENT = DeviceEvent("lost", {"epoch": EPOCH.hex(), "from": 4, "through": 6})
TAGS = (Tag(bytes(range(16)), bytes(range(16, 32)), 10, NOW_MS // 1000, NOW_MS // 1000 + 86_400, 1),)
DAY_S = NOW_MS // 86_400_000 * 86_400
CASE_KEYS = CaseKeys(
    "lenh-thu",
    True,
    (
        CaseKey("bluezone", bytes(range(32)), DAY_S - 86_400, DAY_S + 86_400, 96, CASE),
        CaseKey("exposure-notification", bytes(range(16)), DAY_S, DAY_S + 86_400, 144, CASE),
    ),
    {CASE: "confirmed", "F0-02": "ruled_out"},
)
PAIR = KeyPair(KEY_ID, ContentKey(b"k" * 32), ContentKey(b"v" * 32))
RECORDS = tuple(
    seal(record, seq, samples.STAMP, DEVICE, EPOCH, PAIR, seq)
    for seq, record in enumerate((samples.VISIT, samples.NAMED_VISIT, EVENT), 1)
)
CHAIN_3 = fold(CHAIN_START, RECORDS)
MARKS = (Mark(1, 3, CHAIN_3[:MARK_BYTES]),)
RECEIPT = Receipt(DEVICE, EPOCH, 1, 7, 3, ((5, 6),), ((2, "cannot_open"),), 3, MARKS)


def make(wrapped: WrappedKeys) -> dict[str, Any]:
    """Every vector by its name; bytes as hex. `wrapped` is the sample of wrapped keys to put into the batch."""
    batch = Batch(DEVICE, EPOCH, 1, CHAIN_START, (wrapped,), RECORDS, CHAIN_3)
    values: dict[str, bytes | str] = {
        "device-public": DEVICE_KEY.public,
        "device-kid": DEVICE_KEY.kid,
        "ingest-public": INGEST.public,
        "case-public": samples.CASE.public,
        "wrapped-trace": wrapped.trace_wrapped,
        "wrapped-vault": wrapped.vault_wrapped,
        "key-info": cbor.dumps(["gatepost/1 key", DEVICE, EPOCH, KEY_ID]),
        "associated": cbor.dumps([DEVICE, EPOCH, KEY_ID, [1, 1, 3, NOW_MS, 0, samples.STAMP.boot, 123_456]]),
        "visit": RECORDS[0],
        "named-visit": RECORDS[1],
        "event": RECORDS[2],
        "record-id": record_id(DEVICE, EPOCH, 1),
        "chain-1": link(CHAIN_START, RECORDS[0]),
        "chain-3": batch.h_after,
        "batch": encode_batch(batch, DEVICE_KEY),
        "receipt": encode_receipt(RECEIPT, RECEIPT_KEY),
        "root": encode_root(samples.make_root(), ROOTS[:2]),
        "root-fingerprint": fingerprint_of(samples.make_root()),
        "bulletin": encode_bulletin(RULES, RULES_KEY),
        "bulletin-delta": encode_bulletin(RULES_2, RULES_KEY, base=RULES),
        "pass": encode_pass(PASS, ISSUER),
        "pass-rotating": encode_rotating(sign_pass(ROTATING, ISSUER), ROTATING.pass_id, HOLDER, NOW_MS // 1000),
        "venue": encode_venue(VENUE, VENUE_KEY),
        "tags-body": cbor.dumps(tags_body(TAGS)),
        "case-keys-body": cbor.dumps(case_keys_body(CASE_KEYS)),
        "encounter-trace": cbor.dumps(to_parts(ENCOUNTER)[0]),
        "candidate-trace": cbor.dumps(to_parts(CANDIDATE)[0]),
    }
    return {name: value if isinstance(value, str) else value.hex() for name, value in values.items()}


def wrapped_sample(vectors: dict[str, str]) -> WrappedKeys:
    """The wrapped keys that the file holds, or new ones."""
    if not vectors:
        return samples.key_pair()[1]
    trace, vault = bytes.fromhex(vectors["wrapped-trace"]), bytes.fromhex(vectors["wrapped-vault"])
    return WrappedKeys(KEY_ID, 1, INGEST.kid, trace, samples.CASE.kid, vault)


def read_vectors() -> dict[str, str]:
    """The file as it is; empty where there is none."""
    return dict(json.loads(FILE.read_text("utf-8"))) if FILE.exists() else {}


if __name__ == "__main__":
    FILE.write_text(json.dumps(make(wrapped_sample(read_vectors())), indent=1) + "\n", "utf-8")
