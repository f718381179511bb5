"""The body of a release: what is refused, and who is in."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wire.refusal import Refused
from wire.release import BUCKETS, Release, bucket, newer, read_release, takes, write_release

GOOD = Release(
    *("2026.11.23", "https://centre.example/r.raucb", 300_000_000, bytes(32), "ab" * 32, 1_000, "2026.11.23", 100),
    frozenset({"ward-26740"}),
)


_BODY = write_release(GOOD)


def test_what_is_written_is_read() -> None:
    assert read_release(write_release(GOOD)) == GOOD
    assert read_release({**write_release(GOOD), "later": 1}) == GOOD


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("version", text) for text in ("2026.11", "2026.011.1", "1.2.3.4", "v1.2.3", "", "1.2.3\n", "²⁰.1.1")),
        *(("url", text) for text in ("http://x/r", "file:///r", "https://" + "x" * 500, "https://x\n")),
        *(("size", number) for number in (0, -1, 1 << 40, True, 1.5)),
        *(("sha256", value) for value in (b"", bytes(31), "00" * 32)),
        *(("share", number) for number in (-1, BUCKETS + 1, True)),
        *(("scopes", value) for value in ([1], ["a/b"], ["ward-1"] * 501, "all")),
        *(("stop", value) for value in (0, None)),
        ("key_id", ""),
        ("salt", "a b"),
        ("not_before_ms", -1),
    ],
)
def test_a_body_that_is_not_right_is_refused(name: str, value: Any) -> None:
    with pytest.raises(Refused) as refused:
        read_release({**write_release(GOOD), name: value})
    assert refused.value.reason == "bad_release"


@settings(max_examples=40)
@given(st.none() | st.integers() | st.text(max_size=5) | st.dictionaries(st.sampled_from(sorted(_BODY)), st.integers()))
def test_no_body_does_more_than_be_refused(body: object) -> None:
    with pytest.raises(Refused):
        read_release(body)


def test_who_is_in_and_when() -> None:
    nobody = replace(GOOD, share=0)
    assert takes(nobody, "t-1", {"all", "ward-26740"}, 1_000)
    assert not takes(nobody, "t-1", {"all", "ward-1"}, 1_000)
    everybody = replace(GOOD, share=BUCKETS)
    assert takes(everybody, "t-1", (), 1_000)
    assert not takes(everybody, "t-1", (), 999) and not takes(everybody, "t-1", (), None)
    assert not takes(replace(everybody, stop=True), "t-1", {"ward-26740"}, 1_000)


@given(st.text("abc0-", min_size=1, max_size=12), st.integers(0, BUCKETS), st.integers(0, BUCKETS))
def test_a_raised_share_keeps_who_was_in(device: str, one: int, other: int) -> None:
    low, high = sorted((one, other))
    was = takes(replace(GOOD, share=low), device, (), 1_000)
    assert not was or takes(replace(GOOD, share=high), device, (), 1_000)


def test_a_share_is_about_that_share() -> None:
    drawn = [bucket(f"t-{n}", "2026.11.23") for n in range(5_000)]
    assert all(0 <= one < BUCKETS for one in drawn)
    assert 400 <= sum(one < 1_000 for one in drawn) <= 600
    assert drawn[:50] != [bucket(f"t-{n}", "2026.11.24") for n in range(50)]


def test_the_bucket_never_changes() -> None:
    assert bucket("t-gate-1", "1") == 5558  # a kiosk two years old draws the same


def test_newer_goes_number_by_number() -> None:
    assert newer("2026.11.9", "2026.9.30") and newer("2026.11.10", "2026.11.9")
    assert not newer("2026.11.9", "2026.11.9") and not newer("2026.9.30", "2026.11.9")
