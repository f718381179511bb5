"""The seal of a day opens its own blocks at their own place, and nothing else."""

import pytest

from wire.day_seal import NONCE_BYTES, DaySeal
from wire.refusal import Refused

KEY, NONCE = b"\1" * 32, b"\2" * NONCE_BYTES


def test_a_block_opens_where_it_belongs() -> None:
    sealed = DaySeal(20_000, KEY).seal(NONCE, b"plain", "sightings", 7)
    assert len(sealed) == len(b"plain") + 28 and b"plain" not in sealed
    assert DaySeal(20_000, KEY).open(sealed, "sightings", 7) == b"plain"


@pytest.mark.parametrize(
    ("day", "key", "what", "place"),
    [
        (20_001, KEY, "sightings", 7),
        (20_000, b"\3" * 32, "sightings", 7),
        (20_000, KEY, "exposure", 7),
        (20_000, KEY, "sightings", 8),
    ],
)
def test_a_block_opens_nowhere_else(day: int, key: bytes, what: str, place: int) -> None:
    sealed = DaySeal(20_000, KEY).seal(NONCE, b"plain", "sightings", 7)
    with pytest.raises(Refused):
        DaySeal(day, key).open(sealed, what, place)


@pytest.mark.parametrize("cut", [0, 5, 12, 27, -1])
def test_a_cut_block_is_refused(cut: int) -> None:
    sealed = DaySeal(20_000, KEY).seal(NONCE, b"plain", "sightings", 7)
    with pytest.raises(Refused):
        DaySeal(20_000, KEY).open(sealed[:cut], "sightings", 7)


def test_a_name_is_known_under_its_key_alone() -> None:
    name = DaySeal(1, KEY).name(b"case", b"a")
    assert len(name) == 16 and name == DaySeal(1, KEY).name(b"case", b"a")
    assert name != DaySeal(1, b"\3" * 32).name(b"case", b"a")
    assert DaySeal(1, KEY).name(b"ab", b"c") != DaySeal(1, KEY).name(b"a", b"bc")


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_has_32_bytes(length: int) -> None:
    with pytest.raises(ValueError):
        DaySeal(1, bytes(length))
