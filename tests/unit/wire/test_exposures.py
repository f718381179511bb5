"""Exposure lists: exact, quick to read, and nothing that is not one is taken for one."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire import cbor
from wire.exposures import (
    MOST_ENTRIES,
    MOST_UNTILS,
    entry_of,
    exposures_body,
    padded_size,
    read_exposures,
    until_of,
)
from wire.refusal import Refused

UNTIL = 1_790_000_000_000
BODY = exposures_body({b"\x01" * 8: UNTIL, b"\x02" * 8: UNTIL + 1})

entries = st.dictionaries(
    st.binary(min_size=8, max_size=8), st.sampled_from([UNTIL, UNTIL + 1, UNTIL + 7]), max_size=60
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.binary(max_size=40) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=12,
)


@given(entries, st.binary(min_size=16, max_size=16))
def test_a_list_says_exactly_what_was_put_in(known: dict[bytes, int], stranger: bytes) -> None:
    held = read_exposures(cbor.loads(cbor.dumps(exposures_body(known)), 1 << 20))
    assert len(held) == len(known)
    for entry, until in known.items():
        assert held.until_ms(entry + stranger[8:]) == until
    assert held.until_ms(stranger) == known.get(stranger[:8])


@given(anything)
def test_no_value_but_a_list_is_read(value: object) -> None:
    with pytest.raises(Refused, match="bad_schema"):
        read_exposures(value)


@given(st.sampled_from(sorted(BODY)), anything)
def test_a_list_with_one_part_changed_is_read_or_refused_and_nothing_else(part: str, value: object) -> None:
    try:
        read_exposures({**BODY, part: value})
    except Refused as refusal:
        assert refusal.reason == "bad_schema"


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2},
        {"v": True},
        {"entries": BODY["entries"][8:] + BODY["entries"][:8]},  # not ascending
        {"entries": BODY["entries"][:8] * 2},  # twice the same
        {"entries": BODY["entries"][:-1]},
        {"ends": b"\0"},
        {"ends": b"\0\2"},  # an end that is not there
        {"untils": [UNTIL, 0]},
        {"untils": [UNTIL, True]},
        {"untils": [UNTIL, 1 << 60]},
        {"untils": [UNTIL] * (MOST_UNTILS + 1)},
        {"more": 1},
        {"entries": bytes(8 * (MOST_ENTRIES + 1)), "ends": bytes(MOST_ENTRIES + 1)},
    ],
)
def test_a_list_that_is_not_well_formed_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(Refused, match="bad_schema"):
        read_exposures({**BODY, **changes})


def test_an_empty_list_names_nobody() -> None:
    assert until_of([read_exposures(exposures_body({}))], bytes(16)) is None


def test_of_several_lists_the_latest_end_counts() -> None:
    one, other = (read_exposures(exposures_body({b"\x01" * 8: until})) for until in (UNTIL, UNTIL + 5))
    assert until_of([one, other], b"\x01" * 16) == UNTIL + 5


def test_a_whole_list_fits_a_bulletin_and_a_look_takes_microseconds() -> None:
    known = {number.to_bytes(8, "big"): UNTIL + number % 200 for number in range(0, MOST_ENTRIES * 9973, 9973)}
    body = exposures_body(known)
    assert len(cbor.dumps(body)) < (1 << 20) - 4096
    held = (read_exposures(body),)
    looks = [(number * 7919).to_bytes(16, "little") for number in range(5000)]
    best = min(_took(held, looks) for _ in range(5))
    assert best <= 20e-6


def test_more_than_a_bulletin_holds_is_refused() -> None:
    with pytest.raises(Refused, match="too_large"):
        exposures_body({number.to_bytes(8, "big"): UNTIL for number in range(MOST_ENTRIES + 1)})
    with pytest.raises(Refused, match="too_large"):
        exposures_body({number.to_bytes(8, "big"): UNTIL + number for number in range(MOST_UNTILS + 1)})


def test_only_a_pass_id_becomes_an_entry() -> None:
    assert entry_of(bytes(range(16))) == bytes(range(8))
    with pytest.raises(Refused, match="bad_schema"):
        entry_of(b"099000000101")


@given(st.integers(0, 3 * MOST_ENTRIES))
def test_a_list_shows_a_round_number_never_fewer_than_there_are(real: int) -> None:
    size = padded_size(real)
    assert max(64, real) <= size < real + 1024
    assert size in (64, 128, 256, 512) or size % 1024 == 0


def _took(held: tuple[object, ...], looks: list[bytes]) -> float:
    begun = time.perf_counter()
    for one in looks:
        until_of(held, one)  # type: ignore[arg-type]
    return (time.perf_counter() - begun) / len(looks)


def test_the_example_of_the_protocol_page_is_what_the_code_writes() -> None:
    page = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text("utf-8")
    section = page.partition("## Exposure lists")[2].partition("\n## ")[0]
    written = "".join(re.findall(r"^[0-9a-f]+$", section, re.MULTILINE))
    first, second = bytes.fromhex("0001020304050607"), bytes.fromhex("a0a1a2a3a4a5a6a7")
    assert bytes.fromhex(written) == cbor.dumps(exposures_body({first: 1_790_003_600_000, second: 1_790_000_000_000}))
