"""docs/protocol.md and tests/data/vectors.json: every example is what the code says and reads."""

import re
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from ble_scanner.levels import ASSUMED_POWER, EDGES
from ble_scanner.rolling_id import eid
from credentials import pass_qr, venue_qr
from credentials.trust import Trust
from tests.data import make_vectors as vectors
from tests.parts.matched import CANDIDATE, ENCOUNTER
from tests.unit.wire import samples
from wire import batch, cbor, envelope, receipt, records, root
from wire.bulletin import KINDS, MAX_BULLETIN_BYTES, accept
from wire.case_keys import MOST_DAYS, MOST_KEYS, read_case_keys
from wire.envelope import open_trace, open_whole, parse, unwrap_trace, unwrap_vault
from wire.sightings import SYSTEMS
from wire.tags import MOST_TAGS, read_tags

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "protocol.md").read_text("utf-8")
EXAMPLES = {
    name: text.replace("\n", "")
    for _, name, text in re.findall(r"```(hex|text) ([a-z0-9-]+)\n(.*?)\n```", PAGE, re.DOTALL)
}
HELD = vectors.read_vectors()
NOW = datetime.fromtimestamp(samples.NOW_MS / 1000, UTC)


def _bytes(name: str) -> bytes:
    return bytes.fromhex(EXAMPLES[name])


def test_the_page_shows_what_the_vectors_hold() -> None:
    assert len(EXAMPLES) > 15
    assert {name: HELD[name] for name in EXAMPLES} == EXAMPLES


@pytest.mark.parametrize("name", [name for name in HELD if name != "batch"])
def test_todays_code_writes_the_golden_bytes(name: str) -> None:
    assert vectors.make(vectors.wrapped_sample(HELD))[name] == HELD[name]


def test_the_records_of_the_page_open() -> None:
    wrapped = vectors.wrapped_sample(EXAMPLES)
    trace = unwrap_trace(wrapped, samples.DEVICE, samples.EPOCH, samples.INGEST)
    vault = unwrap_vault(wrapped, samples.DEVICE, samples.EPOCH, samples.CASE)
    for name, record in (("visit", samples.VISIT), ("named-visit", samples.NAMED_VISIT), ("event", vectors.EVENT)):
        assert open_whole(parse(_bytes(name)), samples.DEVICE, samples.EPOCH, trace, vault) == record


def test_the_batch_of_the_page_opens_with_what_it_brings_along() -> None:
    read = batch.decode_batch(_bytes("batch"), {_bytes("device-kid"): _bytes("device-public")})
    assert read.chain_holds() and read.last_seq == 3
    assert batch.link(read.h_before, read.records[0]) == _bytes("chain-1")
    key = unwrap_trace(read.keys[0], read.device, read.epoch, samples.INGEST)
    assert open_trace(parse(read.records[0]), read.device, read.epoch, key) == samples.VISIT
    assert envelope.record_id(read.device, read.epoch, 1) == _bytes("record-id")


def test_the_receipt_of_the_page_says_what_the_page_says() -> None:
    keys = {samples.RECEIPT_KEY.kid: samples.RECEIPT_KEY.public}
    assert receipt.decode_receipt(_bytes("receipt"), keys) == vectors.RECEIPT


def test_the_root_and_bulletins_of_the_page_are_accepted() -> None:
    pinned = root.pin_root(_bytes("root"), _bytes("root-fingerprint"))
    scopes = frozenset({"all"})
    assert accept(None, _bytes("bulletin"), pinned, samples.NOW_MS, scopes) == vectors.RULES
    assert accept(vectors.RULES, _bytes("bulletin-delta"), pinned, samples.NOW_MS, scopes) == vectors.RULES_2


def test_the_passes_and_the_poster_of_the_page_are_valid() -> None:
    trust = Trust(passes={vectors.ISSUER.kid: vectors.ISSUER.public})
    for name in ("pass", "pass-rotating"):
        read = pass_qr.read(EXAMPLES[name], NOW, trust)
        assert (read.status, read.normal_form) == ("valid", vectors.PASS.pass_id.hex())
    code = venue_qr.code_in(EXAMPLES["venue"], None)
    assert code is not None
    assert venue_qr.read(code, NOW, {vectors.VENUE_KEY.kid: vectors.VENUE_KEY.public}).normal_form == "cho-thu-1"


def test_the_tag_of_the_page_sends_what_the_page_says() -> None:
    (tag,) = read_tags(cbor.loads(_bytes("tags-body"), 1024))
    assert (tag,) == vectors.TAGS
    for second in (0, 1024):
        assert f"`{eid(tag.key, tag.exponent, second).hex()}`" in PAGE


def test_the_case_keys_of_the_page_are_read() -> None:
    assert read_case_keys(cbor.loads(_bytes("case-keys-body"), 1024)) == vectors.CASE_KEYS
    for name, number in SYSTEMS.items():
        assert f"{number} {name}" in PAGE or name == "tag"


def test_the_encounter_and_the_candidate_of_the_page_are_records() -> None:
    for name, record in (("encounter-trace", ENCOUNTER), ("candidate-trace", CANDIDATE)):
        assert records.from_parts(record.KIND, record.SCHEMA, cbor.loads(_bytes(name), 1024)) == record


def test_the_buckets_of_the_page_are_those_that_gates_count_in() -> None:
    inner = " | ".join(f"{low} .. {high - 1}" for low, high in pairwise(EDGES))
    assert f"| dB | below {EDGES[0]} | {inner} | {EDGES[-1]} and more |" in PAGE
    assert f"{ASSUMED_POWER} dBm stand in for it" in PAGE


@pytest.mark.parametrize(
    "words",
    [
        f"| records in a batch | {batch.MAX_RECORDS} |",
        f"| batch, as signed | {batch.MAX_BATCH_BYTES // 1024} KiB |",
        f"| batch, inflated | {batch.MAX_INFLATED_BYTES // 1024} KiB |",
        f"| sealed record | {envelope.MAX_RECORD_BYTES // 1024} KiB |",
        f"| one part, inflated | {records.MAX_PART_BYTES // 1024} KiB |",
        f"| receipt | {receipt.MAX_RECEIPT_BYTES // 1024} KiB |",
        f"| root | {root.MAX_ROOT_BYTES // 1024} KiB",
        f"{MAX_BULLETIN_BYTES >> 20} MiB",
        f"each {envelope.MAX_COUNTER:,} records",
        f"{receipt.MAX_MARKS} marks at most",
        f"An array over {envelope.COMPRESS_OVER_BYTES} bytes",
        f"{MOST_TAGS:,} tags at most",
        f"{MOST_KEYS:,} keys at most",
        f"{MOST_DAYS} days at most",
        "Kinds: " + ", ".join(KINDS),
    ],
)
def test_the_limits_of_the_page_are_those_of_the_code(words: str) -> None:
    assert words in PAGE


def test_every_reason_in_the_code_is_on_the_page() -> None:
    listed = set(re.findall(r"^\| `([a-z_0-9]+)` \|", PAGE.split("## Reasons")[1], re.MULTILINE))
    files = [*(ROOT / "wire").glob("*.py"), ROOT / "credentials" / "pass_qr.py", ROOT / "credentials" / "venue_qr.py"]
    used = {reason for file in files for reason in re.findall(r'Refused\(\s*"([a-z_]+)"', file.read_text("utf-8"))}
    assert used <= listed
